//! Dumps that are incomplete, or may be: refused, or accepted by a decision.

use std::fs;
use std::path::{Path, PathBuf};

use super::load::Site;
use super::program::dump;
use crate::copy::compare::assert_equal;
use crate::support::mysql::{Source, on_both_flavours, stored_name};
use crate::support::program::Run;

on_both_flavours!(
    each_part_of_a_file_needs_its_own_end,
    warnings_are_skipped_and_errors_are_refused,
    an_export_without_a_promise_needs_a_decision,
    a_lossy_dump_needs_a_decision_and_its_loss_stays_in_the_report,
    a_dump_that_ends_before_mattermost_is_cut_short,
);

/// The start of the statements with the rows of `Posts`.
fn posts_rows() -> String {
    format!("INSERT INTO `{}`", stored_name("Posts"))
}

/// A workspace and a text that stands for a dump of it.
struct Edited {
    site: Site,
    number: usize,
}

impl Edited {
    async fn of(source: Source) -> Self {
        Self { site: Site::filled(source).await, number: 0 }
    }

    fn dump(&self, flags: &[&str]) -> String {
        let flags = [flags, &["--hex-blob"]].concat();
        String::from_utf8(dump(&self.site.pair.source, &flags)).expect("text")
    }

    fn file(&mut self, text: &str) -> PathBuf {
        self.number += 1;
        let file = self.site.file(&format!("edited{}.sql", self.number));
        fs::write(&file, text).expect("written");
        file
    }

    /// What the check of a file prints, with these flags.
    fn check(&self, file: &Path, flags: &[&str]) -> Run {
        self.site.run("mysql", file, &[flags, &["--output", "document", "--force"]].concat())
    }

    /// Neither a copy nor a comparison takes the file.
    async fn assert_refused(&self, file: &Path, said: &str) {
        for name in ["copy", "verify"] {
            self.site.run(name, file, &[]).expect(2).says(said);
        }
        self.site.run("migrate", file, &[]).expect(1).says("nothing was written");
        assert!(self.site.pair.is_untouched().await);
    }
}

async fn each_part_of_a_file_needs_its_own_end(source: Source) {
    let mut edited = Edited::of(source).await;
    let (definitions, rows) = (edited.dump(&["--no-data"]), edited.dump(&["--no-create-info"]));
    let posts = rows.find(&posts_rows()).expect("posts");
    let end = posts + rows[posts..].find(";\n").expect("an end") + 2;
    let file = edited.file(&format!("{definitions}{}", &rows[..end]));
    let start = definitions.len();
    let first =
        rows.split("INSERT INTO `").nth(1).expect("a table").split('`').next().expect("a name");
    let part = format!("its part from byte {}", start + rows.find("-- M").expect("a header"));
    edited
        .check(&file, &[])
        .expect(1)
        .says("[truncated-dump] the dump is cut short: ")
        .says(&part)
        .says(&format!("which begins with table `{first}`, ends at byte {}", start + end));
    edited.assert_refused(&file, &part).await;
    let whole = edited.file(&format!("{definitions}{rows}"));
    edited.site.run("copy", &whole, &[]).expect(0);
    assert_equal(&edited.site.pair).await;
}

async fn warnings_are_skipped_and_errors_are_refused(source: Source) {
    let mut edited = Edited::of(source).await;
    let text = edited.dump(&[]);
    let posts = text.find(&posts_rows()).expect("posts");
    let with = |place: usize, line: &str| format!("{}{line}\n{}", &text[..place], &text[place..]);
    let end = posts + text[posts..].find(";\n").expect("an end") + 2;

    let error = "mysqldump: Error 2013: Lost connection to server during query when dumping table `Posts` at row: 5";
    let file = edited.file(&with(end, error));
    let line = text[..end].lines().count() + 1;
    edited
        .check(&file, &[])
        .expect(1)
        .says(&format!("[dump-error] Posts: line {line} is error 2013 of the dump program"));
    edited.assert_refused(&file, &format!("line {line} is an error")).await;

    let mut noisy = text.clone();
    for line in [
        "mariadb-dump: Error: 'Access denied; you need (at least one of) the PROCESS privilege(s) for this operation' when trying to dump tablespaces",
        "/usr/bin/mysqldump: [Warning] Using a password on the command line interface can be insecure.",
        "Warning: A partial dump from a server that has GTIDs will by default include the GTIDs of all transactions",
    ] {
        let place = noisy.find(&posts_rows()).expect("posts");
        noisy = format!("{line}\n{}{line}\n{}{line}\n", &noisy[..place], &noisy[place..]);
    }
    let noisy = edited.file(&format!("Enter password: {noisy}"));
    edited.site.run("copy", &noisy, &[]).expect(0);
    assert_equal(&edited.site.pair).await;
}

