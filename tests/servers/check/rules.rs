//! Each rule finds its problem, lists the rows, and is silent about similar rows.

use migration_assist::check::Rule;
use migration_assist::mysql::{Dsn, Flavour};
use migration_assist::secret::Secret;

use super::seeds::{SET, report, report_of_set};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours!(
    nul_bytes,
    nul_escapes,
    lone_surrogates,
    invalid_json,
    json_numbers,
    json_nulls,
    string_arrays,
    string_lists,
    too_long_texts,
    nulls,
    numbers_out_of_range,
    truths,
    enum_labels,
    invalid_dates,
    long_documents,
    names,
    unknown_tables_and_columns,
    types,
    composite_keys,
    invalid_utf8,
    orphans,
    colliding_names,
    character_sets,
    sessions_and_writes,
    large_values,
    values_too_large_for_an_index,
    a_configuration_in_the_database,
    accounts,
    missing_migrations,
    search_parsers,
    accents,
    searches_for_a_phrase,
);

/// What the findings of one rule are: place, count and keys.
type Found = Vec<(String, u64, Vec<String>)>;

/// Runs `sql` in the empty database, checks it, and lists the findings of the rules.
async fn found(source: &Source, sql: &str, rules: &[Rule]) -> Found {
    run(&mut source.connect().await, &format!("SET SESSION sql_mode = ''; {sql}")).await;
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let of_rules = report.findings.into_iter().filter(|finding| rules.contains(&finding.id));
    of_rules
        .map(|finding| {
            let keys = finding.keys.iter().map(|key| key.join("/")).collect();
            (format!("{} {}", finding.id, finding.place()), finding.count, keys)
        })
        .collect()
}

fn one(place: &str, keys: &[&str]) -> Found {
    let count = u64::try_from(keys.len()).expect("a count");
    vec![(place.to_owned(), count, keys.iter().map(|&key| key.to_owned()).collect())]
}

async fn nul_bytes(source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, UserId varchar(26), Message text);
        INSERT INTO Posts VALUES ('a', 'u', 'x\\0y'), ('b', 'u', '\\\\0 \\\\u0000 %00'), ('c', NULL, NULL),
            ('d', 'u', '日本\\0');
        CREATE TABLE FileInfo (Id varchar(26) PRIMARY KEY, Content longtext, MiniPreview mediumblob);
        INSERT INTO FileInfo VALUES ('a', 'x\\0', X'00'), ('b', '', X'00ff');";
    let mut expected = one("nul-byte FileInfo.Content", &["a"]);
    expected.extend(one("nul-byte Posts.Message", &["a", "d"]));
    assert_eq!(found(&source, sql, &[Rule::NulByte, Rule::InvalidUtf8]).await, expected);
}

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

async fn too_long_texts(source: Source) {
    let sql = "CREATE TABLE FileInfo (Id varchar(26) PRIMARY KEY, Name text, Path text);
        INSERT INTO FileInfo VALUES ('a', REPEAT('x', 257), ''), ('b', REPEAT('日', 256), REPEAT('é', 300)),
            ('c', REPEAT('日', 257), ''), ('d', CONCAT(REPEAT('x', 256), '\\0'), ''), ('e', NULL, NULL);
        CREATE TABLE Drafts (UserId varchar(26), ChannelId varchar(26), RootId varchar(26), Props text,
            PRIMARY KEY (UserId, ChannelId, RootId));
        INSERT INTO Drafts VALUES ('u', 'c', '', REPEAT('x', 8001)), ('u', 'd', '', REPEAT('x', 8000));";
    let mut expected = one("too-long Drafts.Props", &["u/c/"]);
    expected.extend(one("too-long FileInfo.Name", &["a", "c"]));
    assert_eq!(found(&source, sql, &[Rule::TooLong]).await, expected);
}

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

