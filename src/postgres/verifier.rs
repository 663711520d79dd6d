//! Verification of the server's certificate: libpq's `sslmode`, in terms of rustls.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor, verify_server_name,
};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// The requirements for a server's certificate.
#[derive(Debug)]
pub(super) enum Demand {
    /// Signed by an authority.
    Signed(Authorities),
    /// Signed by an authority, for the name of the host.
    SignedForHost(Authorities),
}

/// Trusted certificates.
#[derive(Debug)]
pub(super) struct Authorities {
    /// Certificates that may sign others.
    pub(super) roots: Arc<RootCertStore>,
    /// Certificates trusted by themselves: a self-signed server's, which is no authority for rustls.
    pub(super) pinned: Vec<CertificateDer<'static>>,
    /// Lists of revoked certificates.
    pub(super) revoked: Vec<CertificateRevocationListDer<'static>>,
}

impl Authorities {
    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        provider: &Arc<CryptoProvider>,
    ) -> Result<(), Error> {
        if self.pinned.iter().any(|pinned| pinned == end_entity) {
            return Ok(());
        }
        if !self.revoked.is_empty() {
            return self.verify_unrevoked(end_entity, intermediates, now, provider);
        }
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.roots,
            intermediates,
            now,
            provider.signature_verification_algorithms.all,
        )
    }

    /// Verifies the chain, and refuses it if a list revokes one of its certificates. An authority without a list
    /// revokes nothing, as for libpq.
    fn verify_unrevoked(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
        provider: &Arc<CryptoProvider>,
    ) -> Result<(), Error> {
        let verifier =
            WebPkiServerVerifier::builder_with_provider(self.roots.clone(), provider.clone())
                .with_crls(self.revoked.iter().cloned())
                .allow_unknown_revocation_status()
                .build()
                .map_err(|error| Error::General(format!("`sslcrl`: {error}")))?;
        // The name is checked elsewhere, if at all. It is checked last here.
        let any = ServerName::try_from("localhost").expect("a name");
        match verifier.verify_server_cert(end_entity, intermediates, &any, &[], now) {
            Ok(_)
            | Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Checks certificates against the requirements, and always that the server has the certificate's key:
/// channel binding depends on that.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) demand: Demand,
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.demand {
            Demand::Signed(authorities) => {
                authorities.verify(end_entity, intermediates, now, &self.provider)?;
            }
            Demand::SignedForHost(authorities) => {
                authorities.verify(end_entity, intermediates, now, &self.provider)?;
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
