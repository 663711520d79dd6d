//! Recorded logs are those of servers (`testdata/binlog`); other bytes are assembled from the documented
//! formats.

mod events;

use mysql_async::binlog::events::Event;

use self::events::{event, query, recorded, row, table_map};
use super::Decoder;
use crate::mysql::Flavour;
use crate::mysql::binlog::layout::{ColumnLayout, Layout};
use crate::mysql::binlog::{Error, LogCell, LogEvent, Position, RowChange, RowChanges, code};

const MYSQL: &[u8] = include_bytes!("../../../../testdata/binlog/mysql-9.7.binlog");
const MARIADB: &[u8] = include_bytes!("../../../../testdata/binlog/mariadb-10.11.binlog");
const MARIADB_COMPRESSED: &[u8] =
    include_bytes!("../../../../testdata/binlog/mariadb-10.11-compressed.binlog");

/// What every file of a log begins with.
const MAGIC: usize = 4;
const ARTIFICIAL: u16 = 0x20;

/// The table of the recordings: `Posts` of the database `chat`.
fn layout(flavour: Flavour) -> Layout {
    let json = if flavour == Flavour::MySql { "json" } else { "longtext" };
    let columns = [
        ("Id", "varchar(26)"),
        ("CreateAt", "bigint"),
        ("Count", "mediumint"),
        ("Big", "bigint unsigned"),
        ("At", "timestamp"),
        ("Raw", "binary(4)"),
        ("Kind", "enum('a','b')"),
        ("Props", json),
    ];
    let columns = columns.map(|(name, printed)| ColumnLayout {
        name: name.to_owned(),
        printed: printed.to_owned(),
        character_set: None,
        generated: false,
    });
    Layout {
        database: "chat".to_owned(),
        tables: [("Posts".to_owned(), columns.to_vec())].into_iter().collect(),
        case_sensitive: true,
        flavour: Some(flavour),
    }
}

fn start() -> Position {
    Position { file: "binlog.000002".to_owned(), offset: 4 }
}

/// A decoder of the database `chat`, whose table `Posts` has one column.
fn small() -> Decoder {
    let mut layout = layout(Flavour::MySql);
    let column = ColumnLayout {
        name: "Id".to_owned(),
        printed: "int".to_owned(),
        character_set: None,
        generated: false,
    };
    layout.tables.insert("Posts".to_owned(), vec![column]);
    Decoder::new(layout, Some(&start()))
}

fn read_all(mut decoder: Decoder, events: &[Event]) -> Result<Vec<LogEvent>, Error> {
    let read = events.iter().map(|event| decoder.read(event));
    read.filter_map(Result::transpose).collect()
}

fn read_error(events: &[Event]) -> String {
    read_all(small(), events).expect_err("an error").to_string()
}

fn text(cell: &LogCell) -> &str {
    match cell {
        LogCell::Bytes(bytes) => std::str::from_utf8(bytes).expect("UTF-8"),
        LogCell::Null => "NULL",
        LogCell::Inexact => "inexact",
    }
}

/// The events in short: each change as the cells before and after.
fn in_short(events: &[LogEvent]) -> Vec<String> {
    let row = |row: &Option<Vec<LogCell>>| {
        row.as_ref()
            .map_or("-".to_owned(), |row| row.iter().map(text).collect::<Vec<_>>().join("|"))
    };
    let change =
        |RowChange { before, after }: &RowChange| format!("{} > {}", row(before), row(after));
    let short = |event: &LogEvent| match event {
        LogEvent::Rows(RowChanges { table, changes }) => {
            format!("{table}: {}", changes.iter().map(change).collect::<Vec<_>>().join("; "))
        }
        LogEvent::Commit { position, .. } => format!("commit {position}"),
        LogEvent::Statement { database, sql, position, .. } => {
            let sql = sql.expose();
            format!("{} {sql} {position}", database.as_deref().unwrap_or_default())
        }
        LogEvent::Rotate(position) => format!("rotate {position}"),
        other => format!("{other:?}"),
    };
    events.iter().map(short).collect()
}

