//! The syntax of units and environment files (`systemd.syntax`, `systemd.exec`, "Environment").

/// The lines that say something, each with its number from 1: continued ones joined, comments and
/// empty ones left out.
pub(super) fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            // A comment inside of a continued line does not end it.
            continue;
        }
        let (part, goes_on) = match line.strip_suffix('\\') {
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
        continues = goes_on;
    }
    lines
}

/// The variables that a line sets, `A=b "C=d e" 'F=g'`, quotes around the value alone included.
pub(super) fn assignments(text: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', it) if it != Some('\'') => word.extend(characters.next()),
            ('"' | '\'', None) => quote = Some(character),
            (character, Some(open)) if character == open => quote = None,
            (character, None) if character.is_whitespace() => words.push(std::mem::take(&mut word)),
            (character, _) => word.push(character),
        }
    }
    words.push(word);
    let pair = |word: String| {
        word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    words.into_iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::{assignments, logical_lines};

    #[test]
    fn continued_lines_are_one_and_comments_none() {
        let text = "[Unit]\n# After=mysql.service\nAfter=a \\\n; note\n  b\n\nWants=c\n";
        let lines = logical_lines(text);
        let expected = [(1, "[Unit]"), (3, "After=a b"), (7, "Wants=c")];
        assert_eq!(lines, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn quotes_go_around_the_assignment_or_the_value() {
        let read = assignments("A=1 \"B=2 3\" 'C=\"4\"' D=\"5 6\" E=\\\"7 nothing");
        let expected = [("A", "1"), ("B", "2 3"), ("C", "\"4\""), ("D", "5 6"), ("E", "\"7")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
