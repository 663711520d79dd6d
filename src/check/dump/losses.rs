//! Signs in a table's text that characters were lost, in the database or in the dump.

use crate::check::probe::{Evidence as Details, ProbeResult};
use crate::check::{Finding, Key, Rule, Severity};
use crate::dump::{CodePage, CodePages, Evidence, Row};
use crate::schema::{Kind, Table};

/// The signs in one table.
#[derive(Debug)]
pub(super) struct Losses {
    columns: Vec<ColumnLosses>,
    /// The number of values with characters beyond ASCII.
    pub(super) beyond_ascii: u64,
    /// The code pages as which all of them may have been read.
    pub(super) code_pages: CodePages,
}

#[derive(Debug)]
struct ColumnLosses {
    place: usize,
    name: String,
    question_marks: ProbeResult,
    replacements: ProbeResult,
    reencoded: ProbeResult,
    code_page: Option<CodePage>,
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
        let columns = columns.map(column).collect();
        Self { columns, beyond_ascii: 0, code_pages: CodePages::ALL }
    }

    /// Checks a row.
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
            let shown = evidence.reencoding.shown;
            count(&mut column.reencoded, shown.is_some());
            column.code_page = column.code_page.or(shown);
            self.code_pages = self.code_pages.and(evidence.reencoding.possible);
        }
    }

    /// The number of values in which an emoji was replaced.
    pub(super) fn question_marks(&self) -> u64 {
        self.columns.iter().map(|column| column.question_marks.count).sum()
    }

    /// The code pages that values show.
    pub(super) fn shown(&self) -> impl Iterator<Item = CodePage> {
        self.columns.iter().filter_map(|column| column.code_page)
    }

    /// A finding for each column and kind of sign; `lost` is the severity and action for a replaced emoji.
    pub(super) fn findings(&self, table: &str, lost: &(Severity, String)) -> Vec<Finding> {
        let unchanged = (Severity::Note, "the copy takes the text as it is".to_owned());
        let mut findings = Vec::new();
        for column in &self.columns {
            let page = column.code_page.map(CodePage::name).unwrap_or_default();
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
