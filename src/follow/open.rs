//! Following that may begin: both sides are open, and everything that could be in the way was looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};

use super::plan::{Planned, plan};
use super::table::{TableRoute, fingerprint};
use super::{Error, FollowOptions, Refusal};
use crate::ledger::{self, CopyRecord, FollowedTable, FollowingRecord, NewFollowing};
use crate::mysql::binlog::{Obstacle, read_obstacles, read_requirements};
use crate::mysql::{self, Access, TableSize};
use crate::postgres::{self, read_catalog};
use crate::schema::Catalog;
use crate::source_identity::SourceKind;

/// Following that may begin. It keeps other followers out until it is dropped.
pub struct Following {
    pub(super) source: mysql::Dsn,
    pub(super) target: postgres::Dsn,
    pub(super) options: FollowOptions,
    /// The session with the target that holds the lock.
    pub(super) connection: postgres::Connection,
    pub(super) database: String,
    pub(super) catalog: Catalog,
    pub(super) routes: Vec<TableRoute>,
    pub(super) record: FollowingRecord,
    /// Tables that appeared in the source since the copy.
    pub(super) appeared: BTreeSet<String>,
}

/// Opens both sides and decides from where on the log is applied; refuses if something is in the way.
pub async fn open(
    source: &mysql::Dsn,
    target: &postgres::Dsn,
    options: &FollowOptions,
) -> Result<Following, Error> {
    let mut server = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let database = server.database().await?;
    let identity = server.identity().id();
    let catalog = mysql::read_catalog(&mut server).await?;
    let sizes = mysql::table_sizes(&mut server).await?;
    let mut refusals = refusals(read_requirements(&mut server).await?, server.server());
    drop(server);
    let mut connection = connect(target, &options.schema).await?;
    let copy = ledger::read_copy(&connection, &options.schema).await?;
    let target_catalog = read_catalog(&connection, &options.schema).await?;
    refusals.extend(judge_copy(&copy, &options.schema, &identity, &database));
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let before = followed_tables(&connection, &options.schema).await?;
    let planned = plan(&copy, &catalog, &target_catalog, &before, options);
    let Planned { routes, whole } = planned.map_err(Error::Refused)?;
    refusals.extend(judge_whole(&whole, &sizes));
    let now: BTreeMap<&str, String> = routes
        .iter()
        .filter_map(|route| {
            let table = catalog.table(&route.plan.source)?;
            Some((route.plan.target.as_str(), fingerprint(table)))
        })
        .collect();
    let record = match ledger::read_following(&connection, &options.schema).await? {
        Some(record) => {
            refusals.extend(judge_tables(&before, &now, &routes));
            record
        }
        None if !refusals.is_empty() => return Err(Error::Refused(refusals)),
        None => begin(&mut connection, &copy, &identity, &now, &whole, &options.schema).await?,
    };
    if record.server != identity {
        let (copied, now) = (record.server.clone(), identity.clone());
        refusals.push(Refusal::OtherSource { copied, now });
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    // Those that are gone again do not matter.
    let appeared = ledger::appeared_tables(&connection, &options.schema).await?;
    let (appeared, gone): (BTreeSet<String>, _) =
        appeared.into_iter().partition(|table| catalog.table(table).is_some());
    ledger::forget_appeared_tables(&connection, &options.schema, &gone).await?;
    let (source, target, options) = (source.clone(), target.clone(), options.clone());
    Ok(Following {
        source,
        target,
        options,
        connection,
        database,
        catalog,
        routes,
        record,
        appeared,
    })
}

/// Up to which size a table is copied again while nothing writes.
const LARGEST_WHOLE: u64 = 1 << 30;

/// Whether a table takes too long to be copied again while nothing writes.
pub(super) fn is_too_large(bytes: u64) -> bool {
    bytes > LARGEST_WHOLE
}

/// Refuses tables that cannot be followed by key and are too large to be copied again.
fn judge_whole(whole: &[TableRoute], sizes: &BTreeMap<String, TableSize>) -> Vec<Refusal> {
    let names = whole.iter().map(|route| &route.plan.source);
    let large = names.filter(|name| sizes.get(*name).is_some_and(|size| is_too_large(size.bytes)));
    large.map(|table| Refusal::NotByKey { table: table.clone() }).collect()
}

/// The tables on record; none before following begins.
pub(super) async fn followed_tables(
    connection: &postgres::Connection,
    schema: &str,
) -> Result<BTreeMap<String, FollowedTable>, Error> {
    // This also brings a ledger of an older version up to date.
    if ledger::read_following(connection, schema).await?.is_none() {
        return Ok(BTreeMap::new());
    }
    Ok(ledger::followed_tables(connection, schema).await?)
}

/// What keeps a source from being followed, whatever was copied.
pub async fn find_obstacles(source: &mysql::Dsn) -> Result<Vec<Refusal>, Error> {
    let mut server = mysql::Connection::connect(source, Access::ReadOnly).await?;
    let obstacles = read_obstacles(&mut server).await?;
    Ok(refusals(obstacles, server.server()))
}

fn refusals(obstacles: Vec<Obstacle>, server: &mysql::Server) -> Vec<Refusal> {
    let refusal = |obstacle: Obstacle| Refusal::Source {
        remedy: match obstacle.statement(server) {
            Some(statement) => format!("{statement} ({})", obstacle.advice()),
            None => obstacle.advice().to_owned(),
        },
        obstacle: obstacle.to_string(),
    };
    obstacles.into_iter().map(refusal).collect()
}

/// A session with the target that holds the lock of the schema.
pub(super) async fn connect(
    target: &postgres::Dsn,
    schema: &str,
) -> Result<postgres::Connection, Error> {
    let connection = postgres::Connection::connect(target).await?;
    postgres::take_exclusive(&connection, schema).await?;
    connection.use_schema(schema).await?;
    Ok(connection)
}

fn judge_copy(copy: &CopyRecord, schema: &str, identity: &str, database: &str) -> Vec<Refusal> {
    let Some(source) = &copy.source else {
        return vec![Refusal::NoCopy { schema: schema.to_owned() }];
    };
    let mut refusals = Vec::new();
    if copy.finished_at.is_none() {
        refusals.push(Refusal::IncompleteCopy);
    }
    let replaced = copy.tables.iter().filter(|(_, table)| table.replaced);
    refusals.extend(replaced.map(|(name, _)| Refusal::Replaced { table: name.clone() }));
    if source.start.is_none() {
        refusals.push(Refusal::NoStart);
    }
    let is_same_server = match &source.identity.kind {
        SourceKind::Server { server } => server.as_deref() == Some(identity),
        SourceKind::Dump { .. } => false,
    };
    if source.start.is_some() && (!is_same_server || source.identity.database != database) {
        refusals.push(Refusal::OtherSource {
            copied: source.identity.to_string(),
            now: format!("{database} on {identity}"),
        });
    }
    refusals
}

fn judge_tables(
    before: &BTreeMap<String, FollowedTable>,
    now: &BTreeMap<&str, String>,
    routes: &[TableRoute],
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (name, table) in before {
        if table.replaced {
            refusals.push(Refusal::Replaced { table: name.clone() });
        }
        if !table.copy_whole && now.get(name.as_str()) != Some(&table.fingerprint) {
            let route = routes.iter().find(|route| route.plan.target == *name);
            let table = route.map_or(name, |route| &route.plan.source).clone();
            refusals.push(Refusal::TableChanged { table });
        }
    }
    refusals
}

/// Records that following begins at the start of the copy.
async fn begin(
    connection: &mut postgres::Connection,
    copy: &CopyRecord,
    identity: &str,
    now: &BTreeMap<&str, String>,
    whole: &[TableRoute],
    schema: &str,
) -> Result<FollowingRecord, Error> {
    let start = copy.source.as_ref().and_then(|source| source.start.as_ref());
    let Some(start) = start else { return Err(Error::Refused(vec![Refusal::NoStart])) };
    let new = NewFollowing {
        server: identity,
        replica_id: draw_replica_id(),
        position: &start.position,
        visible: &start.visible,
        gtid: start.gtid.as_ref(),
    };
    let table = |fingerprint: &str, copy_whole| FollowedTable {
        fingerprint: fingerprint.to_owned(),
        copy_whole,
        prove_whole: false,
        replaced: false,
    };
    let followed = now.iter().map(|(name, fingerprint)| (*name, table(fingerprint, false)));
    let tables = followed.chain(whole.iter().map(|it| (it.plan.target.as_str(), table("", true))));
    let transaction = connection.transaction().await?;
    ledger::begin_following(&transaction, schema, &new, tables).await?;
    transaction.commit().await?;
    let record = ledger::read_following(connection, schema).await?;
    Ok(record.expect("it was recorded"))
}

/// A number from 2^30 to 2^31, by which the server knows this replica.
fn draw_replica_id() -> u32 {
    let random = RandomState::new().hash_one(std::process::id());
    (1 << 30) | (u32::try_from(random >> 34).expect("30 bits"))
}
