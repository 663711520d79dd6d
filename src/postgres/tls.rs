//! TLS with rustls, configured by a DSN.

use std::error::Error as StdError;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{CertificateError, ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::verifier::{Authorities, Demand, Verifier};
use super::{Error, RootCertificates, TlsMode, TlsSettings, TlsVersions};
use crate::certificate::{AnyCertificate, is_version_1};
use crate::file;

/// The connector for these settings.
pub(super) fn connector(settings: &TlsSettings) -> Result<MakeRustlsConnect, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match demand(settings)? {
        Some(demand) => Arc::new(Verifier { demand, provider: provider.clone() }),
        None => Arc::new(AnyCertificate::default()),
    };
    let versions: &[&SupportedProtocolVersion] = match settings.versions {
        TlsVersions::Both => rustls::DEFAULT_VERSIONS,
        TlsVersions::Only12 => &[&TLS12],
        TlsVersions::Only13 => &[&TLS13],
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("ring speaks TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match &settings.client {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let private =
                PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| unusable(key, error))?;
            builder
                .with_client_auth_cert(chain, private)
                .map_err(|error| unusable(certificate, error))?
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

/// What is asked of the server's certificate; `None` for no more than its key.
fn demand(settings: &TlsSettings) -> Result<Option<Demand>, Error> {
    Ok(match (settings.mode, &settings.roots) {
        (TlsMode::VerifyFull, _) => Some(Demand::SignedForHost(authorities(settings)?)),
        // With a root file, libpq's `require` verifies, for compatibility (manual, "SSL Support").
        (TlsMode::VerifyCa, _) | (TlsMode::Require, Some(_)) => {
            Some(Demand::Signed(authorities(settings)?))
        }
        _ => None,
    })
}

fn authorities(settings: &TlsSettings) -> Result<Authorities, Error> {
    let mut roots = RootCertStore::empty();
    let pinned = match &settings.roots {
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
    let revoked = settings.revoked.as_deref().map(revocation_lists).transpose()?;
    Ok(Authorities { roots: Arc::new(roots), pinned, revoked: revoked.unwrap_or_default() })
}

/// The certificate revocation lists in a PEM file, of which there has to be one at least.
fn revocation_lists(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, Error> {
    let pem = read(path)?;
    let lists = CertificateRevocationListDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(path, error))?;
    if lists.is_empty() {
        return Err(unusable(path, io::Error::other("there is no revocation list in it")));
    }
    Ok(lists)
}

/// The certificates in a PEM file; at least one is required.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let pem = read(path)?;
    let certificates = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(path, error))?;
    if certificates.is_empty() {
        return Err(unusable(path, io::Error::other("there is no certificate in it")));
    }
    Ok(certificates)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    file::read(path, file::LIMIT).map_err(|error| unusable(path, error))
}

fn unusable(path: &Path, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    Error::CertificateFile { path: path.to_owned(), source: source.into() }
}

/// The hint for a failed handshake.
pub(super) fn hint(error: &(dyn StdError + 'static)) -> &'static str {
    let cause = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    match cause.and_then(|cause| cause.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => {
            "connect by a name that is in the server's certificate, or give `sslmode=verify-ca` to \
             do without the name"
        }
        Some(rustls::Error::InvalidCertificate(CertificateError::Revoked)) => {
            "the list in `sslcrl` revokes the server's certificate: ask for another one"
        }
        Some(error) if is_version_1(error) => {
            "the certificate is of X.509 version 1: create it again with extensions (version 3), for \
             example with `openssl x509 -req -extfile FILE`; `sslmode=require` without `sslrootcert` \
             connects and does not verify the server"
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
