//! Certificates of servers that nothing is asked of but the key.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// Whether rustls refused a certificate because it is of X.509 version 1, which has no extensions.
pub fn is_version_1(error: &Error) -> bool {
    matches!(error, Error::InvalidCertificate(CertificateError::Other(other))
        if other.to_string().contains("UnsupportedCertVersion"))
}

/// Accepts every certificate whose key the server has, also those of version 1, which webpki does not read.
#[derive(Debug)]
pub struct AnyCertificate(Arc<CryptoProvider>);

impl Default for AnyCertificate {
    fn default() -> Self {
        Self(Arc::new(rustls::crypto::ring::default_provider()))
    }
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
            .or_else(|error| verify_by_key(error, message, cert, dss, algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
            .or_else(|error| verify_by_key(error, message, cert, dss, algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Verifies a signature by the key of a certificate that was refused because it is of version 1.
///
/// A scheme of TLS 1.2 leaves the curve of the key open, so that several algorithms are tried.
fn verify_by_key(
    refusal: Error,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    dss: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    if !is_version_1(&refusal) {
        return Err(refusal);
    }
    let Ok(certificate) = Certificate::from_der(certificate) else { return Err(refusal) };
    let key = certificate.tbs_certificate.subject_public_key_info.subject_public_key;
    let of_scheme = algorithms.mapping.iter().filter(|(scheme, _)| *scheme == dss.scheme);
    let verifies = of_scheme.flat_map(|(_, algorithms)| algorithms.iter()).any(|algorithm| {
        algorithm.verify_signature(key.raw_bytes(), message, dss.signature()).is_ok()
    });
    if verifies {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(CertificateError::BadSignature.into())
    }
}
