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
    assert!(reader.header().is_lossy, "not every text of `a` can be spelled in latin1");
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
    the file is no dump of `mysqldump` or `mariadb-dump`: it is empty
    the file is no dump of `mysqldump` or `mariadb-dump`: it is a dump of PostgreSQL
    the file is no dump of `mysqldump` or `mariadb-dump`: it begins with no statement of a dump
    the file is no dump of `mysqldump` or `mariadb-dump`: it holds no statement
    the dump holds rows of table `t` and not its definition
    a row of table `t` at byte 45 has 2 values for 1 columns
    the dump cannot be understood at byte 46: a value
    the dump's text is in the character set `gbk`, which is not read here
    "
    );
}

#[test]
fn packed_text_that_is_cut_at_its_beginning_is_not_called_empty() {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(DUMP.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut packed)
        .expect("packed");
    let bytes = Cursor::new(packed[..12].to_vec());
    let mut reader = Reader::new(Input::of(Box::new(bytes), None).expect("packed text"));
    let error = reader.next_event().expect_err("no statement").to_string();
    assert!(error.ends_with("what is packed in it ends before its first statement"), "{error}");
}
