//! Sums over tables are the same however a table is divided, and whoever computes them.

use migration_assist::mysql::{
    Access, Connection, RowSummer, SumForm, TableSize, TableSum, cell, read_catalog, sum_table,
};
use migration_assist::schema::Table;

use crate::support::mysql::{Source, on_both_flavours, open, run};

on_both_flavours!(
    a_table_has_the_same_sum_in_parts_and_as_a_whole,
    the_cells_of_a_row_have_the_sum_that_the_server_computes,
);

/// A type, values of it, and whether the sum can be computed from cells.
const TYPES: [(&str, &[&str], bool); 31] = [
    ("bigint", &["0", "-9223372036854775808", "9223372036854775807"], true),
    ("bigint unsigned", &["18446744073709551615"], true),
    ("int(7) unsigned zerofill", &["42"], true),
    ("tinyint(1)", &["0", "1", "-3"], true),
    ("year", &["1999", "0"], true),
    ("decimal(30,4)", &["-0.5", "12345678901234567890.1234"], true),
    ("decimal(9,0) zerofill", &["17"], true),
    ("date", &["'0001-01-01'", "'2024-02-29'"], true),
    ("datetime", &["'2024-02-29 23:59:59'"], true),
    ("datetime(6)", &["'2024-02-29 23:59:59.000001'", "'1000-01-01 00:00:00'"], true),
    ("timestamp(3) NULL", &["'2024-02-29 23:59:59.5'", "'1970-01-01 00:00:01'"], true),
    ("char(5)", &["'a '", "'é'"], true),
    ("varchar(50)", &["''", "','", "'-'", "'naïve 😀'", "' trailing  '"], true),
    ("varchar(64) COLLATE utf8mb4_bin", &["'1:a'", "REPEAT('😀', 64)"], true),
    ("varchar(65)", &["REPEAT('ü', 65)"], true),
    ("longtext", &["REPEAT('ü', 100000)", "'x\\0y\\ny'"], true),
    ("text CHARACTER SET utf8mb3", &["'ü€'"], true),
    ("varchar(50) CHARACTER SET ascii", &["'plain'"], true),
    ("binary(4)", &["'ab'", "x'00ff'"], true),
    ("longblob", &["x''", "x'00ff80c3'"], true),
    ("json", &[r#"'{"b": [1, 2.50, 1e3, null], "a": "ü\\n😀"}'"#, r#"'"text"'"#, "'null'"], true),
    ("enum('one','two ü') CHARACTER SET utf8mb4", &["'two ü'"], true),
    ("enum('é') CHARACTER SET latin1", &["'é'"], false),
    ("varchar(50) CHARACTER SET latin1", &["'é'"], false),
    ("text CHARACTER SET utf16", &["'é'"], false),
    ("float", &["0.1"], false),
    ("double", &["0.1", "1e300"], false),
    ("bit(9)", &["b'101000001'"], false),
    ("set('a','b')", &["'a,b'"], false),
    ("time(3)", &["'-12:34:56.789'"], false),
    ("point", &["ST_GeomFromText('POINT(1 2)')"], false),
];

/// Every type has a table of its own.
async fn the_cells_of_a_row_have_the_sum_that_the_server_computes(source: Source) {
    let mut connection = source.connect().await;
    run(&mut connection, "SET sql_mode = ''").await;
    let mut expected = Vec::new();
    for (place, (data_type, values, is_computed)) in TYPES.iter().enumerate() {
        let name = format!("Typed{place:02}");
        let create =
            format!("CREATE TABLE {name} (Id int PRIMARY KEY, Value {data_type}, Last text)");
        run(&mut connection, &create).await;
        run(&mut connection, &format!("INSERT INTO {name} VALUES (1, NULL, ''), (2, NULL, NULL)"))
            .await;
        for (number, value) in values.iter().enumerate() {
            let insert = format!("INSERT INTO {name} VALUES ({}, {value}, 'last')", number + 3);
            run(&mut connection, &insert).await;
        }
        expected.push((name, *data_type, *is_computed));
    }
    let mut reader = open(&source.dsn, Access::ReadOnly).await;
    let catalog = read_catalog(&mut reader).await.expect("a catalog");
    for (name, data_type, is_computed) in expected {
        let table = catalog.table(&name).expect("a table");
        assert_eq!(TableSum::is_computed_from_cells(table), is_computed, "{data_type}");
        let computed = sum_of_cells(&mut reader, table).await;
        let size = TableSize { rows: 5, bytes: 50 };
        let by_server = sum_table(&mut reader, table, size, u64::MAX).await.expect("a sum");
        assert!(by_server.rows > 2, "{data_type}");
        assert!(computed == by_server || !is_computed, "{data_type}: {computed:?}, {by_server:?}");
    }
}

async fn sum_of_cells(reader: &mut Connection, table: &Table) -> TableSum {
    let statement = format!("SELECT * FROM {}", table.name);
    let mut rows = reader.stream(&statement).await.expect("rows");
    let mut summer = RowSummer::default();
    while let Some(row) = rows.next().await.expect("a row") {
        let cells = table.columns.iter().enumerate();
        summer.add_row(cells.map(|(place, column)| (SumForm::of(column), cell(&row, place))));
    }
    summer.sum()
}

async fn a_table_has_the_same_sum_in_parts_and_as_a_whole(source: Source) {
    let digits = "(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4)";
    let rows = format!("FROM {digits} a, {digits} b, {digits} c");
    let number = "a.n * 25 + b.n * 5 + c.n";
    let setup = format!(
        "CREATE TABLE Posts (Id varchar(26) PRIMARY KEY, Message text);
         INSERT INTO Posts SELECT LEFT(SHA2({number}, 256), 26), CONCAT('message ', {number}) {rows};
         CREATE TABLE Numbers (Id bigint PRIMARY KEY, Value text);
         INSERT INTO Numbers SELECT {number} - 60, IF({number} = 7, NULL, {number}) {rows};
         CREATE TABLE Pairs (Name varchar(64), Number int, Value text, PRIMARY KEY (Name, Number));
         INSERT INTO Pairs SELECT CONCAT('n', a.n), b.n * 5 + c.n, 'ü' {rows};
         CREATE TABLE Keyless (Value text);
         INSERT INTO Keyless SELECT b.n {rows};
         CREATE TABLE Nothing (Id bigint PRIMARY KEY)"
    );
    let mut connection = source.connect().await;
    run(&mut connection, &setup).await;
    let mut reader = open(&source.dsn, Access::ReadOnly).await;
    let catalog = read_catalog(&mut reader).await.expect("a catalog");
    let size = TableSize { rows: 125, bytes: 1250 };
    for table in catalog.tables.values() {
        let whole = sum_table(&mut reader, table, size, u64::MAX).await.expect("a sum");
        assert_eq!(whole.rows, if table.name == "Nothing" { 0 } else { 125 }, "{}", table.name);
        for part_bytes in [1, 10, 100, 600] {
            let parts = sum_table(&mut reader, table, size, part_bytes).await.expect("a sum");
            assert_eq!(parts, whole, "{} in parts of {part_bytes} bytes", table.name);
        }
    }
    assert_eq!(catalog.tables.len(), 5);
    let posts = catalog.table("Posts").expect("a table");
    let before = sum_table(&mut reader, posts, size, 10).await.expect("a sum");
    run(&mut connection, "UPDATE Posts SET Message = 'other' LIMIT 1").await;
    assert_ne!(sum_table(&mut reader, posts, size, 10).await.expect("a sum"), before);
}
