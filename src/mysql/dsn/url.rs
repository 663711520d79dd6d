//! The DSN as a URL: `mysql://user:password@host:port/database?parameters`.

use super::{Address, Dsn, Problem, decode, params};
use crate::instance::Instances;
use crate::secret::Secret;

/// Reads the text after `mysql://`.
pub(super) fn parse(rest: &str) -> Result<Dsn, Problem> {
    let (location, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = location.split_once('/').unwrap_or((location, ""));
    // An unescaped password would end up in the database, the parameters or the host.
    if database.contains(['/', '@']) || !params::are_pairs(parameters) {
        return Err(Problem::Reserved);
    }
    let (credentials, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let database = decode(database)?;
    let parameters = params::parse(parameters)?;
    let address = match parameters.socket {
        Some(path) => Address::Socket(path),
        None => Address::tcp(&decode(host)?)?,
    };
    Ok(Dsn {
        user: decode(user)?,
        password: Secret::new(decode(password)?),
        address,
        database: Some(database).filter(|name| !name.is_empty()),
        tls: parameters.tls,
        timeout: parameters.timeout,
        others: parameters.others,
        keep_alive: super::KEEP_ALIVE,
        instances: Instances::default(),
    })
}
