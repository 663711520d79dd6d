//! Reads parts of a dump that was read once before.

use std::ops::Range;
use std::sync::Arc;

use super::contents::Contents;
use super::record::Record;
use super::{Error, Event, Input, Reader};

/// The bytes of text between two points at which other tasks may run.
const TURN: u64 = 1 << 20;

/// A reader of parts of a dump, of any table and in any order.
///
/// A compressed dump is read from its start to the part, so parts are best read in the order of the file.
#[derive(Debug)]
pub struct Visitor {
    contents: Arc<Contents>,
    reader: Option<Box<Reader>>,
}

/// The rows of a part, one at a time in memory.
#[derive(Debug)]
pub struct Rows<'a> {
    reader: Option<&'a mut Reader>,
    table: &'a str,
    columns: Vec<usize>,
    /// The number of rows that remain.
    left: u64,
    next_turn: u64,
}

impl Visitor {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(contents: Arc<Contents>) -> Self {
        Self { contents, reader: None }
    }

    /// What is read.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The rows of a table's part, with these columns; none if there are no bytes.
    pub async fn rows<'a>(
        &'a mut self,
        table: &'a str,
        columns: impl IntoIterator<Item = &'a str>,
        bytes: &Range<u64>,
    ) -> Result<Rows<'a>, Error> {
        let Self { contents, reader } = self;
        let changed = || Error::Changed { table: table.to_owned() };
        let known = contents.tables.get(table).ok_or_else(changed)?;
        let place = |name| known.table.columns.iter().position(|column| column.name == name);
        let columns = columns.into_iter().map(|name| place(name).ok_or_else(changed));
        let mut rows = Rows {
            reader: None,
            table,
            columns: columns.collect::<Result<_, _>>()?,
            left: 0,
            next_turn: 0,
        };
        if bytes.is_empty() {
            return Ok(rows);
        }
        let span = known.span(bytes).ok_or_else(changed)?;
        let passed =
            reader.take().filter(|it| contents.is_compressed && it.offset() <= bytes.start);
        let there = match passed {
            Some(reader) => reader,
            None if contents.is_compressed => Box::new(Reader::new(Input::open(&contents.file)?)),
            None => Box::new(Reader::new(Input::open_plain(&contents.file, bytes.start)?)),
        };
        let reader = reader.insert(there);
        while reader.offset() + TURN < bytes.start && reader.pass_to(reader.offset() + TURN)? {
            tokio::task::yield_now().await;
        }
        reader.go_to(&contents.database, (&known.table, &known.values), &span)?;
        rows.left = span.rows;
        rows.next_turn = bytes.start + TURN;
        rows.reader = Some(reader);
        Ok(rows)
    }
}

