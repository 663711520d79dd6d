//! What was found that a plan depends on.

use std::collections::BTreeMap;

use crate::cutover::{PlanFacts, PlannedServer, TargetIssue};
use crate::mysql::grant_statement;
use crate::postgres::Note;
use crate::sql::Dialect::Postgres;

pub(super) fn found(facts: &PlanFacts) -> Vec<String> {
    let mut lines = Vec::new();
    match &facts.server {
        Err(reason) => lines.push(format!(
            "the source was not asked ({reason}): not known: who is connected, and whether the account may \
             freeze it"
        )),
        Ok(server) => found_on_server(server, &mut lines),
    }
    for process in &facts.processes {
        lines.push(format!("Mattermost runs on this machine as process {}", process.pid));
    }
    lines.extend(
        facts.not_looked_at.iter().map(|gap| format!("not looked at: {} ({})", gap.what, gap.why)),
    );
    lines.extend(facts.target_issues.iter().map(|issue| format!("target: {}", of_target(issue))));
    if let Some(at) = &facts.earlier_copy {
        lines.push(format!(
            "the target has the rows of a copy that was finished at {at} (UTC): step 5 copies again"
        ));
    }
    lines
}

fn of_target(issue: &TargetIssue) -> String {
    match issue {
        TargetIssue::MayNotCreate { role, schema } => {
            let [role, schema] = [role, schema].map(|name| Postgres.identifier(name));
            format!(
                "{role} may not create tables; an administrator grants it: GRANT USAGE, CREATE ON SCHEMA \
                 {schema} TO {role};"
            )
        }
        TargetIssue::Note(Note { message, statement: None, .. }) => message.clone(),
        TargetIssue::Note(Note { message, statement: Some(statement), .. }) => {
            format!("{message}; an administrator runs: {statement}")
        }
        TargetIssue::NoLedger { role, statements } => format!(
            "{} may not create or use the schema `migration_assist`; an administrator runs: {}",
            Postgres.identifier(role),
            statements.join(" ")
        ),
    }
}

fn found_on_server(server: &PlannedServer, lines: &mut Vec<String>) {
    let mut hosts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for session in &server.sessions.sessions {
        *hosts.entry((&session.host, &session.user)).or_default() += 1;
    }
    for ((host, user), sessions) in &hosts {
        lines.push(format!("connected to the source: {user} from {host} (sessions: {sessions})"));
    }
    if hosts.len() > 1 {
        lines.push(
            "the configuration of each node needs its own `cutover`: repeat step 6 on every node"
                .to_owned(),
        );
    }
    if !server.sessions.complete {
        lines.push(format!(
            "sessions of other accounts are not visible to {}; an administrator grants it: {}",
            server.account,
            grant_statement("PROCESS", &server.account)
        ));
    }
    if !server.may_freeze {
        lines.push(format!(
            "{} may not freeze the server: step 4 needs the DSN of an administrator, as shown there",
            server.account
        ));
    }
    if server.frozen {
        lines.push("the source is read only already".to_owned());
    }
    if !server.other_databases.is_empty() {
        lines.push(format!(
            "a freeze makes the other databases of the server read only, too: {}",
            server.other_databases.join(", ")
        ));
    }
}
