//! Certificates of a PostgreSQL server: of X.509 version 1, and revoked.

use std::path::{Path, PathBuf};

use migration_assist::postgres::{Connection, Defaults, Dsn, Error};

use crate::support::openssl::{make_version_1, openssl};
use crate::support::own_server::OwnServer;

/// A server, the folder of its authority, and the address of a database on it.
struct Site {
    _server: OwnServer,
    tls: PathBuf,
    address: String,
}

impl Site {
    fn start() -> Self {
        let server = OwnServer::start("postgres");
        let tls = server.folder().join("tls");
        let address = server.dsn().replace("127.0.0.1", "localhost");
        Self { _server: server, tls, address }
    }

    fn dsn(&self, parameters: &str) -> Dsn {
        let text = format!("{}?{parameters}", self.address);
        Dsn::parse(&text, &Defaults::default()).expect("a DSN")
    }

    async fn is_encrypted(&self, parameters: &str) -> bool {
        let connection = Connection::connect(&self.dsn(parameters)).await;
        let connection = connection.unwrap_or_else(|error| panic!("{parameters}: {error:?}"));
        let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
        connection.query_one(sql, &[]).await.expect("an answer").get(0)
    }

    async fn refusal(&self, parameters: &str) -> Error {
        match Connection::connect(&self.dsn(parameters)).await {
            Ok(_) => panic!("{parameters} connects"),
            Err(error) => error,
        }
    }

    /// Makes the server use another certificate for its key, which no authority vouches for.
    async fn use_certificate(&self, certificate: &Path) {
        let connection =
            Connection::connect(&self.dsn("sslmode=disable")).await.expect("a session");
        let place = connection.query_one("SHOW ssl_cert_file", &[]).await.expect("an answer");
        std::fs::copy(certificate, place.get::<_, &str>(0)).expect("a copy");
        connection.batch_execute("SELECT pg_reload_conf()").await.expect("it is read");
        let verified = format!("sslmode=verify-ca&sslrootcert={}/ca.pem", self.tls.display());
        while Connection::connect(&self.dsn(&verified)).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_certificate_of_version_1_encrypts_and_proves_nothing() {
    let site = Site::start();
    make_version_1(&site.tls);
    let certificate = site.tls.join("version1.pem");
    site.use_certificate(&certificate).await;
    assert!(site.is_encrypted("sslmode=require").await);
    assert!(site.is_encrypted("sslmode=prefer").await);
    let roots = site.tls.join("ca.pem");
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = site.refusal(&format!("sslmode={mode}&sslrootcert={}", roots.display())).await;
        let hint = error.hint().expect("a hint");
        assert!(hint.contains("X.509 version 1"), "{mode}: {error:?} {hint}");
    }
    assert!(site.is_encrypted("sslmode=require&ssl_max_protocol_version=TLSv1.2").await);
}

#[tokio::test]
async fn a_revoked_certificate_is_refused() {
    let site = Site::start();
    let roots = site.tls.join("ca.pem");
    let verified = format!("sslmode=verify-full&sslrootcert={}", roots.display());
    std::fs::write(
        site.tls.join("ca.cnf"),
        "[ca]\ndefault_ca=it\n[it]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\n\
         default_crl_days=30\ncertificate=ca.pem\nprivate_key=ca.key\n",
    )
    .expect("a file");
    std::fs::write(site.tls.join("index.txt"), "").expect("a file");
    std::fs::write(site.tls.join("number"), "01").expect("a file");
    openssl(&site.tls, "ca -config ca.cnf -gencrl -out empty.pem");
    openssl(&site.tls, "ca -config ca.cnf -revoke server.pem");
    openssl(&site.tls, "ca -config ca.cnf -gencrl -out revoked.pem");
    let with = |list: &str| format!("{verified}&sslcrl={}", site.tls.join(list).display());
    assert!(site.is_encrypted(&verified).await);
    assert!(site.is_encrypted(&with("empty.pem")).await);
    let error = site.refusal(&with("revoked.pem")).await;
    assert!(error.hint().expect("a hint").contains("`sslcrl` revokes"), "{error:?}");
}

#[tokio::test]
async fn the_version_of_tls_has_limits() {
    let site = Site::start();
    let connection = Connection::connect(&site.dsn("sslmode=disable")).await.expect("a session");
    let sql = "ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'";
    connection.batch_execute(sql).await.expect("it is set");
    connection.batch_execute("SELECT pg_reload_conf()").await.expect("it is read");
    let refused = "sslmode=require&ssl_min_protocol_version=TLSv1.3";
    while Connection::connect(&site.dsn(refused)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(site.is_encrypted("sslmode=require&ssl_max_protocol_version=TLSv1.2").await);
}
