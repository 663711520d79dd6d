//! The source's products, and its tables of no known product, as text.

use crate::check::describe_unknown_version;
use crate::foreign_text::spell_out_names;
use crate::mattermost::Product;
use crate::shell::shell_word;
use crate::transcript::Line;
use crate::workspace::SourceModels;

impl SourceModels {
    /// Which tables belong to no known product, and how they are handled.
    pub(crate) fn unknown_table_lines(&self) -> Vec<Line> {
        let unknown = self.unknown_tables();
        let decided = unknown.left_by_name();
        let mut lines = Vec::new();
        if !decided.is_empty() {
            let names = spell_out_names(decided);
            lines.push(Line::text(format!("tables skipped by decision: {names}")));
        }
        let is_decided = |name: &&str| decided.iter().any(|it| it == name);
        let left: Vec<&str> = unknown.left().into_iter().filter(|name| !is_decided(name)).collect();
        if !left.is_empty() {
            let names = spell_out_names(&left);
            lines.push(Line::warning(format!("tables of no known product are skipped: {names}")));
            lines.push(Line::hint(format!(
                "add `--copy-unknown` to copy them into tables of the same columns, or `--leave-behind {}` to \
                 leave them behind",
                shell_word(&left.join(","))
            )));
        }
        let copied = spell_out_names(unknown.describe());
        if !copied.is_empty() {
            lines.push(Line::warning(format!(
                "tables of no known product are copied by the types of their columns: {copied}"
            )));
            lines.push(Line::text(
                "the new tables have no defaults, foreign keys or identity columns",
            ));
        }
        lines
    }

    /// Which products have tables of versions that are not known.
    pub(crate) fn unknown_version_lines(&self) -> Vec<Line> {
        let line = |(product, found, known): (Product, &str, &str)| {
            let version = describe_unknown_version(product, found, known);
            Line::warning(format!("{version}; tables that the target does not have are skipped"))
        };
        self.unknown_versions().into_iter().map(line).collect()
    }

    /// Which of the chosen products the source does not have.
    pub(crate) fn absent_product_lines(&self, chosen: &[Product]) -> Vec<Line> {
        let absent = self.absent_products().filter(|it| chosen.contains(it));
        let absent = absent.filter(|it| *it != Product::Mattermost);
        absent.map(|it| Line::warning(format!("the source has no tables of {it}"))).collect()
    }
}
