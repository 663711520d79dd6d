//! Sums over tables are the same however a table is divided.

use migration_assist::mysql::{Access, TableSize, read_catalog, sum_table};

use crate::support::mysql::{Source, on_both_flavours, open, run};

on_both_flavours!(a_table_has_the_same_sum_in_parts_and_as_a_whole);

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
