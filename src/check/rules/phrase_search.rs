//! The offer of an index for searches for a phrase.

use crate::check::{Disposition, Finding, InventoryEntry, Rule, Severity};
use crate::figures::human_bytes;
use crate::mattermost::MESSAGES;
use crate::schema::estimate_phrase_index;

/// Offers the index for every source with messages, since each runs or passes through a release that
/// searches for phrases with `simple`.
pub fn phrase_search(tables: &[InventoryEntry]) -> Option<Finding> {
    let is_posts = |it: &&InventoryEntry| it.table.eq_ignore_ascii_case(MESSAGES.0);
    let posts = tables.iter().find(is_posts)?;
    if posts.disposition != Disposition::Copied || posts.rows == 0 {
        return None;
    }
    let (seconds, bytes) = estimate_phrase_index(posts.bytes);
    let message = format!(
        "searches for a phrase in double quotes read all posts in Mattermost 10.6 to 11.3, unless there is an \
         index for them (about {seconds} s to build, up to {})",
        human_bytes(bytes)
    );
    let finding = Finding::new(Rule::PhraseSearch, Severity::Note, message)
        .at(&posts.table, Some(MESSAGES.1))
        .count(posts.rows)
        .action(
            "to build it, add `--phrase-index` to `migration-assist migrate`, or run `migration-assist \
             post-migrate --phrase-index` later",
        )
        .detail("seconds", seconds)
        .detail("bytes", bytes);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::phrase_search;
    use crate::check::{Disposition, InventoryEntry};
    use crate::mattermost::Product;

    fn posts(rows: u64, bytes: u64) -> InventoryEntry {
        InventoryEntry {
            table: "Posts".to_owned(),
            product: Some(Product::Mattermost),
            disposition: Disposition::Copied,
            reason: None,
            rows,
            counted: true,
            bytes,
        }
    }

    #[test]
    fn a_source_with_messages_is_offered_an_index_of_its_size() {
        assert_eq!(phrase_search(&[]), None);
        assert_eq!(phrase_search(&[posts(0, 0)]), None);
        let [small, large] = [(1, 100), (1_000_000, 300_000_000)].map(|(rows, bytes)| {
            phrase_search(&[posts(rows, bytes)]).expect("an offer").details["bytes"].as_u64()
        });
        assert!(small < large, "{small:?} {large:?}");
        let left_out = InventoryEntry { disposition: Disposition::Skipped, ..posts(9, 9) };
        assert_eq!(phrase_search(&[left_out]), None);
    }
}