async fn long_documents(source: Source) {
    let sql = "CREATE TABLE FileInfo (Id varchar(26) PRIMARY KEY, Content longtext);
        SET SESSION group_concat_max_len = 10000000;
        INSERT INTO FileInfo VALUES ('a', REPEAT('same word ', 200000)), ('b', 'short');
        CREATE TABLE digits (d int); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
        INSERT INTO FileInfo SELECT 'c', GROUP_CONCAT(CONCAT('word', a.d, b.d, c.d, d.d, e.d) SEPARATOR ' ')
            FROM digits a, digits b, digits c, digits d, digits e;";
    assert_eq!(
        found(&source, sql, &[Rule::FullText]).await,
        one("full-text FileInfo.Content", &["c"])
    );
}

async fn names(source: Source) {
    let sql = "CREATE TABLE Channels (Id varchar(26) PRIMARY KEY, TeamId varchar(26), Name varchar(64), DisplayName varchar(64));
        INSERT INTO Channels VALUES ('a', 't', 'Tech-Talk', ''), ('b', 't', 'tech', 'Tech'), ('c', 't', 'café', ''),
            ('d', 't', CONCAT('cafe', _utf8mb4 X'cc81'), ''), ('e', 't', 'ÉCOLE', ''), ('f', 't', '日本', '');";
    let mut expected = one("name-case Channels.Name", &["a", "e"]);
    expected.extend(one("name-form Channels.Name", &["d"]));
    assert_eq!(found(&source, sql, &[Rule::NameCase, Rule::NameForm]).await, expected);
}

async fn unknown_tables_and_columns(source: Source) {
    let sql = "CREATE TABLE schema_migrations (version bigint PRIMARY KEY); INSERT INTO schema_migrations VALUES (1);
        CREATE TABLE mine (id int); CREATE TABLE empty_one (id int); INSERT INTO mine VALUES (1), (2);
        CREATE TABLE Threads (PostId varchar(26) PRIMARY KEY, TeamId varchar(26), Mine text);
        INSERT INTO Threads VALUES ('a', 't', ''), ('b', NULL, 'x');";
    let rules =
        [Rule::LeftoverTable, Rule::LeftoverColumn, Rule::UnknownTable, Rule::UnknownColumn];
    let none = Vec::<String>::new;
    assert_eq!(
        found(&source, sql, &rules).await,
        [
            ("unknown-column Threads.Mine".to_owned(), 2, none()),
            ("unknown-table mine".to_owned(), 2, none()),
            ("leftover-column Threads.TeamId".to_owned(), 1, none()),
            ("unknown-table empty_one".to_owned(), 0, none()),
            ("leftover-table schema_migrations".to_owned(), 1, none()),
        ]
    );
}

async fn types(source: Source) {
    let sql = "CREATE TABLE Status (UserId varchar(26) PRIMARY KEY, Manual datetime, DNDEndTime int(11));";
    let places: Vec<String> = found(&source, sql, &[Rule::TypeDiffers, Rule::MissingColumn])
        .await
        .into_iter()
        .map(|(place, _, _)| place)
        .collect();
    assert!(places.contains(&"type-differs Status.Manual".to_owned()), "{places:?}");
    assert!(places.contains(&"type-differs Status.DNDEndTime".to_owned()), "{places:?}");
    assert!(places.contains(&"missing-column Status.LastActivityAt".to_owned()), "{places:?}");
}

async fn composite_keys(source: Source) {
    let sql = "CREATE TABLE Reactions (UserId varchar(26), PostId varchar(26), EmojiName varchar(64), RemoteId varchar(26),
            PRIMARY KEY (PostId, UserId, EmojiName));
        INSERT INTO Reactions VALUES ('u', 'p', '+1', 'x\\0'), ('u', 'p', '-1', 'x');";
    let expected = one("nul-byte Reactions.RemoteId", &["p/u/+1"]);
    assert_eq!(found(&source, sql, &[Rule::NulByte]).await, expected);
}

