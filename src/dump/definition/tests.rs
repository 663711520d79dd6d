//! Definitions with every clause that servers print.

use super::{Alteration, CreateTable, view};

const MARIA: &str = "CREATE TABLE IF NOT EXISTS `mm`.`T` (
  `Id` varchar(26) NOT NULL,
  `Name` varchar(64) CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT 'a)`''b',
  `Props` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`Props`)),
  `At` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (`Id`),
  KEY `idx` (`Name`(10)) USING BTREE,
  FULLTEXT KEY `txt` (`Name`),
  CONSTRAINT `one` CHECK (`Id` <> 'x')
) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci";

fn read(sql: &str) -> super::Definition {
    CreateTable::split(sql)
        .expect("a definition")
        .read()
        .unwrap_or_else(|why| panic!("{why}: {sql}"))
}

fn columns(definition: &super::Definition) -> Vec<(&str, &str, Option<&str>)> {
    let columns = definition.table.columns.iter();
    columns
        .map(|it| (it.name.as_str(), it.data_type.as_str(), it.character_set.as_deref()))
        .collect()
}

#[test]
fn a_definition_becomes_what_the_catalog_shows() {
    let create = CreateTable::split(MARIA).expect("a definition");
    assert_eq!(create.database.as_deref(), Some("mm"));
    assert!(create.marks_json());
    let definition = create.read().expect("read");
    assert_eq!(
        columns(&definition),
        [
            ("Id", "varchar(26)", Some("utf8mb4")),
            ("Name", "varchar(64)", Some("latin1")),
            ("Props", "json", None),
            ("At", "timestamp", None),
        ]
    );
    let table = definition.table;
    assert_eq!(table.columns[1].default.as_deref(), Some("a)`'b"));
    assert_eq!(table.columns[3].default.as_deref(), Some("CURRENT_TIMESTAMP"));
    assert_eq!(table.primary_key(), ["Id"]);
    assert_eq!(table.indexes.keys().collect::<Vec<_>>(), ["PRIMARY", "idx", "txt"]);
}

#[test]
fn a_definition_that_is_not_understood_names_the_column() {
    let create = CreateTable::split("CREATE TABLE T (b int, a geometrycollection(9) of 'x')");
    let read = create.expect("a definition").read();
    assert!(read.is_ok(), "an unknown option is passed over");
    let create = CreateTable::split("CREATE TABLE T (b int, `a` 'x')").expect("a definition");
    assert_eq!(create.read().expect_err("no type"), "a clause that is neither a column nor a key");
    assert_eq!(CreateTable::split("CREATE TABLE T (a int"), None);
    assert_eq!(CreateTable::split("CREATE VIEW T AS SELECT 1"), None);
}

