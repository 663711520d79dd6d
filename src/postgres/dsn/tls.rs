//! TLS and trusted certificates of a connection.

use std::path::PathBuf;

/// The TLS settings of a DSN. They have no effect over a Unix socket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// `sslmode`.
    pub mode: TlsMode,
    /// `sslrootcert`: the authorities that may sign the server's certificate. `None` means the system's.
    pub roots: Option<RootCertificates>,
    /// `sslcrl`: a PEM file with lists of revoked certificates.
    pub revoked: Option<PathBuf>,
    /// `sslcert` and `sslkey`: the client's certificate and its key, as PEM files.
    pub client: Option<(PathBuf, PathBuf)>,
    /// `channel_binding`: whether the password's proof depends on the server's certificate.
    pub channel_binding: ChannelBinding,
    /// `ssl_min_protocol_version` and `ssl_max_protocol_version`.
    pub versions: TlsVersions,
}

/// The versions of TLS that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 alone.
    Only12,
    /// 1.3 alone.
    Only13,
}

/// The authorities that may sign the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificates {
    /// The system's authorities and the built-in public ones.
    System,
    /// Those in a PEM file.
    File(PathBuf),
}

impl RootCertificates {
    pub(super) fn new(value: String) -> Self {
        if value == "system" { Self::System } else { Self::File(value.into()) }
    }
}

macro_rules! named {
    ($($variant:ident => $name:literal),+) => {
        /// The value with that name in libpq.
        #[must_use]
        pub fn named(name: &str) -> Option<Self> {
            match name {
                $($name => Some(Self::$variant),)+
                _ => None,
            }
        }

        /// libpq's name for it.
        #[must_use]
        pub fn as_str(self) -> &'static str {
            match self {
                $(Self::$variant => $name,)+
            }
        }
    };
}

/// The requirements for TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// Like [`TlsMode::Prefer`].
    Allow,
    /// TLS, unless the server does not support it.
    #[default]
    Prefer,
    /// TLS with any certificate; with a file of authorities, like [`TlsMode::VerifyCa`].
    Require,
    /// TLS with a certificate that an authority signed.
    VerifyCa,
    /// TLS with a certificate that an authority signed for this host.
    VerifyFull,
}

impl TlsMode {
    named!(
        Disable => "disable",
        Allow => "allow",
        Prefer => "prefer",
        Require => "require",
        VerifyCa => "verify-ca",
        VerifyFull => "verify-full"
    );
}

/// Whether the proof of a password (SCRAM) includes the server's certificate, so that a server in between
/// cannot pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// If the server supports it.
    #[default]
    Prefer,
    /// Always.
    Require,
}

impl ChannelBinding {
    named!(Disable => "disable", Prefer => "prefer", Require => "require");
}