async fn invalid_utf8(source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message blob, Type varchar(26) CHARACTER SET latin1);
        INSERT INTO Posts VALUES ('a', X'61ff62', 'é'), ('b', 'Grüße 👋', 'x'), ('c', X'c3', ''), ('d', NULL, NULL);";
    let expected = one("invalid-utf8 Posts.Message", &["a", "c"]);
    assert_eq!(found(&source, sql, &[Rule::InvalidUtf8, Rule::NulByte]).await, expected);
    if source.flavour == Flavour::MariaDb {
        let sql = "CREATE TABLE Channels (Id varchar(26) PRIMARY KEY, Header text, Purpose text); SET NAMES binary;
            INSERT INTO Channels VALUES ('a', X'61EDA080', ''), ('b', X'ED9598', ''), ('c', '', X'EDBFBF'), ('d', X'C3AD', X'A0');";
        let mut expected = one("invalid-utf8 Channels.Header", &["a"]);
        expected.extend(one("invalid-utf8 Channels.Purpose", &["c"]));
        let found = found(&source, sql, &[Rule::InvalidUtf8]).await;
        assert_eq!(
            found.into_iter().filter(|it| !it.0.contains("Posts")).collect::<Found>(),
            expected
        );
    }
}

async fn orphans(source: Source) {
    let sql = "CREATE TABLE RetentionPolicies (Id varchar(26) PRIMARY KEY);
        CREATE TABLE RetentionPoliciesTeams (PolicyId varchar(26), TeamId varchar(26) PRIMARY KEY);
        INSERT INTO RetentionPolicies VALUES ('p');
        INSERT INTO RetentionPoliciesTeams VALUES ('p', 'a'), ('gone', 'b'), (NULL, 'c'), ('P', 'd');";
    let expected = one("foreign-key RetentionPoliciesTeams.PolicyId", &["b", "d"]);
    assert_eq!(found(&source, sql, &[Rule::ForeignKey]).await, expected);
}

async fn colliding_names(source: Source) {
    let sql = "CREATE TABLE Channels (Id varchar(26) PRIMARY KEY, TeamId varchar(26), Name varchar(64));
        INSERT INTO Channels VALUES ('a', 't', 'café'), ('b', 't', CONCAT('cafe', _utf8mb4 X'cc81')),
            ('c', 'other', 'CAFÉ'), ('d', 't', 'cafe'), ('e', 't', 'Alone');
        CREATE TABLE Commands (Id varchar(26) PRIMARY KEY, TeamId varchar(26), DeleteAt bigint);
        INSERT INTO Commands VALUES ('a', 't', 0), ('b', 't', 1);";
    let expected = one("name-collision Channels.Name", &["a", "b"]);
    assert_eq!(found(&source, sql, &[Rule::NameCollision]).await, expected);
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let case = report.findings.iter().find(|finding| finding.id == Rule::NameCase);
    assert_eq!(case.expect("a finding").details["commands"], 1);
}

async fn character_sets(source: Source) {
    let sql =
        "CREATE TABLE Teams (Id varchar(26) PRIMARY KEY, Name varchar(64) CHARACTER SET latin1,
            Email varchar(64) CHARACTER SET ascii, DisplayName varchar(64) CHARACTER SET utf8mb3);";
    let places = found(&source, sql, &[Rule::CharacterSet]).await;
    assert_eq!(places.len(), 2, "latin1 and ascii: {places:?}");
}

async fn sessions_and_writes(mut source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, UpdateAt bigint);
        INSERT INTO Posts VALUES ('a', 1000 * (UNIX_TIMESTAMP() - 5)), ('b', 7);";
    let other = source.connect().await;
    let found_so_far = found(&source, sql, &[Rule::InUse]).await;
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let name = format!("(session {} of {} from ", other.id(), source.dsn.user);
    assert!(report.findings.iter().any(|it| it.message.contains(&name)), "{name}: {report:?}");
    assert!(report.not_checked.is_empty(), "{:?}", report.not_checked);
    let reader = source.account("SELECT", "BY 'secret'").await;
    let reader = Dsn { password: "secret".into(), ..reader };
    let unseen = report_of_set(&reader, Some(SET)).await.not_checked;
    let grant = format!("GRANT PROCESS ON *.* TO '{}'@'%';", reader.user);
    assert!(unseen.iter().any(|it| it.reason.contains(&grant)), "{unseen:?}");
    drop(other);
    let places: Vec<&str> = found_so_far.iter().map(|(place, _, _)| place.as_str()).collect();
    assert_eq!(places, ["in-use ", "in-use Posts"]);
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

