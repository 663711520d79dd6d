//! Splits text into statements, and reads words and names in them.

use memchr::memmem;

use super::escape::{Backslash, measure, unescape};

/// The end of the first statement of `text`: its length without and with its delimiter. `None` if the
/// delimiter is not in the buffer.
pub(super) fn statement_end(
    text: &[u8],
    delimiter: &[u8],
    backslash: Backslash,
) -> Option<(usize, usize)> {
    let mut place = 0;
    while place < text.len() {
        let rest = &text[place..];
        if rest.starts_with(delimiter) {
            return Some((place, place + delimiter.len()));
        }
        place += match rest[0] {
            quote @ (b'\'' | b'"') => measure(&rest[1..], quote, backslash)?.length + 2,
            b'`' => measure(&rest[1..], b'`', Backslash::Plain)?.length + 2,
            b'#' => line_length(rest)?,
            b'-' if is_line_comment(rest)? => line_length(rest)?,
            // The contents of a conditional comment are a part of the statement.
            b'/' if rest.starts_with(b"/*") && !is_conditional(rest) => {
                memmem::find(rest, b"*/")? + 2
            }
            _ => 1,
        };
    }
    None
}

/// The quote or comment that is open at the end of the buffer, and its position.
pub(super) fn open_token(text: &[u8], backslash: Backslash) -> Option<(&'static str, usize)> {
    let mut place = 0;
    while let Some(&first) = text.get(place) {
        let rest = &text[place..];
        let (what, length) = match first {
            quote @ (b'\'' | b'"') => {
                ("quote", measure(&rest[1..], quote, backslash).map(|it| it.length + 2))
            }
            b'`' => ("quote", measure(&rest[1..], b'`', Backslash::Plain).map(|it| it.length + 2)),
            b'/' if rest.starts_with(b"/*") && !is_conditional(rest) => {
                ("comment", memmem::find(rest, b"*/").map(|length| length + 2))
            }
            _ => ("", Some(1)),
        };
        match length {
            Some(length) => place += length,
            None => return Some((what, place)),
        }
    }
    None
}

/// Whether text that begins with `-` is a comment to the end of the line; `None` if the buffer is too short to
/// decide.
pub(super) fn is_line_comment(text: &[u8]) -> Option<bool> {
    match (text.get(1), text.get(2)) {
        (Some(b'-'), Some(after)) => Some(after.is_ascii_whitespace()),
        (Some(b'-') | None, None) => None,
        _ => Some(false),
    }
}

/// `/*!40101 …` for both servers, `/*M!100100 …` for `MariaDB` only.
pub(super) fn is_conditional(text: &[u8]) -> bool {
    text.starts_with(b"/*!") || text.starts_with(b"/*M!")
}

fn line_length(text: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', text).map(|end| end + 1)
}

/// The statement without comments; conditional comments are included. Invalid UTF-8 is replaced, so this is for
/// statements without rows.
pub(super) fn plain(statement: &[u8], backslash: Backslash) -> String {
    let mut text = Vec::with_capacity(statement.len());
    let (mut rest, mut depth) = (statement, 0_u32);
    while let Some(&first) = rest.first() {
        let length = match first {
            quote @ (b'\'' | b'"') => measure_all(rest, quote, backslash),
            b'`' => measure_all(rest, b'`', Backslash::Plain),
            b'/' if is_conditional(rest) => {
                depth += 1;
                let frame = rest.iter().position(|&byte| byte == b'!').map_or(0, |it| it + 1);
                let digits = rest[frame..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                rest = &rest[frame + digits..];
                text.push(b' ');
                continue;
            }
            b'*' if depth > 0 && rest.starts_with(b"*/") => {
                depth -= 1;
                rest = &rest[2..];
                text.push(b' ');
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                rest = memmem::find(rest, b"*/").map_or(&[], |end| &rest[end + 2..]);
                continue;
            }
            b'#' => {
                rest = line_length(rest).map_or(&[], |end| &rest[end..]);
                continue;
            }
            b'-' if is_line_comment(rest) == Some(true) => {
                rest = line_length(rest).map_or(&[], |end| &rest[end..]);
                continue;
            }
            _ => 1,
        };
        text.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn measure_all(text: &[u8], quote: u8, backslash: Backslash) -> usize {
    // The closing quote may be the last byte of the statement, after which the buffer ends.
    let quoted = measure(&text[1..], quote, backslash);
    quoted.map_or(text.len(), |quoted| quoted.length + 2)
}

/// Removes a name, quoted or not, from the start of `text`, with the spaces around it.
pub(super) fn name(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let first = *text.as_bytes().first()?;
    if let quote @ (b'`' | b'"') = first {
        let inside = &text[1..];
        // A space at the end lets the closing quote be the last character.
        let padded = format!("{inside} ");
        let length = measure(padded.as_bytes(), quote, Backslash::Plain)?.length;
        let mut name = Vec::new();
        unescape(&inside.as_bytes()[..length], quote, Backslash::Plain, &mut name);
        return Some((String::from_utf8(name).ok()?, inside[length + 1..].trim_start()));
    }
    let length = text
        .find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '$')))
        .unwrap_or(text.len());
    (length > 0).then(|| (text[..length].to_owned(), text[length..].trim_start()))
}

