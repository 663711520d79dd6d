//! Full-text indexes whose parser PostgreSQL does not have.

use crate::check::{Finding, Rule, Severity};
use crate::schema::Catalog;

/// Reports each full-text index with a parser such as `ngram` or `mecab`, with which MySQL finds words of
/// Chinese, Japanese and Korean.
pub fn search_parsers(source: &Catalog) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in source.tables.values() {
        for (index, parser) in
            table.indexes.iter().filter_map(|(name, it)| Some((name, it.parser.as_ref()?)))
        {
            findings.push(finding(&table.name, index, parser));
        }
    }
    findings
}

fn finding(table: &str, index: &str, parser: &str) -> Finding {
    let message = format!(
        "full-text index `{index}` has the parser `{parser}`: searches for Chinese, Japanese or Korean \
         words find parts of texts without spaces on MySQL, and not on PostgreSQL before Mattermost 11.5"
    );
    Finding::new(Rule::SearchParser, Severity::Note, message)
        .at(table, None)
        .count(1)
        .action(
            "the rows are copied unchanged; docs/search.md shows what can be done on PostgreSQL, such as a text \
             search configuration of zhparser with `--text-search-config`",
        )
        .detail("index", index)
        .detail("parser", parser)
}
