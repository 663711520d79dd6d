//! Objects of others on the target, and tables that the source lacks.

use migration_assist::mysql::{Dsn, Flavour};
use migration_assist::secret::Secret;

use super::Situation;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::postgres::{Database, Role};

on_both_flavours![
    a_schema_that_pgloader_renamed_gets_its_name_back,
    nul_escapes_in_a_list_of_ids_are_found_and_repaired,
    objects_of_other_owners_are_named_and_left_alone,
    a_missing_table_stops_the_first_command,
    missing_migration_rows_are_one_finding,
    values_that_the_server_computes_are_no_data,
    an_account_with_a_quote_in_its_name_has_its_privileges,
    a_search_configuration_other_than_the_indexes_is_reported,
    a_right_that_the_ledger_needs_is_reported_before_the_schema_is_built,
];

async fn objects_of_other_owners_are_named_and_left_alone(source: Source) {
    let [owner, other] = [Role::create().await, Role::create().await];
    let mut situation = Situation::new(source).await;
    situation.target = Database::create_for(&owner.name).await;
    let administrator = situation.target.connect().await;
    let [mine, theirs] = [&owner.name, &other.name]
        .map(|name| migration_assist::sql::Dialect::Postgres.identifier(name));
    let objects = format!(
        "ALTER SCHEMA public OWNER TO {mine};
         CREATE TABLE public.heartbeat (id int PRIMARY KEY); INSERT INTO public.heartbeat VALUES (1);
         ALTER TABLE public.heartbeat OWNER TO {theirs};
         CREATE VIEW public.hb AS SELECT 1 AS a; ALTER VIEW public.hb OWNER TO {theirs};
         CREATE SEQUENCE public.sq; ALTER SEQUENCE public.sq OWNER TO {theirs};
         CREATE TABLE public.\"Posts\" (id int)"
    );
    administrator.batch_execute(&objects).await.expect("objects of others");
    let owner_s_dsn = migration_assist::postgres::Dsn {
        database: situation.target.dsn.database.clone(),
        ..owner.dsn()
    };
    let run = |arguments: &[&str]| {
        situation.run_with(arguments, "MIGRATION_ASSIST_POSTGRES_DSN", &owner_s_dsn.render())
    };
    run(&["postgres"]).expect(0).says("left alone").says("`heartbeat`").says("`hb`").says("`sq`");
    run(&["migrate"]).expect(0).says("the target is proven equal");
    run(&["copy"]).expect(0);
    run(&["copy", "--exclude", "heartbeat"]).expect(0);
    run(&["verify"]).expect(0);
    let dropped = format!(
        "DROP TABLE public.heartbeat; DROP VIEW public.hb; DROP SEQUENCE public.sq;
        REASSIGN OWNED BY {mine} TO CURRENT_USER"
    );
    administrator.batch_execute(&dropped).await.expect("nothing left of others");
}

async fn a_missing_table_stops_the_first_command(source: Source) {
    let situation = Situation::new(source).await;
    situation.source_sql("SET foreign_key_checks = 0; DROP TABLE Emoji").await;
    let says = "cannot find the table: it is missing or the account has no access";
    situation.run(&["mysql", "--output", "o"]).expect(1).says(says).says("--exclude Emoji");
    situation.run(&["migrate"]).expect(1).says(says).says("nothing was written");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(situation.target_count(tables).await, 0);
    situation.run(&["migrate", "--exclude", "nosuch"]).expect(2).says("exists neither");
    let partly = situation.run(&["migrate", "--exclude", "Emoji"]).expect(0);
    partly.says("all compared rows are equal").says("no proof of the whole");
    situation.run(&["copy"]).expect(2).says("cannot find table `emoji` in the source");
}

async fn missing_migration_rows_are_one_finding(source: Source) {
    let situation = Situation::new(source).await;
    for planted in ["DELETE FROM db_migrations", "DROP TABLE db_migrations"] {
        situation.source_sql(planted).await;
        let found = situation.run(&["mysql", "--force"]).expect(1);
        let found = found.says("[no-migrations]").never_shows("unknown-table");
        found.never_shows("old-release").never_shows("missing-table");
        situation.run(&["migrate", "--copy-unknown"]).expect(1).says("nothing was written");
    }
}

