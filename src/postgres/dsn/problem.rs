//! What can be wrong with a DSN.

/// What is wrong with a DSN. No variant holds a piece of it: any piece may be a password's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing at all: often a shell variable that is not set.
    #[error("it is empty")]
    Empty,
    /// A DSN of MySQL.
    #[error("it is the DSN of a MySQL server")]
    MySql,
    /// It is neither a URL of PostgreSQL nor a `key=value` string.
    #[error("it is neither a `postgres://` URL nor a `host=… dbname=…` string")]
    NeitherForm,
    /// A parameter or keyword has no value.
    #[error("a parameter is not followed by `=` and a value")]
    NoEqualsSign,
    /// A quoted value of a `key=value` string does not end.
    #[error("a quote `'` is not closed, or a `\\` ends the text")]
    Quote,
    /// A `%` does not begin an escape.
    #[error("a `%` is not followed by two hexadecimal digits; a `%` itself is written `%25`")]
    Percent,
    /// An escape yields something that is not text.
    #[error("a `%` escape does not yield UTF-8 text")]
    Encoding,
    /// An IPv6 address is not in a pair of brackets.
    #[error("an IPv6 address is not written `[ADDRESS]` or `[ADDRESS]:PORT`")]
    Brackets,
    /// The password seems to hold an unescaped slash.
    #[error("there is a `/` before the `@`; a `/` in a password is written `%2F`")]
    SlashInPassword,
    /// More than one host, address or port.
    #[error("it names several hosts; the target is one server")]
    SeveralHosts,
    /// The port is not a number.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// `hostaddr` is not an address.
    #[error("`hostaddr` is not an IP address")]
    Address,
    /// No role is known.
    #[error("it names no user")]
    NoUser,
    /// `sslmode` is unknown.
    #[error("`sslmode` is none of disable, allow, prefer, require, verify-ca, verify-full")]
    TlsMode,
    /// `sslrootcert=system` with a mode that does not verify.
    #[error("`sslrootcert=system` goes with `sslmode=verify-full` only")]
    WeakTlsMode,
    /// Only one of `sslcert` and `sslkey`.
    #[error("`sslcert` and `sslkey` are only of use together")]
    ClientCertificate,
    /// `channel_binding` is unknown.
    #[error("`channel_binding` is none of disable, prefer, require")]
    ChannelBinding,
    /// `connect_timeout` is not a number.
    #[error("`connect_timeout` is not a whole number of seconds")]
    ConnectTimeout,
    /// It refers to a service file.
    #[error("`service` refers to a service file, which is not read")]
    Service,
}
