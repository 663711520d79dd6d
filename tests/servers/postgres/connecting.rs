//! Ways in, and every way of not getting in.

use migration_assist::postgres::{
    ChannelBinding, Connection, Dsn, Error, Host, Reason, RootCertificates, Server, TlsMode,
    TlsSettings,
};
use migration_assist::secret::Secret;

use crate::support::postgres::{Role, administrator, setting};
use crate::support::program::run;

fn dsn_with(change: impl FnOnce(&mut Dsn)) -> Dsn {
    let mut dsn = administrator();
    change(&mut dsn);
    dsn
}

async fn refusal(dsn: &Dsn) -> Error {
    match Connection::connect(dsn).await {
        Ok(_) => panic!("{dsn} lets anybody in"),
        Err(error) => error,
    }
}

/// The error and its causes, as the user sees them.
fn shown(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    format!("{error} {error:?} {:?} {causes:?}", error.hint())
}

#[tokio::test]
async fn verify_full_believes_the_authority_s_certificate() {
    let roots = Some(RootCertificates::File(setting("_CA").into()));
    for host in ["localhost", "127.0.0.1"] {
        let dsn = dsn_with(|dsn| {
            dsn.host = Host::new(host);
            dsn.tls.mode = TlsMode::VerifyFull;
            dsn.tls.roots.clone_from(&roots);
        });
        let connection = Connection::connect(&dsn).await.expect("the certificate is good");
        assert!(connection.is_encrypted().await.unwrap());
        assert!(connection.server() >= Server::OLDEST_SUPPORTED);
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused() {
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let error = refusal(&dsn_with(|dsn| dsn.tls.mode = mode)).await;
        assert!(matches!(error, Error::Tls { .. }), "{error:?}");
        assert!(error.hint().unwrap().contains("sslrootcert=FILE"));
    }
}

#[tokio::test]
async fn another_host_s_certificate_passes_verify_ca_and_not_verify_full() {
    let mut dsn = dsn_with(|dsn| {
        dsn.host = Host::new("db.example.com");
        dsn.address = Some("127.0.0.1".parse().unwrap());
        dsn.tls.roots = Some(RootCertificates::File(setting("_CA").into()));
        dsn.tls.mode = TlsMode::VerifyFull;
    });
    let error = refusal(&dsn).await;
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("verify-ca"));
    dsn.tls.mode = TlsMode::VerifyCa;
    Connection::connect(&dsn).await.expect("an authority signed the certificate");
}

#[tokio::test]
async fn a_root_file_makes_require_verify() {
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let mut dsn = dsn_with(|dsn| dsn.tls.mode = TlsMode::Require);
    Connection::connect(&dsn).await.expect("any certificate will do");
    dsn.tls.roots = Some(RootCertificates::File(elsewhere.path().into()));
    let error = refusal(&dsn).await;
    assert!(matches!(error, Error::CertificateFile { .. }), "{error:?}");
    dsn.tls.roots = Some(RootCertificates::File(setting("_CA").into()));
    Connection::connect(&dsn).await.expect("the certificate is good");
}

#[tokio::test]
async fn passwords_are_bound_to_the_channel() {
    let mut dsn = dsn_with(|dsn| {
        dsn.tls.mode = TlsMode::Require;
        dsn.tls.channel_binding = ChannelBinding::Require;
    });
    Connection::connect(&dsn).await.expect("SCRAM-SHA-256-PLUS works");
    dsn.tls.mode = TlsMode::Disable;
    let error = refusal(&dsn).await;
    assert!(matches!(error, Error::Login { .. }), "{error:?}");
}

#[tokio::test]
async fn prefer_encrypts_and_disable_does_not() {
    for (mode, encrypted) in
        [(TlsMode::Prefer, true), (TlsMode::Allow, true), (TlsMode::Disable, false)]
    {
        let dsn = dsn_with(|dsn| dsn.tls.mode = mode);
        let connection = Connection::connect(&dsn).await.unwrap();
        assert_eq!(connection.is_encrypted().await.unwrap(), encrypted, "{mode:?}");
    }
}

