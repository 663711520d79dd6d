//! Signs in a table's text that characters were lost before the dump was made, or in making it.

use crate::check::probe::{Evidence as Details, ProbeResult};
use crate::check::{Finding, Key, Rule, Severity};
use crate::dump::{Evidence, Row};
use crate::schema::{Kind, Table};

/// The signs in one table.
#[derive(Debug, Default)]
pub(super) struct Losses {
    columns: Vec<ColumnLosses>,
    /// How many values have characters beyond ASCII.
    pub(super) beyond_ascii: u64,
}

#[derive(Debug)]
struct ColumnLosses {
    place: usize,
    name: String,
    question_marks: ProbeResult,
    replacements: ProbeResult,
    reencoded: ProbeResult,
    code_page: Option<&'static str>,
}

impl Losses {
    pub(super) fn of(table: &Table) -> Self {
        let is_text = |kind: &Kind| matches!(kind, Kind::Text(_) | Kind::Json { .. });
        let columns = table.columns.iter().enumerate();
        let columns = columns.filter(|(_, column)| is_text(column.data_type.kind()));
        let column = |(place, column): (usize, &crate::schema::Column)| ColumnLosses {
            place,
            name: column.name.clone(),
            question_marks: ProbeResult::default(),
            replacements: ProbeResult::default(),
            reencoded: ProbeResult::default(),
            code_page: None,
        };
        Self { columns: columns.map(column).collect(), beyond_ascii: 0 }
    }

    /// Looks at a row.
    pub(super) fn add(
        &mut self,
        row: &Row<'_>,
        key: impl Fn() -> Key,
        keys: usize,
        scratch: &mut Vec<u8>,
    ) {
        if row.is_ascii() {
            return;
        }
        for column in &mut self.columns {
            let Some(text) = row.value(column.place, scratch).filter(|text| !text.is_ascii())
            else {
                continue;
            };
            self.beyond_ascii += 1;
            let evidence = Evidence::of(text);
            let count = |counts: &mut ProbeResult, is_found: bool| {
                if is_found {
                    counts.add(Details::default(), &key, keys);
                }
            };
            count(&mut column.question_marks, evidence.has_question_mark);
            count(&mut column.replacements, evidence.has_replacement);
            count(&mut column.reencoded, evidence.code_page.is_some());
            column.code_page = column.code_page.or(evidence.code_page);
        }
    }

    /// How many values show that an emoji was replaced.
    pub(super) fn question_marks(&self) -> u64 {
        self.columns.iter().map(|column| column.question_marks.count).sum()
    }

    /// How many values were re-encoded.
    pub(super) fn reencoded(&self) -> u64 {
        self.columns.iter().map(|column| column.reencoded.count).sum()
    }

    /// The code page of the first of them.
    pub(super) fn code_page(&self) -> Option<&'static str> {
        self.columns.iter().find_map(|column| column.code_page)
    }

    /// A finding for each column and kind of sign; `lost` is what a replaced emoji means for the copy.
    pub(super) fn findings(&self, table: &str, lost: &(Severity, String)) -> Vec<Finding> {
        let unchanged = (Severity::Note, "the copy takes the text as it is".to_owned());
        let mut findings = Vec::new();
        for column in &self.columns {
            let page = column.code_page.unwrap_or_default();
            let kinds = [
                (
                    &column.question_marks,
                    lost,
                    Rule::LostCharacters,
                    "`?` in the place of an emoji (before U+FE0F, U+200D or a skin tone)"
                        .to_owned(),
                ),
                (
                    &column.replacements,
                    &unchanged,
                    Rule::LostCharacters,
                    "U+FFFD, which programs write for bytes that they cannot decode".to_owned(),
                ),
                (
                    &column.reencoded,
                    &unchanged,
                    Rule::ReencodedText,
                    format!("UTF-8 that was read as code page {page}"),
                ),
            ];
            for (counts, (severity, action), id, what) in kinds {
                if counts.count > 0 {
                    let message = format!("{what}: {}", counts.count);
                    let mut finding = Finding::new(id, *severity, message)
                        .at(table, Some(&column.name))
                        .count(counts.count)
                        .action(action.clone());
                    finding.keys.clone_from(&counts.keys);
                    finding.keys.sort();
                    findings.push(finding);
                }
            }
        }
        findings
    }
}
