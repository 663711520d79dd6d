//! Tests of parsing and printing DSNs.

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;

use super::{Address, Dsn, Problem, TlsMode, TlsSettings, parse};
use crate::instance::Instances;
use crate::secret::Secret;

fn tcp(host: &str, port: u16) -> Address {
    Address::Tcp { host: host.to_owned(), port }
}

/// User, password, address and database of a DSN.
fn parts(text: &str) -> (String, String, Address, Option<String>) {
    let dsn = parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    (dsn.user, dsn.password.expose().to_owned(), dsn.address, dsn.database)
}

#[track_caller]
fn check(text: &str, user: &str, password: &str, address: Address, database: &str) {
    let database = Some(database.to_owned()).filter(|name| !name.is_empty());
    assert_eq!(parts(text), (user.to_owned(), password.to_owned(), address, database), "{text}");
}

#[test]
fn go_s_forms_are_read_as_go_reads_them() {
    let local = || tcp("127.0.0.1", 3306);
    check("root:pw@tcp(db:3307)/mm", "root", "pw", tcp("db", 3307), "mm");
    check("root:pw@tcp(db)/mm", "root", "pw", tcp("db", 3306), "mm");
    check("root:pw@tcp(:3307)/mm", "root", "pw", tcp("127.0.0.1", 3307), "mm");
    check("root@tcp/mm", "root", "", local(), "mm");
    check("root@/mm", "root", "", local(), "mm");
    check("root:pw@/", "root", "pw", local(), "");
    check("/mm", "", "", local(), "mm");
    check("/", "", "", local(), "");
    check("tcp(db:1)/", "", "", tcp("db", 1), "");
    check("u:p@tcp([::1]:3307)/mm", "u", "p", tcp("::1", 3307), "mm");
    check("u:p@tcp([fe80::1%eth0])/mm", "u", "p", tcp("fe80::1%eth0", 3306), "mm");
    check("u:p@tcp(::1)/mm", "u", "p", tcp("::1", 3306), "mm");
    let socket = || Address::Socket("/run/mysqld/mysqld.sock".to_owned());
    check("u:p@unix(/run/mysqld/mysqld.sock)/mm", "u", "p", socket(), "mm");
    check("unix(/run/mysqld/mysqld.sock)/mm", "", "", socket(), "mm");
    check("u@unix/mm", "u", "", Address::Socket("/tmp/mysql.sock".to_owned()), "mm");
}

#[test]
fn a_password_may_hold_anything() {
    for password in ["p@ss", "a/b", "a:b:c", "%41", "?x=1&y", "@tcp(evil:1)/x", "(", "#", "ü 😀"]
    {
        check(&format!("u:{password}@tcp(h:1)/d"), "u", password, tcp("h", 1), "d");
        let with_parameters = format!("u:{password}@tcp(h:1)/d?charset=utf8mb4,utf8&tls=false");
        check(&with_parameters, "u", password, tcp("h", 1), "d");
    }
    check("us@er:p@tcp(h:1)/d", "us@er", "p", tcp("h", 1), "d");
}

#[test]
fn bare_hosts_and_paths_among_the_parameters_are_understood() {
    check("u:p@db.example:3307/mm", "u", "p", tcp("db.example", 3307), "mm");
    check("u:p@ss@db/mm", "u", "p@ss", tcp("db", 3306), "mm");
    check("u:p@[::1]:3307/mm", "u", "p", tcp("::1", 3307), "mm");
    for text in [
        "u:p@tcp(h:1)/d?tls-ca=/etc/ssl/ca.pem",
        "u:p@tcp(h:1)/d?tls-ca=%2Fetc%2Fssl%2Fca.pem",
        "u:p@h:1/d?ssl_ca=/etc/ssl/ca.pem",
        "mysql://u:p@h:1/d?ssl-ca=/etc/ssl/ca.pem",
    ] {
        let dsn = parse(text).expect("a DSN");
        assert_eq!(dsn.address, tcp("h", 1), "{text}");
        let ca = Some(PathBuf::from("/etc/ssl/ca.pem"));
        assert_eq!(dsn.tls, TlsSettings { mode: TlsMode::VerifyCa, ca }, "{text}");
    }
    let dsn = parse("u:p@tcp(h:1)/d?tls-ca=/home/me@corp/ca.pem").expect("a DSN");
    assert_eq!(dsn.address, tcp("h", 1));
}