#[test]
fn a_recorded_log_of_mysql_is_read() {
    let decoder = Decoder::new(layout(Flavour::MySql), Some(&start()));
    let events = read_all(decoder, &recorded(MYSQL)).expect("a log that is understood");
    let inserted =
        "p1|1|-1|18446744073709551615|2038-01-19 03:14:07|ab\0\0||{\"b\": 1.50, \"aa\": [1, 3.0]}";
    let inserted = inserted.replace("1.50", "1.5");
    let updated = inserted.replace("|-1|", "|2|");
    assert_eq!(
        in_short(&events),
        [
            "Begin",
            &format!("Posts: - > {inserted}"),
            "commit binlog.000002:581",
            "Begin",
            &format!("Posts: {inserted} > {updated}"),
            &format!("Posts: {updated} > -"),
            "commit binlog.000002:960",
            "Begin",
            "commit binlog.000002:1233",
            "chat ALTER TABLE Posts ADD COLUMN Extra int binlog.000002:1436",
            "rotate binlog.000003:4",
        ]
    );
}

#[test]
fn a_recorded_log_of_mariadb_is_read() {
    let decoder = Decoder::new(layout(Flavour::MariaDb), Some(&start()));
    let events = read_all(decoder, &recorded(MARIADB)).expect("a log that is understood");
    let inserted =
        "p1|1|-1|18446744073709551615|2038-01-19 03:14:07|ab\0\0||{\"b\": 1.50, \"aa\": [1, 3.0]}";
    let updated = inserted.replace("|-1|", "|2|");
    assert_eq!(
        in_short(&events),
        [
            "Begin",
            &format!("Posts: - > {inserted}"),
            "commit binlog.000002:757",
            "Begin",
            &format!("Posts: {inserted} > {updated}"),
            &format!("Posts: {updated} > -"),
            "commit binlog.000002:1434",
            "Begin",
            "commit binlog.000002:1643",
            "chat ALTER TABLE Posts ADD COLUMN Extra int binlog.000002:1799",
            "rotate binlog.000003:4",
        ]
    );
}

#[test]
fn unrecognised_and_unreadable_events_are_errors_with_their_number() {
    for code in [0, 1, 6, 20, 43, 100, 164, 172, 255] {
        let error = read_all(small(), &[event(code, 0, 50, &[])]).err().map(|it| it.to_string());
        let expected = (code != 164).then(|| {
            format!("unrecognised event of type {code} in the binary log at binlog.000002:50")
        });
        assert_eq!(error, expected, "{code}");
    }
    for code in [160, 161, 163, 164, code::HEARTBEAT_V2, code::TAGGED_GTID, code::ROWS_QUERY] {
        assert!(read_all(small(), &[event(code, 0, 50, &[])]).is_ok(), "{code}");
    }
    assert_eq!(
        read_error(&[event(code::INCIDENT, 0, 50, &[1, 0, 0])]),
        "the source lost events of its binary log at binlog.000002:50"
    );
    assert_eq!(
        read_error(&[event(code::MARIADB_QUERY_COMPRESSED, 0, 50, &[])]),
        "the source logged a compressed event at binlog.000002:50"
    );
    let mut layout = layout(Flavour::MariaDb);
    let posts = layout.tables.get_mut("Posts").expect("the table");
    posts.push(ColumnLayout {
        name: "Extra".to_owned(),
        printed: "int".to_owned(),
        ..posts[0].clone()
    });
    let start = Position { file: "binlog.000003".to_owned(), offset: 4 };
    let error = read_all(Decoder::new(layout, Some(&start)), &recorded(MARIADB_COMPRESSED));
    assert_eq!(
        error.expect_err("an error").to_string(),
        "the source logged a compressed event at binlog.000003:653"
    );
}

#[test]
fn a_wrong_checksum_is_an_error() {
    let mut damaged = MYSQL.to_vec();
    // A byte of the row at 432.
    damaged[470] ^= 1;
    let decoder = Decoder::new(layout(Flavour::MySql), Some(&start()));
    let error = read_all(decoder, &recorded(&damaged)).expect_err("an error").to_string();
    assert!(error.ends_with(": its checksum is wrong"), "{error}");
}