/// Removes `name` or `database.name` from the start of `text`.
pub(super) fn qualified_name(text: &str) -> Option<(Option<String>, String, &str)> {
    let (first, rest) = name(text)?;
    match rest.strip_prefix('.') {
        Some(rest) => name(rest).map(|(second, rest)| (Some(first), second, rest)),
        None => Some((None, first, rest)),
    }
}

/// Removes words from the start of `text`, in any letter case.
pub(super) fn words<'a>(text: &'a str, expected: &str) -> Option<&'a str> {
    expected.split(' ').try_fold(text.trim_start(), |rest, word| {
        let head = rest.get(..word.len())?;
        let tail = &rest[word.len()..];
        let ends = tail.chars().next().is_none_or(|it| !(it.is_alphanumeric() || it == '_'));
        (ends && head.eq_ignore_ascii_case(word)).then(|| tail.trim_start())
    })
}

#[cfg(test)]
mod tests {
    use super::{Backslash, name, plain, qualified_name, statement_end, words};

    #[test]
    fn delimiters_inside_quotes_and_comments_end_nothing() {
        let text = b"a ';' \"\\\";\" `;` -- ; don't\n /* ; ' */ /*!1 b */; rest";
        let (length, with_delimiter) =
            statement_end(text, b";", Backslash::Escapes).expect("an end");
        assert_eq!(&text[with_delimiter..], b" rest");
        assert_eq!(with_delimiter, length + 1);
        assert_eq!(statement_end(b"a; b ;; c", b";;", Backslash::Escapes), Some((5, 7)));
        assert_eq!(statement_end(b"a 'b", b";", Backslash::Escapes), None);
    }

    #[test]
    fn conditional_comments_are_what_the_server_runs() {
        let of = |text: &str| plain(text.as_bytes(), Backslash::Escapes);
        assert_eq!(of("/*!40101 SET NAMES utf8 */").trim(), "SET NAMES utf8");
        assert_eq!(
            of("/*!50003 CREATE*/ /*!50017 DEFINER=`a*/b`*/ TRIGGER")
                .split_whitespace()
                .collect::<Vec<_>>(),
            ["CREATE", "DEFINER=`a*/b`", "TRIGGER"]
        );
        assert_eq!(of("a /* b */ '/* c */' -- d\n e"), "a  '/* c */'  e");
        assert_eq!(of("/*M!100100 x */").trim(), "x");
    }

    #[test]
    fn names_are_read_with_and_without_quotes() {
        assert_eq!(name(" `a``b` c"), Some(("a`b".to_owned(), "c")));
        assert_eq!(name("Posts("), Some(("Posts".to_owned(), "(")));
        assert_eq!(name("`Posts`"), Some(("Posts".to_owned(), "")));
        assert_eq!(
            qualified_name("`mm`.`Posts` ("),
            Some((Some("mm".to_owned()), "Posts".to_owned(), "("))
        );
        assert_eq!(words("create  TABLE x", "CREATE TABLE"), Some("x"));
        assert_eq!(words("CREATED x", "CREATE"), None);
    }
}
