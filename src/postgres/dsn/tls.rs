//! How a connection is encrypted, and whom it trusts.

use std::path::PathBuf;

/// What a DSN says about TLS. Over a Unix socket there is none, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// `sslmode`.
    pub mode: TlsMode,
    /// `sslrootcert`: who may sign the server's certificate. `None` means the system's authorities.
    pub roots: Option<RootCertificates>,
    /// `sslcert` and `sslkey`: the client's certificate and its key, PEM files.
    pub client: Option<(PathBuf, PathBuf)>,
    /// `channel_binding`: whether the password's proof is tied to the server's certificate.
    pub channel_binding: ChannelBinding,
}

/// Who may sign the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificates {
    /// The system's authorities and the public ones that are built in.
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
        /// The value that libpq calls by that name.
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

/// How much a connection insists on TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// Like [`TlsMode::Prefer`].
    Allow,
    /// TLS, unless the server cannot.
    #[default]
    Prefer,
    /// TLS with whatever certificate; with a file of authorities, like [`TlsMode::VerifyCa`].
    Require,
    /// TLS, and an authority signed the certificate.
    VerifyCa,
    /// TLS, an authority signed the certificate, and it is for this host.
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

/// Whether the proof of a password (SCRAM) names the server's certificate, so that nobody in between
/// can pass it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where the server can.
    #[default]
    Prefer,
    /// Always, or there is no connection.
    Require,
}

impl ChannelBinding {
    named!(Disable => "disable", Prefer => "prefer", Require => "require");
}
