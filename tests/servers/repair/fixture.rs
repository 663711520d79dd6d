//! A source with every problem that a repair clears, and its target.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use migration_assist::check::Class;
use migration_assist::ddl;
use migration_assist::models::Models;
use migration_assist::mysql::{Connection, Flavour, Row, Value};
use migration_assist::progress::Silent;
use migration_assist::quarantine::{Purpose, Quarantine};
use migration_assist::release::MigrationSet;
use migration_assist::repair::{
    FIXABLE, FixCount, FixOptions, FixReport, UndoOptions, UndoReport, dry_run, fix, undo,
};
use migration_assist::schema::Catalog;
use migration_assist::sql::Dialect;

use crate::support::mysql::{Source, run, spelled_as_in};

/// The tables as a source may have them; names that need quoting and old character sets among them.
pub const SOURCE: &str = r#"
    CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text, FileIds text, Hashtags text, Props json);
    CREATE TABLE Users (Id varchar(26) PRIMARY KEY, Props json,
        AcceptedTermsOfServiceId varchar(26) CHARACTER SET latin1 DEFAULT 'none', Nickname varchar(64),
        KEY by_terms (AcceptedTermsOfServiceId, Nickname));
    CREATE TABLE FileInfo (Id varchar(26) PRIMARY KEY, Name text, Content longtext,
        Touched timestamp NOT NULL DEFAULT '2001-02-03 04:05:06' ON UPDATE CURRENT_TIMESTAMP);
    CREATE TABLE LinkMetadata (Hash bigint PRIMARY KEY, URL text, Data json, At datetime(6), Raw blob, B bit(3));
    CREATE TABLE PropertyFields (ID varchar(26) PRIMARY KEY, CreateAt bigint);
    CREATE TABLE Threads (PostId varchar(26), ReplyCount bigint, DeleteAt bigint NOT NULL DEFAULT 7,
        Participants longtext, PRIMARY KEY (PostId, ReplyCount));
    CREATE TABLE `we``ird "t` (`k``1` varchar(9) CHARACTER SET latin1, k2 int, `va``l ?` text CHARACTER SET latin1,
        PRIMARY KEY (`k``1`, k2));
    CREATE TABLE NoKey (A text, B text, C double);
    CREATE TABLE Tokens (Token varchar(64) PRIMARY KEY, Extra blob);
    CREATE TABLE schema_migrations (Version bigint PRIMARY KEY, `Di``rty` blob, Said text CHARACTER SET latin1);
    CREATE TABLE Mine (Id int PRIMARY KEY, Said text)"#;

/// The same on the target, without what is left over.
const TARGET: &str = r#"
    CREATE TABLE posts (id varchar(26) PRIMARY KEY, message varchar(100), fileids varchar(10), hashtags varchar(20), props jsonb);
    CREATE TABLE users (id varchar(26) PRIMARY KEY, props jsonb, nickname varchar(64));
    CREATE TABLE fileinfo (id varchar(26) PRIMARY KEY, name varchar(20), content text);
    CREATE TABLE linkmetadata (hash bigint PRIMARY KEY, url varchar(20), data jsonb, at timestamp, raw bytea, b boolean);
    CREATE TABLE propertyfields (id varchar(26) PRIMARY KEY, createat bigint NOT NULL);
    CREATE TABLE threads (postid varchar(26), replycount bigint, participants jsonb, PRIMARY KEY (postid, replycount));
    CREATE TABLE "we`ird ""t" ("k`1" varchar(9), k2 integer, "va`l ?" varchar(5), PRIMARY KEY ("k`1", k2));
    CREATE TABLE nokey (a varchar(5), b text, c double precision);
    CREATE TABLE tokens (token varchar(64) PRIMARY KEY, extra text)"#;