async fn a_configuration_in_the_database(source: Source) {
    let sql = "CREATE TABLE Configurations (Id varchar(26) PRIMARY KEY, Value mediumtext, CreateAt bigint, Active tinyint(1));
        INSERT INTO Configurations VALUES ('a', '{}', 0, 1);";
    let expected = vec![("database-configuration Configurations".to_owned(), 1, Vec::new())];
    assert_eq!(found(&source, sql, &[Rule::DatabaseConfiguration]).await, expected);
}

async fn accounts(mut source: Source) {
    let dsn = source.account("SELECT", "BY 'reader'").await;
    let password = Secret::new("reader");
    let report = report_of_set(&Dsn { password, ..dsn }, Some(SET)).await;
    let ids: Vec<Rule> = report.findings.iter().map(|finding| finding.id).collect();
    assert!(!ids.contains(&Rule::Privileges), "{ids:?}");
    let speaks_native = source.flavour == Flavour::MariaDb;
    assert_eq!(ids.contains(&Rule::LoginPlugin), !speaks_native);
    let dsn = source.account("INSERT", "BY 'writer'").await;
    let password = Secret::new("writer");
    let report = report_of_set(&Dsn { password, ..dsn }, Some(SET)).await;
    let finding = report.findings.iter().find(|finding| finding.id == Rule::Privileges);
    assert_eq!(finding.expect("a finding").details["missing"], "SELECT");
}

async fn missing_migrations(source: Source) {
    let sql = "CREATE TABLE Systems (Name varchar(64) PRIMARY KEY, Value text);
        INSERT INTO Systems VALUES ('Version', '6.3.0');";
    run(&mut source.connect().await, sql).await;
    let report = report(&source.dsn).await;
    let finding = report.findings.iter().find(|finding| finding.id == Rule::NoMigrations);
    assert_eq!(finding.expect("a finding").details["systems-version"], "6.3.0");
}

async fn search_parsers(source: Source) {
    if source.flavour == Flavour::MariaDb {
        // MariaDB comes without such a parser.
        let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text, FULLTEXT KEY plain (Message));";
        assert_eq!(found(&source, sql, &[Rule::SearchParser]).await, []);
        return;
    }
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text, FULLTEXT KEY plain (Message),
            FULLTEXT KEY ng (Message) WITH PARSER ngram);";
    let expected = vec![("search-parser Posts".to_owned(), 1, Vec::new())];
    assert_eq!(found(&source, sql, &[Rule::SearchParser]).await, expected);
}

async fn accents(source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text, Props text);
        INSERT INTO Posts VALUES ('a', 'le café', 'é'), ('b', 'the cafe', 'é'), ('c', NULL, ''),
            ('d', 'Straße', ''), ('e', 'привет', ''), ('f', '東京', ''), ('g', '👍', ''),
            ('h', CONVERT(X'63616665CC81' USING utf8mb4), '');";
    let expected = vec![("accents Posts.Message".to_owned(), 3, Vec::new())];
    assert_eq!(found(&source, sql, &[Rule::Accents]).await, expected);
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let finding = report.findings.iter().find(|it| it.id == Rule::Accents).expect("a finding");
    assert!(finding.action.contains("`--text-search accent-insensitive`"), "{}", finding.action);
    let latin = "ALTER TABLE Posts MODIFY Message text CHARACTER SET latin1;";
    run(&mut source.connect().await, "DELETE FROM Posts WHERE Id IN ('e', 'f', 'g', 'h');").await;
    let expected = vec![("accents Posts.Message".to_owned(), 2, Vec::new())];
    assert_eq!(found(&source, latin, &[Rule::Accents]).await, expected);
}

async fn searches_for_a_phrase(source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text);";
    assert_eq!(found(&source, sql, &[Rule::PhraseSearch]).await, []);
    let row = "INSERT INTO Posts VALUES ('a', 'the quick fox');";
    let expected = vec![("phrase-search Posts.Message".to_owned(), 1, Vec::new())];
    assert_eq!(found(&source, row, &[Rule::PhraseSearch]).await, expected);
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let finding = report.findings.iter().find(|it| it.id == Rule::PhraseSearch).expect("an offer");
    assert!(finding.details["seconds"].as_u64() >= Some(1), "{finding:?}");
    assert!(finding.action.contains("`--phrase-index`"), "{}", finding.action);
}