#[test]
fn urls_are_percent_decoded() {
    check("mysql://u%3A:p%40%2F@db:3307/m%20m", "u:", "p@/", tcp("db", 3307), "m m");
    check("mysql://u:p@db", "u", "p", tcp("db", 3306), "");
    check("mysql://u:p@[::1]:1/mm", "u", "p", tcp("::1", 1), "mm");
    check("mysql://u:p@ss@db/mm", "u", "p@ss", tcp("db", 3306), "mm");
    let socket = Address::Socket("/s/my.sock".to_owned());
    check("mysql://u:p@localhost/mm?socket=/s/my.sock", "u", "p", socket, "mm");
    // Mattermost's MM_CONFIG: nothing is decoded.
    check("mysql://u:p%40@tcp(db:3306)/mm?charset=utf8mb4", "u", "p%40", tcp("db", 3306), "mm");
}

#[test]
fn the_database_is_percent_decoded_and_can_be_replaced() {
    check("u@tcp(h:1)/a%2Fb", "u", "", tcp("h", 1), "a/b");
    let dsn = parse("u:p@tcp(h:1)/a").expect("a DSN");
    let dsn = Dsn { database: Some("b".to_owned()), ..dsn };
    assert_eq!(dsn.render().expose(), "u:p@tcp(h:1)/b");
}

