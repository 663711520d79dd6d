//! A certificate of X.509 version 1, which the driver's TLS library does not read.

use std::path::Path;

use migration_assist::mysql::{Access, Connection, Dsn, Error, TlsMode, TlsProblem, TlsSettings};

use crate::support::mysql::{open, run};
use crate::support::openssl::make_version_1;
use crate::support::own_server::OwnServer;

fn with_tls(dsn: &Dsn, mode: TlsMode) -> Dsn {
    Dsn { tls: TlsSettings { mode, ca: None }, ..dsn.clone() }
}

/// The version of TLS and the cipher of a session; empty if it is not encrypted.
async fn encryption(dsn: &Dsn) -> [String; 2] {
    let mut session = open(dsn, Access::ReadOnly).await;
    let sql = "SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_cipher', 'Ssl_version')";
    let rows: Vec<(String, String)> = session.query(sql).await.expect("a status");
    // Through the tunnel in both directions, in more than one packet of TLS.
    let sent = "ü".repeat(200_000);
    let received: String = session.query_one(&format!("SELECT '{sent}'")).await.expect("a text");
    assert_eq!(received, sent);
    ["Ssl_version", "Ssl_cipher"].map(|name| {
        rows.iter().find(|(variable, _)| variable == name).expect("a variable").1.clone()
    })
}

async fn check(kind: &str, version: &str) {
    let server =
        OwnServer::start_with_options(kind, &[&format!("--setting=tls_version={version}")]);
    let tls = server.folder().join("tls");
    make_version_1(&tls);
    let dsn: Dsn = server.dsn().parse().expect("a DSN");
    let mut connection = open(&with_tls(&dsn, TlsMode::Disabled), Access::Writing).await;
    let places: (String, String, String) =
        connection.query_one("SELECT @@ssl_ca, @@ssl_cert, @@ssl_key").await.expect("paths");
    // MySQL has made its own in its data directory.
    let folder = server.folder().join(kind).join(if kind == "mysql" { "data" } else { "" });
    let made = ["ca.pem", "version1.pem", "server.key"];
    for (made, place) in made.into_iter().zip([places.0, places.1, places.2]) {
        let place = folder.join(Path::new(&place).file_name().expect("a name"));
        std::fs::write(place, std::fs::read(tls.join(made)).expect("a file")).expect("a file");
    }
    let reload = if kind == "mysql" { "ALTER INSTANCE RELOAD TLS" } else { "FLUSH SSL" };
    run(&mut connection, reload).await;
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyIdentity] {
        let error = Connection::connect(&with_tls(&dsn, mode), Access::ReadOnly).await;
        let error = error.expect_err("the certificate is not read");
        assert!(
            matches!(error, Error::Tls { source: TlsProblem::Version1, .. }),
            "{mode:?}: {error:?}"
        );
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("version 3") && hint.contains("tls=skip-verify"), "{mode:?}: {hint}");
    }
    for mode in [TlsMode::Required, TlsMode::Preferred] {
        let [used, cipher] = encryption(&with_tls(&dsn, mode)).await;
        assert_eq!((used.as_str(), cipher.is_empty()), (version, false), "{mode:?}");
    }
    // An account that requires TLS gets in, and a wrong password is what it is.
    run(&mut connection, "CREATE USER tls@'%' IDENTIFIED BY 'secret' REQUIRE SSL").await;
    let account = Dsn { user: "tls".to_owned(), password: "secret".into(), ..dsn.clone() };
    assert_eq!(encryption(&account).await[0], version);
    let wrong = Dsn { password: "wrong".into(), ..account };
    let error = Connection::connect(&wrong, Access::ReadOnly).await.expect_err("no such password");
    assert!(error.to_string().contains("does not let"), "{error}");
}

#[tokio::test]
async fn version_1_encrypts_and_proves_nothing_on_mysql() {
    check("mysql", "TLSv1.3").await;
}

#[tokio::test]
async fn version_1_encrypts_and_proves_nothing_on_mariadb() {
    check("mariadb", "TLSv1.2").await;
}
