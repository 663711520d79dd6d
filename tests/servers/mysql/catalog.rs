//! The catalog as it is read, against the facts and across servers.

use std::collections::BTreeMap;

use migration_assist::mattermost::Product;
use migration_assist::migrations::{self, product_model, product_sql, source_model};
use migration_assist::mysql::{
    Access, Connection, Dsn, Error, applied_migrations, read_catalog, table_sizes,
};
use migration_assist::schema::{Catalog, Role, Table};
use migration_assist::sql::Dialect;
use serde_json::{Value, json};

use crate::facts::{self, Facts};
use crate::support::mysql::{Source, on_both_flavours, open, run};

on_both_flavours![
    applied_migrations_are_read_in_order,
    no_database_is_no_empty_catalog,
    oddities_are_read_alike,
    sizes_are_estimated,
    the_migrations_give_the_schema_of_model_and_facts,
];

/// Builds the newest schema of Mattermost, and every plugin's.
async fn build(connection: &mut Connection) {
    for migration in migrations::source() {
        run(connection, &migration.sql).await;
    }
    for sql in Product::ALL.iter().flat_map(|&it| product_sql(Dialect::MySql, it)) {
        run(connection, sql).await;
    }
}

/// What the migrations say that the server should hold then.
fn model() -> Catalog {
    let every = migrations::source().iter().map(|migration| migration.number).collect();
    let mut model = source_model(&every).expect("the embedded migrations");
    for product in Product::ALL {
        let of_product = product_model(Dialect::MySql, product).expect("an embedded model");
        model.tables.extend(of_product.tables);
    }
    model
}

/// A table in the terms of the facts, without what only the model or only the server has.
fn in_terms_of_facts(table: &Table) -> Value {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|it| {
            let default = it.default.as_deref();
            facts::column_line(&it.name, it.data_type.as_str(), it.not_null, default)
        })
        .collect();
    let indexes: Vec<Value> = table
        .indexes
        .values()
        .map(|it| json!([it.name, it.columns, it.unique, it.method]))
        .collect();
    let foreign_keys: BTreeMap<&String, String> = table
        .foreign_keys
        .values()
        .map(|it| {
            let (from, to) = (it.columns.join(","), it.referenced_columns.join(","));
            (&it.name, format!("({from}) -> {}({to})", it.referenced_table))
        })
        .collect();
    json!({ "columns": columns, "indexes": indexes, "foreign_keys": foreign_keys })
}

async fn the_migrations_give_the_schema_of_model_and_facts(mut source: Source) {
    let mut administrator = source.connect().await;
    build(&mut administrator).await;
    let catalog = read_catalog(&mut administrator).await.expect("a catalog");

    let model = model();
    for (name, table) in &model.tables {
        let read = catalog.tables.get(name).unwrap_or_else(|| panic!("{name} is not there"));
        assert_eq!(in_terms_of_facts(read), in_terms_of_facts(table), "{name}");
    }
    assert_eq!(catalog.tables.len(), model.tables.len());
    assert!(catalog.views.keys().eq(model.views.keys()));

    let every = migrations::source().iter().map(|migration| migration.number).collect();
    let fact = Facts::read("mysql").catalog(&every);
    let columns = facts::columns(&fact);
    for (name, table) in facts::object(&fact["tables"]) {
        let read = in_terms_of_facts(&catalog.tables[name]);
        assert_eq!(read["columns"], json!(columns[name]), "{name}");
        assert_eq!(read["indexes"], facts::mysql_indexes(&fact, name), "{name}");
        assert_eq!(read["foreign_keys"], table["foreign_keys"], "{name}");
    }

    let order: Vec<&str> =
        catalog.tables["Posts"].columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(order[..3], ["Id", "CreateAt", "UpdateAt"]);
    assert_eq!(catalog.tables["Posts"].primary_key(), ["Id"]);
    let message = catalog.tables["Posts"].column("message").expect("a column");
    assert_eq!(message.character_set.as_deref(), Some("utf8mb4"));

    let account = source.account("SELECT", "BY 'pw'").await;
    let mut reader = open(&Dsn { password: "pw".into(), ..account }, Access::ReadOnly).await;
    let seen = read_catalog(&mut reader).await.expect("a catalog");
    assert_eq!(seen.views.len(), catalog.views.len());
    for (name, table) in &catalog.tables {
        assert_eq!(seen.tables[name], *table, "an account with SELECT alone sees the same");
    }
    assert_eq!(seen.tables.len(), catalog.tables.len());
}

