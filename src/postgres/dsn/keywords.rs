//! Strings of keywords: `host=db.example.com user=mmuser password='it\'s'`.

use std::iter::Peekable;
use std::str::Chars;

use super::Problem;
use super::url::Pairs;

/// Splits such a string, as libpq's `conninfo_parse` does.
pub(super) fn parse(text: &str) -> Result<Pairs, Problem> {
    if text.is_empty() || !text.contains('=') {
        return Err(Problem::NeitherForm);
    }
    let mut pairs = Pairs::new();
    let mut characters = text.chars().peekable();
    loop {
        skip_spaces(&mut characters);
        if characters.peek().is_none() {
            return Ok(pairs);
        }
        let key = read_key(&mut characters)?;
        skip_spaces(&mut characters);
        if characters.next() != Some('=') {
            return Err(Problem::NoEqualsSign);
        }
        skip_spaces(&mut characters);
        let value = read_value(&mut characters)?;
        if value.contains('\0') {
            return Err(Problem::Encoding);
        }
        pairs.push((key, value));
    }
}

fn skip_spaces(characters: &mut Peekable<Chars<'_>>) {
    while characters.next_if(char::is_ascii_whitespace).is_some() {}
}

/// A keyword. Any other text in its place means that this is another kind of DSN.
fn read_key(characters: &mut Peekable<Chars<'_>>) -> Result<String, Problem> {
    let mut key = String::new();
    while let Some(character) =
        characters.next_if(|&character| character != '=' && !character.is_ascii_whitespace())
    {
        if !character.is_ascii_alphanumeric() && character != '_' {
            return Err(Problem::NeitherForm);
        }
        key.push(character);
    }
    if key.is_empty() { Err(Problem::NeitherForm) } else { Ok(key) }
}

fn read_value(characters: &mut Peekable<Chars<'_>>) -> Result<String, Problem> {
    let quoted = characters.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match characters.next() {
            Some('\'') if quoted => return Ok(value),
            Some(character) if !quoted && character.is_ascii_whitespace() => return Ok(value),
            Some('\\') => value.push(characters.next().ok_or(Problem::Quote)?),
            Some(character) => value.push(character),
            None if quoted => return Err(Problem::Quote),
            None => return Ok(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, parse};

    #[test]
    fn quotes_escapes_and_spaces_are_libpq_s() {
        let pairs = parse(r" host = h  password='it\'s a \\' user=a\ b options=''").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [("host", "h"), ("password", r"it's a \"), ("user", "a b"), ("options", "")]
        );
    }

    #[test]
    fn what_is_no_keyword_string_is_distinguished_from_a_broken_one() {
        assert_eq!(parse("u:p@tcp(h)/db?a=b"), Err(Problem::NeitherForm));
        assert_eq!(parse("host=h user"), Err(Problem::NoEqualsSign));
        assert_eq!(parse(r"password=a\"), Err(Problem::Quote));
    }
}
