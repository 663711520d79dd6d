//! The parameters of a DSN, after its `?`.

use std::path::PathBuf;
use std::time::Duration;

use super::{Problem, TlsMode, TlsSettings, decode};
use crate::parameter::{concerns_security, nearest};
use crate::secret::Secret;

/// Parameters that are read, and those of go-sql-driver without effect here (its README, "Parameters").
const KNOWN: [&str; 29] = [
    "allowAllFiles",
    "allowCleartextPasswords",
    "allowFallbackToPlaintext",
    "allowNativePasswords",
    "allowOldPasswords",
    "charset",
    "checkConnLiveness",
    "clientFoundRows",
    "collation",
    "columnsWithAlias",
    "compress",
    "connectionAttributes",
    "interpolateParams",
    "loc",
    "maxAllowedPacket",
    "multiStatements",
    "parseTime",
    "readTimeout",
    "rejectReadOnly",
    "serverPubKey",
    "socket",
    "ssl-ca",
    "ssl-mode",
    "time_zone",
    "timeTruncate",
    "timeout",
    "tls",
    "tls-ca",
    "writeTimeout",
];

/// Whether this tool or go-sql-driver knows the parameter; the latter sends any other to the server as
/// a setting of the session.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The known parameter that a name is likely to be meant for.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    nearest(name, &KNOWN)
}

#[derive(Default)]
pub(super) struct Parameters {
    pub(super) tls: TlsSettings,
    pub(super) timeout: Option<Duration>,
    pub(super) socket: Option<String>,
    pub(super) others: Vec<(String, Secret)>,
}

/// Whether the text is `name=value`, any number of times, joined by `&`.
pub(super) fn are_pairs(text: &str) -> bool {
    text.split('&').all(|pair| pair.is_empty() || pair.contains('='))
}

/// Reads the parameters; a later one overrides an earlier one.
pub(super) fn parse(text: &str) -> Result<Parameters, Problem> {
    let mut parameters = Parameters::default();
    let mut mode = None;
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        let (name, value) = (decode(name)?, decode(&value.replace('+', "%20"))?);
        match name.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
            "tls" => mode = Some(go_tls(&value)?),
            "sslmode" => mode = Some(ssl_mode(&value)?),
            "tlsca" | "sslca" => {
                parameters.tls.ca = Some(PathBuf::from(value)).filter(|path| path != "");
            }
            "timeout" => parameters.timeout = timeout(&value)?,
            "socket" => parameters.socket = Some(value),
            "sslcert" | "tlscert" => return Err(Problem::ClientCertificate("ssl-cert")),
            "sslkey" | "tlskey" => return Err(Problem::ClientCertificate("ssl-key")),
            _ if !is_known(&name) && concerns_security(&name, &KNOWN) => {
                return Err(Problem::UnrecognisedSecurity { nearest: nearest(&name, &KNOWN) });
            }
            _ => parameters.others.push((name, Secret::new(value))),
        }
    }
    let unsaid = if parameters.tls.ca.is_some() { TlsMode::VerifyCa } else { TlsMode::Preferred };
    parameters.tls.mode = mode.unwrap_or(unsaid);
    Ok(parameters)
}

/// go-sql-driver's `tls` (its README, "tls").
fn go_tls(value: &str) -> Result<TlsMode, Problem> {
    match value.to_ascii_lowercase().as_str() {
        "0" | "false" => Ok(TlsMode::Disabled),
        "1" | "true" => Ok(TlsMode::VerifyIdentity),
        "skip-verify" => Ok(TlsMode::Required),
        "preferred" => Ok(TlsMode::Preferred),
        "" => {
            let expected = "`false`, `preferred`, `skip-verify` or `true`";
            Err(Problem::Value { parameter: "tls", expected })
        }
        _ => Err(Problem::CustomTls),
    }
}

/// MySQL's `ssl-mode` (reference manual, "Command Options for Encrypted Connections").
fn ssl_mode(value: &str) -> Result<TlsMode, Problem> {
    match value.to_ascii_uppercase().replace('-', "_").as_str() {
        "DISABLED" | "DISABLE" => Ok(TlsMode::Disabled),
        "PREFERRED" | "PREFER" => Ok(TlsMode::Preferred),
        "REQUIRED" | "REQUIRE" => Ok(TlsMode::Required),
        "VERIFY_CA" => Ok(TlsMode::VerifyCa),
        "VERIFY_IDENTITY" => Ok(TlsMode::VerifyIdentity),
        _ => {
            let expected = "`DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_CA` or `VERIFY_IDENTITY`";
            Err(Problem::Value { parameter: "ssl-mode", expected })
        }
    }
}

/// A duration in Go's form, or in seconds; `None` for zero, which means no limit.
fn timeout(value: &str) -> Result<Option<Duration>, Problem> {
    let expected = "a duration such as `10s`";
    let problem = Problem::Value { parameter: "timeout", expected };
    let duration = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => go_duration(value).ok_or(problem)?,
    };
    Ok(Some(duration).filter(|duration| !duration.is_zero()))
}

/// Reads `1m30s`, `1.5h`, `300ms` (Go, `time.ParseDuration`).
fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let number = rest.find(|it: char| it != '.' && !it.is_ascii_digit())?;
        let unit = rest[number..].find(|it: char| it == '.' || it.is_ascii_digit());
        let unit = &rest[number..unit.map_or(rest.len(), |length| number + length)];
        let nanoseconds: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let part = fixed_point(&rest[..number], nanoseconds)?;
        total = total.checked_add(Duration::from_nanos(part))?;
        rest = &rest[number + unit.len()..];
    }
    (!text.is_empty()).then_some(total)
}

/// A decimal number times `unit`, without floating point.
fn fixed_point(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.chars() {
        place /= 10;
        total = total.checked_add(place * u64::from(digit.to_digit(10)?))?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::{go_duration, timeout};
    use std::time::Duration;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, nanoseconds) in [
            ("10s", 10_000_000_000),
            ("1m30s", 90_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("300ms", 300_000_000),
            ("2us", 2_000),
            (".5s", 500_000_000),
        ] {
            assert_eq!(go_duration(text), Some(Duration::from_nanos(nanoseconds)), "{text}");
        }
        for text in ["", "s", "10", "1x", "-1s", "1.2.3s", "99999999999999999999s"] {
            assert_eq!(go_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_timeout_is_also_whole_seconds_and_zero_is_none() {
        assert_eq!(timeout("7"), Ok(Some(Duration::from_secs(7))));
        assert_eq!(timeout("0s"), Ok(None));
        assert!(timeout("soon").is_err());
    }
}
