//! What takes servers that no other test uses meanwhile: they are restarted, or set otherwise.

use migration_assist::mysql::Flavour;

use super::compare::assert_equal;
use super::connection_loss::lose_and_resume;
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, variable};

/// Kills servers in the middle of a copy, starts them again, and resumes.
async fn restart(flavour: Flavour, servers: &[&'static str]) {
    let pair = Pair::filled(Source::create(flavour).await).await;
    let restart = async || {
        let mut command = std::process::Command::new("scripts/servers");
        command.arg("restart").arg(variable("MIGRATION_ASSIST_TEST_SERVERS")).args(servers);
        let restarted = tokio::task::spawn_blocking(move || command.output());
        let output = restarted.await.expect("no panic").expect("a script");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // The next run is another one, with new instances.
        pair.source.dsn.instances.forget();
        pair.target.dsn.instances.forget();
    };
    lose_and_resume(&pair, &pair.source.dsn, restart).await;
}

#[tokio::test]
#[ignore = "it restarts servers: scripts/test runs it on servers that no other test uses"]
async fn restarted_servers_leave_no_trace() {
    for (flavour, name) in [(Flavour::MySql, "mysql"), (Flavour::MariaDb, "mariadb")] {
        restart(flavour, &[name]).await;
        restart(flavour, &["postgres"]).await;
        restart(flavour, &[name, "postgres"]).await;
    }
}

/// Settings of a server that change what a session reads, writes or may take.
const ODD: [(&str, &str); 8] = [
    ("time_zone", "'+05:30'"),
    ("sql_mode", "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,PAD_CHAR_TO_FULL_LENGTH'"),
    ("group_concat_max_len", "4"),
    ("collation_server", "'latin1_german1_ci'"),
    ("character_set_results", "'latin1'"),
    ("sql_select_limit", "7"),
    ("net_write_timeout", "1"),
    ("transaction_isolation", "'READ-UNCOMMITTED'"),
];

#[tokio::test]
#[ignore = "it changes a server's settings: scripts/test runs it on servers that no other test uses"]
async fn settings_of_the_source_make_no_difference() {
    for flavour in [Flavour::MySql, Flavour::MariaDb] {
        let pair = Pair::filled(Source::create(flavour).await).await;
        pair.sql(
            "INSERT INTO Posts (Id, Message) VALUES ('odd', 'a\\\\b ü 😀  ');
             CREATE TABLE times (id int PRIMARY KEY, at timestamp NULL, fixed char(9));
             INSERT INTO times VALUES (1, '2024-02-29 12:00:00', 'x')",
        )
        .await;
        pair.target_sql(
            "CREATE TABLE public.times (id int PRIMARY KEY, at timestamptz, fixed text)",
        )
        .await;
        let mut before = Vec::new();
        for (name, value) in ODD {
            // MariaDB before 11.1 knows it by its older name alone.
            let name = match (flavour, name) {
                (Flavour::MariaDb, "transaction_isolation") => "tx_isolation",
                _ => name,
            };
            let mut connection = pair.source.connect().await;
            let sql = format!("SELECT CAST(@@GLOBAL.{name} AS CHAR)");
            let was: Option<String> = connection.query_optional(&sql).await.expect("a setting");
            pair.sql(&format!("SET GLOBAL {name} = {value}")).await;
            before.push((name, was.expect("a value")));
        }
        let outcome = pair.copy(&options()).await;
        for (name, was) in before {
            let is_number = was.bytes().all(|byte| byte.is_ascii_digit());
            let was = if is_number { was } else { format!("'{was}'") };
            pair.sql(&format!("SET GLOBAL {name} = {was}")).await;
        }
        outcome.expect("a copy");
        let arrived = "SELECT count(*) FROM public.times
            WHERE (id, at, fixed) = (1, '2024-02-29 12:00:00+00', 'x')";
        assert_eq!(pair.count(arrived).await, 1);
        pair.sql("DROP TABLE times").await;
        pair.target_sql("DROP TABLE public.times").await;
        assert_equal(&pair).await;
    }
}
