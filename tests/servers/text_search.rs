//! Text search configurations of the target: built with, searched with, dumped and restored.

use std::io::{Seek as _, Write as _};
use std::process::Command;

use migration_assist::postgres::{Connection, Dsn, explain_search, read_catalog, read_readiness};
use migration_assist::schema::PHRASE_INDEX;
use migration_assist::sql::Dialect::Postgres;

use crate::support::postgres::{Database, Role, reads_every_row};
use crate::support::program::{Run, run};

const CONFIGURATION: &str = "public.accent_insensitive_english";

/// A target with the schema of a release, and a row.
async fn built() -> Database {
    let database = Database::create().await;
    let dsn = database.dsn.render();
    run(["postgres", &dsn, "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    database.load_a_row("public").await;
    database
}

fn post_migrate(dsn: &Dsn, arguments: &[&str]) -> Run {
    let dsn = dsn.render();
    run(["post-migrate", dsn.as_str()].iter().chain(arguments))
}

/// The configurations of the full-text indexes, the one for phrases apart.
async fn configurations(connection: &Connection) -> Vec<String> {
    let readiness = read_readiness(connection, "public").await.expect("facts");
    let searched = readiness.full_text_indexes.into_iter().filter(|it| !it.is_phrase_index());
    let mut found: Vec<String> = searched.filter_map(|it| it.configuration).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a search with the setting of a new session uses an index.
async fn search_is_fast(database: &Database) -> bool {
    let connection = database.connect().await;
    let setting = read_readiness(&connection, "public").await.expect("facts").text_search;
    !reads_every_row(&explain_search(&connection, "public", &setting).await.expect("a plan"))
}

#[tokio::test]
async fn indexes_are_built_with_a_configuration_and_compared_with_the_setting() {
    let database = built().await;
    let config = ["--text-search-config", "german"];
    post_migrate(&database.dsn, &config)
        .expect(1)
        .says("with another configuration")
        .says("--rebuild-full-text")
        .says("nothing was changed");
    let connection = database.connect().await;
    assert_eq!(configurations(&connection).await, ["pg_catalog.english"]);
    let name = Postgres.identifier(&database.dsn.database);
    let statement =
        format!("ALTER DATABASE {name} SET default_text_search_config = 'pg_catalog.german';");
    let rebuilt = post_migrate(&database.dsn, &[&config[..], &["--rebuild-full-text"]].concat());
    rebuilt.expect(0).says("Seq Scan on posts").says(&statement);
    assert_eq!(configurations(&connection).await, ["pg_catalog.german"]);
    assert!(!search_is_fast(&database).await);

    connection.batch_execute(&statement).await.expect("a sound statement");
    assert!(search_is_fast(&database).await);
    let checks = ["--full-schema-check", "--check-tables-empty=false"];
    let dsn = database.dsn.render();
    let check = || run(["postgres", dsn.as_str()].iter().chain(&checks));
    check().expect(0).never_shows("default_text_search_config");

    // A missing index gets the configuration of the others, and a setting in the DSN counts.
    connection.batch_execute("DROP INDEX public.idx_posts_message_txt").await.expect("dropped");
    post_migrate(&database.dsn, &[]).expect(0).says("1 built").never_shows("Seq Scan");
    assert_eq!(configurations(&connection).await, ["pg_catalog.german"]);
    let separator = if dsn.contains('?') { '&' } else { '?' };
    let other = format!("{dsn}{separator}default_text_search_config=pg_catalog.french");
    run(["post-migrate", &other]).expect(0).says("`pg_catalog.french`").says("the DSN sets it");
    post_migrate(&database.dsn, &["--text-search-config", "klingon"])
        .expect(2)
        .says("`klingon` does not exist")
        .says("german");
}

#[tokio::test]
async fn an_interrupted_rebuild_resumes() {
    let database = built().await;
    let connection = database.connect().await;
    // What a run leaves that ends between the build and the swap, of the same and another configuration.
    let leftovers = "CREATE INDEX idx_posts_message_txt_rebuild ON public.posts
            USING gin (to_tsvector('german', message));
        CREATE INDEX idx_posts_hashtags_txt_rebuild ON public.posts
            USING gin (to_tsvector('french', hashtags))";
    connection.batch_execute(leftovers).await.expect("leftovers");
    let arguments = ["--text-search-config=german", "--rebuild-full-text", "--jobs=4"];
    post_migrate(&database.dsn, &arguments).expect(0);
    assert_eq!(configurations(&connection).await, ["pg_catalog.german"]);
    let catalog = read_catalog(&connection, "public").await.expect("a catalog");
    assert!(catalog.indexes().all(|index| !index.name.ends_with("_rebuild")));
}

#[tokio::test]
async fn accents_are_ignored_on_request_by_the_owner_alone() {
    let role = Role::create().await;
    let database = Database::create_for(&role.name).await;
    let dsn = Dsn { database: database.dsn.database.clone(), ..role.dsn() };
    run(["postgres", &dsn.render(), "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    database.load_a_row("public").await;
    let arguments = ["--text-search=accent-insensitive", "--rebuild-full-text"];
    post_migrate(&dsn, &arguments).expect(0).says("Mattermost searches with");
    let connection = database.connect().await;
    assert_eq!(configurations(&connection).await, [CONFIGURATION]);
    assert!(search_is_fast(&database).await);
    let found = "SELECT to_tsvector('public.accent_insensitive_english', 'die Straße, ein Café')
        @@ to_tsquery('public.accent_insensitive_english', 'strasse & cafes')";
    assert!(connection.query_one(found, &[]).await.expect("an answer").get::<_, bool>(0));
    post_migrate(&dsn, &arguments).expect(0).says("0 built").never_shows("is created");

    // An account that does not own the database is shown who can, and can continue after that.
    let other = Database::create().await;
    let administrator = other.connect().await;
    let user = Postgres.identifier(&role.name);
    let grants = format!("GRANT CREATE, USAGE ON SCHEMA public TO {user}");
    administrator.batch_execute(&grants).await.expect("a grant");
    let dsn = Dsn { database: other.dsn.database.clone(), ..role.dsn() };
    run(["postgres", &dsn.render(), "--run-migrations", "--mattermost-version=10.11"]).expect(0);
    other.load_a_row("public").await;
    let refused = post_migrate(&dsn, &arguments).expect(1).says("nothing was changed");
    let statements: Vec<&str> = refused
        .stderr
        .lines()
        .filter_map(|line| {
            line.find("CREATE EXTENSION").or(line.find("ALTER DATABASE")).map(|at| &line[at..])
        })
        .collect();
    assert_eq!(statements.len(), 2, "{}", refused.stderr);
    for statement in statements {
        administrator.batch_execute(statement).await.expect("a sound statement");
    }
    post_migrate(&dsn, &arguments).expect(0);
    assert!(search_is_fast(&other).await);
    let dropped = format!("REASSIGN OWNED BY {user} TO CURRENT_USER; DROP OWNED BY {user}");
    administrator.batch_execute(&dropped).await.expect("nothing left of the role");
    connection
        .batch_execute(&format!("REASSIGN OWNED BY {user} TO CURRENT_USER"))
        .await
        .expect("taken");
}

#[tokio::test]
async fn every_language_and_none_ignores_accents() {
    let database = built().await;
    for language in ["simple", "russian", "german"] {
        let language = ["--text-search-language", language];
        let arguments = ["--text-search=accent-insensitive", "--rebuild-full-text"];
        post_migrate(&database.dsn, &[&arguments[..], &language].concat()).expect(0);
        assert!(search_is_fast(&database).await);
    }
    let arguments = ["--text-search=accent-insensitive", "--text-search-language=klingon"];
    post_migrate(&database.dsn, &arguments).expect(2).says("there are:");
}

#[tokio::test]
async fn the_phrase_index_comes_and_goes() {
    let database = built().await;
    post_migrate(&database.dsn, &[]).expect(0).says("--phrase-index");
    post_migrate(&database.dsn, &["--phrase-index"]).expect(0).says("1 built");
    let connection = database.connect().await;
    let plan = explain_search(&connection, "public", "simple").await.expect("a plan");
    assert!(plan.iter().any(|line| line.contains(PHRASE_INDEX)), "{plan:?}");
    let dsn = database.dsn.render();
    let check = ["--full-schema-check", "--check-tables-empty=false"];
    run(["postgres", dsn.as_str()].iter().chain(&check)).expect(0);
    post_migrate(&database.dsn, &["--drop-phrase-index"]).expect(0);
    let plan = explain_search(&connection, "public", "simple").await.expect("a plan");
    assert!(reads_every_row(&plan), "{plan:?}");
}

#[tokio::test]
async fn a_dump_keeps_the_configuration_and_loses_the_setting() {
    let database = built().await;
    let arguments = ["--text-search=accent-insensitive", "--rebuild-full-text"];
    post_migrate(&database.dsn, &arguments).expect(0);
    let restored = Database::create().await;
    let dump = output(postgres_program("pg_dump", &database.dsn).arg("--format=custom"), None);
    let restore = &mut postgres_program("pg_restore", &restored.dsn);
    output(restore.args(["--exit-on-error", "--no-owner"]), Some(&dump));

    let connection = restored.connect().await;
    assert_eq!(configurations(&connection).await, [CONFIGURATION]);
    assert!(!search_is_fast(&restored).await, "the setting belongs to the database");
    post_migrate(&restored.dsn, &["--text-search=accent-insensitive"]).expect(0).says("0 built");
    assert!(search_is_fast(&restored).await);

    let create = output(postgres_program("pg_dump", &database.dsn).arg("--create"), None);
    let create = String::from_utf8(create).expect("UTF-8");
    let kept = create.lines().find(|it| it.contains("SET default_text_search_config TO"));
    let kept = kept.expect("the setting is in a dump with the database");
    assert!(kept.starts_with("ALTER DATABASE") && kept.contains(CONFIGURATION), "{kept}");
}

/// A program of the server's release, which reads or writes a database.
fn postgres_program(name: &str, dsn: &Dsn) -> Command {
    let dump = std::env::var("MIGRATION_ASSIST_TEST_POSTGRES_DUMP");
    let program = dump.unwrap_or_else(|_| "pg_dump".to_owned()).replace("pg_dump", name);
    let mut words = program.split_whitespace();
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).arg("--dbname").arg(dsn.render());
    command
}

/// What a program prints; it has to succeed.
fn output(command: &mut Command, input: Option<&[u8]>) -> Vec<u8> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(input.unwrap_or_default()).expect("written");
    file.rewind().expect("a file");
    let output = command.stdin(file).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[tokio::test]
async fn a_configuration_with_a_parser_of_its_own_is_built_like_any_other() {
    let database = built().await;
    let connection = database.connect().await;
    // The functions of the built-in parser, as an extension such as zhparser brings its own.
    let statements = "CREATE TEXT SEARCH PARSER public.own_parser (START = prsd_start, GETTOKEN = prsd_nexttoken,
            \"end\" = prsd_end, LEXTYPES = prsd_lextype);
        CREATE TEXT SEARCH CONFIGURATION public.simple_zh_cfg (PARSER = public.own_parser);
        ALTER TEXT SEARCH CONFIGURATION public.simple_zh_cfg
            ADD MAPPING FOR word, asciiword WITH pg_catalog.simple;";
    connection.batch_execute(statements).await.expect("a configuration");
    let arguments = ["--text-search-config=simple_zh_cfg", "--rebuild-full-text"];
    let name = Postgres.identifier(&database.dsn.database);
    let statement =
        format!("ALTER DATABASE {name} SET default_text_search_config = 'public.simple_zh_cfg';");
    post_migrate(&database.dsn, &arguments).expect(0).says(&statement);
    assert_eq!(configurations(&connection).await, ["public.simple_zh_cfg"]);
    connection.batch_execute(&statement).await.expect("a sound statement");
    assert!(search_is_fast(&database).await);
}

#[tokio::test]
async fn an_index_of_substrings_serves_like_and_no_full_text_search() {
    let database = built().await;
    let connection = database.connect().await;
    let statements = "SET search_path = public;
        CREATE EXTENSION pg_trgm;
        DROP INDEX idx_posts_message_txt;
        INSERT INTO posts (id, message) SELECT number, concat(number, '番目の会議は大阪で行われます')
            FROM generate_series(1, 20000) AS number;
        INSERT INTO posts (id, message) VALUES ('tokyo', '明日は東京都に行く');
        CREATE INDEX trigrams ON posts USING gin (message gin_trgm_ops);
        ANALYZE posts";
    connection.batch_execute(statements).await.expect("posts");
    assert!(reads_every_row(
        &explain_search(&connection, "public", "english").await.expect("a plan")
    ));
    let uses_the_index = async |pattern: &str| {
        let statement = format!("EXPLAIN SELECT id FROM posts WHERE message LIKE '{pattern}'");
        let plan = connection.query(&statement, &[]).await.expect("a plan");
        plan.iter().any(|line| line.get::<_, String>(0).contains("on trigrams"))
    };
    assert!(uses_the_index("%東京都%").await);
    assert!(!uses_the_index("%東京%").await, "two characters are no trigram");
}
