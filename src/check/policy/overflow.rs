//! The policy for text with more characters than the target takes.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::Override;
use crate::check::known::is_named;
use crate::check::rules::TooLong;
use crate::check::{ColumnPair, RowRule as _};
use crate::mysql::Flavour;
use crate::schema::{Catalog, Limit};

/// What a repair does with text that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// Cuts it after the last character that fits.
    Truncate,
    /// Cuts it before the extension, which is kept.
    TruncateName,
    /// Cuts it after the last word that fits.
    TruncateWords,
    /// Replaces it with an empty text.
    Empty,
    /// Replaces it with NULL.
    Null,
    /// Deletes the row.
    Delete,
    /// Leaves it unchanged, for an administrator to decide.
    Keep,
}

use Overflow::{Delete, Empty, Truncate, TruncateName, TruncateWords};

const TEXT: &str = "free text";
const LOG: &str = "free text of a log";
const ICON: &str = "an icon's address; without it the default icon is shown";
const FILE: &str = "a file's name; the file is found by its path";

/// The exceptions from [`Overflow::Keep`], the policy of every other column: lists, roles, JSON, addresses
/// that must work, paths, keys.
///
/// Rows are deleted only if Mattermost creates them again or a user logs in again; Mattermost's guide to a
/// manual migration lists no other consequence.
const EXCEPTIONS: [(&str, &str, Overflow, &str); 30] = [
    ("Audits", "Action", Truncate, LOG),
    ("Audits", "ExtraInfo", Truncate, LOG),
    ("Bots", "Description", Truncate, TEXT),
    ("Channels", "Header", Truncate, TEXT),
    ("ClusterDiscovery", "Hostname", Delete, "a running server's sign of life; it writes another"),
    ("Commands", "AutoCompleteDesc", Truncate, TEXT),
    ("Commands", "AutoCompleteHint", Truncate, TEXT),
    ("Commands", "IconURL", Empty, ICON),
    ("Compliances", "Desc", Truncate, TEXT),
    ("Drafts", "Message", Truncate, TEXT),
    ("FileInfo", "MimeType", Truncate, "only a hint to browsers"),
    ("FileInfo", "Name", TruncateName, FILE),
    ("IncomingWebhooks", "Description", Truncate, TEXT),
    ("IncomingWebhooks", "IconURL", Empty, ICON),
    ("LinkMetadata", "URL", Delete, "a cache of link previews; Mattermost fetches them again"),
    ("OAuthApps", "Description", Truncate, TEXT),
    ("OAuthApps", "IconURL", Empty, ICON),
    ("OutgoingWebhooks", "Description", Truncate, TEXT),
    ("OutgoingWebhooks", "IconURL", Empty, ICON),
    ("Posts", "Hashtags", TruncateWords, "found again in the message; Mattermost cuts it likewise"),
    ("Posts", "Message", Truncate, TEXT),
    ("PublicChannels", "Header", Truncate, TEXT),
    ("Roles", "Description", Truncate, TEXT),
    ("ScheduledPosts", "Message", Truncate, TEXT),
    ("Schemes", "Description", Truncate, TEXT),
    ("Sessions", "DeviceId", Delete, "the person logs in again on that device"),
    ("SharedChannels", "ShareHeader", Truncate, TEXT),
    ("UploadSessions", "Filename", TruncateName, FILE),
    ("UserAccessTokens", "Description", Truncate, TEXT),
    ("UserGroups", "Description", Truncate, TEXT),
];

/// The tables whose rows are never deleted, not even on request.
pub(super) const NEVER_DELETED: [&str; 4] = ["Channels", "Posts", "Teams", "Users"];

const KEPT: &str = "cutting it could break what it is for; needs a decision";

/// The policy of one column, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) overflow: Overflow,
    pub(crate) why: &'static str,
}

/// The policy for text that is too long for that column.
pub(crate) fn decide(table: &str, column: &str, overrides: &[Override]) -> Decided {
    if let Some(asked) = overrides.iter().rfind(|it| it.is_for(table, column)) {
        return Decided { overflow: asked.overflow, why: "as asked by `--on-overflow`" };
    }
    EXCEPTIONS
        .iter()
        .find(|(of_table, of_column, ..)| is_named((of_table, of_column), table, column))
        .map_or(Decided { overflow: Overflow::Keep, why: KEPT }, |&(_, _, overflow, why)| Decided {
            overflow,
            why,
        })
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OverflowPolicy {
    /// The table, as the source spells it.
    pub table: String,
    pub column: String,
    /// The number of characters that the target takes.
    pub limit: u64,
    /// What a repair does with longer text.
    pub policy: Overflow,
    /// The reason for the policy.
    pub why: &'static str,
}

/// The policies of all columns that take more text on the source than on the target.
#[must_use]
pub fn overflow_policies(source: &Catalog, target: &Catalog) -> Vec<OverflowPolicy> {
    let policy = |pair: ColumnPair| {
        TooLong.condition(&pair)?;
        let Some(Limit::Characters(limit)) = pair.target.text_limit() else { return None };
        let Decided { overflow: policy, why } = decide(&pair.table, &pair.column, &[]);
        Some(OverflowPolicy { table: pair.table, column: pair.column, limit, policy, why })
    };
    ColumnPair::all(Flavour::MySql, source, target).into_iter().filter_map(policy).collect()
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
