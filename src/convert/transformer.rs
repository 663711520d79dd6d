//! Makes a value fit by transforms, as far as the policy allows.

use std::borrow::Cow;

use super::json::{self, Invalid, JsonType, Repaired, StringList};
use super::{
    Change, EmptyJson, InvalidUtf8, JsonNull, LoneSurrogates, NulCharacters, Overflow, Policy,
    Reason, SearchText, Transform, search_text, text,
};

/// A value during its conversion, with the transforms so far; `None` for NULL.
pub(super) struct ValueTransformer<'a> {
    pub(super) value: Option<Cow<'a, [u8]>>,
    transforms: Vec<Transform>,
    policy: &'a Policy,
}

impl<'a> ValueTransformer<'a> {
    pub(super) fn new(cell: &'a [u8], policy: &'a Policy) -> Self {
        Self { value: Some(Cow::Borrowed(cell)), transforms: Vec::new(), policy }
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.transforms.is_empty()
    }

    pub(super) fn becomes(&mut self, transform: Transform, value: Option<Cow<'a, [u8]>>) {
        self.transforms.push(transform);
        self.value = value;
    }

    /// The change, if there was one.
    pub(super) fn into_change(self) -> Option<Box<Change>> {
        let Self { value, transforms, .. } = self;
        let replacement = value.map(Cow::into_owned);
        (!transforms.is_empty()).then(|| Box::new(Change { transforms, replacement }))
    }

    /// Writes U+FFFD for bytes that are not UTF-8, if asked to.
    pub(super) fn replace_invalid_utf8(&mut self) -> Result<(), Reason> {
        let Some(value) = self.value.as_deref() else { return Ok(()) };
        if text::validate(value).is_ok() {
            return Ok(());
        }
        if self.policy.invalid_utf8 == InvalidUtf8::Fail {
            return Err(Reason::InvalidUtf8);
        }
        let valid = text::replace_invalid(value).into_owned().into_bytes();
        self.becomes(Transform::ReplaceInvalidUtf8, Some(Cow::Owned(valid)));
        Ok(())
    }

    /// Removes NUL bytes.
    pub(super) fn remove_nul_bytes(&mut self) -> Result<(), Reason> {
        let Some(value) = self.value.as_deref().filter(|value| text::has_nul(value)) else {
            return Ok(());
        };
        if self.policy.nul == NulCharacters::Fail {
            return Err(Reason::NulByte);
        }
        let without = text::remove_nul_bytes(value).into_owned();
        self.becomes(Transform::RemoveNulBytes, Some(Cow::Owned(without)));
        Ok(())
    }

    /// Shortens text to `limit` characters.
    pub(super) fn shorten(&mut self, limit: usize) -> Result<(), Reason> {
        let Some(value) = self.value.as_deref() else { return Ok(()) };
        let characters = text::validate(value).map_err(|_| Reason::InvalidUtf8)?;
        if !text::exceeds(characters, limit) {
            return Ok(());
        }
        let shorter = match self.policy.overflow {
            Overflow::Fail => return Err(Reason::TooLong),
            Overflow::Null => {
                self.becomes(Transform::OverflowToNull, None);
                return Ok(());
            }
            Overflow::Empty => {
                self.becomes(Transform::OverflowToEmpty, Some(Cow::Borrowed(b"")));
                return Ok(());
            }
            Overflow::TruncateList => {
                let (StringList::Whole(elements) | StringList::Cut(elements)) =
                    json::read_string_list(value)
                else {
                    return Err(Reason::TooLong);
                };
                let list = json::write_string_list(&elements, limit);
                self.becomes(Transform::TruncateList, Some(Cow::Owned(list)));
                return Ok(());
            }
            Overflow::Truncate => text::truncate(characters, limit).to_owned(),
            Overflow::TruncateWords => text::truncate_words(characters, limit).to_owned(),
            Overflow::TruncateName => text::truncate_name(characters, limit),
        };
        self.becomes(Transform::Truncate, Some(Cow::Owned(shorter.into_bytes())));
        Ok(())
    }

    /// Brings text down to a search document that PostgreSQL takes, if asked to.
    pub(super) fn shorten_for_search(&mut self) {
        let value =
            self.value.as_deref().filter(|_| self.policy.search_text == SearchText::Shorten);
        let text = value.and_then(|value| std::str::from_utf8(value).ok());
        if let Some(shorter) = text.and_then(search_text::shorten) {
            let shorter = shorter.as_bytes().to_vec();
            self.becomes(Transform::ShortenForSearch, Some(Cow::Owned(shorter)));
        }
    }

    /// Makes it JSON that the type accepts; each pass clears one kind of problem.
    pub(super) fn make_json(&mut self, json_type: JsonType) -> Result<(), Reason> {
        self.replace_invalid_utf8()?;
        self.remove_nul_bytes()?;
        while let Some(value) = self.value.as_deref() {
            let Err(invalid) = json::validate(value, json_type) else { break };
            match invalid.reason {
                Reason::EmptyJson => match self.policy.empty_json {
                    EmptyJson::Object => self.become_object(Transform::EmptyJsonToObject),
                    EmptyJson::Null => self.becomes(Transform::EmptyJsonToNull, None),
                    EmptyJson::Fail => return Err(Reason::EmptyJson),
                },
                Reason::NulEscape if self.policy.nul == NulCharacters::Remove => {
                    let repaired = unmerged(json::remove_nul_escapes(value))?;
                    self.becomes(Transform::RemoveNulEscapes, Some(repaired));
                }
                Reason::LoneSurrogate if self.policy.lone_surrogates == LoneSurrogates::Replace => {
                    let repaired = unmerged(json::replace_lone_surrogates(value))?;
                    self.becomes(Transform::ReplaceLoneSurrogates, Some(repaired));
                }
                reason => return Err(reason),
            }
        }
        if self.value.as_deref().is_some_and(json::is_null) {
            match self.policy.json_null {
                JsonNull::Keep => {}
                JsonNull::Fail => return Err(Reason::JsonNull),
                JsonNull::Object => self.become_object(Transform::JsonNullToObject),
            }
        }
        Ok(())
    }

    fn become_object(&mut self, transform: Transform) {
        self.becomes(transform, Some(Cow::Borrowed(b"{}")));
    }
}

/// The repaired text, unless the repair makes two keys equal.
fn unmerged<'a>(repaired: Result<Repaired, Invalid>) -> Result<Cow<'a, [u8]>, Reason> {
    let repaired = repaired.map_err(|invalid| invalid.reason)?;
    if repaired.merges_keys { Err(Reason::KeysMerge) } else { Ok(Cow::Owned(repaired.text)) }
}
