//! Parses a row of an INSERT.

use super::{Cell, Form, Stop};
use crate::dump::charset::Charset;
use crate::dump::escape::{self, Backslash};

/// Parses a row that begins with its parenthesis; returns its length.
pub(in crate::dump) fn parse(
    text: &[u8],
    backslash: Backslash,
    cells: &mut Vec<Cell>,
) -> Result<usize, Stop> {
    cells.clear();
    let mut place = 1;
    loop {
        place = skip_blanks(text, place)?;
        let (cell, next) = literal(text, place, backslash)?;
        cells.push(cell);
        place = skip_blanks(text, next)?;
        match text[place] {
            b',' => place += 1,
            b')' => return Ok(place + 1),
            _ => return Err(Stop::Malformed(place)),
        }
    }
}

/// The position of the next byte other than a space.
fn skip_blanks(text: &[u8], place: usize) -> Result<usize, Stop> {
    match text.get(place) {
        Some(byte) if !byte.is_ascii_whitespace() => Ok(place),
        _ => {
            let rest = text.get(place..).unwrap_or_default();
            let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace());
            blanks.map(|blanks| place + blanks).ok_or(Stop::Incomplete)
        }
    }
}

/// Reads one value; returns its end.
fn literal(text: &[u8], place: usize, backslash: Backslash) -> Result<(Cell, usize), Stop> {
    match text[place] {
        b'\'' | b'"' => quoted(text, place, None, backslash),
        b'0' if text.get(place + 1).ok_or(Stop::Incomplete)? | 0x20 == b'x' => {
            let (start, end) = (place + 2, word_end(text, place + 2)?);
            digits(text, start, end, Form::Hexadecimal).map(|cell| (cell, end))
        }
        b'0' if text[place + 1] == b'b' => {
            let (start, end) = (place + 2, word_end(text, place + 2)?);
            digits(text, start, end, Form::Bits).map(|cell| (cell, end))
        }
        b'-' | b'+' | b'.' | b'0'..=b'9' => {
            let end = word_end(text, place + 1)?;
            Ok((Cell { start: place, end, form: Form::Plain }, end))
        }
        _ => word(text, place, backslash),
    }
}

/// A value that begins with a letter: `NULL`, `X'…'`, `b'…'`, or an introducer before another value.
fn word(text: &[u8], place: usize, backslash: Backslash) -> Result<(Cell, usize), Stop> {
    let end = word_end(text, place)?;
    let found = &text[place..end];
    if found.eq_ignore_ascii_case(b"NULL") {
        return Ok((Cell { start: place, end, form: Form::Null }, end));
    }
    let next = skip_blanks(text, end)?;
    let form = match found {
        b"x" | b"X" => Form::Hexadecimal,
        b"b" | b"B" => Form::Bits,
        b"n" | b"N" => return quoted(text, next, Some(Charset::Utf8), backslash),
        [b'_', name @ ..] => return introduced(text, place, name, next, backslash),
        _ if found.eq_ignore_ascii_case(b"CONVERT") && text[next] == b'(' => {
            return converted(text, next + 1, backslash);
        }
        _ => return Err(Stop::Malformed(place)),
    };
    let (cell, end) = quoted(text, next, None, backslash)?;
    digits(text, cell.start, cell.end, form).map(|cell| (cell, end))
}

/// `CONVERT("…" USING UTF8MB4)`, as mydumper writes JSON, after its parenthesis.
fn converted(text: &[u8], place: usize, backslash: Backslash) -> Result<(Cell, usize), Stop> {
    let place = skip_blanks(text, place)?;
    let (mut cell, end) = literal(text, place, backslash)?;
    let using = skip_blanks(text, end)?;
    let end = word_end(text, using)?;
    let name = skip_blanks(text, end)?;
    let end = word_end(text, name)?;
    let close = skip_blanks(text, end)?;
    let charset = std::str::from_utf8(&text[name..end]).ok().and_then(|it| Charset::named(it).ok());
    match (charset, &mut cell.form) {
        (Some(named), Form::Quoted { charset, .. })
            if text[using..].get(..5).is_some_and(|it| it.eq_ignore_ascii_case(b"USING"))
                && text[close] == b')' =>
        {
            *charset = Some(named);
            Ok((cell, close + 1))
        }
        _ => Err(Stop::Malformed(place)),
    }
}

fn introduced(
    text: &[u8],
    place: usize,
    name: &[u8],
    next: usize,
    backslash: Backslash,
) -> Result<(Cell, usize), Stop> {
    let name = std::str::from_utf8(name).map_err(|_| Stop::Malformed(place))?;
    let charset = Charset::named(name).map_err(|_| Stop::Malformed(place))?;
    if matches!(text[next], b'\'' | b'"') {
        return quoted(text, next, Some(charset), backslash);
    }
    literal(text, next, backslash)
}

fn quoted(
    text: &[u8],
    place: usize,
    charset: Option<Charset>,
    backslash: Backslash,
) -> Result<(Cell, usize), Stop> {
    let quote = text[place];
    if !matches!(quote, b'\'' | b'"') {
        return Err(Stop::Malformed(place));
    }
    let start = place + 1;
    let quoted = escape::measure(&text[start..], quote, backslash).ok_or(Stop::Incomplete)?;
    let end = start + quoted.length;
    let form = Form::Quoted { quote, escaped: quoted.escaped, charset };
    Ok((Cell { start, end, form }, end + 1))
}

fn digits(text: &[u8], start: usize, end: usize, form: Form) -> Result<Cell, Stop> {
    let is_digit = |byte: &u8| match form {
        Form::Bits => matches!(byte, b'0' | b'1'),
        _ => byte.is_ascii_hexdigit(),
    };
    if text[start..end].iter().all(is_digit) {
        Ok(Cell { start, end, form })
    } else {
        Err(Stop::Malformed(start))
    }
}

/// The end of a word or a number.
fn word_end(text: &[u8], place: usize) -> Result<usize, Stop> {
    let is_inside =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-');
    let rest = text.get(place..).ok_or(Stop::Incomplete)?;
    let length = rest.iter().position(|byte| !is_inside(byte));
    length.map(|length| place + length).ok_or(Stop::Incomplete)
}
