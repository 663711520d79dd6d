//! Other values: NULL, numbers, labels, dates, references and sizes.

use migration_assist::check::Rule;

use super::{found, one};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    nulls,
    numbers_out_of_range,
    truths,
    enum_labels,
    invalid_dates,
    composite_keys,
    orphans,
    large_values,
    values_too_large_for_an_index,
);

async fn nulls(source: Source) {
    let sql = "CREATE TABLE PropertyFields (ID varchar(26) PRIMARY KEY, CreateAt bigint, UpdateAt bigint NOT NULL);
        INSERT INTO PropertyFields VALUES ('a', NULL, 0), ('b', 0, 0);";
    let expected = one("null-not-allowed PropertyFields.CreateAt", &["a"]);
    assert_eq!(found(&source, sql, &[Rule::NullNotAllowed]).await, expected);
}

async fn numbers_out_of_range(source: Source) {
    let sql = "CREATE TABLE ChannelBookmarks (Id varchar(26) PRIMARY KEY, SortOrder bigint);
        INSERT INTO ChannelBookmarks VALUES ('a', 2147483648), ('b', 2147483647), ('c', -2147483649), ('d', NULL);";
    let expected = one("out-of-range ChannelBookmarks.SortOrder", &["a", "c"]);
    assert_eq!(found(&source, sql, &[Rule::OutOfRange]).await, expected);
}

async fn truths(source: Source) {
    let sql =
        "CREATE TABLE TeamMembers (TeamId varchar(26), UserId varchar(26), SchemeUser tinyint,
            SchemeAdmin tinyint(1), PRIMARY KEY (TeamId, UserId));
        INSERT INTO TeamMembers VALUES ('t', 'a', 2, 1), ('t', 'b', 0, -1), ('t', 'c', NULL, 1);";
    let mut expected = one("not-boolean TeamMembers.SchemeAdmin", &["t/b"]);
    expected.extend(one("not-boolean TeamMembers.SchemeUser", &["t/a"]));
    assert_eq!(found(&source, sql, &[Rule::NotBoolean]).await, expected);
}

async fn enum_labels(source: Source) {
    let sql = "CREATE TABLE Teams (Id varchar(26) PRIMARY KEY, Type enum('I','O'));
        INSERT INTO Teams VALUES ('a', 'I'), ('b', 'x'), ('c', NULL);
        CREATE TABLE OutgoingOAuthConnections (Id varchar(26) PRIMARY KEY, GrantType varchar(32));
        INSERT INTO OutgoingOAuthConnections VALUES ('a', 'password'), ('b', 'Password'), ('c', '');";
    let mut expected = one("unknown-enum-label OutgoingOAuthConnections.GrantType", &["b", "c"]);
    expected.extend(one("unknown-enum-label Teams.Type", &["b"]));
    assert_eq!(found(&source, sql, &[Rule::UnknownEnumLabel]).await, expected);
}

async fn invalid_dates(source: Source) {
    let sql = "CREATE TABLE focalboard_boards (id varchar(36) PRIMARY KEY, insert_at datetime(6));
        INSERT INTO focalboard_boards VALUES ('a', '0000-00-00'), ('b', '2024-02-29 10:00:00'), ('c', NULL);
        SET SESSION sql_mode = 'ALLOW_INVALID_DATES';
        INSERT INTO focalboard_boards VALUES ('d', '2023-02-30'), ('e', '2023-01-31');";
    let expected = one("invalid-date focalboard_boards.insert_at", &["a", "d"]);
    assert_eq!(found(&source, sql, &[Rule::InvalidDate]).await, expected);
}

async fn composite_keys(source: Source) {
    let sql = "CREATE TABLE Reactions (UserId varchar(26), PostId varchar(26), EmojiName varchar(64), RemoteId varchar(26),
            PRIMARY KEY (PostId, UserId, EmojiName));
        INSERT INTO Reactions VALUES ('u', 'p', '+1', 'x\\0'), ('u', 'p', '-1', 'x');";
    let expected = one("nul-byte Reactions.RemoteId", &["p/u/+1"]);
    assert_eq!(found(&source, sql, &[Rule::NulByte]).await, expected);
}

async fn orphans(source: Source) {
    let sql = "CREATE TABLE RetentionPolicies (Id varchar(26) PRIMARY KEY);
        CREATE TABLE RetentionPoliciesTeams (PolicyId varchar(26), TeamId varchar(26) PRIMARY KEY);
        INSERT INTO RetentionPolicies VALUES ('p');
        INSERT INTO RetentionPoliciesTeams VALUES ('p', 'a'), ('gone', 'b'), (NULL, 'c'), ('P', 'd');";
    let expected = one("foreign-key RetentionPoliciesTeams.PolicyId", &["b", "d"]);
    assert_eq!(found(&source, sql, &[Rule::ForeignKey]).await, expected);
}

async fn large_values(source: Source) {
    let sql = "CREATE TABLE PluginKeyValueStore (PluginId varchar(190), PKey varchar(150), PValue mediumblob,
            PRIMARY KEY (PluginId, PKey));
        INSERT INTO PluginKeyValueStore VALUES ('p', 'a', REPEAT('x', 1048577)), ('p', 'b', REPEAT('x', 1048576));";
    let expected = one("large-value PluginKeyValueStore.PValue", &["p/a"]);
    assert_eq!(found(&source, sql, &[Rule::LargeValue, Rule::NulByte]).await, expected);
}

async fn values_too_large_for_an_index(source: Source) {
    let sql = "CREATE TABLE LinkMetadata (Hash bigint PRIMARY KEY, URL text, Timestamp bigint, Type varchar(16), Data json);
        INSERT INTO LinkMetadata VALUES (1, REPEAT('é', 1301), 0, 'none', NULL), (2, REPEAT('é', 1300), 0, 'none', NULL);";
    let expected = one("index-entry LinkMetadata.URL", &["1"]);
    assert_eq!(found(&source, sql, &[Rule::IndexEntry, Rule::TooLong]).await, expected);
}
