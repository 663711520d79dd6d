//! Problems of a DSN.

/// The nearest name, as the end of a message.
fn spelled(nearest: Option<&'static str>) -> String {
    nearest.map(|name| format!("; the nearest name is `{name}`")).unwrap_or_default()
}

/// Why a DSN cannot be read. No variant contains a piece of it, which could be a part of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is empty: often a shell variable that is not set.
    #[error("it is empty")]
    Empty,
    /// It is a DSN of MySQL.
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
    /// The password seems to contain an unescaped slash.
    #[error("there is a `/` before the `@`; a `/` in a password is written `%2F`")]
    SlashInPassword,
    /// There is more than one host, address or port.
    #[error("it names several hosts; the target is one server")]
    SeveralHosts,
    /// The port is not a number.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// `hostaddr` is not an address.
    #[error("`hostaddr` is not an IP address")]
    Address,
    /// There is no role.
    #[error("it names no user")]
    NoUser,
    /// `sslmode` is unknown.
    #[error("`sslmode` is none of disable, allow, prefer, require, verify-ca, verify-full")]
    TlsMode,
    /// `sslrootcert=system` with a mode that does not verify.
    #[error("`sslrootcert=system` goes with `sslmode=verify-full` only")]
    WeakTlsMode,
    /// There is only one of `sslcert` and `sslkey`.
    #[error("`sslcert` and `sslkey` are only of use together")]
    ClientCertificate,
    /// `channel_binding` is unknown.
    #[error("`channel_binding` is none of disable, prefer, require")]
    ChannelBinding,
    /// `require_auth` is not a list of methods.
    #[error(
        "`require_auth` is not a list of none, password, md5, gss, sspi, scram-sha-256, either all with `!` or \
         all without"
    )]
    RequireAuth,
    /// `connect_timeout` is not a number.
    #[error("`connect_timeout` is not a whole number of seconds")]
    ConnectTimeout,
    /// A parameter of libpq that asks for a protection which does not exist here.
    #[error("parameter `{parameter}` is not supported with this value")]
    Unsupported {
        /// The parameter.
        parameter: &'static str,
        /// What to write instead.
        hint: &'static str,
    },
    /// A parameter about TLS or authentication that libpq does not have.
    #[error("a parameter about encryption or authentication is unrecognised{}", spelled(*nearest))]
    UnrecognisedSecurity {
        /// The parameter that it is likely to be meant for.
        nearest: Option<&'static str>,
    },
    /// A TLS version is unknown.
    #[error(
        "`ssl_min_protocol_version` and `ssl_max_protocol_version` take TLSv1, TLSv1.1, TLSv1.2, TLSv1.3"
    )]
    ProtocolVersion,
    /// No supported TLS version is within the limits.
    #[error("`ssl_max_protocol_version` leaves no TLS version from 1.2 on")]
    NoProtocolVersion,
    /// A list of revoked certificates without a check of the server's.
    #[error("`sslcrl` is only of use with `sslmode=verify-ca` or `verify-full`")]
    RevocationUnused,
    /// It refers to a service file.
    #[error("`service` refers to a service file, which is not read")]
    Service,
}