#[test]
fn clauses_that_no_row_depends_on_are_passed_over() {
    let deep = format!("{}1{}", "(".repeat(60), ")".repeat(60));
    let long = format!("(1{})", "+1".repeat(200_000));
    let sql = format!(
        "CREATE TABLE `T` (
          `Id` varchar(26) NOT NULL COMMENT 'a, (b' COLUMN_FORMAT FIXED,
          `A` json DEFAULT NULL CHECK (json_valid(`A`)) INVENTED 'x' = 3,
          `B` bigint(20) unsigned DEFAULT {long} ENGINE_ATTRIBUTE='{{}}',
          `C` enum('x','y,)') DEFAULT 'x' /* gone */,
          `P` point SRID 4326 NOT NULL,
          PRIMARY KEY (`Id`) USING BTREE COMMENT 'x',
          UNIQUE KEY `u` (`B` DESC) COMMENT 'it''s (odd)' INVISIBLE KEY_BLOCK_SIZE=8,
          KEY `e` ((lower(`Id`))),
          FULLTEXT KEY `f` (`Id`) COMMENT 'x' WITH PARSER `ngram`,
          SPATIAL KEY `s` (`P`),
          CONSTRAINT `deep` CHECK ({deep}),
          CONSTRAINT `fk` FOREIGN KEY (`Id`) REFERENCES `U` (`Id`) ON DELETE CASCADE ON UPDATE NO ACTION,
          PERIOD FOR SYSTEM_TIME (`a`, `b`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 PARTITION BY RANGE (`B`) (PARTITION p0 VALUES LESS THAN (1))",
    );
    let sql = sql.replace(" /* gone */", "");
    let definition = read(&sql);
    let table = &definition.table;
    let types: Vec<&str> = table.columns.iter().map(|it| it.data_type.as_str()).collect();
    assert_eq!(types, ["varchar(26)", "json", "bigint unsigned", "enum('x','y,)')", "point"]);
    assert_eq!(table.primary_key(), ["Id"]);
    assert_eq!(table.indexes["u"].columns, ["B"]);
    assert!(table.indexes["e"].columns.is_empty(), "an expression");
    assert_eq!(table.indexes["f"].parser.as_deref(), Some("ngram"));
    assert!(table.foreign_keys["fk"].cascades);
    assert_eq!(definition.values.places(5).expect("all").len(), 5);
}

#[test]
fn a_generated_key_and_generated_columns_are_no_data() {
    let definition = read(
        "CREATE TABLE `f` (
          `my_row_id` bigint unsigned NOT NULL AUTO_INCREMENT INVISIBLE,
          `id` varchar(26) NOT NULL,
          `b` int GENERATED ALWAYS AS ((`a` + 1)) VIRTUAL,
          `c` int DEFAULT NULL INVISIBLE,
          `d` int AS (1) STORED,
          `e` int,
          PRIMARY KEY (`my_row_id`)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    );
    let names: Vec<&str> = definition.table.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["id", "c", "e"]);
    assert!(definition.table.indexes.is_empty());
    assert_eq!(definition.values.places(6), Some(vec![Some(1), Some(3), Some(5)]));
    assert_eq!(definition.values.places(2), Some(vec![Some(0), None, Some(1)]));
    assert_eq!(definition.values.places(3), None);
}

#[test]
fn names_in_ansi_quotes_are_names() {
    let definition = read(
        "CREATE TABLE \"Posts\" (\"Id\" varchar(26) NOT NULL, \"odd \"\"name\" text, PRIMARY KEY (\"Id\"), \
         KEY \"idx\" (\"odd \"\"name\"(10)))",
    );
    assert_eq!(definition.table.name, "Posts");
    assert_eq!(definition.table.columns[1].name, "odd \"name");
    assert_eq!(definition.table.primary_key(), ["Id"]);
    assert_eq!(definition.table.indexes["idx"].columns, ["odd \"name(10)"]);
}

#[test]
fn keys_that_follow_belong_to_the_table() {
    let mut table =
        read("CREATE TABLE `T` (`Id` bigint NOT NULL, `N` text) DEFAULT CHARSET=utf8mb4").table;
    for (sql, is_read) in [
        (
            "ALTER TABLE `T`\n  ADD PRIMARY KEY (`Id`),\n  ADD KEY `n` (`N`(5)),\n  ADD FULLTEXT KEY `f` (`N`)",
            true,
        ),
        ("ALTER TABLE `T` MODIFY `Id` bigint NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=5", true),
        ("CREATE UNIQUE INDEX `u` ON `T` (`Id`, `N`(3))", true),
        ("ALTER TABLE `T` DISABLE KEYS", false),
    ] {
        assert_eq!(Alteration::split(sql).expect(sql).apply(&mut table), is_read, "{sql}");
    }
    assert_eq!(table.primary_key(), ["Id"]);
    assert_eq!(table.indexes.keys().collect::<Vec<_>>(), ["PRIMARY", "f", "n", "u"]);
    assert_eq!(table.columns[1].character_set.as_deref(), Some("utf8mb4"));
    assert_eq!(Alteration::split("CREATE VIEW v AS SELECT 1"), None);
}

#[test]
fn views_are_known_by_their_name_and_query() {
    let sql = "CREATE ALGORITHM=UNDEFINED \n DEFINER=`root`@`%` SQL SECURITY DEFINER \n \
               VIEW `v` AS select 1 AS `a` ";
    let view = view(sql).expect("a view");
    assert_eq!((view.name.as_str(), view.query.as_str()), ("v", "select 1 AS `a`"));
}
