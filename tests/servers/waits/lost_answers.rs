//! The answer to a COMMIT is lost: the client cannot know whether it took effect, and the next run is right.

use std::path::Path;
use std::process::Command;

use migration_assist::mysql::{self, Address, TlsMode, TlsSettings};
use migration_assist::postgres::{self, Host};
use migration_assist::schema::Catalog;

use crate::copy::compare::assert_equal;
use crate::copy::random::Random;
use crate::copy::workspace::Pair;
use crate::follow::site::Site;
use crate::repair::fixture::World;
use crate::sample::Sample;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::own_server::on_servers_of_both_flavours;
use crate::support::postgres::Database;
use crate::support::program::{Run, command, finish, run};
use crate::support::tcp_proxy::Line;
use crate::workspace::load;

on_both_flavours!(a_copy_resumes_after_a_lost_answer, a_repair_resumes_after_a_lost_answer);
on_servers_of_both_flavours!(a_follower_continues_after_a_lost_answer);

/// How often each command loses an answer.
const ROUNDS: u64 = 4;

/// The target by a line, without TLS.
fn target_by(line: &Line, dsn: &postgres::Dsn) -> postgres::Dsn {
    let host = Host::Tcp("127.0.0.1".into());
    let mut dsn = postgres::Dsn { host, port: line.port, ..dsn.clone() };
    dsn.tls.mode = postgres::TlsMode::Disable;
    dsn
}

fn source_by(line: &Line, dsn: &mysql::Dsn) -> mysql::Dsn {
    let address = Address::Tcp { host: "127.0.0.1".into(), port: line.port };
    mysql::Dsn { address, tls: TlsSettings { mode: TlsMode::Disabled, ca: None }, ..dsn.clone() }
}

fn copy(pair: &Pair, target: &postgres::Dsn) -> Run {
    let mut command = command(["copy", "--no-check", "--jobs=2", "--quarantine"]);
    command.arg(pair.quarantine());
    command.env("MIGRATION_ASSIST_MYSQL_DSN", pair.source.dsn.render().expose());
    command.env("MIGRATION_ASSIST_POSTGRES_DSN", target.render());
    finish(command)
}

async fn a_copy_resumes_after_a_lost_answer(source: Source) {
    let pair = Pair::filled(source).await;
    // A run that loses nothing counts the statements.
    let line = Line::losing_answer(pair.target.dsn.port, b"; COMMIT", u64::MAX);
    copy(&pair, &target_by(&line, &pair.target.dsn)).expect(0);
    let statements = line.statements();
    assert!(statements > ROUNDS, "COMMIT was sent {statements} times");
    drop(line);
    let mut random = Random::new("lost answers");
    // The first and the last one are special: the plan, and the end of the copy.
    let some = (0..ROUNDS).map(|_| random.below(statements)).chain([0, statements - 1]);
    for number in some.collect::<Vec<_>>() {
        pair.clean().await;
        let line = Line::losing_answer(pair.target.dsn.port, b"; COMMIT", number);
        let lost = copy(&pair, &target_by(&line, &pair.target.dsn));
        assert!(line.statements() > number, "no answer was lost: {}", lost.stderr);
        lost.expect(2).says("the connection to PostgreSQL was lost");
        pair.assert_ledger_is_sound().await;
        copy(&pair, &pair.target.dsn).expect(0);
        pair.assert_ledger_is_sound().await;
        assert_equal(&pair).await;
    }
}