#[tokio::test]
async fn a_socket_works_whatever_sslmode_says() {
    for mode in [TlsMode::Prefer, TlsMode::VerifyFull] {
        let dsn = dsn_with(|dsn| {
            dsn.host = Host::new(setting("_SOCKET_DIR"));
            dsn.tls.mode = mode;
        });
        let connection = Connection::connect(&dsn).await.expect("the socket works");
        assert!(!connection.is_encrypted().await.unwrap());
    }
}

#[tokio::test]
async fn a_wrong_password_is_distinguished_from_a_missing_one() {
    let error = refusal(&dsn_with(|dsn| dsn.password = Secret::new("hunter2"))).await;
    assert!(matches!(error, Error::WrongPassword { .. }), "{error:?}");
    assert!(!shown(&error).contains("hunter2"));
    let error = refusal(&dsn_with(|dsn| dsn.password = Secret::default())).await;
    assert!(matches!(error, Error::PasswordMissing { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_database_is_named() {
    let error = refusal(&dsn_with(|dsn| dsn.database = "no such thing".into())).await;
    assert!(matches!(error, Error::DatabaseMissing { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("CREATE DATABASE \"no such thing\""));
}

#[tokio::test]
async fn a_role_that_may_not_log_in_is_named() {
    let role = Role::create().await;
    let connection = Connection::connect(&administrator()).await.unwrap();
    let name = migration_assist::sql::Dialect::Postgres.identifier(&role.name);
    connection.batch_execute(&format!("ALTER ROLE {name} NOLOGIN")).await.unwrap();
    let error = refusal(&role.dsn()).await;
    assert!(matches!(error, Error::RoleMissing { .. }), "{error:?}");
}

#[tokio::test]
async fn every_way_of_not_being_there_has_its_reason() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    for (expected, dsn) in [
        (Reason::Refused, dsn_with(|dsn| dsn.port = closed)),
        (Reason::UnknownHost, dsn_with(|dsn| dsn.host = Host::new("no-such-host.invalid"))),
        (Reason::NoSocket, dsn_with(|dsn| dsn.host = Host::new("/no/such/directory"))),
        (
            Reason::Timeout,
            dsn_with(|dsn| {
                dsn.port = silent_port;
                dsn.connect_timeout = Some(std::time::Duration::from_secs(1));
            }),
        ),
    ] {
        match refusal(&dsn).await {
            Error::Unreachable { reason, .. } => assert_eq!(reason, expected),
            other => panic!("{expected:?} expected: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_does_not_speak_the_protocol_is_recognized() {
    use tokio::io::AsyncWriteExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"\x4a\0\0\0\x0a5.5.5-10.11.6-MariaDB").await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let error = refusal(&dsn_with(|dsn| {
        dsn.port = port;
        dsn.tls.mode = TlsMode::Disable;
    }))
    .await;
    server.await.unwrap();
    match error {
        Error::Unreachable { reason: Reason::NotPostgres, .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unencrypted_connection_over_the_network_is_reported_once() {
    let dsn = dsn_with(|dsn| {
        dsn.host = Host::new("db.example.com");
        dsn.address = Some("127.0.0.1".parse().unwrap());
        dsn.tls.mode = TlsMode::Disable;
    });
    let arguments = ["postgres", &dsn.render()].map(str::to_owned);
    let shown = run(arguments).stderr;
    let warnings = shown.matches("db.example.com:").filter(|_| shown.contains("is not encrypted"));
    assert_eq!(warnings.count(), 1, "{shown}");
    let encrypted = Dsn { tls: TlsSettings { mode: TlsMode::Require, ..dsn.tls.clone() }, ..dsn };
    run(["postgres", &encrypted.render()]).never_shows("not encrypted");
    let local = dsn_with(|dsn| dsn.tls.mode = TlsMode::Disable);
    run(["postgres", &local.render()]).never_shows("not encrypted");
}
