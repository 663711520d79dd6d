//! MySQL's set of global transaction identifiers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The transactions that a server has executed (MySQL manual, "GTID Format and Storage").
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GtidSet(BTreeMap<Origin, Vec<Interval>>);

/// Where transactions come from: a server's UUID, and a tag, which is mostly empty.
type Origin = (String, String);
/// The first and the last number.
type Interval = (u64, u64);

/// A text that is not a set of GTIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a GTID set")]
pub struct ParseError;

impl GtidSet {
    /// Whether all transactions of another set are in this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.iter().all(|(origin, intervals)| {
            let own = self.0.get(origin).map_or(&[][..], Vec::as_slice);
            // Own intervals are merged, so that one of them covers another set's interval, or none does.
            intervals.iter().all(|it| own.iter().any(|own| own.0 <= it.0 && it.1 <= own.1))
        })
    }

    /// The set as one text for each server and tag, such as `3e11fa47-…:tag:1-5:7`.
    #[must_use]
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = self.0.iter().map(|((uuid, tag), intervals)| {
            let tag = if tag.is_empty() { String::new() } else { format!(":{tag}") };
            let intervals: Vec<String> =
                intervals.iter().map(|(first, last)| format!("{first}-{last}")).collect();
            format!("{uuid}{tag}:{}", intervals.join(":"))
        });
        parts.collect()
    }

    fn insert(&mut self, origin: Origin, interval: Interval) {
        let intervals = self.0.entry(origin).or_default();
        intervals.push(interval);
        intervals.sort_unstable();
        let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
        for &(first, last) in intervals.iter() {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        *intervals = merged;
    }
}

impl FromStr for GtidSet {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut set = Self::default();
        for of_server in text.split(',').map(str::trim) {
            let (uuid, rest) = of_server.split_once(':').ok_or(ParseError)?;
            if !is_uuid(uuid) {
                return Err(ParseError);
            }
            let uuid = uuid.to_ascii_lowercase();
            let mut tag = String::new();
            for part in rest.split(':').map(str::trim) {
                match interval(part) {
                    Some(interval) => set.insert((uuid.clone(), tag.clone()), interval),
                    None if is_tag(part) => tag = part.to_ascii_lowercase(),
                    None => return Err(ParseError),
                }
            }
        }
        Ok(set)
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}

/// A tag begins with a letter or an underscore.
fn is_tag(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

fn interval(text: &str) -> Option<Interval> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first > 0 && first <= last).then_some((first, last))
}

impl fmt::Display for GtidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&str> = None;
        for ((uuid, tag), intervals) in &self.0 {
            match before {
                Some(same) if same == uuid => {}
                Some(_) => write!(f, ",{uuid}")?,
                None => f.write_str(uuid)?,
            }
            before = Some(uuid);
            if !tag.is_empty() {
                write!(f, ":{tag}")?;
            }
            for (first, last) in intervals {
                if first == last {
                    write!(f, ":{first}")?;
                } else {
                    write!(f, ":{first}-{last}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::GtidSet;

    const ONE: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    const TWO: &str = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    fn set(text: &str) -> GtidSet {
        text.parse().expect("a set")
    }

    #[test]
    fn intervals_are_merged_and_tags_kept() {
        let text = format!("{}:4-5:1-3:7,\n{TWO}:1:audit:1-2:4", ONE.to_uppercase());
        assert_eq!(set(&text).to_string(), format!("{ONE}:1-5:7,{TWO}:1:audit:1-2:4"));
        for text in ["", ONE, "x:1", &format!("{ONE}:"), &format!("{ONE}:5-4"), &format!("{ONE}:0")]
        {
            assert!(text.parse::<GtidSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_set_contains_its_parts() {
        let all = set(&format!("{ONE}:1-9,{TWO}:1-3:audit:1-3"));
        assert!(all.contains(&all) && all.contains(&set(&format!("{ONE}:3-4:8"))));
        assert!(all.contains(&set(&format!("{TWO}:audit:2"))));
        assert!(!all.contains(&set(&format!("{ONE}:audit:2"))), "another tag");
        assert!(!all.contains(&set(&format!("{ONE}:9-10"))));
    }
}