#[test]
fn parameters_say_how_the_line_is_protected() {
    for (parameters, mode) in [
        ("", TlsMode::Preferred),
        ("?parseTime=true&readTimeout=30s&writeTimeout=30s&loc=UTC", TlsMode::Preferred),
        ("?tls=false", TlsMode::Disabled),
        ("?tls=preferred", TlsMode::Preferred),
        ("?tls=skip-verify", TlsMode::Required),
        ("?tls=true", TlsMode::VerifyIdentity),
        ("?ssl-mode=VERIFY_CA", TlsMode::VerifyCa),
        ("?sslmode=verify_identity", TlsMode::VerifyIdentity),
        ("?ssl_mode=REQUIRED&tls-ca=ca.pem", TlsMode::Required),
    ] {
        let text = format!("u@tcp(h)/d{parameters}");
        assert_eq!(parse(&text).expect("a DSN").tls.mode, mode, "{text}");
    }
    let dsn = parse("u@/d?timeout=1m30s&charset=utf8mb4%2Cutf8").expect("a DSN");
    assert_eq!(dsn.timeout, Some(Duration::from_secs(90)));
    assert_eq!(dsn.others, [("charset".to_owned(), Secret::new("utf8mb4,utf8"))]);
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_repeated() {
    let tls = Problem::Value {
        parameter: "tls",
        expected: "`false`, `preferred`, `skip-verify` or `true`",
    };
    for (text, problem) in [
        ("", Problem::Empty),
        ("root:hunter2@tcp(db:3306)", Problem::NoSlash),
        ("root:hunter2/db", Problem::Address),
        ("root:hunter2@tcp(db:3306/mm", Problem::Address),
        ("root:hunter2@tcp(db:port)/mm", Problem::Port),
        ("root:hunter2@tcp(db:0)/mm", Problem::Port),
        ("root:hunter2@tcp(db:70000)/mm", Problem::Port),
        ("root:hunter2@tcp(db)/mm%zz", Problem::Escape),
        ("mysql://root:hunter%2@db/mm", Problem::Escape),
        ("mysql://root:hun@ter/2@db/mm", Problem::Reserved),
        ("mysql://root:hun@ter?2@db/mm", Problem::Reserved),
        ("postgres://root:hunter2@db/mm?sslmode=disable", Problem::Postgres),
        ("root:hunter2@tcp(db)/mm?tls=custom", Problem::CustomTls),
        ("root:hunter2@tcp(db)/mm?tls=", tls),
    ] {
        let error = text.parse::<Dsn>().expect_err(text);
        let super::Error::Dsn(found) = &error else { panic!("{text}: {error}") };
        assert_eq!(*found, problem, "{text}");
        let said = format!("{error} {error:?} {found} {}", error.hint().expect("a hint"));
        assert!(!said.contains("hun") && !said.contains("70000"), "{said}");
    }
}

#[test]
fn the_password_is_masked() {
    let dsn = parse("root:hunter2@tcp(db)/m%2Fm?tls=true&secret=hunter3").expect("a DSN");
    assert_eq!(dsn.to_string(), "root:****@tcp(db:3306)/m%2Fm?tls=true");
    assert!(!format!("{dsn:?} {:?}", dsn.render()).contains("hunter"));
    assert_eq!(parse("root@tcp(db)/").expect("a DSN").to_string(), "root@tcp(db:3306)/");
}

fn dsns() -> impl Strategy<Value = Dsn> {
    let host = prop_oneof!["[a-z0-9.-]{1,20}", Just("::1".to_owned()), Just("10.0.0.1".to_owned())];
    let address = prop_oneof![
        (host, 1u16..).prop_map(|(host, port)| Address::Tcp { host, port }),
        "/[^\\x00]{0,20}".prop_map(Address::Socket),
    ];
    let mode = prop_oneof![
        Just(TlsMode::Disabled),
        Just(TlsMode::Preferred),
        Just(TlsMode::Required),
        Just(TlsMode::VerifyCa),
        Just(TlsMode::VerifyIdentity),
    ];
    let ca = proptest::option::of("\\PC{1,20}".prop_map(PathBuf::from));
    let others = proptest::collection::vec(("[a-f]{20}", "\\PC*"), 0..3);
    let timeout = proptest::option::of((1u64..1 << 60).prop_map(Duration::from_nanos));
    let credentials = prop_oneof![
        (".*", "(?s).*"),
        (Just("mysql".to_owned()), "//.*"),
        ("[@:/a]*", "[@:/()?tcp%]*"),
    ];
    let database = proptest::option::of("(?s).{1,20}");
    (credentials, address, database, mode, ca, timeout, others).prop_map(
        |((user, password), address, database, mode, ca, timeout, others)| Dsn {
            user,
            password: Secret::new(password),
            address,
            database,
            tls: TlsSettings { mode, ca },
            timeout,
            others: others.into_iter().map(|(name, value)| (name, Secret::new(value))).collect(),
            keep_alive: super::KEEP_ALIVE,
            instances: Instances::default(),
        },
    )
}

proptest! {
    #[test]
    fn a_printed_dsn_is_read_as_it_was(dsn in dsns()) {
        let text = dsn.render();
        prop_assert_eq!(parse(text.expose()), Ok(dsn));
    }

    #[test]
    fn no_text_is_too_odd_to_read_or_refuse(text in "(?s)[mysql:/@()?=&%\\[\\]tcpunix.]{0,40}|\\PC*") {
        let _ = parse(&text);
    }
}

#[test]
fn a_misspelt_protection_is_refused() {
    for (parameter, nearest) in [
        ("tsl=true", Some("tls")),
        ("ssl=true", None),
        ("useSSL=true", None),
        ("tls-mode=required", Some("ssl-mode")),
        ("sslmod=REQUIRED", Some("ssl-mode")),
        ("require_auth=x", None),
    ] {
        let found = super::parse(&format!("u@tcp(h)/d?{parameter}"));
        assert_eq!(found, Err(Problem::UnrecognisedSecurity { nearest }), "{parameter}");
    }
    for parameter in ["ssl-cert=me.pem", "ssl_key=me.key", "tls-cert=me.pem"] {
        let found = super::parse(&format!("u@tcp(h)/d?{parameter}"));
        assert!(matches!(found, Err(Problem::ClientCertificate(_))), "{parameter}");
    }
    let dsn = super::parse("u@tcp(h)/d?parseTime=true&tiemout=5s&max_statement_time=1");
    let found = dsn.expect("a DSN").unrecognised();
    let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.nearest)).collect();
    assert_eq!(found, [("tiemout", Some("timeout")), ("max_statement_time", None)]);
}
