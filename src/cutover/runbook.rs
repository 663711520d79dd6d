//! The whole move of one workspace as steps, with its own names, and the times of a rehearsal.

use serde::Serialize;

use crate::ledger::{self, Error};
use crate::postgres::Connection;

/// What the steps name.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// How the configuration is given to `cutover`: `--config /opt/…/config.json`.
    pub configuration: String,
    /// Where the source is, without its password.
    pub source: Option<String>,
    /// Where the target is, without its password.
    pub target: String,
    /// The target's schema.
    pub schema: String,
    /// The unit that runs Mattermost.
    pub unit: String,
    /// What else has to be edited, as lines to show.
    pub edits: Vec<String>,
}

/// How long parts of the move took when it was tried, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rehearsal {
    /// Copying rows and building indexes.
    pub copy: Option<f64>,
    /// Comparing both sides.
    pub verify: Option<f64>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What it is about.
    pub title: &'static str,
    /// What to run, in this order.
    pub commands: Vec<String>,
    /// What to know or to look at.
    pub notes: Vec<String>,
    /// How long it took in a rehearsal, in seconds.
    pub took: Option<f64>,
}

/// The times that the target has on record for a schema.
pub async fn read_rehearsal(connection: &Connection, schema: &str) -> Result<Rehearsal, Error> {
    let times = ledger::phase_times(connection, schema).await?;
    Ok(Rehearsal { copy: times.copy, verify: times.proof })
}

/// The steps in their order.
#[must_use]
pub fn runbook(workspace: &Workspace, rehearsal: Rehearsal) -> Vec<Step> {
    let Workspace { configuration, unit, schema, .. } = workspace;
    let schema = if schema == "public" { String::new() } else { format!(" --schema {schema}") };
    let source = workspace.source.as_deref().unwrap_or("the MySQL database");
    let strings = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
    let step = |title, commands, notes| Step { title, commands, notes, took: None };
    let mut switch_notes = workspace.edits.clone();
    if !switch_notes.is_empty() {
        switch_notes.insert(0, "edit by hand, then run `systemctl daemon-reload`:".to_owned());
    }
    vec![
        step(
            "Say where both databases are",
            strings(&[
                "export MIGRATION_ASSIST_MYSQL_DSN='…'",
                "export MIGRATION_ASSIST_POSTGRES_DSN='…'",
            ]),
            vec![format!("source: {source}"), format!("target: {}", workspace.target)],
        ),
        step(
            "Stop Mattermost, on every node",
            vec![format!("systemctl stop {unit}")],
            strings(&["from here on users wait"]),
        ),
        step(
            "Freeze the source",
            vec![format!("migration-assist cutover {configuration}{schema} --freeze")],
            strings(&["every database on that server becomes read only"]),
        ),
        Step {
            took: rehearsal.copy,
            ..step(
                "Migrate",
                vec![format!("migration-assist migrate{schema}")],
                strings(&["an interrupted run goes on with the same command"]),
            )
        },
        Step {
            took: rehearsal.verify,
            ..step(
                "Prove that both sides are equal",
                vec![format!("migration-assist verify{schema}")],
                strings(&["`migrate` does this, too; go on only at status 0"]),
            )
        },
        step(
            "Switch over",
            vec![format!("migration-assist cutover {configuration}{schema}")],
            switch_notes,
        ),
        step("Start Mattermost", vec![format!("systemctl start {unit}")], Vec::new()),
        step(
            "Check",
            vec![format!("journalctl -u {unit} -f")],
            strings(&[
                "log in, search for an old message, open a file, post, use each plugin",
                "System Console, Environment, Database: the driver is postgres",
                "keep the source frozen, and its backup, until the new server has run for a while",
            ]),
        ),
        step(
            "To go back instead",
            vec![
                format!("systemctl stop {unit}"),
                format!("migration-assist cutover {configuration}{schema} --undo"),
                format!("systemctl start {unit}"),
            ],
            strings(&["what was written to PostgreSQL meanwhile stays there and is not in MySQL"]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Rehearsal, Workspace, runbook};

    #[test]
    fn the_steps_name_the_workspace_and_the_times_of_its_rehearsal() {
        let workspace = Workspace {
            configuration: "--config /opt/mm/config.json".into(),
            source: Some("mm:****@tcp(db:3306)/mm".into()),
            target: "postgres://mm:****@pg:5432/mm".into(),
            schema: "chat".into(),
            unit: "mattermost".into(),
            edits: vec!["/etc/default/mattermost:2: X=…".into()],
        };
        let steps = runbook(&workspace, Rehearsal { copy: Some(61.0), verify: None });
        let commands: Vec<_> = steps.iter().flat_map(|step| step.commands.clone()).collect();
        let switch = "migration-assist cutover --config /opt/mm/config.json --schema chat";
        assert!(commands.iter().any(|command| command == switch), "{commands:?}");
        assert_eq!(steps[3].took, Some(61.0));
        assert_eq!(steps[5].notes.len(), 2);
    }
}
