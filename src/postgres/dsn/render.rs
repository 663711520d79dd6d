//! Printing a DSN as a URL: in full, or masked for display.

use std::fmt::{self, Write as _};

use super::{Dsn, Host, RootCertificates, TlsVersions};
use crate::url::encode;

/// The replacement for a password.
const MASK: &str = "****";

impl Dsn {
    /// The URL in full, including the password, which needs no defaults to be read again.
    #[must_use]
    pub fn render(&self) -> String {
        let password = encode(self.password.expose());
        self.url(&password, |_, value| encode(value))
    }

    /// The URL for display: with all parameters, and `****` for each password.
    #[must_use]
    pub fn render_masked(&self) -> String {
        let password = if self.password.is_empty() { "" } else { MASK };
        self.url(
            password,
            |key, value| {
                if key.contains("password") { MASK.to_owned() } else { encode(value) }
            },
        )
    }

    fn url(&self, password: &str, show: impl Fn(&str, &str) -> String) -> String {
        let (mut url, mut separator) = self.location(password);
        for (key, value) in self.query() {
            url.push(separator);
            separator = '&';
            write!(url, "{}={}", encode(&key), show(&key, &value))
                .expect("a string takes everything");
        }
        url
    }

    /// The URL without parameters, and the separator before them.
    fn location(&self, password: &str) -> (String, char) {
        let user = encode(&self.user);
        let colon = if password.is_empty() { "" } else { ":" };
        let database = encode(&self.database);
        let port = self.port;
        match &self.host {
            Host::Socket(path) => {
                let path = encode(path).replace("%2F", "/");
                let url = format!(
                    "postgres://{user}{colon}{password}@/{database}?host={path}&port={port}"
                );
                (url, '&')
            }
            Host::Tcp(name) => {
                let host = encode(name);
                let host = if name.contains(':') {
                    format!("[{}]", host.replace("%3A", ":"))
                } else {
                    host
                };
                (format!("postgres://{user}{colon}{password}@{host}:{port}/{database}"), '?')
            }
        }
    }

    fn query(&self) -> Vec<(String, String)> {
        let mut query = vec![("sslmode", self.tls.mode.as_str().to_owned())];
        match &self.tls.roots {
            Some(RootCertificates::System) => query.push(("sslrootcert", "system".to_owned())),
            Some(RootCertificates::File(path)) => {
                query.push(("sslrootcert", path.display().to_string()));
            }
            None => {}
        }
        if let Some((certificate, key)) = &self.tls.client {
            query.push(("sslcert", certificate.display().to_string()));
            query.push(("sslkey", key.display().to_string()));
        }
        if let Some(path) = &self.tls.revoked {
            query.push(("sslcrl", path.display().to_string()));
        }
        match self.tls.versions {
            TlsVersions::Both => {}
            TlsVersions::Only12 => query.push(("ssl_max_protocol_version", "TLSv1.2".to_owned())),
            TlsVersions::Only13 => query.push(("ssl_min_protocol_version", "TLSv1.3".to_owned())),
        }
        if self.tls.channel_binding != super::ChannelBinding::default() {
            query.push(("channel_binding", self.tls.channel_binding.as_str().to_owned()));
        }
        if !self.auth.are_all() {
            query.push(("require_auth", self.auth.to_string()));
        }
        if let Some(address) = self.address {
            query.push(("hostaddr", address.to_string()));
        }
        if let Some(limit) = self.connect_timeout {
            query.push(("connect_timeout", limit.as_secs().to_string()));
        }
        if let Some(name) = &self.application_name {
            query.push(("application_name", name.clone()));
        }
        if let Some(options) = &self.options {
            query.push(("options", options.clone()));
        }
        let others = self.parameters.iter().map(|(key, value)| (key.clone(), value.clone()));
        query.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(others).collect()
    }
}

impl fmt::Display for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mask = if self.password.is_empty() { "" } else { MASK };
        f.write_str(&self.location(mask).0)
    }
}

impl fmt::Debug for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Defaults, Dsn, Host};
    use crate::secret::Secret;

    fn parse(text: &str) -> Dsn {
        Dsn::parse(text, &Defaults::default()).expect(text)
    }

    #[test]
    fn display_shows_neither_password_nor_parameters() {
        let dsn = parse("postgres://u:hunter2@[::1]/db?my_password=hunter3");
        assert_eq!(dsn.to_string(), "postgres://u:****@[::1]:5432/db");
        assert_eq!(format!("{dsn:?}"), dsn.to_string());
        let masked = dsn.render_masked();
        assert!(masked.starts_with("postgres://u:****@[::1]:5432/db?sslmode="), "{masked}");
        assert!(masked.ends_with("&my_password=****"), "{masked}");
        let dsn = parse("user=u dbname=db host=/var/run/postgresql");
        assert_eq!(dsn.to_string(), "postgres://u@/db?host=/var/run/postgresql&port=5432");
    }

    #[test]
    fn render_gives_everything() {
        let given = "postgres://u:p%40%2F@h:1/d%20b?sslmode=verify-full&sslrootcert=system\
                     &sslcert=c.pem&sslkey=k.pem&channel_binding=require&require_auth=scram-sha-256&hostaddr=127.0.0.1\
                     &connect_timeout=5&application_name=x&options=-c%20a%3Db\
                     &binary_parameters=yes";
        assert_eq!(parse(given).render(), given);
    }

    prop_compose! {
        fn any_dsn()(
            host in "[a-z0-9.-]{1,20}|/[^\0,]{0,20}|[0-9a-f]{1,4}::[0-9a-f]{1,4}(%[a-z0-9]{1,4})?",
            port in 1u16..,
            user in "[^\0]{1,12}",
            password in "[^\0]{0,24}",
            database in "[^\0]{1,12}",
            application_name in proptest::option::of("[^\0]{1,12}"),
            // No name that looks as if it concerned security, such as one with `tls`: it is refused.
            parameters in proptest::collection::btree_map("x_[a-f]{1,8}", "[^\0]{0,12}", 0..3),
        ) -> Dsn {
            Dsn {
                host: Host::new(host),
                port,
                user,
                password: Secret::new(password),
                database,
                application_name,
                parameters,
                ..parse("postgres://u@h")
            }
        }
    }

    proptest! {
        #[test]
        fn a_rendered_dsn_reads_as_what_it_was(dsn in any_dsn()) {
            let read = parse(&dsn.render());
            prop_assert_eq!(read.render(), dsn.render());
            prop_assert!(read == dsn);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(postgres://)?[a-z@:/?&=%\\[\\]', \\\\]{0,30}") {
            let _ = Dsn::parse(&text, &Defaults::default());
        }
    }
}
