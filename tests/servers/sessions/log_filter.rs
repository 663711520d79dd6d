//! A binary log that leaves out databases is no evidence that they were not written.

use migration_assist::mysql::{
    Access, Dsn, Flavour, has_log_filter, log_position, logs_everything,
};

use crate::support::mysql::{administrator, open, run as execute, unique_name};
use crate::support::own_server::{OwnServer, on_servers_of_both_flavours};

async fn a_filtered_log_has_no_position(flavour: Flavour) {
    let kind = match flavour {
        Flavour::MySql => "mysql",
        Flavour::MariaDb => "mariadb",
    };
    for setting in ["--setting=binlog-ignore-db=chat", "--setting=binlog-do-db=blog"] {
        let server = OwnServer::start_with_options(kind, &[setting]);
        let dsn: Dsn = server.dsn().parse().expect("a DSN");
        let mut connection = open(&dsn, Access::Writing).await;
        assert_eq!(has_log_filter(&mut connection).await.expect("an answer"), Some(true));
        assert_eq!(log_position(&mut connection).await.expect("an answer"), None, "{setting}");
        assert!(!logs_everything(&mut connection).await.expect("an answer"), "{setting}");
    }
    // The common servers have none, and an account without the right cannot see that.
    let mut connection = open(&administrator(flavour), Access::Writing).await;
    assert_eq!(has_log_filter(&mut connection).await.expect("an answer"), Some(false));
    assert!(log_position(&mut connection).await.expect("an answer").is_some());
    let user = format!("u{}", &unique_name()[17..]);
    execute(&mut connection, &format!("CREATE USER {user}@'%' IDENTIFIED BY 'pw'")).await;
    let account = Dsn { user: user.clone(), password: "pw".into(), ..administrator(flavour) };
    let mut reader = open(&account, Access::ReadOnly).await;
    assert_eq!(has_log_filter(&mut reader).await.expect("an answer"), None);
    drop(reader);
    execute(&mut connection, &format!("DROP USER {user}@'%'")).await;
}

on_servers_of_both_flavours!(a_filtered_log_has_no_position);
