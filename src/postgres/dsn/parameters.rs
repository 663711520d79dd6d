//! The parameters of a DSN, each taken out once; what nobody takes is kept as it is.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::url::Pairs;
use super::{ChannelBinding, Defaults, Problem, RootCertificates, TlsMode, TlsSettings};
use crate::secret::Secret;

/// What was given, over what the environment says.
pub(super) struct Parameters {
    given: BTreeMap<String, String>,
    environment: BTreeMap<&'static str, String>,
}

impl Parameters {
    /// Of a parameter given twice the later one counts; an empty one counts as missing.
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

    /// Takes a parameter of which libpq allows a list.
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
        let mode = match self.take("sslmode") {
            Some(mode) => TlsMode::named(&mode).ok_or(Problem::TlsMode)?,
            None if from_system => TlsMode::VerifyFull,
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
        Ok(TlsSettings { mode, roots, client, channel_binding })
    }

    /// What nobody has taken; `target_session_attrs` asks for a choice that one host does not give.
    pub(super) fn into_rest(mut self) -> BTreeMap<String, String> {
        self.given.remove("target_session_attrs");
        self.given
    }
}