#[test]
fn a_transaction_that_cannot_be_decompressed_is_not_lost() {
    // The compressed transaction at 660, without its checksum.
    let content = &MYSQL[679..956];
    let payload = |body: &[u8]| event(code::TRANSACTION_PAYLOAD, 0, 960, body);
    let read = |body: &[u8]| read_all(small(), &[payload(body)]).map(|_| ());
    assert!(read(content).is_ok());
    let mut damaged = content.to_vec();
    damaged[40] ^= 0xff;
    assert!(matches!(read(&damaged), Err(Error::Malformed { .. })));
    assert!(matches!(read(&content[..200]), Err(Error::Malformed { .. })));
    // The stated size is 635 bytes: one less, and 300 MiB.
    let place = content.windows(5).position(|it| it == [3, 3, 0xfc, 0x7b, 2]).expect("a size");
    let (head, tail) = (&content[..place], &content[place + 5..]);
    let stated = |size: &[u8]| read(&[head, size, tail].concat());
    assert!(stated(&[3, 3, 0xfc, 0x7b, 2]).is_ok());
    assert!(matches!(stated(&[3, 3, 0xfc, 0x7a, 2]), Err(Error::Malformed { .. })));
    let large = [3, 9, 0xfe, 0, 0, 0xc0, 0x12, 0, 0, 0, 0];
    assert!(matches!(stated(&large), Err(Error::LargePayload { bytes: 314_572_800, .. })));
}

#[test]
fn an_artificial_rotation_names_the_file() {
    let rotate = |flags, end, name: &[u8]| {
        event(code::ROTATE, flags, end, &[&[4, 0, 0, 0, 0, 0, 0, 0], name].concat())
    };
    let description = || event(code::FORMAT_DESCRIPTION, 0, 0, &MYSQL[23..122]);
    let read = |events: &[Event]| read_all(small(), events).map(|events| in_short(&events));
    let first = rotate(ARTIFICIAL, 0, b"binlog.000002");
    assert_eq!(read(std::slice::from_ref(&first)).expect("no event"), [""; 0]);
    // MariaDB's ends in its checksum: CRC32 of the 40 bytes before.
    let early = event(
        code::ROTATE,
        ARTIFICIAL,
        0,
        &[&[4, 0, 0, 0, 0, 0, 0, 0], &b"binlog.000002"[..], &checksum_of_rotation()].concat(),
    );
    assert_eq!(read(&[early]).expect("no event"), [""; 0]);
    let wrong = rotate(ARTIFICIAL, 0, b"binlog.000001");
    assert!(read(&[wrong]).is_err(), "another file than the one that was asked for");
    // A real one ends in the old file, and the server repeats it.
    let events = [
        first,
        description(),
        rotate(0, 900, b"binlog.000003"),
        rotate(ARTIFICIAL, 0, b"binlog.000003"),
    ];
    assert_eq!(read(&events).expect("one event"), ["rotate binlog.000003:4"]);
}

/// The checksum of an artificial event of type ROTATE to `binlog.000002`, of 44 bytes with it.
fn checksum_of_rotation() -> [u8; 4] {
    CHECKSUM_OF_ROTATION.to_le_bytes()
}
const CHECKSUM_OF_ROTATION: u32 = 0xf7c3_8353;

