//! What can be wrong with a DSN.

/// Why a DSN cannot be read. Nothing of the DSN is in it, since a part of the password might be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing at all: often a shell variable that is not set.
    #[error("it is empty")]
    Empty,
    /// No slash after the address.
    #[error("it has no `/` between the address and the database")]
    NoSlash,
    /// Neither form of address.
    #[error("its address is not `tcp(host:port)` or `unix(/path/of.sock)`")]
    Address,
    /// Something that is no port.
    #[error("its port is not a number from 1 to 65535")]
    Port,
    /// A `%` that escapes nothing, or bytes that are no UTF-8.
    #[error("it has a `%` without two hexadecimal digits after it, or escapes that are not UTF-8")]
    Escape,
    /// A `/`, `@` or `?` of the password that splits a URL.
    #[error("its user or password has a `/`, `?` or `@` that is not percent-encoded")]
    Reserved,
    /// A DSN of PostgreSQL.
    #[error("it is the DSN of a PostgreSQL server")]
    Postgres,
    /// A value that a parameter does not take.
    #[error("its parameter `{parameter}` takes {expected}")]
    Value {
        /// The parameter.
        parameter: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A TLS configuration that only exists inside a Go program.
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
                 `user:password@tcp(host:3306)/database`, where the password stands as it is"
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
