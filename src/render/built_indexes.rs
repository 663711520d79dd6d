//! Indexes, materialized views and statistics as text.

use std::fmt::Write as _;

use super::text_search::other_index_lines;
use crate::indexes::{BuildReport, FailedIndex, RefreshReport};
use crate::sql::Dialect::Postgres;
use crate::transcript::{Line, LineKind};

/// What was built and refreshed, and what failed.
pub(crate) fn built_lines(indexes: &BuildReport, refresh: &RefreshReport) -> Vec<Line> {
    let built = indexes.built.iter().map(|built| {
        let text = format!("built {} on {} in {:.1} s", built.index, built.table, built.seconds);
        Line::new(LineKind::Detail, text)
    });
    let mut lines: Vec<Line> = built.collect();
    let (built, present) = (indexes.built.len(), indexes.present);
    lines.push(Line::text(format!("indexes: {built} built, {present} existed already")));
    lines.extend(indexes.failed.iter().map(|failed| Line::warning(describe_failure(failed))));
    lines.extend(other_index_lines(&indexes.other_configuration));
    lines.push(Line::text(format!(
        "materialized views refreshed: {} (days of time zone {}); tables analyzed: {}",
        refresh.refreshed.len(),
        refresh.time_zone,
        refresh.analyzed
    )));
    lines.extend(refresh.failed.iter().map(|(view, reason)| {
        Line::warning(format!("materialized view `{view}` was not refreshed: {reason}"))
    }));
    lines
}

fn describe_failure(failed: &FailedIndex) -> String {
    let mut text =
        format!("index `{}` on `{}` was not built: {}", failed.index, failed.table, failed.reason);
    let Some(oversized) = &failed.oversized else { return text };
    let keys: Vec<String> = oversized.keys.iter().map(|key| Postgres.literal(key)).collect();
    let more = oversized.count - oversized.keys.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let [table, column, key] =
        [&failed.table, &oversized.column, &oversized.key].map(|name| Postgres.identifier(name));
    let place = format!("{}.{}", failed.table, oversized.column);
    write!(
        text,
        "\n  rows with more text than a tsvector takes: {} ({} {}{more})\
         \n  cut these texts on the way with `migration-assist migrate --on-invalid {place}=shorten`; or, if the \
         rows were loaded by pgloader, in the target, where `verify` then reports them:\
         \n  UPDATE {table} SET {column} = left({column}, 200000) WHERE {key} IN ({});",
        oversized.count,
        oversized.key,
        oversized.keys.join(", "),
        keys.join(", ")
    )
    .expect("writing to a string cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use super::built_lines;
    use crate::indexes::{BuildReport, FailedIndex, Oversized, RefreshReport};
    use crate::transcript::testing::printed;

    #[test]
    fn what_was_not_built_comes_with_the_statement_that_helps() {
        let oversized = Oversized {
            count: 3,
            column: "content".to_owned(),
            key: "id".to_owned(),
            keys: vec!["a'b".to_owned(), "c".to_owned()],
        };
        let failed = FailedIndex {
            index: "idx_fileinfo_content_txt".to_owned(),
            table: "fileinfo".to_owned(),
            reason: "string is too long for tsvector".to_owned(),
            oversized: Some(oversized),
        };
        let indexes = BuildReport {
            present: 219,
            built: Vec::new(),
            failed: vec![failed],
            other_configuration: Vec::new(),
        };
        let refresh = RefreshReport {
            refreshed: vec!["poststats".to_owned()],
            failed: vec![("bot_posts".to_owned(), "permission denied".to_owned())],
            time_zone: "UTC".to_owned(),
            analyzed: 80,
        };
        insta::assert_snapshot!(printed(&built_lines(&indexes, &refresh)), @r#"
        Text: indexes: 0 built, 219 existed already
        Warning: index `idx_fileinfo_content_txt` on `fileinfo` was not built: string is too long for tsvector
          rows with more text than a tsvector takes: 3 (id a'b, c and 1 more)
          cut these texts on the way with `migration-assist migrate --on-invalid fileinfo.content=shorten`; or, if the rows were loaded by pgloader, in the target, where `verify` then reports them:
          UPDATE "fileinfo" SET "content" = left("content", 200000) WHERE "id" IN ('a''b', 'c');
        Text: materialized views refreshed: 1 (days of time zone UTC); tables analyzed: 80
        Warning: materialized view `bot_posts` was not refreshed: permission denied
        "#);
    }
}