impl Rows<'_> {
    /// The next row; `None` after the last. Fails if the number of rows is not as before, because the file is
    /// another one now.
    pub async fn next(&mut self) -> Result<Option<Record>, Error> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        if reader.offset() >= self.next_turn {
            self.next_turn = reader.offset() + TURN;
            tokio::task::yield_now().await;
        }
        let changed = || Error::Changed { table: self.table.to_owned() };
        match reader.next_event()? {
            Some(Event::Row { row, .. }) => {
                self.left = self.left.checked_sub(1).ok_or_else(changed)?;
                Ok(Some(Record::of(&row, &self.columns)))
            }
            Some(Event::Table { .. }) => Err(changed()),
            None if self.left > 0 => Err(changed()),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;
    use std::path::Path;
    use std::sync::Arc;

    use super::{Contents, Error, Input, Reader, Visitor};

    const DUMP: &str = r"-- MySQL dump 10.13
SET NAMES utf8mb4;
DROP TABLE IF EXISTS `a`;
CREATE TABLE `a` (`Id` int, `Text` varchar(9) CHARACTER SET latin1);
INSERT INTO `a` VALUES (99,'gone');
DROP TABLE IF EXISTS `a`;
CREATE TABLE `a` (`Id` int, `Text` varchar(9) CHARACTER SET latin1);
CREATE TABLE `b` (`Text` text, `Id` int);
INSERT INTO `a` VALUES (1,'it\'s'),(2,NULL);
SET SQL_MODE='NO_BACKSLASH_ESCAPES';
INSERT INTO `a` VALUES (3,'C:\');
INSERT INTO `b` (`Id`,`Text`) VALUES (1,'x;''y'),
 (2,'z');
DELIMITER ;;
REPLACE INTO `a` VALUES (4,';');;
DELIMITER ;
CREATE TABLE IF NOT EXISTS `a` (`Other` int);
INSERT IGNORE INTO `a` (`Id`) VALUES (5);
USE `other`;
CREATE TABLE `a` (`Id` int, `Text` text);
INSERT INTO `a` VALUES (6,'other''s');
INSERT INTO `other`.`a` VALUES (7,'too');
-- Dump completed
";

    fn read(file: &Path, database: &str) -> Arc<Contents> {
        let mut reader = Reader::new(Input::open(file).expect("a file"));
        while reader.next_event().expect("a dump").is_some() {}
        Arc::new(reader.contents(database).expect("a database"))
    }

    /// The rows of a table, by parts of about that many bytes, the last part first.
    async fn rows(visitor: &mut Visitor, table: &str, bytes: u64) -> Result<Vec<String>, Error> {
        let pieces = visitor.contents().table(table).expect("a table").pieces(bytes);
        let mut all = Vec::new();
        for piece in pieces.iter().rev() {
            let mut rows = visitor.rows(table, ["Id", "Text"], piece).await?;
            while let Some(record) = rows.next().await? {
                let text =
                    |place| record.value(place).map_or("NULL".into(), String::from_utf8_lossy);
                all.push(format!("{} {}", text(0), text(1)));
            }
        }
        all.sort();
        Ok(all)
    }

    #[tokio::test]
    async fn pieces_are_read_by_themselves_in_any_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let (plain, compressed) = (folder.path().join("plain"), folder.path().join("compressed"));
        fs::write(&plain, DUMP).expect("written");
        let mut gzip = Vec::new();
        flate2::read::GzEncoder::new(DUMP.as_bytes(), flate2::Compression::fast())
            .read_to_end(&mut gzip)
            .expect("compressed");
        fs::write(&compressed, gzip).expect("written");
        let contents = [&plain, &compressed].map(|file| read(file, ""));
        assert_eq!(contents[0].identity(), contents[1].identity());
        assert_eq!(contents.each_ref().map(|it| it.is_compressed()), [false, true]);
        for contents in contents {
            let table = contents.table("a").expect("a table");
            assert_eq!((table.rows(), table.pieces(u64::MAX).len()), (5, 2));
            assert!(table.gaps().columns.contains("Text"), "the last INSERT leaves it out");
            let mut visitor = Visitor::new(contents);
            for bytes in [0, u64::MAX] {
                let a = rows(&mut visitor, "a", bytes).await.expect("rows");
                assert_eq!(a, ["1 it's", "2 NULL", r"3 C:\", "4 ;", "5 NULL"]);
                let b = rows(&mut visitor, "b", bytes).await.expect("rows");
                assert_eq!(b, ["1 x;'y", "2 z"]);
            }
        }
        let mut other = Visitor::new(read(&compressed, "other"));
        let a = rows(&mut other, "a", u64::MAX).await.expect("rows");
        assert_eq!(a, ["6 other's", "7 too"]);
    }

    #[tokio::test]
    async fn a_file_that_became_another_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("dump");
        fs::write(&file, DUMP).expect("written");
        let mut visitor = Visitor::new(read(&file, ""));
        for (from, to) in [("(1,'it\\'s'),(2,NULL)", "(1,'it\\'s'         )"), ("(5)", "(5),(6)")] {
            fs::write(&file, DUMP.replace(from, to)).expect("written");
            let found = rows(&mut visitor, "a", 0).await;
            assert!(
                matches!(found, Err(Error::Changed { .. } | Error::Malformed { .. })),
                "{found:?}"
            );
        }
        fs::write(&file, &DUMP[..100]).expect("written");
        assert!(matches!(rows(&mut visitor, "b", 0).await, Err(Error::Changed { .. })));
    }
}
