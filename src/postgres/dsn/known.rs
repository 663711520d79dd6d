//! The parameters of a PostgreSQL DSN that are not read here, and what is made of each.

use crate::parameter::{concerns_security, nearest};

use super::Problem;

/// Parameters that are read, of libpq, and of lib/pq, Mattermost's driver (libpq's manual, "Parameter Key
/// Words"; lib/pq's documentation, "Connection String Parameters").
const KNOWN: [&str; 44] = [
    "application_name",
    "binary_parameters",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "datestyle",
    "dbname",
    "default_text_search_config",
    "disable_prepared_binary_result",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbspn",
    "krbsrvname",
    "load_balance_hosts",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "requiressl",
    "search_path",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslinline",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// Refuses a parameter that asks for a protection which a connection of this tool would not have.
pub(super) fn check(name: &str, value: &str) -> Result<(), Problem> {
    let unsupported = |parameter, hint| Err(Problem::Unsupported { parameter, hint });
    match (name, value) {
        // Asks for nothing, or for what happens anyway.
        ("gssencmode", "disable" | "prefer" | "")
        | ("sslcertmode", "allow" | "")
        | ("sslnegotiation", "postgres" | "")
        | ("sslinline", "false" | "0" | "")
        | ("requirepeer" | "sslpassword" | "sslcrldir", "") => Ok(()),
        ("gssencmode", _) => unsupported("gssencmode", "encrypt by TLS: `sslmode=verify-full`"),
        ("sslcertmode", _) => unsupported("sslcertmode", "leave it out"),
        ("sslnegotiation", _) => unsupported("sslnegotiation", "leave it out"),
        ("sslinline", _) => {
            unsupported("sslinline", "name files by `sslcert`, `sslkey` and `sslrootcert`")
        }
        ("requirepeer", _) => unsupported("requirepeer", "leave it out"),
        ("sslpassword", _) => {
            unsupported("sslpassword", "name a key without a password: `sslkey=FILE`")
        }
        ("sslcrldir", _) => unsupported("sslcrldir", "name one file: `sslcrl=FILE`"),
        _ if KNOWN.contains(&name) => Ok(()),
        _ if concerns_security(name, &KNOWN) => {
            Err(Problem::UnrecognisedSecurity { nearest: nearest(name, &KNOWN) })
        }
        _ => Ok(()),
    }
}

/// Whether libpq or lib/pq know the parameter; the latter sends any other to the server as a setting.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The known parameter that a name is likely to be meant for.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    nearest(name, &KNOWN)
}