async fn an_export_without_a_promise_needs_a_decision(source: Source) {
    let mut edited = Edited::of(source).await;
    let plain = edited.dump(&[]);
    let version = plain.lines().find_map(|line| line.strip_prefix("-- Server version\t"));
    let version = version.expect("a version");
    let without_comments: Vec<&str> = plain
        .lines()
        .filter(|line| !line.starts_with("--") && !line.contains("SQL_NOTES"))
        .collect();
    let export = format!(
        "-- phpMyAdmin SQL Dump\n-- version 5.2.1\n-- Версия сервера: {version}\n-- Версия PHP: 8.2.4\n{}\n",
        without_comments.join("\n")
    );
    let file = edited.file(&export);
    let number = version.split('-').next().expect("a number");
    edited
        .check(&file, &[])
        .expect(1)
        .says("[incomplete-dump] rows may be missing: made by phpMyAdmin")
        .says(&format!(" {number}, "));
    edited.assert_refused(&file, "rows may be missing: made by phpMyAdmin").await;
    let accept = ["--accept-incomplete-dump"];
    edited.check(&file, &accept).says("accepted with `--accept-incomplete-dump`").expect(0);
    edited
        .site
        .run("copy", &file, &accept)
        .expect(0)
        .says("accepted about the dump: rows may be missing");
    assert_equal(&edited.site.pair).await;
    edited
        .site
        .run("verify", &file, &accept)
        .expect(0)
        .says("proven equal to the dump, about which doubts were accepted");
    let report = edited.site.run("verify", &file, &[&accept[..], &["--format=json"]].concat());
    assert_eq!(report.expect(0).json()["report"]["doubts"][0]["kind"], "no-promise");
    // Neither program nor end: the file may have been cut off between two statements.
    let bare = edited.dump(&["--compact", "--default-character-set=utf8mb4"]);
    let bare = edited.file(&format!("SET NAMES utf8mb4;\n{bare}"));
    edited
        .site
        .run("verify", &bare, &[])
        .expect(2)
        .says("no comment names the program that made it");
}

async fn a_lossy_dump_needs_a_decision_and_its_loss_stays_in_the_report(source: Source) {
    let mut edited = Edited::of(source).await;
    let emoji = "UPDATE Posts SET Message = 'see \u{1f43f}\u{fe0f} there' ORDER BY Id LIMIT 3";
    edited.site.pair.sql(emoji).await;
    let lossy = edited.dump(&["--default-character-set=utf8"]);
    let file = edited.file(&lossy);
    edited
        .check(&file, &[])
        .expect(1)
        .says("[lossy-dump] characters are lost: character set `utf8`")
        .says("[lost-characters] Posts.Message: `?` in the place of an emoji")
        .says("skin tone): ");
    edited.assert_refused(&file, "characters are lost: character set `utf8`").await;
    let changed = edited.file(
        &lossy
            .replace("SET NAMES utf8 ", "SET NAMES utf8mb4 ")
            .replace("SET NAMES utf8mb3 ", "SET NAMES utf8mb4 "),
    );
    edited.check(&changed, &[]).expect(1).says("skin tone): ").says("--accept-lossy-dump");
    edited.assert_refused(&changed, "`?` before a part of an emoji (values: ").await;
    let silent = edited.dump(&["--default-character-set=utf8mb4", "--skip-set-charset"]);
    let silent = edited.file(&silent);
    edited.assert_refused(&silent, "no `SET NAMES` states the character set").await;
    let accept = ["--accept-lossy-dump"];
    edited.check(&file, &accept).expect(0).says("skin tone): ");
    edited
        .site
        .run("copy", &file, &[&accept[..], &["--quarantine", "lossy.jsonl"]].concat())
        .expect(0)
        .says("the values with lost characters are in the quarantine, each with its key");
    let lines = fs::read_to_string(edited.site.file("lossy.jsonl")).expect("a quarantine");
    let records: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|line| line["record"].clone())
        .filter(|record| record["action"] == "lost-characters")
        .collect();
    let messages = records
        .iter()
        .filter(|it| it["table"] == stored_name("Posts") && it["column"] == "Message");
    assert!(messages.count() >= 3, "{lines}");
    for record in &records {
        assert!(record["key"].as_object().is_some_and(|key| !key.is_empty()), "{record}");
        assert!(record["value"].as_str().is_some_and(|it| it.contains('?')), "{record}");
    }
    edited
        .site
        .run("verify", &file, &accept)
        .expect(0)
        .says(
            "accepted about the dump: characters are lost: `?` before a part of an emoji (values: ",
        )
        .says("proven equal to the dump, about which doubts were accepted");
}

async fn a_dump_that_ends_before_mattermost_is_cut_short(source: Source) {
    let mut edited = Edited::of(source).await;
    let text = edited.dump(&[]);
    // Before `db_migrations` in any order of names.
    let rows = format!("INSERT INTO `{}`", stored_name("Channels"));
    let place = text.find(&rows).expect("channels") + 100;
    let file = edited.file(&text[..place]);
    edited
        .check(&file, &[])
        .expect(2)
        .says(&format!("the dump is cut short: it ends at byte {place}, before the tables"))
        .says("tables before that: `")
        .says("--default-character-set=utf8mb4");
}
