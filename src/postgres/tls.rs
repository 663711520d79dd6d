//! TLS by rustls, set up as a DSN asks.

use std::error::Error as StdError;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::verifier::{Authorities, Demand, Verifier};
use super::{Error, RootCertificates, TlsMode, TlsSettings};

/// What opens TLS connections by these settings.
pub(super) fn connector(settings: &TlsSettings) -> Result<MakeRustlsConnect, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier { demand: demand(settings)?, provider: provider.clone() };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let config = match &settings.client {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let private =
                PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error))?;
            builder
                .with_client_auth_cert(chain, private)
                .map_err(|error| unusable(certificate, error))?
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn demand(settings: &TlsSettings) -> Result<Demand, Error> {
    Ok(match (settings.mode, &settings.roots) {
        (TlsMode::VerifyFull, roots) => Demand::SignedForHost(authorities(roots.as_ref())?),
        (TlsMode::VerifyCa, roots) => Demand::Signed(authorities(roots.as_ref())?),
        // libpq keeps this for the sake of old set-ups (manual, "SSL Support").
        (TlsMode::Require, Some(roots)) => Demand::Signed(authorities(Some(roots))?),
        _ => Demand::Any,
    })
}

fn authorities(given: Option<&RootCertificates>) -> Result<Authorities, Error> {
    let mut roots = RootCertStore::empty();
    let pinned = match given {
        Some(RootCertificates::File(path)) => {
            let pinned = certificates(path)?;
            roots.add_parsable_certificates(pinned.iter().cloned());
            pinned
        }
        Some(RootCertificates::System) | None => {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            Vec::new()
        }
    };
    Ok(Authorities { roots, pinned })
}

/// The certificates in a PEM file, of which there has to be one at least.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(path, error))?;
    if certificates.is_empty() {
        return Err(unusable(path, io::Error::other("there is no certificate in it")));
    }
    Ok(certificates)
}

fn unusable(path: &Path, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::CertificateFile { path: path.to_owned(), source: source.into() }
}

/// What to do about a handshake that failed.
pub(super) fn hint(error: &(dyn StdError + 'static)) -> &'static str {
    let cause = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match cause.and_then(|cause| cause.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => {
            "connect by a name that is in the server's certificate, or give `sslmode=verify-ca` to \
             do without the name"
        }
        Some(rustls::Error::InvalidCertificate(_)) => {
            "give the file of the authority that signed the server's certificate: \
             `sslrootcert=FILE` in the DSN"
        }
        Some(_) => "check that the server offers TLS 1.2 or 1.3",
        None => {
            "turn `ssl` on in postgresql.conf, or give `sslmode=disable` where the network in \
             between is trusted"
        }
    }
}
