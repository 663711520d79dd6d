//! Targets and accounts with limits: an encoding without every character, and few sessions.

use migration_assist::postgres::Dsn;
use migration_assist::sql::Dialect::Postgres;

use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours, run as run_sql};
use crate::support::postgres::{Database, Role};
use crate::support::program::{Run, command, finish, run};
use crate::workspace::load;

on_both_flavours!(
    a_copy_into_a_database_that_is_not_utf8_is_refused,
    the_connection_limit_of_the_source_s_account_is_respected,
    the_connection_limit_of_the_target_s_role_is_respected,
);

fn both(source: &str, target: &Dsn, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = command(arguments);
    command.current_dir(folder.path());
    command.env("MIGRATION_ASSIST_MYSQL_DSN", source);
    command.env("MIGRATION_ASSIST_POSTGRES_DSN", target.render());
    finish(command)
}

async fn a_copy_into_a_database_that_is_not_utf8_is_refused(source: Source) {
    load(&source, Sample { posts: 60, awkward: false }).await;
    let owner = crate::support::postgres::administrator().user;
    let options = "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'";
    let target = Database::create_with(&owner, options).await;
    let set = migration_assist::migrations::target().iter().map(|it| it.number).collect();
    let progress = migration_assist::progress::Silent;
    let mut connection = target.connect().await;
    migration_assist::migrations::run(&mut connection, "public", &set, &progress)
        .await
        .expect("a schema");
    both(source.dsn.render().expose(), &target.dsn, &["copy", "--accept-ctype"])
        .expect(2)
        .says("the target's database is encoded in LATIN1")
        .says("CREATE DATABASE");
}

async fn the_connection_limit_of_the_target_s_role_is_respected(source: Source) {
    load(&source, Sample { posts: 60, awkward: false }).await;
    let role = Role::create().await;
    let target = Database::create_for(&role.name).await;
    let dsn = Dsn { database: target.dsn.database.clone(), ..role.dsn() };
    let administrator = target.connect().await;
    let limit = async |limit: i32| {
        let name = Postgres.identifier(&role.name);
        let statement = format!("ALTER ROLE {name} CONNECTION LIMIT {limit}");
        administrator.batch_execute(&statement).await.expect("a limit");
    };
    let mysql = source.dsn.render();
    limit(2).await;
    both(mysql.expose(), &dsn, &["migrate", "--jobs=1"])
        .expect(2)
        .says("the connection limits of the PostgreSQL server leave too few sessions: 1")
        .says(&format!("ALTER ROLE {} CONNECTION LIMIT 3;", Postgres.identifier(&role.name)));
    let built = "SELECT to_regclass('public.posts') IS NOT NULL";
    let built: bool = administrator.query_one(built, &[]).await.expect("an answer").get(0);
    assert!(!built, "nothing is built before the limits are known");
    limit(4).await;
    both(mysql.expose(), &dsn, &["migrate", "--jobs=8"]).expect(0).says("jobs reduced from 8 to 2");
    limit(3).await;
    both(mysql.expose(), &dsn, &["verify", "--jobs=8"]).expect(0).says("jobs reduced from 8 to 1");
    run(["post-migrate", "--jobs=8", &dsn.render()]).expect(0).says("jobs reduced from 8 to 1");
    limit(-1).await;
    let database = Postgres.identifier(&dsn.database);
    let few = format!("ALTER DATABASE {database} CONNECTION LIMIT 3");
    administrator.batch_execute(&few).await.expect("a limit");
    both(mysql.expose(), &dsn, &["copy"])
        .expect(2)
        .says(&format!("ALTER DATABASE {database} CONNECTION LIMIT "));
}

async fn the_connection_limit_of_the_source_s_account_is_respected(mut source: Source) {
    load(&source, Sample { posts: 60, awkward: false }).await;
    let account = source.account("SELECT", "BY 'secret'").await;
    let sql = format!("ALTER USER {}@'%' WITH MAX_USER_CONNECTIONS 5", account.user);
    run_sql(&mut source.connect().await, &sql).await;
    let account = migration_assist::mysql::Dsn { password: "secret".into(), ..account };
    let target = Database::create().await;
    let done = both(account.render().expose(), &target.dsn, &["migrate", "--jobs=8"]);
    done.expect(0)
        .says("the connection limits of the MySQL server leave ")
        .says("jobs reduced from 8 to ");
}

#[test]
fn a_limit_of_open_files_is_an_error_with_its_cause() {
    let binary = env!("CARGO_BIN_EXE_migration-assist");
    for limit in 5..=8 {
        let limited = format!("ulimit -n {limit}; exec {binary} version");
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", &limited]).env_clear();
        finish(shell).expect(2).says("caused by: ").says("ulimit -n");
    }
    run(["version"]).expect(0);
}
