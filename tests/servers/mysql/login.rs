//! Ways in, and what is said when there is none.

use std::path::PathBuf;
use std::time::Duration;

use migration_assist::mysql::{
    Access, Address, Connection, Dsn, Error, Flavour, TlsMode, TlsProblem, TlsSettings,
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::mysql::{
    Source, on_both_flavours, open, run, unique_name, variable, with_database,
};

on_both_flavours![
    a_certificate_of_a_stranger_is_refused,
    a_refused_account_is_named_without_its_password,
    a_server_without_tls_is_spoken_to_unless_tls_is_asked_for,
    a_socket_needs_no_tls,
    an_account_that_requires_a_certificate_is_refused_with_the_reason,
    a_wrong_database_is_named,
    the_line_is_protected_as_asked,
    the_name_in_the_certificate_counts_when_asked_for,
];

const PASSWORD: &str = "p@ss/wörd:#?% ";

/// The cipher of the session; nothing where the line is plain.
async fn cipher(connection: &mut Connection) -> String {
    let sql = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";
    let rows: Vec<(String, String)> = connection.query(sql).await.expect("a status");
    rows.into_iter().next().expect("one row").1
}

fn with_tls(dsn: &Dsn, mode: TlsMode, ca: Option<PathBuf>) -> Dsn {
    Dsn { tls: TlsSettings { mode, ca }, ..dsn.clone() }
}

#[track_caller]
fn authority(flavour: Flavour) -> PathBuf {
    PathBuf::from(variable(match flavour {
        Flavour::MySql => "MIGRATION_ASSIST_TEST_MYSQL_CA",
        Flavour::MariaDb => "MIGRATION_ASSIST_TEST_MARIADB_CA",
    }))
}

async fn refused(dsn: &Dsn) -> Error {
    Connection::connect(dsn, Access::ReadOnly).await.expect_err("to be refused")
}

async fn the_line_is_protected_as_asked(source: Source) {
    let ca = Some(authority(source.flavour));
    for (mode, ca, protected) in [
        (TlsMode::Disabled, None, false),
        (TlsMode::Preferred, None, true),
        (TlsMode::Required, None, true),
        (TlsMode::VerifyCa, ca, true),
    ] {
        let mut connection = open(&with_tls(&source.dsn, mode, ca), Access::ReadOnly).await;
        assert_eq!(!cipher(&mut connection).await.is_empty(), protected, "{mode:?}");
    }
}

async fn the_name_in_the_certificate_counts_when_asked_for(source: Source) {
    let dsn = with_tls(&source.dsn, TlsMode::VerifyIdentity, Some(authority(source.flavour)));
    match source.flavour {
        Flavour::MariaDb => drop(open(&dsn, Access::ReadOnly).await),
        // The certificate that MySQL makes itself names no host.
        Flavour::MySql => {
            let error = refused(&dsn).await;
            assert!(matches!(error, Error::Tls { source: TlsProblem::WrongName, .. }), "{error:?}");
        }
    }
}

async fn a_certificate_of_a_stranger_is_refused(source: Source) {
    for mode in [TlsMode::VerifyCa, TlsMode::VerifyIdentity] {
        let error = refused(&with_tls(&source.dsn, mode, None)).await;
        assert!(matches!(error, Error::Tls { source: TlsProblem::UnknownIssuer, .. }), "{error:?}");
        assert!(error.hint().expect("a hint").contains("tls-ca"));
    }
    for (content, said) in [("", "no PEM certificate"), ("-----BEGIN CERTIFICATE-----\n", "")] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("written");
        let ca = Some(file.path().to_owned());
        let error = refused(&with_tls(&source.dsn, TlsMode::VerifyCa, ca)).await;
        let Error::Certificates { source, .. } = &error else { panic!("{error:?}") };
        assert!(source.to_string().contains(said), "{source}");
    }
}

