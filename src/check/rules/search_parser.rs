//! Full-text indexes that split text by a plugin instead of by words.

use crate::check::{Finding, Rule, Severity};
use crate::schema::Catalog;

/// A finding for each full-text index with a parser such as `ngram` or `mecab`, by which MySQL finds words
/// of Chinese, Japanese and Korean.
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
         words find posts on MySQL, and nothing on PostgreSQL"
    );
    Finding::new(Rule::SearchParser, Severity::Note, message)
        .at(table, None)
        .count(1)
        .action(
            "the rows are copied unchanged; before users rely on search, plan for an extension such as \
             PGroonga or for Elasticsearch",
        )
        .detail("index", index)
        .detail("parser", parser)
}
