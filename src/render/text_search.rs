//! Full-text search on the target as text.

use crate::indexes::OtherConfiguration;
use crate::postgres::Note;
use crate::sql::Dialect::Postgres;
use crate::transcript::Line;
use crate::workspace::{PhraseIndexEstimate, TextSearchObstacle, TextSearchReport};

impl TextSearchObstacle {
    /// What is in the way, and what to do about it.
    pub(crate) fn lines(&self) -> Vec<Line> {
        match self {
            Self::ExtensionMissing => vec![
                Line::warning("the server does not have the extension `unaccent`"),
                Line::hint(
                    "install PostgreSQL's contrib modules on its machine (on Debian they are part of the server)",
                ),
            ],
            Self::SetByDsn => vec![
                Line::warning(
                    "the DSN names a text search configuration, which takes precedence over the database's",
                ),
                Line::hint(
                    "remove `default_text_search_config` from the DSN, also from Mattermost's",
                ),
            ],
            Self::Denied { database, owner, statements } => {
                let database = Postgres.identifier(database);
                let mut lines = vec![Line::warning(format!(
                    "this account cannot set up searches that ignore accents; the owner of database {database}, \
                     role `{owner}`, or a superuser can"
                ))];
                lines.extend(statements.iter().map(|it| Line::warning(format!("  {it}"))));
                lines.push(Line::hint(
                    "let them run these statements, and run the same command again",
                ));
                lines
            }
        }
    }
}

impl TextSearchReport {
    /// What was set, and what searches lack.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if let Some((configuration, statement)) = &self.set {
            lines.push(Line::ok(format!(
                "Mattermost searches with `{configuration}` from its next start on: {statement}"
            )));
        }
        lines.extend(self.missing_phrase_index.map(phrase_index_line));
        lines.extend(self.note.iter().flat_map(Note::lines));
        lines
    }
}

/// The flag that builds the index for phrases, and what it takes.
fn phrase_index_line(PhraseIndexEstimate { seconds, bytes }: PhraseIndexEstimate) -> Line {
    Line::text(format!(
        "phrase searches scan all posts in Mattermost 10.6 to 11.3; `migration-assist post-migrate \
         --phrase-index` builds an index for them (about {seconds} s, up to {} MiB)",
        (bytes >> 20) + 1
    ))
}

/// The full-text indexes that have another configuration than the one that was asked for.
pub(crate) fn other_index_lines(others: &[OtherConfiguration]) -> Vec<Line> {
    if others.is_empty() {
        return Vec::new();
    }
    let other = |it: &OtherConfiguration| {
        format!("`{}` ({})", it.index, it.configuration.as_deref().unwrap_or("unknown"))
    };
    let listed: Vec<String> = others.iter().map(other).collect();
    vec![
        Line::warning(format!(
            "full-text indexes with another configuration: {}",
            listed.join(", ")
        )),
        Line::hint("add `--rebuild-full-text` to `post-migrate` to build them again"),
    ]
}

/// That a text search configuration was created.
pub(crate) fn created_line(configuration: &str) -> Line {
    Line::ok(format!("text search configuration `{configuration}` is created"))
}

#[cfg(test)]
mod tests {
    use super::{created_line, other_index_lines};
    use crate::indexes::OtherConfiguration;
    use crate::postgres::Note;
    use crate::transcript::testing::printed;
    use crate::workspace::{PhraseIndexEstimate, TextSearchObstacle, TextSearchReport};

    #[test]
    fn an_obstacle_names_who_can_clear_it() {
        let denied = TextSearchObstacle::Denied {
            database: "chat".to_owned(),
            owner: "admin".to_owned(),
            statements: vec!["CREATE EXTENSION unaccent;".to_owned()],
        };
        let obstacles =
            [TextSearchObstacle::ExtensionMissing, TextSearchObstacle::SetByDsn, denied];
        let lines: Vec<_> = obstacles.iter().flat_map(TextSearchObstacle::lines).collect();
        insta::assert_snapshot!(printed(&lines), @r#"
        Warning: the server does not have the extension `unaccent`
        Hint: install PostgreSQL's contrib modules on its machine (on Debian they are part of the server)
        Warning: the DSN names a text search configuration, which takes precedence over the database's
        Hint: remove `default_text_search_config` from the DSN, also from Mattermost's
        Warning: this account cannot set up searches that ignore accents; the owner of database "chat", role `admin`, or a superuser can
        Warning:   CREATE EXTENSION unaccent;
        Hint: let them run these statements, and run the same command again
        "#);
    }

    #[test]
    fn what_was_set_and_what_is_missing_is_reported() {
        let configuration = "public.accent_insensitive_english".to_owned();
        let report = TextSearchReport {
            setting: Some(configuration.clone()),
            unusable: vec!["idx_posts_message_txt".to_owned()],
            set: Some((configuration.clone(), "ALTER DATABASE chat SET x = 1;".to_owned())),
            missing_phrase_index: Some(PhraseIndexEstimate { seconds: 9, bytes: 25 << 20 }),
            note: Some(Note {
                id: "text-search",
                message: "searches read every post".to_owned(),
                statement: None,
                plan: Vec::new(),
            }),
        };
        insta::assert_snapshot!(printed(&report.lines()), @r"
        Ok: Mattermost searches with `public.accent_insensitive_english` from its next start on: ALTER DATABASE chat SET x = 1;
        Text: phrase searches scan all posts in Mattermost 10.6 to 11.3; `migration-assist post-migrate --phrase-index` builds an index for them (about 9 s, up to 26 MiB)
        Warning: searches read every post
        ");
        insta::assert_snapshot!(printed(&[created_line(&configuration)]), @"Ok: text search configuration `public.accent_insensitive_english` is created");
        let other = OtherConfiguration {
            table: "posts".to_owned(),
            index: "idx_posts_message_txt".to_owned(),
            configuration: None,
        };
        insta::assert_snapshot!(printed(&other_index_lines(&[other])), @r"
        Warning: full-text indexes with another configuration: `idx_posts_message_txt` (unknown)
        Hint: add `--rebuild-full-text` to `post-migrate` to build them again
        ");
        assert!(other_index_lines(&[]).is_empty());
    }
}
