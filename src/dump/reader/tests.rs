//! Dumps as both programs write them, in every way that their flags allow.

use std::io::{Cursor, Read};

use super::{Ending, Event, Reader};
use crate::dump::{Error, Input};

const DUMP: &str = r"/*M!999999\- enable the sandbox mode */ 
mysqldump: [Warning] Using a password on the command line interface can be insecure.
-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: mm
-- ------------------------------------------------------
-- Server version	10.11.6-MariaDB

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;

DROP TABLE IF EXISTS `Posts`;
CREATE TABLE `Posts` (
  `Id` varchar(26) NOT NULL COMMENT 'it''s; (odd)',
  `Message` text DEFAULT NULL,
  `Raw` blob /*!80023 INVISIBLE */ DEFAULT NULL,
  PRIMARY KEY (`Id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!50100 PARTITION BY KEY (Id) */;
LOCK TABLES `Posts` WRITE;
/*!40000 ALTER TABLE `Posts` DISABLE KEYS */;
INSERT INTO `Posts` VALUES ('a','it\'s; \\ -- no /* comment */','\0x'),
('b',NULL,_binary 'x''y');
INSERT INTO `Posts` (`Raw`, `Id`) VALUES (0x00ff,'c');
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON Posts FOR EACH ROW BEGIN
  INSERT INTO Nowhere VALUES ('x'); SET NEW.Id = ';;';
END */;;
DELIMITER ;
/*!50001 CREATE VIEW `v` AS SELECT 
 1 AS `a`*/;
/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`%` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select ';' AS `a` */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

-- Dump completed on 2024-05-01 12:00:00
";

/// Hands out a byte at a time, so that every token is cut everywhere.
struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

fn reader(text: &str) -> Reader {
    let bytes = Trickle(Cursor::new(text.as_bytes().to_vec()));
    Reader::new(Input::of(Box::new(bytes), None).expect("plain text"))
}

/// Every event in words, and the reader at the end.
fn read(text: &str) -> Result<(Vec<String>, Reader), Error> {
    let mut reader = reader(text);
    let mut events = Vec::new();
    while let Some(event) = reader.next_event()? {
        events.push(match event {
            Event::Table { number, database, table, .. } => {
                format!("{number}: {database}.{} has {} columns", table.name, table.columns.len())
            }
            Event::Row { number, row } => {
                let value = |column| {
                    let mut scratch = Vec::new();
                    let value = row.value(column, &mut scratch);
                    value.map_or("NULL".to_owned(), |it| it.escape_ascii().to_string())
                };
                format!("{number}: {}", [0, 1, 2].map(value).join(" | "))
            }
        });
    }
    Ok((events, reader))
}

#[test]
fn tables_and_rows_come_in_their_order() {
    let (events, reader) = read(DUMP).expect("a dump");
    insta::assert_snapshot!(events.join("\n"), @r"
    0: .Posts has 3 columns
    0: a | it\'s; \\ -- no /* comment */ | \x00x
    0: b | NULL | x\'y
    0: c | NULL | \x00\xff
    ");
    assert_eq!(reader.ending(), Some(Ending::Complete));
    assert_eq!(reader.header().server.as_deref(), Some("10.11.6-MariaDB"));
    assert_eq!(reader.offset(), u64::try_from(DUMP.len()).expect("a length"));
    let [database] = reader.databases() else { panic!("one database") };
    assert_eq!(database.catalog.views["v"].query, "select ';' AS `a`");
    assert_eq!(database.catalog.tables.keys().collect::<Vec<_>>(), ["Posts"]);
}

#[test]
fn every_cut_is_found_and_nothing_worse() {
    let lines: Vec<usize> = DUMP.match_indices('\n').map(|(place, _)| place + 1).collect();
    for cut in (lines[7]..DUMP.len() - 42).filter(|cut| DUMP.is_char_boundary(*cut)) {
        let (_, reader) = read(&DUMP[..cut]).unwrap_or_else(|error| panic!("{cut}: {error}"));
        match reader.ending() {
            Some(Ending::NoClosingLine(at)) => assert_eq!(at, u64::try_from(cut).expect("a place")),
            Some(Ending::Unfinished(at)) => assert!(at <= u64::try_from(cut).expect("a place")),
            ending => panic!("{cut}: {ending:?}"),
        }
    }
    let within = DUMP.find("/* comment").expect("a row");
    let (events, reader) = read(&DUMP[..within]).expect("a dump");
    let row = DUMP.find("('a'").expect("a row");
    assert_eq!(reader.ending(), Some(Ending::Unfinished(u64::try_from(row).expect("a place"))));
    assert_eq!(events.len(), 1, "the row that is cut is not handed out");
}

#[test]
fn several_databases_are_kept_apart() {
    let text = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `one`;\nUSE `one`;\n\
                CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nUSE two;\n\
                CREATE TABLE t (a int, b int);\nINSERT INTO t VALUES (2,3);\n\
                INSERT INTO `one`.t VALUES (4);\n";
    let (events, reader) = read(text).expect("a dump");
    insta::assert_snapshot!(events.join("\n"), @r"
    0: one.t has 1 columns
    0: 1 | NULL | NULL
    1: two.t has 2 columns
    1: 2 | 3 | NULL
    0: 4 | NULL | NULL
    ");
    assert_eq!(reader.ending(), Some(Ending::Complete), "a dump without comments has no last line");
}

#[test]
fn the_settings_of_the_dump_are_followed() {
    let text = "SET NAMES latin1;\nSET SQL_MODE='NO_BACKSLASH_ESCAPES';\n\
                CREATE TABLE t (a text CHARACTER SET utf8mb4, b blob, c varchar(9) CHARACTER SET latin1);\n\
                INSERT INTO t VALUES ('\\',x'e9','');\nSET NAMES binary;\nINSERT INTO t VALUES ('é','é','é');";
    let (events, reader) = read(text).expect("a dump");
    assert_eq!(reader.header().lossy_character_set, Some("latin1"), "`a` can hold more");
    insta::assert_snapshot!(events.join("\n"), @r"
    0: .t has 3 columns
    0: \\ | \xe9 | 
    0: \xc3\xa9 | \xc3\xa9 | \xc3\x83\xc2\xa9
    ");
}

#[test]
fn another_file_is_refused_in_one_line() {
    let refusal = |text: &str| read(text).expect_err("no dump").to_string();
    insta::assert_snapshot!(
        [
            refusal(""),
            refusal("--\n-- PostgreSQL database dump\n--\n"),
            refusal("{\"a\": 1}\n"),
            refusal("-- nothing\n"),
            refusal("INSERT INTO t VALUES (1);"),
            refusal("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1,2);"),
            refusal("CREATE TABLE t (a int);\nINSERT INTO t VALUES (NOW());"),
            refusal("SET NAMES gbk;"),
        ]
        .join("\n"),
        @r"
    not a dump of `mysqldump` or `mariadb-dump`: the file is empty
    not a dump of `mysqldump` or `mariadb-dump`: it is a dump of PostgreSQL
    not a dump of `mysqldump` or `mariadb-dump`: no SQL statement at the start
    not a dump of `mysqldump` or `mariadb-dump`: no SQL statement in it
    the dump contains rows of table `t` without its definition
    a row of table `t` at byte 45 has 2 values for 1 columns
    cannot read the dump at byte 46, line 2: expected a value
    the dump is in character set `gbk`, which cannot be read here
    "
    );
}

#[test]
fn compressed_text_that_is_cut_at_its_beginning_is_not_called_empty() {
    let mut compressed = Vec::new();
    flate2::read::GzEncoder::new(DUMP.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut compressed)
        .expect("compressed");
    let bytes = Cursor::new(compressed[..12].to_vec());
    let mut reader = Reader::new(Input::of(Box::new(bytes), None).expect("compressed text"));
    let error = reader.next_event().expect_err("no statement").to_string();
    assert!(error.ends_with("the compressed data ends before the first statement"), "{error}");
}

/// What is known of each part: its first table, and whether it is cut or without a promise.
fn parts(reader: &Reader) -> Vec<(Option<&str>, bool, bool)> {
    let parts = reader.header().parts.iter();
    parts.map(|it| (it.first_table.as_deref(), it.is_cut(), it.is_without_promise())).collect()
}

#[test]
fn each_part_of_a_file_needs_its_own_end() {
    let (_, reader) = read(&format!("{DUMP}{DUMP}")).expect("a dump");
    assert_eq!(parts(&reader), [(Some("Posts"), false, false); 2]);
    let cut = DUMP.rfind("DELIMITER ;;").expect("a place");
    for text in [format!("{DUMP}{}", &DUMP[..cut]), format!("{}{DUMP}", &DUMP[..cut])] {
        let (_, reader) = read(&text).expect("a dump");
        assert_eq!(reader.cut_parts().count(), 1);
        assert_eq!(reader.cut_parts().next().expect("one").first_table.as_deref(), Some("Posts"));
    }
    // A row that is cut off swallows the beginning of the next part.
    let message = DUMP.lines().nth(1).expect("a message");
    let dump = DUMP.replace(message, "");
    let within = dump.find("no /* comment").expect("a row");
    let error = read(&format!("{}{dump}", &dump[..within])).expect_err("cut").to_string();
    let row = dump.find("('a'").expect("a row");
    let next = within + dump.find("-- MariaDB").expect("a line");
    assert_eq!(
        error,
        format!(
            "the dump is cut short: a row of table `Posts` at byte {row} has no end, and another dump begins at byte {next}"
        )
    );
}

#[test]
fn what_programs_print_is_skipped_or_reported_wherever_it_stands() {
    let plain = read(DUMP).expect("a dump").0;
    let warning = "/usr/bin/mysqldump: [Warning] It's insecure\n";
    for (place, _) in DUMP.match_indices('\n').filter(|(place, _)| *place > 30) {
        // A comment to the end of its line takes up the message that follows.
        let text = format!("{}{warning}{}", &DUMP[..=place], &DUMP[place + 1..]);
        let (events, reader) = read(&text).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(events, plain, "{place}");
        assert!(reader.header().errors.is_empty() && reader.header().foreign_lines.is_empty());
        assert_eq!(reader.ending(), Some(Ending::Complete));
    }
    let row = DUMP.find("it\\'s").expect("a value");
    let warning = "mysqldump: [Warning] It's insecure\n";
    for place in row - 5..row + 30 {
        let text = format!("{}{warning}{}", &DUMP[..place], &DUMP[place..]);
        let Ok((events, _)) = read(&text) else { panic!("{place}") };
        assert_eq!(events, plain, "{place}");
    }
    let prompt = format!("Enter password: {DUMP}");
    assert_eq!(read(&prompt).expect("a dump").0, plain);
    let error = "mysqldump: Error 2013: Lost connection when dumping table `Posts` at row: 5\n";
    let place = DUMP.find("('b'").expect("a row");
    let (_, reader) =
        read(&format!("{}{error}{}", &DUMP[..place], &DUMP[place..])).expect("a dump");
    let [found] = &reader.header().errors[..] else { panic!("one error") };
    let line = DUMP[..place].lines().count() + 1;
    assert_eq!((found.line, found.table.as_deref()), (line as u64, Some("Posts")));
    let text = DUMP.replace("UNLOCK TABLES;", "Killed by the user\nUNLOCK TABLES;");
    assert_eq!(read(&text).expect("a dump").1.header().errors.len(), 1);
    let text = DUMP.replace("UNLOCK TABLES;", "[Exit 0]\nUNLOCK TABLES;");
    assert_eq!(read(&text).expect("a dump").1.header().foreign_lines, [(26, true)]);
}

#[test]
fn a_value_is_looked_at_a_bounded_number_of_times() {
    for value in ["x".repeat(1 << 20), "it\\'s ".repeat(1 << 16)] {
        for (before, after) in [
            ("CREATE TABLE t (a text);INSERT INTO t VALUES ('", "');"),
            ("CREATE TABLE t (a int DEFAULT '1' COMMENT '", "');"),
        ] {
            let text = format!("{before}{value}{after}");
            let mut reader = reader(&text);
            while reader.next_event().expect("a dump").is_some() {}
            assert_eq!(reader.ending(), Some(Ending::Complete));
            assert!(reader.scanned < 4 * text.len(), "{} of {}", reader.scanned, text.len());
        }
    }
}

#[test]
fn a_character_set_is_known_only_if_it_is_stated() {
    let unknown = |text: &str| read(text).expect("a dump").1.header().is_character_set_unknown;
    let table = "CREATE TABLE t (a text);\n";
    assert!(unknown(&format!("{table}INSERT INTO t VALUES ('x');")));
    assert!(!unknown(&format!("SET NAMES utf8mb4;\n{table}INSERT INTO t VALUES ('x');")));
    assert!(!unknown("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);"), "no text");
    let restored = "SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT;\n";
    assert!(unknown(&format!("SET NAMES utf8mb4;\n{table}{restored}INSERT INTO t VALUES ('x');")));
}

#[test]
fn other_encodings_are_named() {
    let utf16: Vec<u8> = DUMP.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [utf16.clone(), [b"\xff\xfe", &utf16[..]].concat()] {
        let mut reader = Reader::new(Input::of(Box::new(Cursor::new(bytes)), None).expect("text"));
        assert!(matches!(reader.next_event(), Err(Error::Utf16)));
    }
    let (events, reader) = read(&format!("\u{feff}{DUMP}")).expect("a dump");
    assert!(reader.header().has_byte_order_mark);
    assert_eq!(events, read(DUMP).expect("a dump").0);
}

#[test]
fn exports_of_other_programs_are_read() {
    // As mydumper writes a table's rows.
    let text = "/*!40101 SET NAMES binary*/;\n/*!40103 SET TIME_ZONE='+00:00' */;\n\
                CREATE TABLE `t` (`Id` varchar(26), `Props` json) DEFAULT CHARSET=utf8mb4;\n\
                INSERT INTO `t` VALUES(\"a\",CONVERT(\"{\\\"a\\\": 1}\" USING UTF8MB4))\n,(\"b'\\\"\",NULL)\n;\n";
    let (events, reader) = read(text).expect("an export");
    insta::assert_snapshot!(events.join("\n"), @r#"
    0: .t has 2 columns
    0: a | {\"a\": 1} | NULL
    0: b\'\" | NULL | NULL
    "#);
    let part = reader.header().parts.iter().next().expect("a part");
    assert_eq!(part.program.map(|program| program.name), Some("mydumper"));
    // With ANSI quotes.
    let text =
        "CREATE TABLE \"t\" (\"Id\" varchar(26), \"B\" int);\nINSERT INTO \"t\" VALUES ('a',1);";
    let (events, _) = read(text).expect("a dump");
    assert_eq!(events, ["0: .t has 2 columns", "0: a | 1 | NULL"]);
    // With keys behind the rows, and a generated key that is no data.
    let text = "-- phpMyAdmin SQL Dump\nCREATE TABLE `t` (`Id` varchar(26) NOT NULL, \
                `my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */, B int);\n\
                INSERT INTO `t` (`Id`, `my_row_id`, `B`) VALUES ('a',7,1);\n\
                INSERT INTO `t` VALUES ('b',8,2);\nINSERT INTO `t` VALUES ('c',3);\n\
                ALTER TABLE `t` ADD PRIMARY KEY (`Id`);\n";
    let (events, reader) = read(text).expect("an export");
    insta::assert_snapshot!(events.join("\n"), @r"
    0: .t has 2 columns
    0: a | 1 | NULL
    0: b | 2 | NULL
    0: c | 3 | NULL
    ");
    let table = reader.databases()[0].catalog.table("t").expect("a table");
    assert_eq!(table.primary_key(), ["Id"]);
}
