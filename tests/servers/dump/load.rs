//! Rows that come from a dump: copied, resumed, quarantined and compared like those of a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use migration_assist::check::CheckOptions;
use migration_assist::check::dump::{Candidates, survey};
use migration_assist::copy::{Consistency, CopyOptions};
use migration_assist::dump::{Input, Reader};
use migration_assist::progress::Silent;
use migration_assist::source;

use super::program::{compressed, dump};
use crate::copy::compare::assert_equal;
use crate::copy::connection_loss::lose_the_target_and_resume;
use crate::copy::workspace::{Pair, options};
use crate::sample::{Sample, fill};
use crate::support::mysql::{Source, on_both_flavours, spelled_as_in};
use crate::support::program::{Run, command, finish};

on_both_flavours!(
    every_row_arrives_and_is_proven,
    a_copy_that_is_cut_off_resumes,
    a_row_that_does_not_fit_is_quarantined,
    a_row_that_differs_is_named,
    what_does_not_hold_everything_is_refused,
    columns_that_a_dump_does_not_determine_are_refused,
    awkward_rows_are_what_the_server_makes_of_them,
);

/// A workspace, the schema for it, and a folder for its dump.
pub struct Site {
    pub pair: Pair,
    folder: tempfile::TempDir,
}

impl Site {
    pub async fn filled(source: Source) -> Self {
        let (pair, folder) = (Pair::filled(source).await, tempfile::tempdir().expect("a folder"));
        Self { pair, folder }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Dumps the source with these flags, into a file that is compressed as its name says.
    fn dump(&self, name: &str, flags: &[&str]) -> PathBuf {
        let plain = dump(&self.pair.source, flags);
        let bytes = match Path::new(name).extension().and_then(|it| it.to_str()) {
            Some("gz") => compressed("gzip", &plain),
            Some("zst") => compressed("zstd", &plain),
            _ => plain,
        };
        fs::write(self.file(name), bytes).expect("written");
        self.file(name)
    }

    /// A command that reads a dump.
    fn command(&self, name: &str, dump: &Path, flags: &[&str]) -> Command {
        let mut command = command([name, "--no-progress", "--dump"]);
        command
            .arg(dump)
            .args(flags)
            .current_dir(self.folder.path())
            .env("MIGRATION_ASSIST_POSTGRES_DSN", self.pair.target.dsn.render());
        command
    }

    pub fn run(&self, name: &str, dump: &Path, flags: &[&str]) -> Run {
        finish(self.command(name, dump, flags))
    }
}

/// A dump as the library takes it.
async fn read(file: &Path) -> source::Source {
    let mut reader = Reader::new(Input::open(file).expect("a file"));
    let (candidates, options) = (Candidates::default(), CheckOptions::default());
    let survey = survey(&mut reader, &candidates, options, &Silent).await.expect("a dump");
    let source = survey.select(None).expect("Mattermost");
    source::Source::from(source.loadable(&reader).expect("all of it"))
}

/// Packings, flags that change how rows are written, and what a user has to accept about such a dump.
const DUMPS: [(&str, &[&str], &[&str]); 7] = [
    ("plain.sql", &["--hex-blob", "--net-buffer-length=8192"], &[]),
    ("compressed.sql.gz", &["--complete-insert", "--default-character-set=utf8mb4"], &[]),
    ("binary.sql.gz", &["--complete-insert", "--default-character-set=binary"], &[]),
    ("compressed.sql.zst", &["--skip-extended-insert", "--databases", "--replace"], &[]),
    ("charset.sql", &["--skip-opt", "--set-charset", "--quick", "--create-options"], &[]),
    // Neither says in which character set its text is.
    ("ansi.sql", &["--compatible=ansi", "--default-character-set=utf8mb4"], &[LOSSY]),
    ("bare.sql", &["--skip-opt", "--quick", "--create-options"], &[LOSSY]),
];
const LOSSY: &str = "--accept-lossy-dump";

async fn every_row_arrives_and_is_proven(source: Source) {
    let site = Site::filled(source).await;
    for (name, flags, accept) in DUMPS {
        let file = site.dump(name, flags);
        site.pair.clean().await;
        if !accept.is_empty() {
            site.run("copy", &file, &[]).expect(2).says(accept[0]);
            assert!(site.pair.is_untouched().await, "{name}");
        }
        site.run("copy", &file, accept).expect(0).says("the state at the time of the dump");
        assert_equal(&site.pair).await;
        let json = [accept, &["--format=json"]].concat();
        let proof = site.run("verify", &file, &json).expect(0).json();
        let report = &proof["report"];
        assert_eq!((&report["proof"], &report["recorded"]), (&true.into(), &true.into()), "{name}");
        let source = report["source"].as_str().expect("a server");
        assert!(source.starts_with("dump of "), "{source}");
        assert_eq!(report["doubts"].as_array().map_or(0, Vec::len), accept.len(), "{name}");
        let sample = site.run("verify", &file, &[&json[..], &["--sample", "10"]].concat());
        let sample = sample.expect(0);
        assert_eq!(sample.json()["report"]["proof"], false);
    }
}

async fn a_copy_that_is_cut_off_resumes(source: Source) {
    let site = Site::filled(source).await;
    for name in ["plain.sql", "compressed.sql.gz"] {
        let file = site.dump(name, &["--net-buffer-length=8192"]);
        let source = read(&file).await;
        lose_the_target_and_resume(&site.pair, &source).await;
        let report = site.pair.copy_from(&source, &options(), Arc::new(Silent)).await;
        let report = report.expect("nothing is left to do");
        assert!(report.is_resumed() && report.source_changed_between_runs == Some(false));
        assert_eq!(report.consistency, Consistency::Dump);
    }
}

async fn a_row_that_does_not_fit_is_quarantined(source: Source) {
    let site = Site::filled(source).await;
    site.pair
        .sql(
            "UPDATE Posts SET Message = 'refused' ORDER BY Id LIMIT 2;
             UPDATE Posts SET Hashtags = REPEAT('#', 1001) WHERE Message <> 'refused' ORDER BY Id
                 LIMIT 1;
             UPDATE Posts SET Message = 'a\\0b' WHERE Message <> 'refused' ORDER BY Id DESC LIMIT 1",
        )
        .await;
    let refuse = "ALTER TABLE public.posts ADD CONSTRAINT c CHECK (message <> 'refused')";
    site.pair.target_sql(refuse).await;
    let file = site.dump("dump.sql.gz", &[]);
    site.run("copy", &file, &[])
        .expect(1)
        .says("[too-long] Posts.Hashtags: longer than 1,000 characters: 1 value")
        .says("nothing was copied")
        .says("dump.sql.gz --fix-in-flight");
    assert!(site.pair.is_untouched().await);
    let quarantined =
        site.run("copy", &file, &["--on-error", "quarantine", "--format=json"]).expect(1);
    assert_eq!(quarantined.json()["report"]["total"]["rows_quarantined"], 3);
    let kept = fs::read_to_string(site.file("quarantine.jsonl")).expect("a quarantine");
    assert_eq!(kept.matches("\"23514\"").count(), 2, "{kept}");
    assert_eq!(kept.matches("too-long").count(), 1, "{kept}");
    assert_eq!(kept.matches("remove-nul-bytes").count(), 1, "{kept}");
    site.pair.sql("DELETE FROM Posts WHERE Message = 'refused' OR Hashtags LIKE '####%'").await;
    site.pair.sql("UPDATE Posts SET Message = 'ab' WHERE Message = 'a\\0b'").await;
    assert_equal(&site.pair).await;
}

async fn a_row_that_differs_is_named(source: Source) {
    let site = Site::filled(source).await;
    for name in ["dump.sql", "dump.sql.zst"] {
        let file = site.dump(name, &[]);
        site.pair.clean().await;
        site.run("copy", &file, &["--no-check"]).expect(0);
        let fault = "UPDATE public.posts SET message = message || '!'
            WHERE id = (SELECT min(id) FROM public.posts)";
        site.pair.target_sql(fault).await;
        site.pair.target_sql("DELETE FROM public.teams").await;
        let found = site.run("verify", &file, &["--format=json"]).expect(1).json();
        let differences = found["report"]["differences"].as_array().expect("differences");
        let named: Vec<String> = differences
            .iter()
            .map(|it| format!("{} {} {}", it["table"], it["kind"], it["columns"]))
            .map(|it| spelled_as_in("TABLE Posts, TABLE Teams", &it.replace('"', "")))
            .collect();
        assert!(named.contains(&"Posts different [{column:Message}]".to_owned()), "{named:?}");
        assert!(named.len() > 1 && named.iter().skip(1).all(|it| it == "Teams missing []"));
        site.run("verify", &file, &["--exclude", "Posts,Teams"]).expect(0);
    }
}

async fn what_does_not_hold_everything_is_refused(source: Source) {
    let site = Site::filled(source).await;
    let whole = site.dump("dump.sql", &[]);
    let text = fs::read(&whole).expect("a dump");
    let written = |name: &str, text: &[u8]| {
        fs::write(site.file(name), text).expect("written");
        site.file(name)
    };
    let cut = written("cut.sql", &text[..text.len() - 60]);
    let cases = [
        (cut, "error: the dump is cut short: "),
        (site.dump("bare.sql", &["--no-data"]), "error: the dump holds definitions and no rows"),
        (
            site.dump("latin1.sql", &["--default-character-set=latin1"]),
            "error: cannot rely on the dump: characters are lost: character set `latin1` lacks",
        ),
        (PathBuf::from("-"), "error: cannot copy from standard input: a dump is read twice"),
        (site.file("nowhere.sql"), "error: cannot open the dump "),
    ];
    for (file, said) in &cases {
        for name in ["copy", "verify"] {
            site.run(name, file, &[]).expect(2).says(said);
        }
    }
    let both = site.command("copy", &whole, &["--mysql", "root@/db"]);
    finish(both).expect(2).says("error: both a server and a dump were named");
    let mut neither = command(["copy"]);
    neither.env("MIGRATION_ASSIST_POSTGRES_DSN", site.pair.target.dsn.render());
    finish(neither).expect(2).says("or name a dump: `--dump FILE`");
    assert!(site.pair.is_untouched().await);
    // What was begun from one dump is not resumed from another.
    site.run("copy", &whole, &["--tables", "Users"]).expect(0);
    let mut other = text;
    other.extend_from_slice(b"-- another\n");
    let other = written("other.sql", &other);
    site.run("copy", &other, &[])
        .expect(2)
        .says("an earlier run copied from another source")
        .says("`--restart`");
    site.run("copy", &other, &["--restart"]).expect(0);
    let restart = CopyOptions { start: migration_assist::copy::Start::Restart, ..options() };
    let copied = site.pair.copy(&restart).await.expect("a copy from the server");
    assert_ne!(copied.consistency, Consistency::Dump);
}

async fn columns_that_a_dump_does_not_determine_are_refused(source: Source) {
    let site = Site::filled(source).await;
    site.pair
        .sql(
            "CREATE TABLE moments (id int PRIMARY KEY, at timestamp NULL);
             INSERT INTO moments VALUES (1, '2024-02-29 12:00:00'), (2, NULL);
             CREATE TABLE made (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED);
             INSERT INTO made (id) VALUES (1), (2)",
        )
        .await;
    site.pair
        .target_sql(
            "CREATE TABLE public.moments (id int PRIMARY KEY, at timestamptz);
             CREATE TABLE public.made (id int PRIMARY KEY, twice int)",
        )
        .await;
    let file = site.dump("local.sql", &["--skip-tz-utc"]);
    site.run("copy", &file, &[])
        .expect(1)
        .says("moments.at: the time zone of the values is unknown, and no row shows it")
        .says("--source-time-zone UTC");
    let text = fs::read(&file).expect("a dump");
    let text = String::from_utf8_lossy(&text);
    let odd = text.replace("`DisplayName` varchar(64)", "`DisplayName` 'odd'");
    assert_ne!(odd, text);
    fs::write(site.file("odd.sql"), odd).expect("written");
    site.run("copy", &site.file("odd.sql"), &["--exclude", "moments"])
        .expect(2)
        .says("cannot read the dump's definition of table `Teams`");
    assert!(site.pair.is_untouched().await);
    // In UTC it is sound.
    let utc = site.dump("utc.sql", &[]);
    site.run("copy", &utc, &[]).expect(0);
    site.run("verify", &utc, &[]).expect(0);
    // What the server computed is no data, and is computed again or not at all.
    assert_eq!(site.pair.count("SELECT count(*) FROM public.made WHERE twice IS NULL").await, 2);
    site.run("verify", &file, &[])
        .expect(1)
        .says("not compared: moments: the time zone of the values in column `at` is unknown")
        .says("add `--source-time-zone ZONE`");
    let at = "SELECT count(*) FROM public.moments WHERE at = '2024-02-29 12:00:00Z' OR at IS NULL";
    assert_eq!(site.pair.count(at).await, 2);
}

async fn awkward_rows_are_what_the_server_makes_of_them(source: Source) {
    let pair = Pair::empty(source).await;
    let wanted = Sample { posts: 1200, awkward: true };
    fill(&mut pair.source.connect().await, wanted).await.expect("a workspace");
    let site = Site { pair, folder: tempfile::tempdir().expect("a folder") };
    let file = site.dump("dump.sql", &[]);
    let copied = site.run("copy", &file, &["--on-error", "quarantine", "--format=json"]).expect(1);
    let copied = &copied.json()["report"];
    assert!(copied["total"]["rows_quarantined"].as_u64() > Some(0), "{copied}");
    let compared = |run: Run| {
        let report = run.expect(1).json()["report"].clone();
        ["tables", "differences", "difference_count", "not_compared"].map(|it| report[it].clone())
    };
    let by_dump = compared(site.run("verify", &file, &["--format=json", "--limit=100000"]));
    let mut live = command(["verify", "--no-progress", "--format=json", "--limit=100000"]);
    live.env("MIGRATION_ASSIST_MYSQL_DSN", site.pair.source.dsn.render().expose())
        .env("MIGRATION_ASSIST_POSTGRES_DSN", site.pair.target.dsn.render());
    assert_eq!(by_dump, compared(finish(live)));
    let of_them = copied["total"]["rows_quarantined"].as_u64();
    assert_eq!(by_dump[2].as_u64(), of_them, "nothing differs except quarantined rows");
}
