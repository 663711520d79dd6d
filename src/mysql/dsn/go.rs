//! The DSN of go-sql-driver: `[user[:password]@][net[(address)]]/database[?parameters]`.

use super::{Address, DEFAULT_SOCKET, Dsn, Problem, decode, params};
use crate::instance::Instances;
use crate::secret::Secret;

/// The forms of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addresses {
    /// `tcp(host:port)` or `unix(/path)`, whose parts may be left out, as in Go.
    Optional,
    /// The same in full: after `mysql://`, other texts are URLs.
    Written,
    /// `host:port` after an `@`, which Go rejects and users write.
    Bare,
}

/// Reads the DSN; `None` if it does not have this form at all.
///
/// Go splits at the last `/` and the last `@` before it, so that the password may contain both. If that gives
/// no address, earlier ones are tried, because a path in the parameters contains a `/` too.
pub(super) fn parse(text: &str, addresses: Addresses) -> Option<Result<Dsn, Problem>> {
    text.rmatch_indices('/').find_map(|(slash, _)| {
        let (left, right) = (&text[..slash], &text[slash + 1..]);
        let (database, parameters) = right.split_once('?').unwrap_or((right, ""));
        let sound = !database.contains('/') && params::are_pairs(parameters);
        let (credentials, address) = sound.then(|| split_address(left, addresses)).flatten()?;
        Some(assemble(credentials, address, database, parameters))
    })
}

/// Splits the text before the slash into credentials and address, at the last `@` that precedes an address.
fn split_address(left: &str, addresses: Addresses) -> Option<(&str, Result<Address, Problem>)> {
    let behind_at = left.rmatch_indices('@').find_map(|(at, _)| {
        let address = match addresses {
            Addresses::Optional => network(&left[at + 1..])?,
            Addresses::Written => {
                left.ends_with(')').then(|| network(&left[at + 1..])).flatten()?
            }
            Addresses::Bare => bare(&left[at + 1..])?,
        };
        Some((&left[..at], address))
    });
    // Without an `@`, a bare address could also be a user with a password.
    behind_at.or_else(|| match addresses {
        Addresses::Optional => Some(("", network(left)?)),
        Addresses::Written | Addresses::Bare => None,
    })
}

fn network(text: &str) -> Option<Result<Address, Problem>> {
    let (net, address) = match text.split_once('(') {
        Some((net, rest)) => (net, rest.strip_suffix(')')?),
        None => (text, ""),
    };
    match net {
        "" if text.is_empty() => Some(Address::tcp("")),
        // Without a network, as in `user@(host:port)/database`, go-sql-driver uses TCP.
        "" | "tcp" | "tcp4" | "tcp6" => match Address::tcp(address) {
            Err(Problem::Address) => None,
            address => Some(address),
        },
        "unix" if address.is_empty() => Some(Ok(Address::Socket(DEFAULT_SOCKET.to_owned()))),
        "unix" => Some(Ok(Address::Socket(address.to_owned()))),
        _ => None,
    }
}

fn bare(text: &str) -> Option<Result<Address, Problem>> {
    match Address::tcp(text) {
        Err(Problem::Address) => None,
        address => Some(address),
    }
}

fn assemble(
    credentials: &str,
    address: Result<Address, Problem>,
    database: &str,
    parameters: &str,
) -> Result<Dsn, Problem> {
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let database = decode(database)?;
    let parameters = params::parse(parameters)?;
    Ok(Dsn {
        user: user.to_owned(),
        password: Secret::new(password),
        address: address?,
        database: Some(database).filter(|name| !name.is_empty()),
        tls: parameters.tls,
        timeout: parameters.timeout,
        others: parameters.others,
        keep_alive: super::KEEP_ALIVE,
        instances: Instances::default(),
    })
}
