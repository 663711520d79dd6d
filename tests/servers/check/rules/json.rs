//! JSON, and lists that Mattermost decodes.

use migration_assist::check::Rule;
use migration_assist::mysql::Flavour;

use super::{found, one};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    nul_escapes,
    lone_surrogates,
    invalid_json,
    json_numbers,
    json_nulls,
    string_arrays,
    string_lists,
);

async fn nul_escapes(source: Source) {
    let sql = r#"CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Props json);
        INSERT INTO Posts VALUES ('a', '{"a":"b\\u0000"}'), ('b', '{"a":"C:\\\\u0000dir"}'),
            ('c', '{"a":"C:\\\\\\u0000"}'), ('d', '{"u0000":"u0000"}'), ('e', '{"k\\u0000":1}'),
            ('f', '{"k\\u0000":1,"k":2}'), ('g', NULL), ('h', '{}');"#;
    let mut expected = one("keys-merge Posts.Props", &["f"]);
    expected.extend(one("nul-escape Posts.Props", &["a", "c", "e"]));
    assert_eq!(found(&source, sql, &[Rule::NulEscape, Rule::KeysMerge]).await, expected);
}

async fn lone_surrogates(source: Source) {
    let type_of_json = if source.flavour == Flavour::MySql { "longtext" } else { "json" };
    // MariaDB's own check takes whole pairs only; a table from before the check has what it has.
    let sql = format!(
        r#"SET SESSION {};
        CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Props {type_of_json});
        INSERT INTO Posts VALUES ('a', '{{"a":"\\ud83d"}}'), ('b', '{{"a":"\\ud83d\\ude00"}}'),
            ('c', '{{"a":"\\\\ud83d"}}'), ('d', '{{"\\uDE00":1}}');"#,
        if source.flavour == Flavour::MySql {
            "autocommit = 1"
        } else {
            "check_constraint_checks = 0"
        },
    );
    let expected = one("lone-surrogate Posts.Props", &["a", "d"]);
    assert_eq!(found(&source, &sql, &[Rule::LoneSurrogate, Rule::InvalidJson]).await, expected);
}

async fn invalid_json(source: Source) {
    let sql = r#"CREATE TABLE LinkMetadata (Hash bigint PRIMARY KEY, Data longtext);
        INSERT INTO LinkMetadata VALUES (1, '{}'), (2, ''), (3, '{"a":'), (4, '"\\x"'), (5, '[-]'),
            (6, NULL), (7, ' '), (8, 'null'), (9, '[1, -2, 3.5e7, "a-b", "1. x", "C:\\\\x"]'), (10, '1.'),
            (11, '"a\0"');"#;
    let keys: &[&str] = &["10", "11", "3", "4", "5"];
    let mut expected = one("invalid-json LinkMetadata.Data", keys);
    expected.extend(one("empty-json LinkMetadata.Data", &["2", "7"]));
    assert_eq!(found(&source, sql, &[Rule::InvalidJson, Rule::EmptyJson]).await, expected);
}

async fn json_numbers(source: Source) {
    let sql = r#"CREATE TABLE LinkMetadata (Hash bigint PRIMARY KEY, Data longtext);
        INSERT INTO LinkMetadata VALUES (1, '[1e400000]'), (2, '[1e131071]'), (3, '["1e400000"]'),
            (4, CONCAT('[1', REPEAT('0', 140000), ']')), (5, '[1e-20000]');"#;
    let expected = one("json-number LinkMetadata.Data", &["1", "4", "5"]);
    assert_eq!(found(&source, sql, &[Rule::JsonNumber, Rule::InvalidJson]).await, expected);
}

async fn json_nulls(source: Source) {
    let sql = r#"CREATE TABLE Users (Id varchar(26) PRIMARY KEY, Props json);
        INSERT INTO Users VALUES ('a', 'null'), ('b', '{"a":null}'), ('c', NULL), ('d', '"null"');
        CREATE TABLE Jobs (Id varchar(26) PRIMARY KEY, Data json);
        INSERT INTO Jobs VALUES ('a', 'null');"#;
    assert_eq!(found(&source, sql, &[Rule::JsonNull]).await, one("json-null Users.Props", &["a"]));
}

async fn string_arrays(source: Source) {
    let sql = r#"CREATE TABLE RetentionIdsForDeletion (Id varchar(26) PRIMARY KEY, TableName varchar(64), Ids json);
        INSERT INTO RetentionIdsForDeletion VALUES ('a', 'Posts', '["x","y"]'), ('b', 'Posts', '[1]'),
            ('c', 'Posts', '{"x":1}'), ('d', 'Posts', NULL), ('e', 'Posts', '["123456789012345678901234567"]');"#;
    let expected = one("not-string-array RetentionIdsForDeletion.Ids", &["b", "c", "e"]);
    assert_eq!(found(&source, sql, &[Rule::NotStringArray]).await, expected);
}

async fn string_lists(source: Source) {
    let sql = r#"CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, FileIds text, Filenames text, Message text);
        INSERT INTO Posts VALUES ('a', '[]', '["/x, y.png"]', '["'), ('b', '["x","y', '[]', ''), ('c', '', NULL, ''),
            ('d', '{"x":1}', 'null', ''), ('e', '["x",1]', '["x", "y"]', ''), ('f', NULL, '[["x"]]', ''),
            ('g', CONCAT('["', REPEAT('x', 300)), '[ "x" ]', ''), ('h', '[null]', 'x.png', '');
        CREATE TABLE Threads (PostId varchar(26) PRIMARY KEY, Participants json);
        INSERT INTO Threads VALUES ('a', '["u", "v"]'), ('b', '{"u":1}'), ('c', '[]'), ('d', NULL), ('e', '["u", 2]');"#;
    let mut expected = one("not-json-list Posts.FileIds", &["b", "c", "d", "e"]);
    expected.extend(one("not-json-list Posts.Filenames", &["f", "h"]));
    expected.extend(one("not-json-list Threads.Participants", &["b", "e"]));
    assert_eq!(found(&source, sql, &[Rule::NotJsonList]).await, expected);
}
