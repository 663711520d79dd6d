//! Text: characters, lengths, names and searches.

use migration_assist::check::Rule;
use migration_assist::mysql::Flavour;

use super::{Found, found, one};
use crate::check::seeds::{SET, report_of_set};
use crate::support::mysql::{Source, on_both_flavours, run};

on_both_flavours!(
    nul_bytes,
    invalid_utf8,
    too_long_texts,
    long_documents,
    names,
    colliding_names,
    search_parsers,
    accents,
    accents_of_a_sample,
    searches_for_a_phrase,
);

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
            found.into_iter().filter(|it| it.0.contains("Channels")).collect::<Found>(),
            expected
        );
    }
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

async fn accents_of_a_sample(source: Source) {
    let sql = "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text);
        CREATE TABLE digits (d int); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
        INSERT INTO Posts SELECT CONCAT(a.d, b.d, c.d, d.d, e.d), IF(a.d = 0 OR a.d = 3, 'café', 'tea')
            FROM digits a, digits b, digits c, digits d, digits e WHERE a.d < 4;
        ANALYZE TABLE Posts;";
    let expected = vec![("accents Posts.Message".to_owned(), 10_000, Vec::new())];
    assert_eq!(found(&source, sql, &[Rule::Accents]).await, expected);
    let report = report_of_set(&source.dsn, Some(SET)).await;
    let finding = report.findings.iter().find(|it| it.id == Rule::Accents).expect("a finding");
    assert_eq!(finding.details["sample"], 20_000);
    assert!(
        finding.message.ends_with("10,000 messages of the first 20,000"),
        "{}",
        finding.message
    );
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