async fn oddities_are_read_alike(source: Source) {
    let mut connection = source.connect().await;
    run(
        &mut connection,
        "CREATE TABLE `Od``d` (
             `ke``y` varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'it''s \\\\ x',
             quoted varchar(20) DEFAULT 'NULL',
             plain varchar(20),
             number decimal(10,2) NOT NULL DEFAULT 1.50,
             at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
             stamp timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
             props json DEFAULT ('{}'),
             text_of_json longtext,
             small tinyint(4) unsigned,
             flag tinyint(1) NOT NULL DEFAULT 0,
             kind enum('a','b''c') DEFAULT 'a',
             PRIMARY KEY (`ke``y`),
             UNIQUE KEY u (number, plain(5)),
             FULLTEXT KEY f (text_of_json)
         ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
         CREATE TABLE child (
             a varchar(20) CHARACTER SET latin1,
             CONSTRAINT fk FOREIGN KEY (a) REFERENCES `Od``d` (`ke``y`) ON DELETE CASCADE
         ) ENGINE=InnoDB;
         CREATE VIEW v AS SELECT plain FROM `Od``d`",
    )
    .await;
    let catalog = read_catalog(&mut connection).await.expect("a catalog");
    let table = &catalog.tables["Od`d"];
    let columns: Vec<(&str, &str, Option<&str>)> = table
        .columns
        .iter()
        .map(|it| (it.name.as_str(), it.data_type.as_str(), it.default.as_deref()))
        .collect();
    assert_eq!(
        columns,
        [
            ("ke`y", "varchar(20)", Some("it's \\ x")),
            ("quoted", "varchar(20)", Some("NULL")),
            ("plain", "varchar(20)", None),
            ("number", "decimal(10,2)", Some("1.50")),
            ("at", "datetime(6)", Some("CURRENT_TIMESTAMP(6)")),
            ("stamp", "timestamp", Some("CURRENT_TIMESTAMP")),
            ("props", "json", Some("_utf8mb4\\'{}\\'")),
            ("text_of_json", "longtext", None),
            ("small", "tinyint unsigned", None),
            ("flag", "tinyint(1)", Some("0")),
            ("kind", "enum('a','b''c')", Some("a")),
        ]
    );
    let character_sets: Vec<Option<&str>> =
        table.columns.iter().map(|it| it.character_set.as_deref()).collect();
    assert_eq!(character_sets[..2], [Some("latin1"), Some("utf8mb4")]);
    assert_eq!(character_sets[6], None, "json is of no character set");
    assert_eq!(table.indexes["u"].columns, ["number", "plain(5)"]);
    assert_eq!(table.indexes["u"].role, Role::UniqueConstraint);
    assert_eq!(table.indexes["f"].method, "fulltext");
    assert_eq!(table.primary_key(), ["ke`y"]);
    let key = &catalog.tables["child"].foreign_keys["fk"];
    assert!(key.cascades);
    assert_eq!(
        (key.referenced_table.as_str(), &key.referenced_columns[..]),
        ("Od`d", &["ke`y".to_owned()][..])
    );
    assert!(catalog.views["v"].query.to_lowercase().contains("select"));
    assert_eq!(catalog.tables.len(), 2);
}

async fn applied_migrations_are_read_in_order(source: Source) {
    let mut connection = source.connect().await;
    let catalog = read_catalog(&mut connection).await.expect("a catalog");
    assert_eq!(applied_migrations(&mut connection, &catalog).await.expect("an answer"), None);
    run(
        &mut connection,
        "CREATE TABLE DB_Migrations (Version bigint(20) NOT NULL, Name varchar(64) NOT NULL, \
         PRIMARY KEY (Version)); INSERT INTO DB_Migrations VALUES (2, 'b'), (1, 'a')",
    )
    .await;
    let catalog = read_catalog(&mut connection).await.expect("a catalog");
    let applied = applied_migrations(&mut connection, &catalog).await.expect("an answer");
    assert_eq!(applied, Some(vec![(1, "a".to_owned()), (2, "b".to_owned())]));
    run(&mut connection, "INSERT INTO DB_Migrations VALUES (-1, 'c')").await;
    let error = applied_migrations(&mut connection, &catalog).await;
    let error = error.expect_err("no number of a migration");
    assert!(matches!(error, Error::Unexpected(_)), "{error}");
}

async fn sizes_are_estimated(source: Source) {
    let mut connection = source.connect().await;
    run(
        &mut connection,
        "CREATE TABLE t (id int PRIMARY KEY, a varchar(1000)); CREATE VIEW v AS SELECT id FROM t;
         INSERT INTO t VALUES (1, REPEAT('x', 1000)), (2, REPEAT('x', 1000)), (3, 'y');
         ANALYZE TABLE t",
    )
    .await;
    let sizes = table_sizes(&mut connection).await.expect("sizes");
    assert_eq!(sizes.keys().collect::<Vec<_>>(), ["t"]);
    assert_eq!(sizes["t"].rows, 3);
    assert!(sizes["t"].bytes >= 2003, "{:?}", sizes["t"]);
}

async fn no_database_is_no_empty_catalog(source: Source) {
    let mut connection =
        open(&Dsn { database: None, ..source.dsn.clone() }, Access::ReadOnly).await;
    let errors = [
        read_catalog(&mut connection).await.expect_err("no database"),
        table_sizes(&mut connection).await.expect_err("no database"),
    ];
    assert!(errors.iter().all(|error| matches!(error, Error::NoDatabase)), "{errors:?}");
}
