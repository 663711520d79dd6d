//! Conversions, with PostgreSQL as the judge of what it takes and what arrives.

mod json;
mod local_times;
mod plans;
mod rows;
mod scalars;

use std::fmt::Debug;

use bytes::Bytes;
use migration_assist::convert::{Events, Originals, Policy, TablePlan};
use migration_assist::postgres::{Connection, Row, ToSql};
use migration_assist::schema::{Catalog, Column, ColumnType, Table};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;

use crate::support::postgres::Database;

/// A database of the test's own, asked from tests that cannot wait.
struct Oracle {
    runtime: Runtime,
    connection: Connection,
    _database: Database,
}

impl Oracle {
    /// A database that shows which types take a value.
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let (database, connection) = runtime.block_on(async {
            let database = Database::create().await;
            let connection = database.connect().await;
            let function = "
                CREATE FUNCTION public.takes(value bytea, type text) RETURNS boolean
                LANGUAGE plpgsql AS $$
                BEGIN
                    EXECUTE format('SELECT convert_from($1, ''UTF8'')::%s', type) USING value;
                    RETURN true;
                EXCEPTION WHEN OTHERS THEN
                    RETURN false;
                END $$;
                SET TimeZone = 'Asia/Kathmandu'";
            connection.batch_execute(function).await.expect("a function");
            (database, connection)
        });
        Self { runtime, connection, _database: database }
    }

    /// Whether each value can be read as the type.
    fn takes<V: AsRef<[u8]>>(&self, values: &[V], data_type: &str) -> Vec<bool> {
        let values: Vec<&[u8]> = values.iter().map(AsRef::as_ref).collect();
        let statement = "SELECT public.takes(value, $2)
            FROM unnest($1::bytea[]) WITH ORDINALITY AS given (value, place) ORDER BY place";
        let parameters: [&(dyn ToSql + Sync); 2] = [&values, &data_type];
        let rows = self.runtime.block_on(self.connection.query(statement, &parameters));
        rows.expect("verdicts").iter().map(|row| row.get(0)).collect()
    }

    /// One text for each number, by a statement that is given the numbers and a setting.
    fn texts(&self, statement: &str, numbers: &[i64], setting: &str) -> Vec<String> {
        let parameters: [&(dyn ToSql + Sync); 2] = [&numbers, &setting];
        let rows = self.runtime.block_on(self.connection.query(statement, &parameters));
        rows.expect("texts").iter().map(|row| row.get(0)).collect()
    }

    /// The instants, in seconds, that texts stand for in a session in UTC.
    fn instants(&self, texts: &[String]) -> Vec<i64> {
        let statement =
            "SELECT extract(epoch FROM CASE WHEN given ~ '[+-][0-9:]+$' AND length(given) > 26
                    THEN given::timestamptz ELSE given::timestamp AT TIME ZONE 'UTC' END)::bigint
            FROM unnest($1::text[]) WITH ORDINALITY AS given (given, place) ORDER BY place";
        let parameters: [&(dyn ToSql + Sync); 1] = [&texts];
        let rows = self.runtime.block_on(self.connection.query(statement, &parameters));
        rows.expect("instants").iter().map(|row| row.get(0)).collect()
    }

    /// Carries rows from columns of these types to columns of those, and reads them back in order by
    /// a list of expressions over the columns `c0`, `c1` …
    fn carry(&self, types: &[(&str, &str)], rows: &[Vec<Option<Vec<u8>>>], read: &str) -> Vec<Row> {
        let plan = plan(types);
        let (mut lines, mut events) = (Vec::new(), Events::new(&plan, Originals::Drop));
        for row in rows {
            let cells = row.iter().map(Option::as_deref);
            plan.convert_row(cells, &mut lines, &mut events).expect("a row that fits");
        }
        let columns = types.iter().enumerate().map(|(place, (_, to))| format!("c{place} {to}"));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let names = plan.target_columns().collect::<Vec<_>>().join(", ");
        self.runtime.block_on(async {
            let table = format!(
                "DROP TABLE IF EXISTS public.carried;
                 CREATE TABLE public.carried ({columns}, place bigserial)"
            );
            self.connection.batch_execute(&table).await.expect("a table");
            let copy = format!("COPY public.carried ({names}) FROM STDIN");
            let mut copy = self.connection.copy_in(&copy).await.expect("a copy");
            copy.send(Bytes::from(lines)).await.expect("rows go out");
            let count = copy.finish().await.expect("rows go in");
            assert_eq!(usize::try_from(count), Ok(rows.len()));
            let select = format!("SELECT {read} FROM public.carried ORDER BY place");
            self.connection.query(&select, &[]).await.expect("rows come back")
        })
    }
}

/// A plan for columns of these types on the source and on the target, with every default policy.
fn plan(types: &[(&str, &str)]) -> TablePlan {
    let column = |place: usize, data_type| Column::of(format!("c{place}"), data_type);
    let places = || types.iter().enumerate();
    let table = |columns| Table { name: "carried".to_owned(), columns, ..Table::default() };
    let source =
        places().map(|(place, (from, _))| column(place, ColumnType::mysql(from))).collect();
    let target = places().map(|(place, (_, to))| column(place, ColumnType::postgres(to))).collect();
    TablePlan::new(&table(source), &table(target), &Catalog::default(), |_| Policy::default())
        .expect("the types convert")
}

/// Holds `property` against many random values.
fn check<S: Strategy>(strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Debug,
{
    let config = Config { cases: 48, failure_persistence: None, ..Config::default() };
    if let Err(error) = TestRunner::new(config).run(strategy, property) {
        panic!("{error}");
    }
}
