//! The proof while a source is written, and the switch, on servers with a log of rows.

mod interruption;
mod rehearsal;
mod run;

use migration_assist::ledger;
use migration_assist::mysql::Flavour;
use run::{Background, Switch, wait_for_end};

use crate::copy::compare::assert_equal;
use crate::follow::site::Site;
use crate::follow::writer::Writer;
use crate::support::own_server::on_servers_of_both_flavours;

on_servers_of_both_flavours!(
    all_rows_are_proven_while_the_source_is_written,
    faults_in_changed_rows_are_named,
    what_the_changed_rows_do_not_show_is_found_after_the_switch
);

async fn all_rows_are_proven_while_the_source_is_written(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let writer = Writer::start(&site).await;
    let mut migration = Background::migrate(&site);
    migration.wait_for("to switch, run in another terminal: `migration-assist cutover ");
    let connection = site.pair.target.connect().await;
    let base = ledger::base_proof(&connection, "public").await.expect("a record");
    let base = base.expect("a proof of all rows");
    let position = base.position.expect("the position of the proof");
    let older = "SELECT count(*) FROM migration_assist.touched_keys AS it
        JOIN migration_assist.following USING (target_schema) WHERE it.generation < following.generation";
    assert_eq!(site.pair.count(older).await, 0, "the proof covers the keys before it");
    site.wait_for_changes(100).await;
    let touched = ledger::touched_tables(&connection, "public").await.expect("counts");
    assert!(touched.values().sum::<u64>() > 0);
    writer.stop().await;
    let switch = Switch::new(&site);
    let plan = switch.run(&["--live", "--plan"]).expect(0).stdout;
    let parts = [
        "comparing the rows changed since the proof (",
        "What users notice meanwhile",
        "logging in",
    ];
    for part in parts.iter().chain(&[" --live --config "]) {
        assert!(plan.contains(part), "{plan}");
    }
    // The configuration names an administrator there.
    let may_write = plan.contains("can write to a read-only server");
    assert_eq!(may_write, flavour == Flavour::MariaDb, "{plan}");
    let run = switch.run(&["--live", "--yes"]).expect(0);
    assert!(run.stderr.contains(&format!("were equal at {position} (")), "{}", run.stderr);
    assert!(run.stderr.contains("rows changed since the proof, all equal: "), "{}", run.stderr);
    assert!(run.stderr.contains("comparing the rows changed since the proof "), "{}", run.stderr);
    assert!(run.stderr.contains("were equal at the switch"), "{}", run.stderr);
    migration.end(0);
    assert_equal(&site.pair).await;
    let covers = "SELECT count(*) FROM migration_assist.proofs WHERE proof AND covers = 'touched'";
    assert_eq!(site.pair.count(covers).await, 1);
    switch.run(&["--undo", "--yes"]).expect(0);
}

async fn faults_in_changed_rows_are_named(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let mut migration = Background::migrate(&site);
    migration.wait_for("to switch, run in another terminal");
    site.pair.sql("UPDATE Teams SET DisplayName = CONCAT(DisplayName, '!')").await;
    site.pair.sql("UPDATE Channels SET Header = 'changed' ORDER BY Id LIMIT 5").await;
    site.pair.sql("DELETE FROM Posts ORDER BY Id LIMIT 1").await;
    wait_for_end(&site).await;
    let switch = Switch::new(&site);
    let id = async |table: &str| {
        let statement = format!("SELECT min(id) FROM public.{table}");
        let row = site.pair.target.connect().await.query_one(&statement, &[]).await;
        row.expect("an id").get::<_, String>(0)
    };
    let (team, channel) = (id("teams").await, id("channels").await);
    let named = |fault: &str, lines: &[String]| {
        let run = switch.run(&["--live", "--yes"]).expect(1);
        let reason = format!("changed rows that differ: {}", lines.len());
        assert!(run.stderr.contains(&reason), "{fault}:\n{}", run.stderr);
        for line in lines {
            assert!(run.stderr.contains(line), "{fault}: {line}\n{}", run.stderr);
        }
        assert!(run.stderr.contains("the source accepts writes again"), "{}", run.stderr);
        assert!(run.stderr.contains("comparing the rows changed since the proof"));
    };
    let altered = "CREATE SCHEMA kept; CREATE TABLE kept.teams AS SELECT * FROM public.teams;
        UPDATE public.teams SET displayname = 'x' WHERE id = (SELECT min(id) FROM public.teams)";
    site.pair.target_sql(altered).await;
    named("altered", &[format!("Teams Id={team}: different\n    DisplayName")]);
    migration.end(0);
    site.pair.target_sql("DELETE FROM public.teams WHERE displayname = 'x'").await;
    named("dropped", &[format!("Teams Id={team}: missing on the target")]);
    let restored = format!(
        "INSERT INTO public.teams SELECT * FROM kept.teams WHERE id = '{team}';
         DELETE FROM public.channels WHERE id = '{channel}'"
    );
    site.pair.target_sql(&restored).await;
    named("another table", &[format!("Channels Id={channel}: missing on the target")]);
    site.pair
        .target_sql("DELETE FROM migration_assist.touched_keys WHERE table_name = 'channels'")
        .await;
    let back = "INSERT INTO public.posts SELECT (jsonb_populate_record(it, jsonb_build_object('id',
            (SELECT convert_from(decode(source_key, 'hex'), 'UTF8') FROM migration_assist.touched_keys
             WHERE table_name = 'posts')))).* FROM public.posts AS it LIMIT 1";
    site.pair.target_sql(back).await;
    let run = switch.run(&["--live", "--yes"]).expect(1);
    assert!(run.stderr.contains("changed rows that differ: 1"), "{}", run.stderr);
    assert!(run.stderr.contains(": only on the target"), "{}", run.stderr);
    site.pair.sql("UPDATE Channels SET TotalMsgCount = TotalMsgCount + 1 LIMIT 1").await;
}

async fn what_the_changed_rows_do_not_show_is_found_after_the_switch(flavour: Flavour) {
    let site = Site::start(flavour).await;
    let mut migration = Background::migrate(&site);
    migration.wait_for("to switch, run in another terminal");
    site.pair.sql("UPDATE Teams SET DisplayName = 'changed'").await;
    wait_for_end(&site).await;
    // A key that is not on record, and a row that nothing has changed since the proof.
    let faults = "DELETE FROM migration_assist.touched_keys WHERE table_name = 'teams';
        UPDATE public.teams SET displayname = 'x' WHERE id = (SELECT min(id) FROM public.teams);
        INSERT INTO public.posts SELECT (jsonb_populate_record(it, '{\"id\": \"doubled\"}')).*
            FROM public.posts AS it LIMIT 1";
    site.pair.target_sql(faults).await;
    let switch = Switch::new(&site);
    let run = switch.run(&["--live", "--yes"]).expect(1);
    migration.end(0);
    assert!(run.stderr.contains("switched; writes were stopped for "), "{}", run.stderr);
    assert!(run.stderr.contains("rows that differed at the switch: 2"), "{}", run.stderr);
    for line in ["Teams Id=", "Posts Id=doubled: only", " --undo`"] {
        assert!(run.stderr.contains(line), "{}", run.stderr);
    }
    switch.run(&["--undo", "--yes"]).expect(0);
}
