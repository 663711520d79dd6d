//! `require_auth`: the methods by which a server may let a client log in.

use std::collections::BTreeSet;
use std::fmt;

/// A method of authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthMethod {
    /// No exchange; a client certificate may be asked for.
    None,
    Password,
    Md5,
    Gss,
    Sspi,
    Scram,
}

impl AuthMethod {
    const ALL: [Self; 6] =
        [Self::None, Self::Password, Self::Md5, Self::Gss, Self::Sspi, Self::Scram];

    /// libpq's name of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Password => "password",
            Self::Md5 => "md5",
            Self::Gss => "gss",
            Self::Sspi => "sspi",
            Self::Scram => "scram-sha-256",
        }
    }

    /// What a server asks for by an authentication request (PostgreSQL manual, "Message Formats"); `None` for the
    /// messages within an exchange.
    pub(in crate::postgres) fn asked_by(code: u32) -> Option<Self> {
        match code {
            0 => Some(Self::None),
            3 => Some(Self::Password),
            5 => Some(Self::Md5),
            7 => Some(Self::Gss),
            9 => Some(Self::Sspi),
            10 => Some(Self::Scram),
            _ => None,
        }
    }
}

/// The methods that `require_auth` allows; by default all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthMethods(BTreeSet<AuthMethod>);

impl Default for AuthMethods {
    fn default() -> Self {
        Self(AuthMethod::ALL.into())
    }
}

impl AuthMethods {
    /// Reads a list such as `scram-sha-256,md5`, or `!password,!md5`, which allows all others. `None` if a method
    /// is unknown or repeated, or if the two forms are mixed (PostgreSQL manual, "Parameter Key Words").
    #[must_use]
    pub fn parse(list: &str) -> Option<Self> {
        let mut named = BTreeSet::new();
        let is_negated = list.starts_with('!');
        for item in list.split(',') {
            let name = item.strip_prefix('!');
            if name.is_some() != is_negated {
                return None;
            }
            let name = name.unwrap_or(item);
            let method = AuthMethod::ALL.into_iter().find(|it| it.as_str() == name)?;
            if !named.insert(method) {
                return None;
            }
        }
        let is_allowed = |method: &AuthMethod| named.contains(method) != is_negated;
        Some(Self(AuthMethod::ALL.into_iter().filter(is_allowed).collect()))
    }

    /// Whether a server may ask for anything.
    pub(in crate::postgres) fn are_all(&self) -> bool {
        *self == Self::default()
    }

    pub(in crate::postgres) fn allow(&self, method: AuthMethod) -> bool {
        self.0.contains(&method)
    }
}

impl fmt::Display for AuthMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = if self.0.is_empty() {
            // Only the negated form can leave none.
            AuthMethod::ALL.iter().map(|it| format!("!{}", it.as_str())).collect()
        } else {
            self.0.iter().map(|it| it.as_str().to_owned()).collect()
        };
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::AuthMethods;

    #[test]
    fn a_list_is_read_as_libpq_reads_it() {
        let methods = |list: &str| AuthMethods::parse(list).map(|it| it.to_string());
        let of = |list: &str| methods(list).unwrap_or_default();
        assert_eq!(of("scram-sha-256"), "scram-sha-256");
        assert_eq!(of("scram-sha-256,none"), "none,scram-sha-256");
        assert_eq!(of("!password,!md5,!none"), "gss,sspi,scram-sha-256");
        let nothing = "!none,!password,!md5,!gss,!sspi,!scram-sha-256";
        assert_eq!(of(nothing), nothing);
        for list in ["", "scram", "md5,md5", "md5,!none", "!none,md5", "md5,", "md5, none"] {
            assert_eq!(methods(list), None, "{list}");
        }
    }
}
