//! The parameters of a DSN, each taken once; the rest is kept unchanged.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::url::Pairs;
use super::{
    AuthMethods, ChannelBinding, Defaults, Host, Problem, RootCertificates, TlsMode, TlsSettings,
    TlsVersions, known,
};
use crate::secret::Secret;

/// The given parameters, with the environment's values as defaults.
pub(super) struct Parameters {
    given: BTreeMap<String, String>,
    environment: BTreeMap<&'static str, String>,
}

impl Parameters {
    /// The last of several equal parameters counts; an empty one counts as missing.
    pub(super) fn new(given: Pairs, defaults: &Defaults) -> Result<Self, Problem> {
        let given: BTreeMap<String, String> = given.into_iter().collect();
        if given.get("service").is_some_and(|name| !name.is_empty()) {
            return Err(Problem::Service);
        }
        Ok(Self { given, environment: defaults.environment.clone() })
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let given = self.given.remove(key).filter(|value| !value.is_empty());
        given.or_else(|| self.environment.remove(key))
    }

    /// Takes a parameter for which libpq allows a list.
    fn take_one(&mut self, key: &str) -> Result<Option<String>, Problem> {
        match self.take(key) {
            Some(list) if list.contains(',') => Err(Problem::SeveralHosts),
            one => Ok(one),
        }
    }

    pub(super) fn port(&mut self) -> Result<Option<u16>, Problem> {
        let port = self.take_one("port")?;
        port.map(|digits| digits.parse().ok().filter(|&port| port > 0).ok_or(Problem::Port))
            .transpose()
    }

    pub(super) fn address(&mut self) -> Result<Option<IpAddr>, Problem> {
        let address = self.take_one("hostaddr")?;
        address.map(|text| text.parse().map_err(|_| Problem::Address)).transpose()
    }

    pub(super) fn host(&mut self) -> Result<Option<String>, Problem> {
        self.take_one("host")
    }

    pub(super) fn user(&mut self) -> Option<String> {
        self.take("user")
    }

    pub(super) fn database(&mut self) -> Option<String> {
        self.take("dbname")
    }

    pub(super) fn password(&mut self) -> Option<Secret> {
        self.take("password").map(Secret::new)
    }

    pub(super) fn application_name(&mut self) -> Option<String> {
        self.take("application_name")
    }

    pub(super) fn options(&mut self) -> Option<String> {
        self.take("options")
    }

    pub(super) fn connect_timeout(&mut self) -> Result<Option<Duration>, Problem> {
        let seconds = self.take("connect_timeout");
        let seconds = seconds.map(|text| text.parse::<i32>()).transpose();
        let seconds = seconds.map_err(|_| Problem::ConnectTimeout)?;
        // For libpq a negative number means no limit too.
        Ok(seconds.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0))))
    }

    pub(super) fn tls(&mut self) -> Result<TlsSettings, Problem> {
        let roots = self.take("sslrootcert").map(RootCertificates::new);
        let from_system = roots == Some(RootCertificates::System);
        let is_required = self.take("requiressl").is_some_and(|value| value != "0");
        let mode = match self.take("sslmode") {
            Some(mode) => TlsMode::named(&mode).ok_or(Problem::TlsMode)?,
            None if from_system => TlsMode::VerifyFull,
            // What `sslmode=require` was called before PostgreSQL 8.
            None if is_required => TlsMode::Require,
            None => TlsMode::Prefer,
        };
        if from_system && mode != TlsMode::VerifyFull {
            return Err(Problem::WeakTlsMode);
        }
        let client = match (self.take("sslcert"), self.take("sslkey")) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err(Problem::ClientCertificate),
        };
        let channel_binding = match self.take("channel_binding") {
            Some(name) => ChannelBinding::named(&name).ok_or(Problem::ChannelBinding)?,
            None => ChannelBinding::default(),
        };
        let revoked = self.take("sslcrl").map(PathBuf::from);
        let verifies = matches!(mode, TlsMode::VerifyCa | TlsMode::VerifyFull)
            || mode == TlsMode::Require && roots.is_some();
        if revoked.is_some() && !verifies {
            return Err(Problem::RevocationUnused);
        }
        let versions = self.versions()?;
        Ok(TlsSettings { mode, roots, revoked, client, channel_binding, versions })
    }

    /// The methods by which a server may let a client log in. What arrives through a Unix socket cannot be looked
    /// at, because the driver wraps only streams of TCP.
    pub(super) fn auth(&mut self, host: &Host) -> Result<AuthMethods, Problem> {
        let Some(list) = self.take("require_auth") else { return Ok(AuthMethods::default()) };
        let methods = AuthMethods::parse(&list).ok_or(Problem::RequireAuth)?;
        if matches!(host, Host::Socket(_)) && !methods.are_all() {
            let hint =
                "name a host such as `localhost`: the method cannot be checked over a Unix socket";
            return Err(Problem::Unsupported { parameter: "require_auth", hint });
        }
        Ok(methods)
    }

    /// The TLS versions within the limits. Those before 1.2 are never used (libpq's default, too).
    fn versions(&mut self) -> Result<TlsVersions, Problem> {
        let mut limit = |name: &str| match self.take(name).as_deref() {
            None => Ok(None),
            Some("TLSv1" | "TLSv1.1") => Ok(Some(1)),
            Some("TLSv1.2") => Ok(Some(2)),
            Some("TLSv1.3") => Ok(Some(3)),
            Some(_) => Err(Problem::ProtocolVersion),
        };
        let (least, most) =
            (limit("ssl_min_protocol_version")?, limit("ssl_max_protocol_version")?);
        match (least.unwrap_or(2), most.unwrap_or(3)) {
            (least, most) if most < 2 || least > most => Err(Problem::NoProtocolVersion),
            (3, _) => Ok(TlsVersions::Only13),
            (_, 2) => Ok(TlsVersions::Only12),
            _ => Ok(TlsVersions::Both),
        }
    }

    /// The remaining parameters; `target_session_attrs` chooses between hosts, of which there is only one.
    ///
    /// Rejects parameters for a protection that no connection would have.
    pub(super) fn into_rest(mut self) -> Result<BTreeMap<String, String>, Problem> {
        self.given.remove("target_session_attrs");
        for (name, value) in &self.given {
            known::check(name, value)?;
        }
        // The environment has variables of libpq for some of them: `PGREQUIREAUTH`, for example.
        for (name, value) in &self.environment {
            known::check(name, value)?;
        }
        Ok(self.given)
    }
}
