//! URLs: `postgres://user:password@host:port/database?parameter=value`.

use std::borrow::Cow;

use super::Problem;
use crate::url::{self, DecodeError};

/// Parameters by libpq's names, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// The text after the scheme of such a URL.
pub(super) fn without_scheme(text: &str) -> Option<&str> {
    text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))
}

/// Splits a URL without its scheme, as libpq's `conninfo_uri_parse_options` does.
pub(super) fn parse(rest: &str) -> Result<Pairs, Problem> {
    let mut pairs = Pairs::new();
    let (credentials, rest) = split_credentials(rest);
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    push(&mut pairs, "user", user)?;
    push(&mut pairs, "password", password)?;

    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(authority_end);
    if credentials.is_empty() && password_holds_slash(authority, rest) {
        return Err(Problem::SlashInPassword);
    }
    let (host, port) = split_authority(authority)?;
    push(&mut pairs, "host", host)?;
    push(&mut pairs, "port", port)?;

    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    push(&mut pairs, "dbname", path.strip_prefix('/').unwrap_or(path))?;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=').ok_or(Problem::NoEqualsSign)?;
        // JDBC's form, which libpq accepts too.
        let (key, value) =
            if (key, value) == ("ssl", "true") { ("sslmode", "require") } else { (key, value) };
        pairs.push((decode(key)?.into_owned(), decode(value)?.into_owned()));
    }
    Ok(pairs)
}

/// The user and password, and the text after their `@`.
fn split_credentials(rest: &str) -> (&str, &str) {
    let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
    let Some(first) = authority.find('@') else { return ("", rest) };
    let host_end = authority[first..].find('?').map_or(authority.len(), |end| first + end);
    let last = authority[..host_end].rfind('@').unwrap_or(first);
    (&rest[..last], &rest[last + 1..])
}

/// Whether `authority` is the start of a password that a slash split. In a database name without a user
/// before it, an `@` is written `%40`.
fn password_holds_slash(authority: &str, rest: &str) -> bool {
    let path = rest.split('?').next().unwrap_or_default();
    authority.contains(':') && path.contains('@')
}

/// The host and the port, which may be empty.
fn split_authority(authority: &str) -> Result<(&str, &str), Problem> {
    if let Some(bracketed) = authority.strip_prefix('[') {
        let (host, after) = bracketed.split_once(']').ok_or(Problem::Brackets)?;
        return match after.strip_prefix(':') {
            _ if host.is_empty() => Err(Problem::Brackets),
            Some(port) => Ok((host, port)),
            None if after.is_empty() => Ok((host, "")),
            None if after.starts_with(',') => Err(Problem::SeveralHosts),
            None => Err(Problem::Brackets),
        };
    }
    if authority.contains(',') {
        return Err(Problem::SeveralHosts);
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    if port.contains(':') { Err(Problem::Brackets) } else { Ok((host, port)) }
}

fn push(pairs: &mut Pairs, key: &str, value: &str) -> Result<(), Problem> {
    if !value.is_empty() {
        pairs.push((key.to_owned(), decode(value)?.into_owned()));
    }
    Ok(())
}

/// Replaces `%XX`; a `+` stays a plus sign.
fn decode(text: &str) -> Result<Cow<'_, str>, Problem> {
    let decoded = url::decode(text).map_err(|error| match error {
        DecodeError::Escape => Problem::Percent,
        DecodeError::Encoding => Problem::Encoding,
    })?;
    if decoded.contains('\0') { Err(Problem::Encoding) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use super::{Problem, parse, split_credentials};

    #[test]
    fn the_last_at_sign_before_the_host_ends_the_password() {
        assert_eq!(split_credentials("u:p@ss@h/db"), ("u:p@ss", "h/db"));
        assert_eq!(split_credentials("u:p@h?x=a@b"), ("u:p", "h?x=a@b"));
        assert_eq!(split_credentials("u:p?q@h/db"), ("u:p?q", "h/db"));
        assert_eq!(split_credentials("h/db@x"), ("", "h/db@x"));
    }

    #[test]
    fn an_address_without_its_brackets_is_not_taken_for_a_port() {
        assert_eq!(parse("u@::1/db"), Err(Problem::Brackets));
        assert_eq!(parse("u@[::1]x/db"), Err(Problem::Brackets));
        assert_eq!(parse("u@[]/db"), Err(Problem::Brackets));
    }

    #[test]
    fn values_may_hold_equals_signs_and_plus_signs() {
        let pairs = parse("h?options=-c a=b+c&ssl=true").unwrap();
        assert_eq!(pairs[1], ("options".into(), "-c a=b+c".into()));
        assert_eq!(pairs[2], ("sslmode".into(), "require".into()));
    }
}
