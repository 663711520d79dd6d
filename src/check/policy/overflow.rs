//! The policy for text with more characters than the target takes.

use super::Override;
use crate::mattermost::{Overflow, known_overflow};

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
    let (overflow, why) = known_overflow(table, column).unwrap_or((Overflow::Keep, KEPT));
    Decided { overflow, why }
}

#[cfg(test)]
mod tests {
    use super::{Decided, decide};
    use crate::check::rules::TooLong;
    use crate::check::{ColumnPair, RowRule as _};
    use crate::mattermost::Overflow;
    use crate::migrations::{source, source_model, target_model};
    use crate::mysql::Flavour;
    use crate::release::MigrationSet;
    use crate::schema::{Catalog, Limit};

    /// The policy of a column that takes more text on the source than on the target.
    struct OverflowPolicy {
        table: String,
        column: String,
        /// The number of characters that the target takes.
        limit: u64,
        policy: Overflow,
        why: &'static str,
    }

    /// The policies of all columns that take more text on the source than on the target.
    fn overflow_policies(source: &Catalog, target: &Catalog) -> Vec<OverflowPolicy> {
        let policy = |pair: ColumnPair| {
            TooLong.condition(&pair)?;
            let Some(Limit::Characters(limit)) = pair.target.text_limit() else { return None };
            let Decided { overflow: policy, why } = decide(&pair.table, &pair.column, &[]);
            Some(OverflowPolicy { table: pair.table, column: pair.column, limit, policy, why })
        };
        ColumnPair::all(Flavour::MySql, source, target).into_iter().filter_map(policy).collect()
    }

    #[test]
    fn the_policy_of_each_narrowing_column_is_on_its_page() {
        let all = source().iter().map(|migration| migration.number).collect();
        let models = (source_model(&all).expect("known"), target_model(&all).expect("known"));
        let rows = overflow_policies(&models.0, &models.1).into_iter().map(|it| {
            format!(
                "| `{}.{}` | {} | {} | {} |\n",
                it.table, it.column, it.limit, it.policy, it.why
            )
        });
        let table = rows.collect::<String>();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/overflow.md");
        let page = std::fs::read_to_string(path).expect("the page");
        assert!(page.contains(&table), "docs/overflow.md should contain this table:\n{table}");
    }

    #[test]
    fn every_narrowing_column_has_its_policy() {
        let set: MigrationSet = source().iter().map(|migration| migration.number).collect();
        let (source, target) =
            (source_model(&set).expect("a model"), target_model(&set).expect("a model"));
        let policies = overflow_policies(&source, &target);
        let lines: Vec<String> = policies
            .iter()
            .map(|it| format!("{}.{} {} {}", it.table, it.column, it.limit, it.policy))
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        Audits.Action 512 truncate
        Audits.ExtraInfo 1024 truncate
        Bots.Description 1024 truncate
        ChannelMembers.Roles 256 keep
        Channels.Header 1024 truncate
        ClusterDiscovery.Hostname 512 delete
        Commands.IconURL 1024 empty
        Commands.AutoCompleteDesc 1024 truncate
        Commands.AutoCompleteHint 1024 truncate
        Commands.URL 1024 keep
        Compliances.Desc 512 truncate
        Compliances.Keywords 512 keep
        Compliances.Emails 1024 keep
        Drafts.Props 8000 keep
        Drafts.FileIds 300 keep
        FileInfo.Path 512 keep
        FileInfo.ThumbnailPath 512 keep
        FileInfo.PreviewPath 512 keep
        FileInfo.Name 256 truncate-name
        FileInfo.MimeType 256 truncate
        IncomingWebhooks.Description 500 truncate
        IncomingWebhooks.IconURL 1024 empty
        Licenses.Bytes 10000 keep
        LinkMetadata.URL 2048 delete
        OAuthAccessData.RedirectUri 256 keep
        OAuthApps.Description 512 truncate
        OAuthApps.CallbackUrls 1024 keep
        OAuthApps.Homepage 256 keep
        OAuthApps.IconURL 512 empty
        OAuthAuthData.RedirectUri 256 keep
        OAuthAuthData.State 1024 keep
        OutgoingOAuthConnections.Audiences 1024 keep
        OutgoingWebhooks.TriggerWords 1024 keep
        OutgoingWebhooks.CallbackURLs 1024 keep
        OutgoingWebhooks.IconURL 1024 empty
        OutgoingWebhooks.Description 500 truncate
        Posts.Hashtags 1000 truncate-words
        Posts.Filenames 4000 keep
        Posts.FileIds 300 keep
        PublicChannels.Header 1024 truncate
        RemoteClusters.SiteURL 512 keep
        RemoteClusters.Topics 512 keep
        Roles.Description 1024 truncate
        ScheduledPosts.props 8000 keep
        ScheduledPosts.fileids 300 keep
        Schemes.Description 1024 truncate
        Sessions.DeviceId 512 delete
        Sessions.Roles 256 keep
        SharedChannels.ShareHeader 1024 truncate
        Systems.Value 1024 keep
        TeamMembers.Roles 256 keep
        Teams.AllowedDomains 1000 keep
        Tokens.Extra 2048 keep
        UploadSessions.Filename 256 truncate-name
        UploadSessions.Path 512 keep
        UserAccessTokens.Description 512 truncate
        UserGroups.Description 1024 truncate
        Users.Roles 256 keep
        "#);
        for policy in policies.iter().filter(|it| it.policy == Overflow::Delete) {
            assert!(!["Posts", "Users", "Channels", "Teams"].contains(&policy.table.as_str()));
        }
    }
}
