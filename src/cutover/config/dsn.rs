//! The target's DSN as Mattermost's driver takes it.

use std::time::Duration;

use crate::postgres::{AuthMethods, ChannelBinding, Dsn, Host, RootCertificates, TlsMode};

/// What Mattermost is given, and what had to be decided for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The DSN with which Mattermost connects. It holds the password.
    pub dsn: Dsn,
    /// What its driver does not take as it was given, and what was chosen instead: whole sentences.
    pub notes: Vec<String>,
}

/// The most that Mattermost waits for a connection, where the DSN says nothing.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Parameters of libpq that lib/pq would hand to the server as settings, which refuses them.
const UNKNOWN_TO_MATTERMOST: [&str; 20] = [
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "passfile",
    "replication",
    "requirepeer",
    "requiressl",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslnegotiation",
    "tcp_user_timeout",
];

/// The DSN for Mattermost, whose driver is lib/pq (its documentation, "Connection String Parameters").
///
/// `encrypted` is whether a connection with this DSN used TLS: lib/pq supports neither `prefer` nor `allow` of
/// `sslmode`, so `require` or `disable` replaces them.
#[must_use]
pub fn for_mattermost(dsn: &Dsn, encrypted: bool) -> Destination {
    let mut notes = Vec::new();
    let mut given = dsn.clone();
    given.connect_timeout.get_or_insert(TIMEOUT);
    given.parameters.entry("binary_parameters".into()).or_insert_with(|| "yes".into());
    given.tls.mode = mode(dsn, encrypted, &mut notes);
    if given.tls.roots == Some(RootCertificates::System) {
        // The system's authorities are what it trusts when nothing is said.
        given.tls.roots = None;
    }
    if given.tls.channel_binding != ChannelBinding::default() {
        given.tls.channel_binding = ChannelBinding::default();
        notes.push("`channel_binding` was left out: Mattermost's driver does not know it".into());
    }
    if given.auth != AuthMethods::default() {
        given.auth = AuthMethods::default();
        notes.push("`require_auth` was left out: Mattermost's driver does not know it".into());
    }
    if given.address.take().is_some() {
        notes.push(
            "`hostaddr` was left out: Mattermost's driver looks the host's name up by itself"
                .into(),
        );
    }
    for name in UNKNOWN_TO_MATTERMOST {
        if given.parameters.remove(name).is_some() {
            notes.push(format!("`{name}` was left out: Mattermost's driver does not know it"));
        }
    }
    Destination { dsn: given, notes }
}

fn mode(dsn: &Dsn, encrypted: bool, notes: &mut Vec<String>) -> TlsMode {
    if matches!(dsn.host, Host::Socket(_)) {
        return TlsMode::Disable;
    }
    let asked = dsn.tls.mode;
    if !matches!(asked, TlsMode::Allow | TlsMode::Prefer) {
        return asked;
    }
    let (chosen, why) = if encrypted {
        (TlsMode::Require, "the server takes TLS")
    } else {
        (TlsMode::Disable, "the server offers no TLS")
    };
    notes.push(format!(
        "`sslmode={}`: {why}, and Mattermost's driver needs an explicit mode; give another `sslmode` in \
         the DSN to have it otherwise",
        chosen.as_str()
    ));
    chosen
}

#[cfg(test)]
mod tests {
    use super::for_mattermost;
    use crate::postgres::{Defaults, Dsn};

    fn rendered(dsn: &str, encrypted: bool) -> (String, usize) {
        let dsn = Dsn::parse(dsn, &Defaults::default()).unwrap();
        let destination = for_mattermost(&dsn, encrypted);
        (destination.dsn.render(), destination.notes.len())
    }

    #[test]
    fn sslmode_is_one_that_the_driver_knows() {
        let end = "&connect_timeout=10&binary_parameters=yes";
        for (parameters, encrypted, mode, notes) in [
            ("", true, "require", 1),
            ("", false, "disable", 1),
            ("?sslmode=allow", false, "disable", 1),
            ("?sslmode=verify-full", true, "verify-full", 0),
            ("?sslmode=disable", true, "disable", 0),
        ] {
            let (dsn, said) = rendered(&format!("postgres://u:p@h/db{parameters}"), encrypted);
            assert_eq!(dsn, format!("postgres://u:p@h:5432/db?sslmode={mode}{end}"));
            assert_eq!(said, notes, "{dsn}");
        }
    }

    #[test]
    fn what_the_user_gave_stays_and_what_the_driver_does_not_know_goes() {
        let (dsn, notes) = rendered(
            "postgres://u:p%40@h/db?sslmode=require&connect_timeout=3&binary_parameters=no\
             &hostaddr=127.0.0.1&keepalives=1&search_path=mm&channel_binding=disable",
            true,
        );
        assert_eq!(
            dsn,
            "postgres://u:p%40@h:5432/db?sslmode=require&connect_timeout=3&binary_parameters=no\
             &search_path=mm"
        );
        assert_eq!(notes, 3);
    }

    #[test]
    fn a_socket_never_has_tls() {
        let (dsn, notes) = rendered("postgres://u@/db?host=/var/run/postgresql", false);
        assert_eq!(
            dsn,
            "postgres://u@/db?host=/var/run/postgresql&port=5432&sslmode=disable\
             &connect_timeout=10&binary_parameters=yes"
        );
        assert_eq!(notes, 0);
    }
}