/// Rows with problems, and similar rows without.
const ROWS: &str = r#"
    INSERT INTO Posts VALUES
        ('clean', 'fine', '["a"]', '#a', '{"a": "C:\\\\u0000dir", "u0000": 1}'),
        ('escape', CONCAT('nul', CHAR(0), 'byte'), '', '', '{"a": "x\\u0000y", "b\\u0000": [1]}'),
        ('merge', '', '', '', '{"k\\u0000": 1, "k": 2}'),
        ('long', REPEAT('日', 101), '["0123456789"]', '#first #second #third', '{}'),
        ('fits', REPEAT('日', 100), '["012345"]', '', NULL),
        ('cut', '', '["a","b', '', '{}'), ('object', '', '{}', '', '{}'),
        ('both', CONCAT(REPEAT('é', 99), CHAR(0), 'ab'), NULL, NULL, 'null');
    INSERT INTO Users VALUES
        ('one', '{}', 'été', 'Ann'), ('two', 'null', NULL, 'Bob'), ('three', NULL, 'none', NULL);
    INSERT INTO FileInfo (Id, Name, Content) VALUES ('name', CONCAT(REPEAT('名', 20), '.pdf'), CONCAT('a', CHAR(0)));
    INSERT INTO LinkMetadata VALUES
        (-1, CONCAT('https://example.com/', REPEAT('x', 20)), '{"a": 1.0, "bb": 1e30, "c": "\\u00e9\\ud83d\\ude00"}', '2020-02-29 01:02:03.000004', X'00ff27', 5),
        (2, 'https://e.com', NULL, NULL, '', 0);
    INSERT INTO PropertyFields VALUES ('a', NULL), ('b', 5);
    INSERT INTO Threads VALUES ('p', 1, 5, '[]'), ('p', 2, 7, ''), ('q', 1, 0, 'broken');
    INSERT INTO `we``ird "t` VALUES ('é''"', 1, 'größer'), ('é''"', 2, CONCAT('ö', CHAR(0))), ('z', 1, 'ß');
    INSERT INTO NoKey VALUES ('abcdefg', CONCAT('x', CHAR(0)), 0.1), ('abcdefg', CONCAT('x', CHAR(0)), 0.1),
        ('abc', 'x', NULL), (NULL, CHAR(0), 1e300);
    INSERT INTO Tokens VALUES ('broken', X'00c3a9ff62e697'), ('whole', X'c3a9');
    INSERT INTO schema_migrations VALUES (0, X'00ff', 'été'), (113, NULL, '');
    INSERT INTO Mine VALUES (1, CONCAT('mine', CHAR(0)))"#;

/// A source, what it is compared with, and a folder for the quarantine.
pub struct World {
    pub source: Source,
    target: Catalog,
    known: MigrationSet,
    folder: tempfile::TempDir,
}

impl World {
    /// Fills a source with problems.
    pub async fn create(source: Source) -> Self {
        let mut connection = source.connect().await;
        run(&mut connection, SOURCE).await;
        run(&mut connection, ROWS).await;
        if source.flavour == Flavour::MariaDb {
            // MySQL's own types refuse these.
            let sql = r#"SET check_constraint_checks = 0;
                INSERT INTO Posts VALUES ('half', '', '', '', '{"a": "\\ud83d!"}'), ('empty', '', '', '', ''),
                    ('cesu', X'61eda08062', '', '', '{}')"#;
            run(&mut connection, sql).await;
        }
        let target = ddl::read(Dialect::Postgres, TARGET).expect("the target's tables");
        Self::around(source, target)
    }

