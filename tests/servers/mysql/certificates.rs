//! A certificate of X.509 version 1, which the driver's TLS library does not read.

use migration_assist::mysql::{
    Access, Connection, Dsn, Error, Flavour, TlsMode, TlsProblem, TlsSettings,
};

use crate::support::mysql::{open, run};
use crate::support::openssl::make_version_1;
use crate::support::own_server::OwnServer;

fn with_tls(dsn: &Dsn, mode: TlsMode) -> Dsn {
    Dsn { tls: TlsSettings { mode, ca: None }, ..dsn.clone() }
}

#[tokio::test]
async fn a_certificate_of_version_1_is_named() {
    let server = OwnServer::start("mariadb");
    let tls = server.folder().join("tls");
    make_version_1(&tls);
    let dsn: Dsn = server.dsn().parse().expect("a DSN");
    let mut connection = open(&with_tls(&dsn, TlsMode::Disabled), Access::Writing).await;
    assert_eq!(connection.server().flavour, Flavour::MariaDb);
    let place: String = connection.query_one("SELECT @@ssl_cert").await.expect("a path");
    std::fs::copy(tls.join("version1.pem"), place).expect("a copy");
    run(&mut connection, "FLUSH SSL").await;
    for mode in [TlsMode::Required, TlsMode::VerifyCa, TlsMode::VerifyIdentity] {
        let error = Connection::connect(&with_tls(&dsn, mode), Access::ReadOnly).await;
        let error = error.expect_err("the certificate is not read");
        assert!(
            matches!(error, Error::Tls { source: TlsProblem::Version1, .. }),
            "{mode:?}: {error:?}"
        );
        assert!(error.hint().expect("a hint").contains("version 3"), "{mode:?}");
    }
    // Without a demand, the session is not encrypted; on another machine's server that is reported.
    let mut plain = open(&with_tls(&dsn, TlsMode::Preferred), Access::ReadOnly).await;
    let cipher: (String, String) =
        plain.query_one("SHOW SESSION STATUS LIKE 'Ssl_cipher'").await.expect("a status");
    assert_eq!(cipher.1, "");
}
