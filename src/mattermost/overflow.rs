//! What can be done with text that is too long, by the use that Mattermost makes of a column.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::columns::is_at;

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
    ("Sessions", "DeviceId", Delete, "the user logs in again on that device"),
    ("SharedChannels", "ShareHeader", Truncate, TEXT),
    ("UploadSessions", "Filename", TruncateName, FILE),
    ("UserAccessTokens", "Description", Truncate, TEXT),
    ("UserGroups", "Description", Truncate, TEXT),
];

/// The policy of a column that has another one than [`Overflow::Keep`], with the reason.
#[must_use]
pub fn known_overflow(table: &str, column: &str) -> Option<(Overflow, &'static str)> {
    let is_here =
        |listed: &&(&str, &str, Overflow, &str)| is_at((listed.0, listed.1), table, column);
    EXCEPTIONS.iter().find(is_here).map(|&(_, _, overflow, why)| (overflow, why))
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
