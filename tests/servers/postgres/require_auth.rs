//! `require_auth`: a server gets no password by a method that the DSN does not allow.

use migration_assist::postgres::{AuthMethod, AuthMethods, Connection, Dsn, Error, TlsMode};

use crate::support::own_server::OwnServer;
use crate::support::postgres::parse;

/// The roles, each with the method by which the server lets it in.
const ROLES: [(&str, &str, AuthMethod); 4] = [
    ("trusted", "trust", AuthMethod::None),
    ("plain", "password", AuthMethod::Password),
    ("hashed", "md5", AuthMethod::Md5),
    ("salted", "scram-sha-256", AuthMethod::Scram),
];

async fn make_roles(own: &Dsn) {
    let administrator = Connection::connect(own).await.expect("a session");
    let mut lines = vec!["host all postgres all scram-sha-256".to_owned()];
    for (role, method, _) in ROLES {
        let encryption = if method == "md5" { "md5" } else { "scram-sha-256" };
        let create = format!(
            "SET password_encryption = '{encryption}'; CREATE ROLE {role} LOGIN PASSWORD 'secret'"
        );
        administrator.batch_execute(&create).await.expect("a role");
        lines.push(format!("host all {role} all {method}"));
    }
    let file = administrator.query_one("SHOW hba_file", &[]).await.expect("a file");
    let rules = lines.join("'), ('");
    let write = format!("COPY (VALUES ('{rules}')) TO '{}'", file.get::<_, &str>(0));
    administrator.batch_execute(&write).await.expect("the rules are written");
    let before = read_at(own).await;
    administrator.batch_execute("SELECT pg_reload_conf()").await.expect("a signal");
    while read_at(own).await == before {
        tokio::task::yield_now().await;
    }
}

/// When the server read its files, as a new session has it.
async fn read_at(own: &Dsn) -> String {
    let session = Connection::connect(own).await.expect("a session");
    let time = session.query_one("SELECT pg_conf_load_time()::text", &[]).await;
    time.expect("a time").get(0)
}

#[tokio::test]
async fn no_password_goes_to_a_server_that_asks_by_another_method() {
    let server = OwnServer::start("postgres");
    let own = parse(server.dsn());
    make_roles(&own).await;
    for (role, _, method) in ROLES {
        let dsn = |list: &str, mode: TlsMode| {
            let mut dsn = Dsn { user: role.into(), password: "secret".into(), ..own.clone() };
            dsn.auth = AuthMethods::parse(list).expect("a list");
            dsn.tls.mode = mode;
            dsn
        };
        for mode in [TlsMode::Disable, TlsMode::Prefer, TlsMode::Require] {
            let forbidden = format!("!{}", method.as_str());
            for list in [method.as_str(), "none,password,md5,scram-sha-256"] {
                let session = Connection::connect(&dsn(list, mode)).await;
                let session = session.unwrap_or_else(|error| panic!("{role}, {list}: {error:?}"));
                let is_encrypted = session.is_encrypted().await.expect("an answer");
                assert_eq!(is_encrypted, mode != TlsMode::Disable, "{role}, {list}");
                // A statement can be cancelled over a guarded stream, too.
                session.canceller().cancel().await.expect("a request");
            }
            let others = ROLES.iter().map(|it| it.2).filter(|it| *it != method);
            let mut lists: Vec<&str> = others.map(AuthMethod::as_str).collect();
            lists.push(&forbidden);
            for list in lists {
                match Connection::connect(&dsn(list, mode)).await {
                    Err(Error::AuthMethod { source, .. }) => assert_eq!(source.0, method),
                    Err(error) => panic!("{role}, {list}: {error:?}"),
                    Ok(_) => panic!("{role} is let in by another method than {list}"),
                }
            }
        }
    }
}
