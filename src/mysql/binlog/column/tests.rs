//! The bytes are assembled from the documented formats.

use bytes::Bytes;

use super::{CellError, Column, labels};
use crate::mysql::Flavour;
use crate::mysql::binlog::LogCell;
use crate::mysql::binlog::layout::ColumnLayout;
use crate::mysql::binlog::reader::{Cut, Reader};
use crate::mysql::binlog::storage::Storage;

fn column(storage: Storage, printed: &str) -> Result<Column, String> {
    let layout = ColumnLayout {
        name: "c".to_owned(),
        printed: printed.to_owned(),
        character_set: None,
        generated: false,
    };
    Column::new(storage, &layout, Some(Flavour::MySql))
}

fn read(storage: Storage, printed: &str, stored: &[u8]) -> Result<String, CellError> {
    let event = Bytes::copy_from_slice(stored);
    let mut reader = Reader::new(&event);
    let column = column(storage, printed).expect("the type is stored like this");
    let cell = column.read(&mut reader, &event)?;
    assert!(reader.is_empty(), "the whole cell of {printed} is read");
    match cell {
        LogCell::Bytes(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        other => Ok(format!("{other:?}")),
    }
}

#[test]
fn signs_come_from_the_catalog() {
    let integer = |bytes, printed, stored: &[u8]| read(Storage::Integer(bytes), printed, stored);
    assert_eq!(integer(8, "bigint unsigned", &[255; 8]).as_deref(), Ok("18446744073709551615"));
    assert_eq!(integer(8, "bigint(20)", &[255; 8]).as_deref(), Ok("-1"));
    assert_eq!(integer(1, "tinyint unsigned", &[200]).as_deref(), Ok("200"));
    assert_eq!(integer(1, "tinyint(1)", &[200]).as_deref(), Ok("-56"));
    assert_eq!(integer(4, "int(5) unsigned zerofill", &[42, 0, 0, 0]).as_deref(), Ok("00042"));
}

#[test]
fn a_mediumint_is_sign_extended() {
    let medium = |printed, stored: &[u8]| read(Storage::Integer(3), printed, stored);
    assert_eq!(medium("mediumint", &[255, 255, 255]).as_deref(), Ok("-1"));
    assert_eq!(medium("mediumint", &[0, 0, 0x80]).as_deref(), Ok("-8388608"));
    assert_eq!(medium("mediumint", &[255, 255, 0x7f]).as_deref(), Ok("8388607"));
    assert_eq!(medium("mediumint unsigned", &[255, 255, 255]).as_deref(), Ok("16777215"));
}

#[test]
fn a_negative_time_with_one_or_two_digits_is_right() {
    let stored = [0x7f, 0xff, 0xfe, 0xf6];
    assert_eq!(read(Storage::Time(2), "time(2)", &stored).as_deref(), Ok("-00:00:01.10"));
    assert_eq!(read(Storage::Time(1), "time(1)", &stored).as_deref(), Ok("-00:00:01.1"));
}

#[test]
fn binary_values_get_their_zeros_back() {
    let stored = [2, b'a', b'b'];
    assert_eq!(read(Storage::Counted(1), "binary(4)", &stored).as_deref(), Ok("ab\0\0"));
    assert_eq!(read(Storage::Counted(1), "varbinary(4)", &stored).as_deref(), Ok("ab"));
}

#[test]
fn labels_are_chosen_by_number_or_bit() {
    let label = |stored: u8| read(Storage::Enumeration(1), r"enum('a','it''s','x\\y')", &[stored]);
    assert_eq!(label(0).as_deref(), Ok(""));
    assert_eq!(label(2).as_deref(), Ok("it's"));
    assert_eq!(label(3).as_deref(), Ok(r"x\y"));
    assert_eq!(label(4), Err(CellError::Label));
    let set = |stored: u8| read(Storage::Set(1), "set('a','b','c')", &[stored]);
    assert_eq!(set(0b101).as_deref(), Ok("a,c"));
    assert_eq!(set(0).as_deref(), Ok(""));
    assert_eq!(set(0b1000), Err(CellError::Label));
    assert_eq!(labels(r"'','a,b',''''"), ["", "a,b", "'"]);
}

#[test]
fn a_type_that_is_stored_differently_has_changed() {
    assert_eq!(column(Storage::Integer(8), "int(11)"), Err("int(11)".to_owned()));
    assert_eq!(column(Storage::Counted(2), "bigint"), Err("bigint".to_owned()));
    assert_eq!(column(Storage::Datetime(6), "datetime"), Err("datetime".to_owned()));
    assert!(column(Storage::Datetime(6), "datetime(6)").is_ok());
    assert_eq!(column(Storage::Json, "text"), Err("text".to_owned()));
}

#[test]
fn what_the_log_does_not_determine_is_inexact() {
    assert_eq!(read(Storage::Compressed(1), "text", &[1, 0]).as_deref(), Ok("Inexact"));
    assert_eq!(read(Storage::Old(8), "datetime", &[0; 8]).as_deref(), Ok("Inexact"));
    assert_eq!(read(Storage::Double, "double(5,2)", &[0; 8]).as_deref(), Ok("Inexact"));
}

#[test]
fn a_cell_that_is_cut_off_is_an_error() {
    assert_eq!(read(Storage::Integer(8), "bigint", &[0; 7]), Err(Cut.into()));
    assert_eq!(read(Storage::Counted(2), "text", &[5, 0, b'a']), Err(Cut.into()));
}