    /// A source that is filled already, and its target.
    pub fn around(source: Source, target: Catalog) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { source, target, known: MigrationSet::default(), folder }
    }

    pub fn models(&self) -> Models<'_> {
        Models {
            past: &migration_assist::schema::EMPTY_CATALOG,
            applied: None,
            known: &self.known,
            source: &self.target,
            target: &self.target,
            products: &[],
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("quarantine.jsonl")
    }

    pub fn quarantine(&self) -> Quarantine {
        Quarantine::open(&self.path(), Purpose::Fix, self.source.name()).expect("a quarantine")
    }

    pub async fn fix(&self, classes: &[Class]) -> FixReport {
        let mut connection = self.source.connect().await;
        let fixed = fix(
            &mut connection,
            &self.models(),
            &options(classes),
            &mut self.quarantine(),
            &Silent,
        )
        .await;
        fixed.unwrap_or_else(|error| panic!("{error}: {error:?}"))
    }

    pub async fn dry_run(&self, classes: &[Class]) -> FixReport {
        let mut connection = self.source.connect().await;
        let planned = dry_run(&mut connection, &self.models(), &options(classes), &Silent).await;
        planned.unwrap_or_else(|error| panic!("{error}: {error:?}"))
    }

    pub async fn undo(&self) -> UndoReport {
        let mut connection = self.source.connect().await;
        let undone = undo(&mut connection, &self.path(), UndoOptions::default(), &Silent).await;
        undone.unwrap_or_else(|error| panic!("{error}: {error:?}"))
    }

    /// One value, as text.
    pub async fn value(&self, sql: &str) -> Option<String> {
        let mut connection = self.source.connect().await;
        connection.query(sql).await.unwrap_or_else(|error| panic!("{error}: {sql}")).remove(0)
    }

    /// Every byte of the database, table by table: its definition and its rows.
    pub async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut connection = self.source.connect().await;
        let tables: Vec<String> = connection
            .query(
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() \
                 AND TABLE_TYPE = 'BASE TABLE'",
            )
            .await
            .expect("tables");
        let mut dump = BTreeMap::new();
        for table in tables {
            let lines = dump_table(&mut connection, &table).await;
            dump.insert(spelled_as_in(SOURCE, &table), lines);
        }
        dump
    }
}

async fn dump_table(connection: &mut Connection, table: &str) -> Vec<String> {
    let name = Dialect::MySql.identifier(table);
    let shown: Vec<(String, String)> =
        connection.query(&format!("SHOW CREATE TABLE {name}")).await.expect("a definition");
    let sql = format!(
        "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() \
         AND TABLE_NAME = {} ORDER BY ORDINAL_POSITION",
        Dialect::MySql.literal(table)
    );
    let columns: Vec<String> = connection.query(&sql).await.expect("columns");
    let raw: Vec<String> = columns
        .iter()
        .map(|column| format!("CAST({} AS BINARY)", Dialect::MySql.identifier(column)))
        .collect();
    let rows: Vec<Row> =
        connection.query(&format!("SELECT {} FROM {name}", raw.join(", "))).await.expect("rows");
    let print = |value| match value {
        Value::Bytes(bytes) => hex::encode(&bytes),
        other => format!("{other:?}"),
    };
    let rows = rows
        .into_iter()
        .map(|row| row.unwrap().into_iter().map(print).collect::<Vec<_>>().join("|"));
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    let (columns, keys): (Vec<String>, Vec<String>) = shown[0]
        .1
        .lines()
        .map(|line| line.trim_end_matches(',').to_owned())
        .partition(|line| line.starts_with("  `"));
    // The order of keys means nothing.
    let mut keys = keys;
    keys.sort();
    [columns, keys, rows].concat()
}

pub fn options(classes: &[Class]) -> FixOptions {
    FixOptions { classes: classes.iter().copied().collect(), ..FixOptions::default() }
}

/// All classes that have a fix.
pub fn all() -> &'static [Class] {
    &FIXABLE
}

/// What a report says of one place, `Table.Column rule`.
pub fn counts(report: &FixReport) -> BTreeMap<String, FixCount> {
    let line = |entry: &migration_assist::repair::FixEntry| {
        let column = entry.column.as_deref().unwrap_or("*");
        let place = format!("{}.{column} {}", entry.table, entry.rule);
        (spelled_as_in(SOURCE, &place), entry.count)
    };
    report.entries.iter().map(line).collect()
}

/// Whether there is a file with something in it.
pub fn is_written(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() > 0)
}