/// A way to the server on which it seems to offer no TLS.
async fn without_tls(dsn: &Dsn) -> Dsn {
    let Address::Tcp { host, port } = dsn.address.clone() else { panic!("no TCP: {dsn}") };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let own_port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect((host.as_str(), port)).await.expect("the server");
            tokio::spawn(async move {
                // Protocol::HandshakeV10: header (4), protocol (1), version, NUL, session (4), salt
                // (8), filler (1), capabilities; CLIENT_SSL is 0x0800.
                let mut greeting = [0; 256];
                let length = server.read(&mut greeting).await.expect("a greeting");
                let version = greeting[5..].iter().position(|&byte| byte == 0).expect("a version");
                greeting[5 + version + 1 + 4 + 8 + 1 + 1] &= !0x08;
                client.write_all(&greeting[..length]).await.expect("a client");
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    Dsn { address: Address::Tcp { host: "127.0.0.1".to_owned(), port: own_port }, ..dsn.clone() }
}

async fn a_server_without_tls_is_spoken_to_unless_tls_is_asked_for(source: Source) {
    let dsn = without_tls(&source.dsn).await;
    let mut connection = open(&dsn, Access::ReadOnly).await;
    assert_eq!(cipher(&mut connection).await, "");
    for mode in [TlsMode::Required, TlsMode::VerifyCa, TlsMode::VerifyIdentity] {
        let error = refused(&with_tls(&dsn, mode, None)).await;
        assert!(matches!(error, Error::Tls { source: TlsProblem::NotOffered, .. }), "{error:?}");
    }
}

async fn a_socket_needs_no_tls(source: Source) {
    let path = variable(match source.flavour {
        Flavour::MySql => "MIGRATION_ASSIST_TEST_MYSQL_SOCKET",
        Flavour::MariaDb => "MIGRATION_ASSIST_TEST_MARIADB_SOCKET",
    });
    for mode in [TlsMode::Preferred, TlsMode::Required] {
        let dsn = Dsn { address: Address::Socket(path.clone()), ..source.dsn.clone() };
        let mut connection = open(&with_tls(&dsn, mode, None), Access::ReadOnly).await;
        assert_eq!(cipher(&mut connection).await, "");
    }
}

async fn a_refused_account_is_named_without_its_password(source: Source) {
    let dsn = Dsn { password: "hunter2".into(), ..source.dsn.clone() };
    let error = refused(&dsn).await;
    let Error::AccessDenied { user, with_password: true, .. } = &error else { panic!("{error:?}") };
    assert_eq!(user, "root");
    assert!(!format!("{error} {error:?} {:?}", error.hint()).contains("hunter2"));

    let dsn = Dsn { password: "".into(), ..source.dsn.clone() };
    let error = refused(&dsn).await;
    assert!(matches!(error, Error::AccessDenied { with_password: false, .. }), "{error:?}");
    assert!(error.hint().expect("a hint").starts_with("give the password"));
}

async fn an_account_that_requires_a_certificate_is_refused_with_the_reason(mut source: Source) {
    let dsn = source.account("SELECT", "BY '' REQUIRE X509").await;
    let error = refused(&dsn).await;
    assert!(matches!(error, Error::AccessDenied { with_password: false, .. }), "{error:?}");
    let hint = error.hint().expect("a hint");
    assert!(
        hint.contains("REQUIRE X509 needs a client certificate, which is not supported"),
        "{hint}"
    );
}

async fn a_wrong_database_is_named(mut source: Source) {
    let error = refused(&with_database(&source.dsn, "no_such_database")).await;
    let Error::UnknownDatabase { database } = &error else { panic!("{error:?}") };
    assert_eq!(database, "no_such_database");

    let account = source.account("SELECT", &format!("BY '{PASSWORD}'")).await;
    let error =
        refused(&with_database(&Dsn { password: PASSWORD.into(), ..account }, "mysql")).await;
    let Error::DatabaseDenied { database, .. } = &error else { panic!("{error:?}") };
    assert_eq!(database, "mysql");
}

#[tokio::test]
async fn a_fresh_sha2_account_gets_in_with_tls_and_without() {
    for (mode, protected) in [(TlsMode::Disabled, false), (TlsMode::Preferred, true)] {
        let mut source = Source::create(Flavour::MySql).await;
        let identified = format!("WITH caching_sha2_password BY '{PASSWORD}'");
        let account = source.account("SELECT", &identified).await;
        let dsn = with_tls(&Dsn { password: PASSWORD.into(), ..account }, mode, None);
        for login in ["in full, for the server has nothing cached", "by the cache"] {
            let mut connection = open(&dsn, Access::ReadOnly).await;
            assert_eq!(!cipher(&mut connection).await.is_empty(), protected, "{login}");
        }
    }
}

#[tokio::test]
async fn mariadb_s_own_ways_to_log_in_are_known() {
    let mut source = Source::create(Flavour::MariaDb).await;
    let plugin = "INSTALL PLUGIN IF NOT EXISTS ed25519 SONAME 'auth_ed25519'";
    run(&mut source.connect().await, plugin).await;
    for plugin in ["mysql_native_password", "ed25519"] {
        let identified = format!("VIA {plugin} USING PASSWORD('{PASSWORD}')");
        let account = source.account("SELECT", &identified).await;
        drop(open(&Dsn { password: PASSWORD.into(), ..account }, Access::ReadOnly).await);
    }
}

#[tokio::test]
async fn a_way_to_log_in_that_is_not_known_is_named() {
    let mut source = Source::create(Flavour::MySql).await;
    let account = source.account("SELECT", "WITH sha256_password BY 'pw'").await;
    let error = refused(&Dsn { password: "pw".into(), ..account }).await;
    let Error::Authentication { plugin, .. } = &error else { panic!("{error:?}") };
    assert_eq!(plugin, "sha256_password");
    assert!(error.hint().expect("a hint").contains("caching_sha2_password"));
}

#[tokio::test]
async fn an_account_that_requires_tls_gets_in_when_nothing_is_said() {
    let mut source = Source::create(Flavour::MySql).await;
    let account = source.account("SELECT", "BY 'pw' REQUIRE SSL").await;
    drop(open(&Dsn { password: "pw".into(), ..account }, Access::ReadOnly).await);
}

#[tokio::test]
async fn an_unreachable_address_is_reported() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let silent = Dsn {
        address: Address::Tcp { host: "127.0.0.1".to_owned(), port },
        timeout: Some(Duration::from_millis(50)),
        ..crate::support::mysql::administrator(Flavour::MySql)
    };
    let error = refused(&silent).await;
    assert_eq!(
        error.to_string(),
        format!("no MySQL server answered at `127.0.0.1:{port}` within 0.05 s")
    );

    drop(listener);
    let error = refused(&silent).await;
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");

    let host = format!("{}.invalid", unique_name().replace('_', "-"));
    let unknown =
        Dsn { address: Address::Tcp { host: host.clone(), port }, timeout: None, ..silent };
    let error = refused(&unknown).await;
    assert_eq!(error.to_string(), format!("cannot find the host `{host}`"));

    let no_socket = Dsn { address: Address::Socket("/no/such.sock".to_owned()), ..unknown };
    let error = refused(&no_socket).await;
    assert_eq!(error.to_string(), "cannot reach a MySQL server at `/no/such.sock`");
}

#[tokio::test]
async fn the_password_of_a_second_login_method_is_not_called_an_odd_packet() {
    let mut source = Source::create(Flavour::MariaDb).await;
    let plugin = "INSTALL PLUGIN IF NOT EXISTS ed25519 SONAME 'auth_ed25519'";
    run(&mut source.connect().await, plugin).await;
    let identified =
        "VIA ed25519 USING PASSWORD('first') OR mysql_native_password USING PASSWORD('second')";
    let account = source.account("SELECT", identified).await;
    drop(open(&Dsn { password: "first".into(), ..account.clone() }, Access::ReadOnly).await);
    let error = refused(&Dsn { password: "second".into(), ..account }).await;
    assert!(matches!(error, Error::LoginMethods { .. }), "{error:?}");
    assert!(error.hint().expect("a hint").contains("SHOW CREATE USER"));
}

#[tokio::test]
async fn ssl_mode_means_what_it_means_for_mysql_s_own_clients() {
    let source = Source::create(Flavour::MySql).await;
    let ca = authority(Flavour::MySql);
    for (parameters, protected) in [
        ("ssl-mode=DISABLED".to_owned(), false),
        ("ssl-mode=preferred".to_owned(), true),
        ("sslMode=REQUIRED".to_owned(), true),
        (format!("ssl_mode=VERIFY_CA&ssl-ca={}", ca.display()), true),
    ] {
        let text = source.dsn.render().expose().split('?').next().expect("a DSN").to_owned();
        let dsn: Dsn = format!("{text}?{parameters}").parse().expect("a DSN");
        let mut connection = open(&dsn, Access::ReadOnly).await;
        assert_eq!(!cipher(&mut connection).await.is_empty(), protected, "{parameters}");
        if protected && !parameters.contains("preferred") {
            let error = refused(&without_tls_as(&dsn, &source.dsn).await).await;
            assert!(
                matches!(error, Error::Tls { source: TlsProblem::NotOffered, .. }),
                "{parameters}: {error:?}"
            );
        }
    }
}

/// The protection of one DSN on a way to the server on which it seems to offer no TLS.
async fn without_tls_as(dsn: &Dsn, server: &Dsn) -> Dsn {
    Dsn { tls: dsn.tls.clone(), ..without_tls(server).await }
}
