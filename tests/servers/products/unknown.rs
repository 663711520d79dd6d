//! Tables of no known product.

use migration_assist::postgres::read_catalog;

use super::plugin_fixture::Site;
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    unknown_tables_stay_behind_loudly,
    unknown_tables_are_copied_by_their_types,
    two_tables_must_not_become_one,
);

const TABLES: &str = "
    CREATE TABLE My_Notes (
        Id bigint unsigned NOT NULL, Tag varchar(40) NOT NULL, Body longtext, Flag tinyint(1),
        Small smallint unsigned, Rate float, Price decimal(12,4), Kind enum('a','b') NOT NULL,
        At datetime(6) NOT NULL, Seen timestamp(3) NULL, Day date, Span time(2), Raw varbinary(16),
        Data json, Wide varchar(700), Bits bit(9), Yes bit(1), Place point, Y year, Double_ double,
        Labels set('x','y'),
        PRIMARY KEY (Id), UNIQUE KEY u (Tag, At), KEY k (Small), KEY wide (Wide),
        KEY part (Body(20)), FULLTEXT KEY f (Body)
    ) CHARACTER SET utf8mb4;
    INSERT INTO My_Notes VALUES
        (18446744073709551615, 'é', 'a\tb\\\\N', 7, 65535, 1.5, -1.0001, 'b',
         '2024-02-29 23:59:59.999999', '2024-01-01 00:00:00.123', '1969-12-31', '-838:59:58.99',
         X'00FF5C', '{\"a\": [1.50, null]}', REPEAT('w', 700), b'101010101', b'1',
         ST_GeomFromText('POINT(1 2)'), 2024, 1e300, 'x,y'),
        (0, '', '', 0, 0, 0, 0, 'a', '1970-01-01 00:00:00', NULL, NULL, '00:00:00', '', '[]', '', b'0',
         b'0', NULL, NULL, NULL, ''),
        (1, 'z', NULL, NULL, NULL, NULL, NULL, 'a', '2000-01-01 00:00:00', NULL, NULL, NULL, NULL, NULL,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE keyless (Word varchar(20), N int) CHARACTER SET utf8mb4;
    INSERT INTO keyless VALUES ('twice', 1), ('twice', 1), (NULL, NULL);";

async fn unknown_tables_stay_behind_loudly(source: Source) {
    let site = Site::bare(source).await;
    site.sql(TABLES).await;
    let said = "table of no known product: 3 rows";
    site.run(&["migrate"]).expect(1).says(said).says("--copy-unknown").says("nothing was written");
    site.build_target();
    let copied = site.run(&["copy"]).expect(0);
    copied.says("no known product are skipped: My_Notes, keyless").says("--copy-unknown");
    assert!(!site.catalog().await.tables.contains_key("my_notes"));
    site.run(&["verify"]).expect(0).says("My_Notes: the target has no such table");
}

async fn unknown_tables_are_copied_by_their_types(source: Source) {
    let site = Site::bare(source).await;
    site.sql(TABLES).await;
    let migrated = site.run(&["migrate", "--copy-unknown"]).expect(0);
    migrated.says("proven equal").says("my_notes (without its indexes f, part, wide)");
    let target = site.target.connect().await;
    let live = read_catalog(&target, "public").await.expect("a catalog");
    let notes = &live.tables["my_notes"];
    assert_eq!(notes.primary_key(), ["id"]);
    let indexes: Vec<_> =
        notes.indexes.values().map(|it| (it.columns.join(" "), it.unique)).collect();
    let expected = [("id", true), ("small", false), ("tag at", true)];
    assert_eq!(indexes.len(), expected.len(), "{indexes:?}");
    assert!(expected.iter().all(|(it, unique)| indexes.contains(&((*it).to_owned(), *unique))));
    let statement =
        "SELECT concat_ws(' ', id, tag, body, flag, small, rate, price, kind, at AT TIME ZONE 'UTC', day, span,
            encode(raw, 'hex'), data, length(wide), encode(bits, 'hex'), yes, y, double_, labels,
            seen AT TIME ZONE 'UTC')
        FROM public.my_notes WHERE id > 1";
    let row: String = target.query_one(statement, &[]).await.expect("a row").get(0);
    let expected = "18446744073709551615 é a\tb\\N 7 65535 1.5 -1.0001 b 2024-02-29 23:59:59.999999 \
        1969-12-31 -838:59:58.99 00ff5c {\"a\": [1.5, null]} 700 0155 t 2024 1e+300 x,y \
        2024-01-01 00:00:00.123";
    // MySQL writes the number in JSON without its last zero.
    assert_eq!(row.replace("1.50", "1.5"), expected);
    let twice = "SELECT count(*) FROM public.keyless WHERE word = 'twice' AND n = 1";
    assert_eq!(target.query_one(twice, &[]).await.expect("a count").get::<_, i64>(0), 2);
    // A second run creates nothing again, and a change is found.
    site.run(&["copy", "--copy-unknown"]).expect(0);
    site.target_sql("UPDATE public.my_notes SET raw = '\\x00' WHERE id > 1").await;
    site.run(&["verify"]).expect(1).says("My_Notes Id=18446744073709551615: different");
}

async fn two_tables_must_not_become_one(source: Source) {
    let site = Site::bare(source).await;
    site.sql("CREATE TABLE mine (Id int); CREATE TABLE Mine (Id int)").await;
    site.build_target();
    site.run(&["copy", "--copy-unknown"]).expect(2).says("differ only by capitals");
}
