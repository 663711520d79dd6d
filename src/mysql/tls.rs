//! TLS options for the driver.

use std::io;
use std::path::Path;

use mysql_async::SslOpts;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{Error, TlsMode, TlsProblem, TlsSettings};
use crate::certificate::is_version_1;

/// The host name that a certificate need not match under `VERIFY_CA`.
///
/// To skip the check of the name, `mysql_async` 0.37 looks for this word in the text of rustls's error, which
/// repeats the requested name and no longer contains the word otherwise (its issue 404, fixed after 0.37.1).
/// The chain is verified before the name.
const ANY_NAME: &str = "NotValidForName";

/// The driver's options for this protection; `None` for no TLS.
///
/// Reads the trusted certificates: only the file if one is named, otherwise the system's store and the built-in
/// roots of Mozilla.
pub(super) fn driver_options(tls: &TlsSettings) -> Result<Option<SslOpts>, Error> {
    let options = SslOpts::default();
    let options = match tls.mode {
        TlsMode::Disabled => return Ok(None),
        TlsMode::Preferred | TlsMode::Required => {
            return Ok(Some(options.with_danger_accept_invalid_certs(true)));
        }
        TlsMode::VerifyCa => options
            .with_danger_skip_domain_validation(true)
            .with_danger_tls_hostname_override(Some(ANY_NAME)),
        TlsMode::VerifyIdentity => options,
    };
    let certificates = match &tls.ca {
        Some(path) => from_file(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    // The driver stops at the first certificate that rustls cannot use; system stores contain some.
    let usable = certificates
        .into_iter()
        .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok())
        .map(|certificate| certificate.to_vec().into());
    let options = options.with_root_certs(usable.collect());
    Ok(Some(options.with_disable_built_in_roots(tls.ca.is_some())))
}

fn from_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let unreadable = |source| Error::Certificates { path: path.to_owned(), source };
    let pem = crate::file::read(path, crate::file::LIMIT).map_err(unreadable)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|problem| unreadable(io::Error::other(problem.to_string())))?;
    if certificates.is_empty() {
        return Err(unreadable(io::Error::other("no PEM certificate in it")));
    }
    Ok(certificates)
}

impl TlsProblem {
    /// The problem that rustls found, if the error is rustls's.
    pub(super) fn of_rustls(problem: &rustls::Error) -> Self {
        use rustls::CertificateError::{NotValidForName, NotValidForNameContext, UnknownIssuer};
        match problem {
            rustls::Error::InvalidCertificate(UnknownIssuer) => Self::UnknownIssuer,
            rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
                Self::WrongName
            }
            problem if is_version_1(problem) => Self::Version1,
            other => Self::Other(other.to_string()),
        }
    }

    /// The same for an I/O error that may be caused by TLS.
    pub(super) fn of_io(problem: &io::Error) -> Option<Self> {
        problem.get_ref()?.downcast_ref::<rustls::Error>().map(Self::of_rustls)
    }
}
