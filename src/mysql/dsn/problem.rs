//! Problems of a DSN.

/// Why a DSN cannot be read. It contains nothing of the DSN, because that could be a part of the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is empty: often a shell variable that is not set.
    #[error("it is empty")]
    Empty,
    /// There is no slash after the address.
    #[error("it has no `/` between the address and the database")]
    NoSlash,
    /// The address has neither form.
    #[error("its address is not `tcp(host:port)` or `unix(/path/of.sock)`")]
    Address,
    /// The port is invalid.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// A `%` does not begin an escape, or the bytes are not UTF-8.
    #[error("it has a `%` without two hexadecimal digits after it, or escapes that are not UTF-8")]
    Escape,
    /// A `/`, `@` or `?` of the password splits the URL.
    #[error("its user or password has a `/`, `?` or `@` that is not percent-encoded")]
    Reserved,
    /// It is a DSN of PostgreSQL.
    #[error("it is the DSN of a PostgreSQL server")]
    Postgres,
    /// A parameter has an invalid value.
    #[error("its parameter `{parameter}` takes {expected}")]
    Value {
        parameter: &'static str,
        /// The valid values.
        expected: &'static str,
    },
    /// Certificates of the client.
    #[error("its parameter `{0}` is not supported: the client has no certificate")]
    ClientCertificate(&'static str),
    /// A parameter about TLS or authentication that is none of go-sql-driver's or MySQL's.
    #[error(
        "a parameter about encryption or authentication is unrecognised{}",
        nearest.map(|name| format!("; the nearest name is `{name}`")).unwrap_or_default()
    )]
    UnrecognisedSecurity {
        /// The parameter that it is likely to be meant for.
        nearest: Option<&'static str>,
    },
    /// The TLS configuration exists only inside a Go program.
    #[error(
        "its parameter `tls` names a configuration that only the program it was made for knows"
    )]
    CustomTls,
}

impl Problem {
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Reserved | Self::Escape => {
                "in a URL write `%` as `%25`, `/` as `%2F`, `?` as `%3F` and `@` as `%40`, or use \
                 `user:password@tcp(host:3306)/database`, where the password is not encoded"
            }
            Self::ClientCertificate(_) => {
                "leave it out, and use an account that needs no certificate (`REQUIRE SSL`)"
            }
            Self::UnrecognisedSecurity { .. } => {
                "write `tls=true` with `tls-ca=FILE`, or `ssl-mode=VERIFY_IDENTITY` with `ssl-ca=FILE`"
            }
            Self::CustomTls => {
                "write `tls=true&tls-ca=/path/to/ca.pem` to verify the server, or `tls=skip-verify`"
            }
            Self::Postgres => {
                "name it with `--postgres`, or run `migration-assist postgres` to check that server"
            }
            Self::Value { .. } => "correct the parameter, or leave it out",
            Self::Empty | Self::NoSlash | Self::Address | Self::Port => {
                "write `user:password@tcp(host:3306)/database`, \
                 `user:password@unix(/path/to/mysqld.sock)/database` or \
                 `mysql://user:password@host:3306/database`"
            }
        }
        .to_owned()
    }
}
