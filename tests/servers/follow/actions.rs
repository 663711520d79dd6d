//! What the source's log does not show row by row: actions of foreign keys, emptied tables, values that it
//! does not determine, and tables without a key.

use std::sync::Mutex;

use migration_assist::follow::{Error, FollowOptions, read_again};
use migration_assist::ledger;
use migration_assist::mysql::Flavour;
use migration_assist::postgres;
use migration_assist::quarantine::{Purpose, Quarantine};

use super::site::Site;
use crate::copy::compare::assert_equal;
use crate::support::own_server::on_servers_of_both_flavours;

on_servers_of_both_flavours!(
    rows_that_foreign_keys_change_are_followed,
    an_emptied_table_is_emptied,
    what_the_log_does_not_determine_is_read_again,
);

const REFERRING_TABLES: &str = "
    CREATE TABLE Parents (Id varchar(10) PRIMARY KEY, Name varchar(10));
    CREATE TABLE Children (ParentId varchar(10), Nr int, Text text, PRIMARY KEY (ParentId, Nr),
        FOREIGN KEY (ParentId) REFERENCES Parents (Id) ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE Grandchildren (Id int PRIMARY KEY, ParentId varchar(10), Nr int,
        FOREIGN KEY (ParentId, Nr) REFERENCES Children (ParentId, Nr)
            ON DELETE SET NULL ON UPDATE CASCADE);
    CREATE TABLE Loose (Id int PRIMARY KEY, ParentId varchar(10),
        FOREIGN KEY (ParentId) REFERENCES Parents (Id) ON DELETE SET NULL ON UPDATE SET NULL);
    INSERT INTO Parents VALUES ('a', 'one'), ('b', 'two'), ('c', 'three'), ('d', 'four');
    INSERT INTO Children SELECT Id, 1, 'first' FROM Parents;
    INSERT INTO Children SELECT Id, 2, 'tab \\t' FROM Parents;
    INSERT INTO Grandchildren VALUES (1, 'a', 1), (2, 'a', 2), (3, 'b', 1), (4, 'c', 1), (5, 'd', 2);
    INSERT INTO Loose VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')";

async fn rows_that_foreign_keys_change_are_followed(flavour: Flavour) {
    let site = Site::start(flavour).await;
    // MySQL 9.7 refuses an update that two foreign keys carry on, one behind the other.
    let is_mysql = flavour == Flavour::MySql;
    let tables = if is_mysql {
        REFERRING_TABLES
            .replace("SET NULL ON UPDATE CASCADE", "SET NULL")
            .replace(", (3, 'b', 1), (4, 'c', 1), (5, 'd', 2)", "")
    } else {
        REFERRING_TABLES.to_owned()
    };
    site.pair.sql(&tables).await;
    site.run(&["copy", "--live", "--no-check", "--copy-unknown"]).expect(0);
    for sql in [
        "DELETE FROM Parents WHERE Id = 'a'",
        "UPDATE Parents SET Id = 'moved' WHERE Id = 'b'",
        // Chains within one statement, and in one transaction.
        "UPDATE Parents SET Id = CONCAT(Id, 'x') ORDER BY Id DESC",
        "START TRANSACTION;
         INSERT INTO Parents VALUES ('n', 'new'); INSERT INTO Children VALUES ('n', 1, 'x');
         INSERT INTO Grandchildren VALUES (9, 'n', 1);
         UPDATE Parents SET Id = 'm' WHERE Id = 'n';
         UPDATE Children SET Nr = 7 WHERE ParentId = 'm';
         DELETE FROM Parents WHERE Id = 'cx'; COMMIT",
        "UPDATE Parents SET Name = 'only' WHERE Id = 'm'",
    ] {
        let third = "INSERT INTO Grandchildren VALUES (9, 'n', 1);";
        let sql = if is_mysql { sql.replace(third, "") } else { sql.to_owned() };
        site.pair.sql(&sql).await;
        site.run(&["follow", "--until-caught-up"]).expect(0);
        assert_equal(&site.pair).await;
    }
    let left = "SELECT count(*) FROM public.grandchildren WHERE parentid IS NULL";
    let expected = if is_mysql { 2 } else { 3 };
    assert_eq!(site.pair.count(left).await, expected, "a1, a2 and c1");
    assert_eq!(
        site.pair.count("SELECT count(*) FROM public.loose WHERE parentid IS NULL").await,
        4
    );
    let moved = "SELECT count(*) FROM public.grandchildren WHERE parentid = 'm' AND nr = 7";
    assert_eq!(site.pair.count(moved).await, i64::from(!is_mysql));
    let touched = "SELECT count(*) FROM migration_assist.touched_keys AS it
        WHERE table_name = 'children' AND target_key = E'moved\\t1'";
    assert_eq!(site.pair.count(touched).await, 1, "what a foreign key changes is proven, too");
}

async fn an_emptied_table_is_emptied(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.run(&["copy", "--live", "--no-check"]).expect(0);
    assert!(site.pair.count("SELECT count(*) FROM public.reactions").await > 0);
    site.pair
        .sql(
            "UPDATE Reactions SET UpdateAt = 1;
             TRUNCATE TABLE Reactions;
             INSERT INTO Reactions (UserId, PostId, EmojiName, CreateAt) VALUES ('u', 'p', 'e', 7)",
        )
        .await;
    site.run(&["follow", "--until-caught-up"]).expect(0);
    assert_eq!(site.pair.count("SELECT count(*) FROM public.reactions").await, 1);
    assert_equal(&site.pair).await;
    let connection = site.pair.target.connect().await;
    let tables = ledger::followed_tables(&connection, "public").await.expect("a record");
    assert!(tables["reactions"].prove_whole && !tables["posts"].prove_whole);
}

const UNDETERMINED: &str = "
    CREATE TABLE Keyless (a int, b varchar(20));
    CREATE TABLE ByName (Id int PRIMARY KEY, Name varchar(10) UNIQUE);
    CREATE TABLE Named (Id int PRIMARY KEY, Name varchar(10),
        FOREIGN KEY (Name) REFERENCES ByName (Name) ON DELETE CASCADE);
    CREATE TABLE Words (Id int PRIMARY KEY, Text varchar(20) CHARACTER SET latin2);
    CREATE TABLE WordKeys (Text varchar(20) CHARACTER SET latin2 PRIMARY KEY, Nr int);
    INSERT INTO Keyless VALUES (1, 'twice'), (1, 'twice'), (2, NULL);
    INSERT INTO ByName VALUES (1, 'a'), (2, 'b'); INSERT INTO Named VALUES (1, 'a'), (2, 'b');
    INSERT INTO Words VALUES (1, 'plain'), (2, 'ł'), (3, 'stays'), (4, 'goes');
    INSERT INTO WordKeys VALUES ('plain', 1)";

async fn what_the_log_does_not_determine_is_read_again(flavour: Flavour) {
    let site = Site::start(flavour).await;
    site.pair.sql(UNDETERMINED).await;
    site.run(&["copy", "--live", "--no-check", "--copy-unknown"]).expect(0);
    site.pair
        .sql(
            "INSERT INTO Keyless VALUES (3, 'new'), (3, 'new'); DELETE FROM Keyless WHERE a = 1 LIMIT 1;
             DELETE FROM ByName WHERE Name = 'a';
             UPDATE Words SET Text = 'ż' WHERE Id = 1; UPDATE Words SET Text = 'exact' WHERE Id = 2;
             UPDATE Words SET Text = 'ą' WHERE Id = 4; DELETE FROM Words WHERE Id = 4;
             INSERT INTO Words VALUES (5, 'ę'); UPDATE WordKeys SET Nr = 2;
             INSERT INTO WordKeys VALUES ('ś', 3);
             UPDATE Teams SET DisplayName = 'behind' ORDER BY Id LIMIT 1",
        )
        .await;
    let report = site.json(&["follow", "--until-caught-up", "--format", "json"], 0);
    assert_eq!(report["report"]["outcome"], "caught-up");
    let behind = "SELECT count(*) FROM public.teams WHERE displayname = 'behind'";
    assert_eq!(site.pair.count(behind).await, 1, "what follows is applied");
    let connection = site.pair.target.connect().await;
    let tables = ledger::followed_tables(&connection, "public").await.expect("a record");
    let whole: Vec<&str> =
        tables.iter().filter(|(_, it)| it.copy_whole).map(|(name, _)| name.as_str()).collect();
    assert_eq!(whole, ["keyless", "named", "wordkeys"]);
    let waiting = ledger::refetch_keys(&connection, "public").await.expect("a record");
    let waiting: Vec<&str> = waiting["words"].iter().map(|(_, key)| key.as_str()).collect();
    assert_eq!(waiting, ["31", "35"], "the keys 1 and 5");
    assert_eq!(site.pair.count("SELECT count(*) FROM public.words").await, 2);
    drop(connection);
    let options = FollowOptions::default();
    let quarantine = Quarantine::open(&site.pair.quarantine(), Purpose::Copy, "mm");
    let quarantine = Mutex::new(quarantine.expect("a quarantine"));
    let (source, target) = (&site.pair.source.dsn, &site.pair.target.dsn);
    for _ in 0..2 {
        let read = read_again(source, target, &options, &quarantine).await.expect("rows");
        let tables: Vec<(&str, u64)> =
            read.tables.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
        assert_eq!(tables, [("keyless", 4), ("named", 1), ("wordkeys", 2)]);
        assert_equal(&site.pair).await;
    }
    // The same by the command, with a lock of another run in the way first.
    let connection = site.pair.target.connect().await;
    postgres::take_exclusive(&connection, "public").await.expect("a lock");
    let busy = read_again(source, target, &options, &quarantine).await;
    assert!(busy.as_ref().is_err_and(Error::is_schema_in_use), "{busy:?}");
    postgres::release_exclusive(&connection, "public").await.expect("no lock");
    site.pair
        .sql("INSERT INTO Keyless VALUES (9, 'last'); INSERT INTO Words VALUES (9, 'ó')")
        .await;
    site.pair.sql("SET GLOBAL read_only = ON").await;
    drop(quarantine);
    let run = site.run(&["follow", "--finish"]).expect(0);
    assert!(run.stderr.contains("copied whole: keyless (5 rows)"), "{}", run.stderr);
    assert!(run.stderr.contains("rows read again: 1"), "{}", run.stderr);
    assert_equal(&site.pair).await;
    site.pair.sql("SET GLOBAL read_only = OFF").await;
}