async fn values_that_the_server_computes_are_no_data(source: Source) {
    let situation = Situation::new(source).await;
    situation
        .source_sql(
            "ALTER TABLE Emoji ADD COLUMN LowerName varchar(64) AS (LOWER(Name)) STORED,
             ADD COLUMN UpperName varchar(64) AS (UPPER(Name)) VIRTUAL;
             INSERT INTO Emoji (Id, CreateAt, UpdateAt, DeleteAt, CreatorId, Name)
             VALUES ('made', 1, 1, 0, 'u', 'made')",
        )
        .await;
    if situation.source.flavour == Flavour::MySql {
        situation
            .source_sql(
                "SET sql_generate_invisible_primary_key = ON;
                 CREATE TABLE keyless (id varchar(26) NOT NULL); INSERT INTO keyless VALUES ('f1')",
            )
            .await;
    } else {
        situation
            .source_sql(
                "CREATE TABLE keyless (id varchar(26) NOT NULL); INSERT INTO keyless VALUES ('f1')",
            )
            .await;
    }
    let migrated = situation.run(&["migrate", "--copy-unknown"]).expect(0);
    migrated.says("the target is proven equal").never_shows("my_row_id").never_shows("LowerName:");
    assert_eq!(situation.target_count("SELECT count(*) FROM public.keyless").await, 1);
    let columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'keyless'";
    assert_eq!(situation.target_count(columns).await, 1);
}

async fn an_account_with_a_quote_in_its_name_has_its_privileges(source: Source) {
    let situation = Situation::new(source).await;
    let name = situation.source.name().to_owned();
    let user = format!("o'{}", &name[name.len() - 8..]);
    let quoted = format!("'{}'@'%'", user.replace('\'', "''"));
    situation
        .source_sql(&format!(
            "CREATE USER {quoted} IDENTIFIED BY 'secret'; GRANT SELECT ON {name}.* TO {quoted}"
        ))
        .await;
    let dsn =
        Dsn { user: user.clone(), password: Secret::new("secret"), ..situation.source.dsn.clone() };
    let run = |arguments: &[&str]| {
        situation.run_with(arguments, "MIGRATION_ASSIST_MYSQL_DSN", dsn.render().expose())
    };
    run(&["mysql", "--force"]).expect(0).never_shows("[privileges]");
    situation
        .source_sql(&format!(
            "REVOKE SELECT ON {name}.* FROM {quoted}; GRANT SELECT ON {name}.db_migrations TO {quoted};
             GRANT SELECT ON {name}.Systems TO {quoted}"
        ))
        .await;
    let statement = format!("GRANT SELECT ON `{name}`.* TO {quoted};");
    let refused = run(&["mysql", "--force"]).expect(1);
    refused.says("[privileges]").says(&statement);
    situation.source_sql(&statement).await;
    run(&["mysql", "--force"]).expect(0);
    situation.source_sql(&format!("DROP USER {quoted}")).await;
}

async fn a_search_configuration_other_than_the_indexes_is_reported(source: Source) {
    let situation = Situation::new(source).await;
    let name = migration_assist::sql::Dialect::Postgres.identifier(&situation.target.dsn.database);
    let set = format!("ALTER DATABASE {name} SET default_text_search_config = 'pg_catalog.german'");
    situation.target.connect().await.batch_execute(&set).await.expect("a setting");
    let statement =
        format!("ALTER DATABASE {name} SET default_text_search_config = 'pg_catalog.english';");
    situation.run(&["postgres"]).expect(0).says(&statement);
    situation.run(&["migrate"]).expect(0).says(&statement);
    situation.target.connect().await.batch_execute(&statement).await.expect("a sound statement");
    let shown = situation.run(&["postgres", "--check-tables-empty=false"]).expect(0);
    shown.never_shows("default_text_search_config");
}

