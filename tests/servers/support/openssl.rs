//! OpenSSL, which makes certificates for a server of a test's own.

use std::path::Path;
use std::process::Command;

/// Runs openssl in the folder of a server's certificates.
pub fn openssl(folder: &Path, arguments: &str) {
    let run = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("openssl runs");
    assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
}

/// Makes a certificate of X.509 version 1 for the server's key, `version1.pem`.
pub fn make_version_1(folder: &Path) {
    openssl(
        folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out version1.pem",
    );
}
