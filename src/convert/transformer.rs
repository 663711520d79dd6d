//! Makes a value fit, step by step, as far as a policy allows.

use std::borrow::Cow;

use super::json::{self, Invalid, JsonType, Repaired};
use super::{
    Change, EmptyJson, JsonNull, LoneSurrogates, NulCharacters, Overflow, Policy, Reason,
    Transform, text,
};

/// A value on its way, and what was done to it so far; `None` for NULL.
pub(super) struct ValueTransformer<'a> {
    pub(super) value: Option<Cow<'a, [u8]>>,
    transforms: Vec<Transform>,
    policy: Policy,
}

impl<'a> ValueTransformer<'a> {
    pub(super) fn new(cell: &'a [u8], policy: Policy) -> Self {
        Self { value: Some(Cow::Borrowed(cell)), transforms: Vec::new(), policy }
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.transforms.is_empty()
    }

    pub(super) fn becomes(&mut self, transform: Transform, value: Option<Cow<'a, [u8]>>) {
        self.transforms.push(transform);
        self.value = value;
    }

    /// What was changed, if anything was.
    pub(super) fn into_change(self) -> Option<Box<Change>> {
        let Self { value, transforms, .. } = self;
        let replacement = value.map(Cow::into_owned);
        (!transforms.is_empty()).then(|| Box::new(Change { transforms, replacement }))
    }

    /// Takes out NUL bytes.
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

    /// Brings text down to `limit` characters.
    pub(super) fn shorten(&mut self, limit: usize) -> Result<(), Reason> {
        let Some(value) = self.value.as_deref() else { return Ok(()) };
        let characters = text::validate(value).map_err(|_| Reason::InvalidUtf8)?;
        if !text::exceeds(characters, limit) {
            return Ok(());
        }
        match self.policy.overflow {
            Overflow::Fail => return Err(Reason::TooLong),
            Overflow::Null => self.becomes(Transform::OverflowToNull, None),
            Overflow::Truncate => {
                let shorter = text::truncate(characters, limit).as_bytes().to_vec();
                self.becomes(Transform::Truncate, Some(Cow::Owned(shorter)));
            }
        }
        Ok(())
    }

    /// Makes it JSON that the type takes; each pass clears one kind of trouble.
    pub(super) fn make_json(&mut self, json_type: JsonType) -> Result<(), Reason> {
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

/// The repaired text, unless the repair would make two keys one.
fn unmerged<'a>(repaired: Result<Repaired, Invalid>) -> Result<Cow<'a, [u8]>, Reason> {
    let repaired = repaired.map_err(|invalid| invalid.reason)?;
    if repaired.merges_keys { Err(Reason::KeysMerge) } else { Ok(Cow::Owned(repaired.text)) }
}