async fn a_right_that_the_ledger_needs_is_reported_before_the_schema_is_built(source: Source) {
    let role = Role::create().await;
    let situation = Situation::new(source).await;
    let administrator = situation.target.connect().await;
    let [user, database] = [&role.name, &situation.target.dsn.database]
        .map(|name| migration_assist::sql::Dialect::Postgres.identifier(name));
    let grant = format!("GRANT CREATE, USAGE ON SCHEMA public TO {user}");
    administrator.batch_execute(&grant).await.expect("a grant");
    let dsn = migration_assist::postgres::Dsn {
        database: situation.target.dsn.database.clone(),
        ..role.dsn()
    };
    let run = |arguments: &[&str]| {
        situation.run_with(arguments, "MIGRATION_ASSIST_POSTGRES_DSN", &dsn.render())
    };
    let statement = format!("GRANT CREATE ON DATABASE {database} TO {user};");
    run(&["postgres"]).expect(0).says(&statement);
    run(&["migrate"]).expect(1).says(&statement).says("nothing was written");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(situation.target_count(tables).await, 0);
    // A schema of another account, with a table.
    let other = "CREATE SCHEMA migration_assist; CREATE TABLE migration_assist.ledger (one int)";
    administrator.batch_execute(other).await.expect("a schema");
    let of_schema = format!("ALTER SCHEMA migration_assist OWNER TO {user};");
    let of_table = format!("ALTER TABLE migration_assist.\"ledger\" OWNER TO {user};");
    run(&["migrate"]).expect(1).says(&of_schema).says(&of_table).never_shows("GRANT CREATE");
    let statements = format!("{of_schema} {of_table}");
    administrator.batch_execute(&statements).await.expect("statements that can be run");
    run(&["postgres"]).expect(0).never_shows("migration_assist");
    // With a schema of its own, the account needs no right on the database.
    let own = format!(
        "DROP SCHEMA migration_assist CASCADE; CREATE SCHEMA migration_assist AUTHORIZATION {user}"
    );
    administrator.batch_execute(&own).await.expect("a schema");
    run(&["migrate"]).expect(0).says("the target is proven equal");
}

async fn a_schema_that_pgloader_renamed_gets_its_name_back(source: Source) {
    let situation = Situation::new(source).await;
    situation.run(&["migrate"]).expect(0);
    let target = situation.target.connect().await;
    target.batch_execute(r#"ALTER SCHEMA public RENAME TO "chat db""#).await.expect("a new name");
    let statement = r#"ALTER SCHEMA "chat db" RENAME TO "public";"#;
    for command in ["postgres", "migrate", "copy"] {
        situation.run(&[command]).says(statement).never_shows("CREATE SCHEMA");
    }
    // Another schema that is missing is no new name of the one that is there.
    situation.run(&["postgres", "--schema", "mm"]).expect(1).says(r#"CREATE SCHEMA "mm""#);
    target.batch_execute(statement).await.expect("the name that was printed");
    situation.run(&["migrate"]).expect(0).says("the target is proven equal");
}

async fn nul_escapes_in_a_list_of_ids_are_found_and_repaired(source: Source) {
    let situation = Situation::new(source).await;
    let found = "[nul-escape] RetentionIdsForDeletion.Ids";
    situation.run(&["mysql", "--force"]).expect(0).never_shows(found);
    let ids = r#"UPDATE RetentionIdsForDeletion SET Ids = '["a\\u0000b"]' ORDER BY Id LIMIT 1"#;
    situation.source_sql(ids).await;
    situation.run(&["mysql", "--force"]).expect(1).says(found);
    situation.run(&["migrate"]).expect(1).says(found).says("nothing was written");
    situation.run(&["migrate", "--fix-in-flight"]).expect(0).says("the target is proven equal");
    let copied = "SELECT count(*) FROM public.retentionidsfordeletion WHERE ids = '{ab}'";
    assert_eq!(situation.target_count(copied).await, 1);
    situation.run(&["mysql", "--fix-unicode", "--force"]).expect(0);
    situation.run(&["mysql", "--force"]).expect(0).never_shows(found);
}
