//! What is in the way is said before anything is changed.

use migration_assist::copy::{CopyOptions, Error, Occupied, Refusal};
use migration_assist::secret::Secret;

use super::compare::assert_equal;
use super::workspace::{Pair, options};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    every_obstacle_is_reported_at_once,
    a_missing_right_is_reported,
    rows_go_only_where_asked
);

async fn refusals(pair: &Pair, options: &CopyOptions) -> Vec<Refusal> {
    match pair.copy(options).await {
        Err(Error::Refused(refusals)) => refusals,
        other => panic!("not refused: {other:?}"),
    }
}

async fn every_obstacle_is_reported_at_once(source: Source) {
    let pair = Pair::empty(source).await;
    pair.target_sql(
        "DELETE FROM public.db_migrations WHERE version IN (140, 195);
         INSERT INTO public.db_migrations VALUES (900, 'beyond');
         INSERT INTO public.tokens VALUES ('t', 0, '', '');
         CREATE TABLE public.mine (id int);
         ALTER TABLE public.emoji ALTER COLUMN createat TYPE date USING NULL",
    )
    .await;
    let required = ["mine".to_owned(), "users".to_owned()].into();
    let wanted = CopyOptions { exclude: vec!["nosuch".into()], required, ..options() };
    let found = refusals(&pair, &wanted).await;
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "the target's schema differs from the source's: missing migrations: 140, 195; additional migrations: 900",
            "table `nosuch` exists neither in the source nor in the target",
            "cannot find table `mine` in the source: it is missing or the account has no access",
            "table `Emoji`: column `CreateAt` is `bigint` in the source and `date` in the target",
            "table `tokens` of the target has rows",
        ]
    );
    assert!(found.iter().all(|refusal| !refusal.hint().is_empty()));
    assert!(pair.is_untouched().await);
    assert_eq!(pair.count("SELECT count(*) FROM public.tokens").await, 1);
    let source_of_another = Pair::empty(Source::create(pair.source.flavour).await).await;
    source_of_another.sql("DROP TABLE db_migrations").await;
    let found = refusals(&source_of_another, &options()).await;
    assert_eq!(found, [Refusal::NoMigrations { side: "source" }]);
}

async fn a_missing_right_is_reported(mut source: Source) {
    let account = source.account("SELECT", "BY 'secret'").await;
    let mut pair = Pair::empty(source).await;
    // An account that sees one table only.
    let name = pair.source.name().to_owned();
    let user = &account.user;
    pair.sql(&format!(
        "REVOKE SELECT ON {name}.* FROM {user}@'%'; GRANT SELECT ON {name}.db_migrations TO {user}@'%';
         GRANT SELECT (Id), INSERT ON {name}.Posts TO {user}@'%'"
    ))
    .await;
    let dsn = migration_assist::mysql::Dsn { password: Secret::new("secret"), ..account };
    let silent = std::sync::Arc::new(migration_assist::progress::Silent);
    let wanted = CopyOptions { required: ["users".to_owned()].into(), ..options() };
    match pair.copy_from(&dsn, &wanted, silent).await {
        Err(Error::Refused(found)) => {
            assert!(found.contains(&Refusal::Unreadable { table: "Posts".into() }), "{found:?}");
            assert!(
                found.contains(&Refusal::MissingInSource { table: "users".into() }),
                "{found:?}"
            );
        }
        other => panic!("not refused: {other:?}"),
    }
    let role = crate::support::postgres::Role::create().await;
    pair.target.dsn = migration_assist::postgres::Dsn {
        database: pair.target.dsn.database.clone(),
        ..role.dsn()
    };
    let found = refusals(&pair, &options()).await;
    assert!(found.iter().all(|it| matches!(it, Refusal::Privilege { .. })), "{found:?}");
    assert!(
        found.iter().any(|it| it.to_string().contains("GRANT CREATE ON DATABASE")),
        "{found:?}"
    );
    assert!(found.iter().any(|it| it.to_string().contains("ALTER TABLE")), "{found:?}");
}

async fn rows_go_only_where_asked(source: Source) {
    let pair = Pair::empty(source).await;
    pair.sql("INSERT INTO Tokens VALUES ('new', 1, '', ''); INSERT INTO Systems VALUES ('a', 'b')")
        .await;
    pair.target_sql(
        "INSERT INTO public.tokens VALUES ('old', 0, '', '');
         INSERT INTO public.retentionpolicies VALUES ('p', 'p', 1);
         INSERT INTO public.retentionpolicieschannels VALUES ('p', 'c')",
    )
    .await;
    assert_eq!(refusals(&pair, &options()).await.len(), 3);
    let wanted = CopyOptions { occupied: Occupied::Truncate, ..options() };
    let Err(Error::WouldDelete(loss)) = pair.copy(&wanted).await else {
        panic!("rows were deleted")
    };
    let rows: Vec<_> = loss.tables.iter().map(|it| (it.table.as_str(), it.rows)).collect();
    assert_eq!(
        rows,
        [("retentionpolicies", 1), ("retentionpolicieschannels", 1), ("tokens", 1)],
        "{loss}"
    );
    // Another number of rows is not what was agreed to.
    let mut consent = loss.consent();
    consent.rows.insert("tokens".to_owned(), 2);
    let refused = pair.copy(&CopyOptions { consent, ..wanted.clone() }).await;
    assert!(matches!(refused, Err(Error::WouldDelete(_))));
    let wanted = CopyOptions { consent: loss.consent(), ..wanted };
    pair.copy(&wanted).await.expect("a copy");
    assert_equal(&pair).await;
    // What a migration left in the target's `systems` gave way to the source's rows.
    assert_eq!(pair.count("SELECT count(*) FROM public.systems WHERE name = 'a'").await, 1);
}