async fn a_follower_continues_after_a_lost_answer(flavour: mysql::Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    for number in 0..ROUNDS {
        let insert = format!(
            "INSERT INTO Preferences (UserId, Category, Name, Value) VALUES ('lost', 'answer', '{number}', 'x');
             UPDATE Preferences SET Value = '{number}' WHERE UserId = 'lost';
             DELETE FROM Preferences WHERE UserId = 'lost' AND Name = '{}'",
            number.saturating_sub(1)
        );
        site.pair.sql(&insert).await;
        let line = Line::losing_answer(site.pair.target.dsn.port, b"; COMMIT", 0);
        let mut command = site.command(&["follow", "--until-caught-up"]);
        let target = target_by(&line, &site.pair.target.dsn);
        command.env("MIGRATION_ASSIST_POSTGRES_DSN", target.render());
        let run = finish(command);
        assert!(line.statements() > 0, "no answer was lost: {}", run.stderr);
        // It connects again by itself; a loss before it begins ends it.
        if run.status != 0 {
            assert_eq!(run.status, 2, "{}", run.stderr);
            site.run(&["follow", "--until-caught-up"]).expect(0);
        }
    }
    site.run(&["follow", "--until-caught-up"]).expect(0);
    assert_equal(&site.pair).await;
}

fn repair(folder: &Path, dsn: &mysql::Dsn, arguments: &[&str]) -> Run {
    let mut command = command(["mysql"]);
    command.args(arguments).current_dir(folder);
    command.env("MIGRATION_ASSIST_MYSQL_DSN", dsn.render().expose());
    finish(command)
}

async fn a_repair_resumes_after_a_lost_answer(source: Source) {
    load(&source, Sample { posts: 60, awkward: true }).await;
    let world = World::around(source, Catalog::default());
    let Address::Tcp { port, .. } = world.source.dsn.address else { panic!("no TCP") };
    let before = world.dump().await;
    let folder = tempfile::tempdir().expect("a folder");
    repair(folder.path(), &world.source.dsn, &["--fix=all", "--force"]);
    let after = world.dump().await;
    repair(folder.path(), &world.source.dsn, &["--undo", "quarantine.jsonl"]).expect(0);
    assert!(world.dump().await == before, "undone without a loss");
    for number in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let line = Line::losing_answer(port, b"COMMIT", number);
        let lost = repair(folder, &source_by(&line, &world.source.dsn), &["--fix=all", "--force"]);
        assert!(line.statements() > number, "no answer was lost: {}", lost.stderr);
        assert_eq!(lost.status, 2, "{}", lost.stderr);
        repair(folder, &world.source.dsn, &["--fix=all", "--force"]);
        assert!(world.dump().await == after, "repaired after the loss of answer {number}");
        // The way back is whole, also of what was committed without an answer; an answer is lost there, too.
        let line = Line::losing_answer(port, b"COMMIT", number);
        let undo = ["--undo", "quarantine.jsonl"];
        let lost = repair(folder, &source_by(&line, &world.source.dsn), &undo);
        assert!(line.statements() > number, "no answer was lost: {}", lost.stderr);
        repair(folder, &world.source.dsn, &undo);
        assert!(world.dump().await == before, "undone after the loss of answer {number}");
    }
}

#[tokio::test]
async fn an_index_that_was_built_without_an_answer_is_there() {
    let target = Database::create().await;
    let dsn = target.dsn.render();
    run(["postgres", &dsn, "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    let connection = target.connect().await;
    let row = "INSERT INTO public.systems VALUES ('DiagnosticId', '1')";
    connection.batch_execute(row).await.expect("a row, without which a load is missed");
    // The first time, the statement is looked for among those that a killed run has left.
    let statements: [(&[u8], u64); 3] =
        [(b"CREATE INDEX", 1), (b"REFRESH MATERIALIZED", 0), (b"ANALYZE", 0)];
    for (statement, number) in statements {
        let drop = "DROP INDEX IF EXISTS public.idx_posts_message_txt";
        connection.batch_execute(drop).await.expect("no index");
        let line = Line::losing_answer(target.dsn.port, statement, number);
        let mut lossy: Command = command(["post-migrate"]);
        lossy.arg(target_by(&line, &target.dsn).render());
        let lost = finish(lossy);
        assert!(line.statements() > number, "no answer was lost: {}", lost.stderr);
        lost.expect(2).says("the connection to PostgreSQL was lost");
        run(["post-migrate", &dsn]).expect(0).says("indexes: 0 built");
    }
}
