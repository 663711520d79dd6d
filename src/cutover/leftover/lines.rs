//! The lines of a unit or a script with a meaning.

/// The lines of a unit or a script with a meaning, each with its number from 1: continued ones joined, comments
/// and empty ones left out.
pub(super) fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            // A comment inside a continued line does not end it.
            continue;
        }
        let (part, is_continued) = match line.strip_suffix('\\') {
            Some(part) => (part.trim_end(), true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| continues) {
            Some((_, whole)) => {
                whole.push(' ');
                whole.push_str(part);
            }
            None if part.is_empty() => {}
            None => lines.push((index + 1, part.to_owned())),
        }
        continues = is_continued;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::logical_lines;

    #[test]
    fn continued_lines_are_joined_and_comments_skipped() {
        let text = "[Unit]\n# After=mysql.service\nAfter=a \\\n; note\n  b\n\nWants=c\n";
        let lines = logical_lines(text);
        let expected = [(1, "[Unit]"), (3, "After=a b"), (7, "Wants=c")];
        assert_eq!(lines, expected.map(|(line, text)| (line, text.to_owned())));
    }
}
