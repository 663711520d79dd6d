//! The facts that the plan of a switch is made from.

use super::leftover::{Gap, Leftover, Start};
use super::process::MattermostProcess;
use super::server::{other_databases, read_server};
use super::{Error, workspace_sessions};
use crate::ledger::{self, PhaseTimes};
use crate::mysql::{
    self, Access, Flavour, OpenSessions, global_rights, has_log_filter, log_position, open_sessions,
};
use crate::postgres::{self, Note, Privilege, read_readiness};

/// What the plan is made from.
#[derive(Debug, Clone)]
pub struct PlanFacts {
    /// The flags of every `cutover`, such as `--config /opt/mattermost/config/config.json`.
    pub cutover_flags: String,
    /// The flags of `migrate`, `copy` and `verify`, such as ` --schema chat`; empty or with a space first.
    pub sides_flags: String,
    /// Whether the DSNs come from the environment, so that a step sets the variables.
    pub dsn_variables: Vec<&'static str>,
    /// Where the source is, without its password.
    pub source: Option<String>,
    /// Where the target is, without its password.
    pub target: String,
    /// How Mattermost is started.
    pub starts: Vec<Start>,
    /// What else names MySQL and has to be edited.
    pub leftovers: Vec<Leftover>,
    /// What else can give Mattermost a database and was not looked at.
    pub not_looked_at: Vec<Gap>,
    /// The times of the last complete run of each phase.
    pub times: PhaseTimes,
    /// How long it took to ask both servers for this plan, in seconds. The switch asks the same.
    pub asked_seconds: Option<f64>,
    /// When an earlier copy into the target was finished, in UTC.
    pub earlier_copy: Option<String>,
    /// The source, as it answered; the reason if it was not asked.
    pub server: Result<PlannedServer, String>,
    /// What the target lacks.
    pub target_issues: Vec<TargetIssue>,
    /// Processes of Mattermost on this machine.
    pub processes: Vec<MattermostProcess>,
}

/// What the source shows about a move.
#[derive(Debug, Clone)]
pub struct PlannedServer {
    /// The kind of server.
    pub flavour: Flavour,
    /// The database.
    pub database: String,
    /// The account that the plan was made with, as the server knows it.
    pub account: String,
    /// Whether it may freeze the server.
    pub may_freeze: bool,
    /// Whether its log position shows that nothing was written; otherwise the switch reads all tables.
    pub position_is_evidence: bool,
    /// Whether the server is read only already.
    pub frozen: bool,
    /// Databases that a freeze makes read only, too.
    pub other_databases: Vec<String>,
    /// The sessions of the workspace.
    pub sessions: OpenSessions,
}

/// Something that the target or its account lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetIssue {
    /// The role may not create tables in the schema.
    MayNotCreate {
        /// The role.
        role: String,
        /// The schema.
        schema: String,
    },
    /// A note about the target.
    Note(Note),
    /// The role may not create or use the ledger.
    NoLedger {
        /// The role.
        role: String,
        /// The statements that grant it.
        statements: Vec<String>,
    },
}

/// Asks the source about a move.
pub async fn read_planned_server(dsn: &mysql::Dsn) -> Result<PlannedServer, mysql::Error> {
    let mut server = mysql::Connection::connect(dsn, Access::ReadOnly).await?;
    let rights = global_rights(&mut server).await?;
    let database = server.database().await?;
    let sessions = open_sessions(&mut server).await?;
    Ok(PlannedServer {
        flavour: server.server().flavour,
        database: database.clone(),
        may_freeze: rights.may_freeze(server.server()),
        account: rights.account,
        position_is_evidence: has_log_filter(&mut server).await? == Some(false)
            && log_position(&mut server).await?.is_some(),
        frozen: read_server(&mut server).await?.is_frozen(),
        other_databases: other_databases(&mut server).await?,
        sessions: workspace_sessions(sessions, &database),
    })
}

impl PlanFacts {
    /// Adds what the target shows: the times of earlier runs, an earlier copy, and what its account lacks.
    pub async fn add_target(
        &mut self,
        connection: &mut postgres::Connection,
        schema: &str,
    ) -> Result<(), Error> {
        // A plan writes nothing: a ledger of an older version is upgraded for this reading only.
        let reading = connection.transaction().await?;
        self.times = ledger::phase_times(&reading, schema).await?;
        self.earlier_copy = ledger::read_copy(&reading, schema).await?.finished_at;
        reading.rollback().await?;
        let readiness = read_readiness(connection, schema).await?;
        let role = || readiness.user.clone();
        if !readiness.may(Privilege::CreateInSchema) {
            let schema = schema.to_owned();
            self.target_issues.push(TargetIssue::MayNotCreate { role: role(), schema });
        }
        self.target_issues.extend(readiness.notes().into_iter().map(TargetIssue::Note));
        let statements = ledger::missing_rights(connection, &readiness).await?;
        if !statements.is_empty() {
            self.target_issues.push(TargetIssue::NoLedger { role: role(), statements });
        }
        Ok(())
    }
}