#[test]
fn statements_that_change_rows_are_errors_if_they_concern_the_database() {
    let logged = |database: &str, sql: &str| {
        read_all(small(), &[query("", "BEGIN"), query(database, sql), query("", "COMMIT")])
            .map(|events| events.len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(logged("other", "UPDATE t SET a = 1"), Ok(2));
    for (database, sql) in [("chat", "update t set a = 1"), ("other", "UPDATE chat.t SET a = 1")] {
        let error = logged(database, sql).expect_err("an error");
        assert!(
            error.starts_with("the source logged a statement instead of changed rows (UPDATE)")
        );
    }
    assert_eq!(logged("chat", "SAVEPOINT a"), Ok(2));
    assert!(
        logged("chat", "XA PREPARE 'a'").expect_err("an error").starts_with("an XA transaction")
    );
}

#[test]
fn rows_need_a_transaction_a_table_map_and_all_columns() {
    let begin = || query("", "BEGIN");
    let insert = |bits| row(code::WRITE_ROWS, bits);
    let whole = [begin(), table_map("chat"), insert(1), query("", "COMMIT")];
    let events = read_all(small(), &whole).expect("a transaction");
    assert_eq!(in_short(&events)[1], "Posts: - > 7");
    assert!(read_error(&[table_map("chat"), insert(1)]).contains("outside of a transaction"));
    assert!(read_error(&[begin(), insert(1)]).contains("without a table map"));
    let again = [&whole[..], &[begin(), insert(1)]].concat();
    assert!(read_error(&again).contains("without a table map"), "that of an earlier transaction");
    assert!(
        read_error(&[begin(), table_map("chat"), insert(0)])
            .starts_with("the source logged only parts of rows of table `Posts`")
    );
    let partial = row(code::PARTIAL_UPDATE_ROWS, 1);
    assert!(
        read_error(&[begin(), table_map("chat"), partial.clone()])
            .starts_with("the source logged only parts of JSON values")
    );
    let elsewhere = [begin(), table_map("other"), insert(0), partial, query("", "ROLLBACK")];
    assert_eq!(in_short(&read_all(small(), &elsewhere).expect("another database")).len(), 2);
}

#[test]
fn a_transaction_of_ours_must_be_committed() {
    let open = || vec![query("", "BEGIN"), table_map("chat"), row(code::WRITE_ROWS_V1, 1)];
    let then = |event: Event| read_error(&[open(), vec![event]].concat());
    assert!(then(query("", "ROLLBACK")).starts_with("a transaction that was rolled back"));
    assert!(then(query("", "ROLLBACK TO a")).starts_with("a transaction that was rolled back"));
    assert!(then(query("", "BEGIN")).ends_with("a transaction without an end"));
    assert!(then(event(code::GTID, 0, 0, &[])).ends_with("a transaction without an end"));
    assert!(then(event(code::XA_PREPARE, 0, 0, &[])).starts_with("an XA transaction"));
    assert!(read_error(&[query("", "COMMIT")]).ends_with("a commit without a transaction"));
}

#[test]
fn a_mariadb_transaction_begins_with_its_gtid() {
    let gtid = |flags| event(code::MARIADB_GTID, 0, 0, &[&[0; 12], &[flags][..], &[0; 6]].concat());
    let xid = || event(code::XID, 0, 700, &[0; 8]);
    let events = read_all(small(), &[gtid(12), xid(), gtid(1)]).expect("a transaction");
    assert_eq!(in_short(&events), ["Begin", "commit binlog.000002:700"]);
    assert!(read_error(&[gtid(64)]).starts_with("an XA transaction"));
}

#[test]
fn without_ends_of_events_the_commit_has_the_position() {
    // MariaDB 11.4 and later with `binlog_legacy_event_pos=OFF`.
    let gtid = event(code::MARIADB_GTID, 0, 146, &[&[0; 12], &[8][..], &[0; 6]].concat());
    let events =
        [gtid, table_map("chat"), row(code::WRITE_ROWS_V1, 1), event(code::XID, 0, 400, &[0; 8])];
    let events = read_all(small(), &events).expect("a transaction");
    assert_eq!(in_short(&events)[2], "commit binlog.000002:400");
}

#[test]
fn a_table_that_is_stored_differently_has_changed() {
    let mut decoder = small();
    let posts = decoder.layout.tables.get_mut("Posts").expect("the table");
    posts[0].printed = "bigint".to_owned();
    let error = read_all(decoder, &[query("", "BEGIN"), table_map("chat")]).expect_err("an error");
    assert_eq!(
        error.to_string(),
        "table `Posts` has changed at binlog.000002:86: column `Id` is not stored as type `bigint` is"
    );
}

#[test]
fn a_heartbeat_ends_a_gap_of_transactions_that_the_server_left_out() {
    let rotate = [&[4, 0, 0, 0, 0, 0, 0, 0], &b"binlog.000002"[..]].concat();
    let events = [
        event(code::ROTATE, ARTIFICIAL, 0, &rotate),
        event(code::HEARTBEAT, 0, 900, b"binlog.000002"),
        event(code::HEARTBEAT, 0, 950, b"binlog.000003"),
        event(code::HEARTBEAT, 0, 800, b"binlog.000002"),
    ];
    let end = |start: Option<&Position>| {
        let mut decoder = Decoder::new(layout(Flavour::MySql), start);
        for event in &events {
            assert!(decoder.read(event).is_ok());
        }
        decoder.position().to_string()
    };
    assert_eq!(end(None), "binlog.000002:900");
    assert_eq!(end(Some(&start())), "binlog.000002:4", "every event was sent");
}
