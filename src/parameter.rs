//! Names of DSN parameters: what an unrecognised one is likely to be meant for.

/// Syllables that the security parameters of both servers, of their drivers and of JDBC have in common.
const SECURITY: [&str; 5] = ["ssl", "tls", "auth", "gss", "crypt"];

/// A parameter of a DSN that has no effect here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrecognised {
    /// Its name, as it was given.
    pub name: String,
    /// The known name that differs from it by few letters.
    pub nearest: Option<&'static str>,
}

/// Whether a parameter of this name, which is not a known one, is about encryption or authentication.
///
/// Ignoring such a parameter would weaken a connection silently; a misspelt one counts.
pub(crate) fn concerns_security(name: &str, known: &[&'static str]) -> bool {
    let plain = plain(name);
    SECURITY.iter().any(|part| plain.contains(part))
        || nearest(name, known).is_some_and(|near| SECURITY.iter().any(|part| near.contains(part)))
}

/// The known name that differs from this one by few letters; letter case, `-` and `_` do not count.
pub(crate) fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let given = plain(name);
    let distance = |it: &&&'static str| strsim::damerau_levenshtein(&given, &plain(it));
    let near = known.iter().min_by_key(distance)?;
    let allowed = if given.len() < 5 { 1 } else { 2 };
    (distance(&near) <= allowed).then_some(near)
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::{concerns_security, nearest};

    const KNOWN: [&str; 4] = ["tls", "sslmode", "sslrootcert", "connect_timeout"];

    #[test]
    fn a_misspelt_name_finds_the_meant_one() {
        for (name, expected) in [
            ("SSLMODE", Some("sslmode")),
            ("ssl_mode", Some("sslmode")),
            ("sslmod", Some("sslmode")),
            ("tsl", Some("tls")),
            ("connect-timeuot", Some("connect_timeout")),
            ("search_path", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, &KNOWN), expected, "{name}");
        }
    }

    #[test]
    fn what_would_weaken_a_connection_is_known_by_its_name() {
        for name in ["useSSL", "tls-mode", "tsl", "require_auth", "gssencmode", "encrypt"] {
            assert!(concerns_security(name, &KNOWN), "{name}");
        }
        for name in ["search_path", "charset", "connect_timeuot", "loc"] {
            assert!(!concerns_security(name, &KNOWN), "{name}");
        }
    }
}
