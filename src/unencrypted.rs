//! The servers of this process with which a session is not encrypted although they are not on this machine.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

static SERVERS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Records a server, unless its host is this machine.
pub fn record(host: &str, server: String) {
    if !is_this_machine(host) {
        SERVERS.lock().unwrap_or_else(PoisonError::into_inner).insert(server);
    }
}

/// The servers so far.
#[must_use]
pub fn servers() -> BTreeSet<String> {
    SERVERS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether nothing that is sent to the host leaves the machine.
#[must_use]
pub fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_this_machine;

    #[test]
    fn loopback_addresses_are_this_machine() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["db", "10.0.0.1", "localhost.example.org", "fe80::1"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
