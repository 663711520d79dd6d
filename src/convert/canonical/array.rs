//! Arrays of text in canonical form, with all elements quoted.

/// Appends a PostgreSQL array of one dimension with all elements except NULL quoted; `None` if the field is
/// not an array (manual, "Array Input and Output Syntax").
pub(super) fn write(literal: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = literal.strip_prefix(b"{")?.strip_suffix(b"}")?;
    out.push(b'{');
    let mut is_first = true;
    while !rest.is_empty() {
        if !is_first {
            rest = rest.strip_prefix(b",")?;
            out.push(b',');
        }
        is_first = false;
        rest = match rest.strip_prefix(b"\"") {
            Some(quoted) => write_quoted(quoted, out)?,
            None => write_bare(rest, out)?,
        };
    }
    out.push(b'}');
    Some(())
}

/// Writes the text before the closing quote, and returns the rest after it.
fn write_quoted<'a>(mut rest: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    out.push(b'"');
    loop {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        match byte {
            b'"' => break,
            b'\\' => {
                let (&escaped, after) = rest.split_first()?;
                rest = after;
                push(escaped, out);
            }
            _ => push(byte, out),
        }
    }
    out.push(b'"');
    Some(rest)
}

fn write_bare<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let length = memchr::memchr(b',', rest).unwrap_or(rest.len());
    let (element, after) = rest.split_at(length);
    if element.is_empty() || element.contains(&b'{') {
        return None;
    }
    if element.eq_ignore_ascii_case(b"null") {
        out.extend_from_slice(b"NULL");
    } else {
        out.push(b'"');
        for &byte in element {
            push(byte, out);
        }
        out.push(b'"');
    }
    Some(after)
}

fn push(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        _ => out.push(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn quotes_do_not_matter_but_around_null() {
        let canonical = |literal: &str| {
            let mut out = Vec::new();
            write(literal.as_bytes(), &mut out)?;
            String::from_utf8(out).ok()
        };
        assert_eq!(
            canonical(r#"{a,"a",NULL,"NULL","x\"\\y",""}"#).as_deref(),
            Some(r#"{"a","a",NULL,"NULL","x\"\\y",""}"#)
        );
        assert_eq!(canonical("{}").as_deref(), Some("{}"));
        for literal in ["", "{a,}", "{{a},{b}}", "{\"a}", "{a\"b\"}x"] {
            assert_eq!(canonical(literal), None, "{literal}");
        }
    }
}
