//! A source and a good copy of it.

use std::sync::Arc;

use bytes::Bytes;
use migration_assist::convert::{Events, Originals, Policy, TablePlan};
use migration_assist::mysql::{self, Row, Value};
use migration_assist::postgres::{Connection, read_catalog};
use migration_assist::progress::Silent;
use migration_assist::sql::Dialect::{MySql, Postgres};
use migration_assist::verify::{VerifyOptions, VerifyReport, verify};

use crate::support::mysql::Source;
use crate::support::postgres::Database;

/// Both sides.
pub struct Pair {
    pub source: Source,
    pub target: Database,
}

impl Pair {
    pub async fn new(source: Source) -> Self {
        Self { source, target: Database::create().await }
    }

    /// Runs statements on the target.
    pub async fn change(&self, sql: &str) {
        let sql =
            format!("SET search_path = public; SET session_replication_role = replica; {sql}");
        let changed = self.target.connect().await.batch_execute(&sql).await;
        changed.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    }

    /// Copies every table that both sides have and is not left out, into tables emptied before.
    pub async fn copy(&self, left_out: &[&str]) {
        let mut source = self.source.connect().await;
        let target = self.target.connect().await;
        target.batch_execute("SET session_replication_role = replica").await.expect("superuser");
        let live = mysql::read_catalog(&mut source).await.expect("the source's catalog");
        let catalog = read_catalog(&target, "public").await.expect("the target's catalog");
        for to in catalog.tables.values() {
            let Some(from) = live.table(&to.name) else { continue };
            if left_out.contains(&to.name.as_str()) {
                continue;
            }
            let plan = TablePlan::new(from, to, &catalog, |_| Policy::default()).expect("a plan");
            copy_table(&mut source, &target, &plan).await;
        }
    }

    /// What a verification finds.
    pub async fn verify(&self, options: &VerifyOptions) -> VerifyReport {
        let report = verify(&self.source.dsn, &self.target.dsn, options, Arc::new(Silent)).await;
        report.expect("both sides can be read")
    }
}

async fn copy_table(source: &mut mysql::Connection, target: &Connection, plan: &TablePlan) {
    let table = Postgres.qualified("public", &plan.target);
    target.batch_execute(&format!("DELETE FROM {table}")).await.expect("an empty table");
    let names = MySql.identifiers(plan.source_columns());
    let sql = format!("SELECT {names} FROM {}", MySql.identifier(&plan.source));
    let rows: Vec<Row> = source.query(&sql).await.expect("rows");
    let (mut lines, mut events) = (Vec::new(), Events::new(plan, Originals::Drop));
    for row in &rows {
        let cells = (0..row.len()).map(|place| match row.as_ref(place) {
            Some(Value::Bytes(bytes)) => Some(bytes.as_slice()),
            _ => None,
        });
        plan.convert_row(cells, &mut lines, &mut events).expect("it converts");
    }
    let names = Postgres.identifiers(plan.target_columns());
    let statement = format!("COPY {table} ({names}) FROM STDIN");
    let mut copy = target.copy_in(&statement).await.expect("COPY begins");
    copy.send(Bytes::from(lines)).await.expect("COPY takes the rows");
    copy.finish().await.expect("COPY ends");
}
