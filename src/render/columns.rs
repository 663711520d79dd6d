//! Aligned columns of text.

use crate::foreign_text::spell_out;

/// Aligns cells in columns two spaces apart: the first column to the left, the others to the right. Each row is
/// a line with a newline.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let spelled = |row: &Vec<String>| row.iter().map(|it| spell_out(it).into_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(spelled).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn numbers_are_aligned_to_the_right() {
        let rows = [["table", "rows"], ["Posts", "4000"], ["é", "7"]]
            .map(|row| row.map(str::to_owned).to_vec());
        insta::assert_snapshot!(aligned(&rows), @r"
        table  rows
        Posts  4000
        é         7
        ");
    }
}
