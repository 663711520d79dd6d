//! A freeze of the source, and its release, as text.

use std::fmt::Write as _;

use super::cutover_plan::FREEZE_COSTS;
use super::surroundings::session_lines;
use crate::cutover::{Freeze, FreezeEffect, FreezeMode, Release, SinceProof};
use crate::mysql::{Flavour, OpenSession, Server, revoke_writing};
use crate::transcript::Line;

/// What a freeze of the server at `place` will do.
#[must_use]
pub fn freeze_notice(place: &str, other_databases: &[String]) -> Vec<Line> {
    let mut lines = vec![Line::text(format!("a freeze makes {place} read only, as a whole"))];
    if !other_databases.is_empty() {
        let names = other_databases.join(", ");
        lines.push(Line::warning(format!("other databases on it: {names}")));
    }
    lines.push(Line::text("what users see if Mattermost runs meanwhile:"));
    lines.extend(FREEZE_COSTS.iter().map(|cost| Line::text(format!("  {cost}"))));
    lines.push(Line::text("stop Mattermost first to avoid this"));
    lines
}

impl Freeze {
    /// What was done to the server at `place`, and what to do next. The flags are those of every `cutover`.
    #[must_use]
    pub fn lines(&self, place: &str, server: &Server, cutover_flags: &str) -> Vec<Line> {
        match self {
            Self::Done { mode, already, recorded, effect } => {
                let mut lines = effect.lines(*mode, *already, place, server);
                if *already && !recorded {
                    lines.push(Line::warning(
                        "no record of a freeze by this tool: `--undo` prints the statements that make the \
                         server writable, and does not run them",
                    ));
                }
                lines
            }
            Self::Denied { account, sessions } => {
                let mut lines = vec![Line::warning(format!(
                    "account {account} may not make {place} read only: nothing was changed"
                ))];
                lines.extend(session_lines(sessions, account).into_iter().map(Line::text));
                lines
                    .push(Line::text("REVOKE and ACCOUNT LOCK do not stop sessions that are open"));
                lines.push(Line::hint(format!(
                    "choose one:\n  stop Mattermost on every node, which needs no right\n  freeze with the DSN of \
                     an administrator:\n    migration-assist cutover {cutover_flags} --freeze --mysql \
                     'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'\n  let an administrator run:\n    {}",
                    statement_of(server.flavour),
                )));
                lines
            }
            Self::Blocked { sessions } => {
                let mut lines = vec![Line::warning(format!(
                    "{place} was not frozen: other sessions hold locks on its tables"
                ))];
                lines.extend(sessions.sessions.iter().map(warning_of));
                let id = sessions.sessions.first().map_or("ID".to_owned(), |it| it.id.to_string());
                let see_all = "an administrator's DSN in `--mysql` shows all sessions";
                lines.push(Line::hint(format!(
                    "wait for the backup or the session that holds the lock, or end it, such as with `KILL \
                     {id};`, and run the same command again{}",
                    if sessions.complete { String::new() } else { format!("; {see_all}") }
                )));
                lines
            }
        }
    }
}

/// The statement with which an administrator freezes a server.
fn statement_of(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = ON;",
        Flavour::MariaDb => "SET GLOBAL read_only = ON;",
    }
}

fn warning_of(session: &OpenSession) -> Line {
    Line::warning(format!("  {session}"))
}

impl FreezeEffect {
    fn lines(&self, mode: FreezeMode, already: bool, place: &str, server: &Server) -> Vec<Line> {
        let mut lines = Vec::new();
        match self {
            Self::Effective { sessions } => {
                let now = if already { "was frozen already" } else { "is frozen" };
                lines.push(Line::ok(format!(
                    "{place} {now}: no session of the workspace can write; a restart of it ends that"
                )));
                if mode == FreezeMode::ReadOnly {
                    lines.push(Line::text(
                        "accounts with the right READ ONLY ADMIN still write; no such session is open",
                    ));
                }
                let count = sessions.sessions.len();
                lines.push(Line::text(format!("open sessions of the workspace: {count}")));
                lines.extend(sessions.sessions.iter().map(|it| Line::text(format!("  {it}"))));
            }
            Self::NotEffective { writers, accounts, rows_arrived } => {
                lines.push(Line::warning(format!(
                    "{place} is read only, but the freeze is not effective"
                )));
                if *rows_arrived {
                    lines.push(Line::warning(
                        "rows were written under the freeze: two readings of the server differ",
                    ));
                }
                lines.extend(writers.iter().map(|session| {
                    Line::warning(format!("  {session}: its account has the right READ ONLY ADMIN"))
                }));
                lines.push(Line::hint(stop_writers(writers, accounts, server)));
            }
            Self::Unconfirmed { sessions } => {
                lines.push(Line::warning(format!(
                    "{place} is read only; whether sessions still write is not known: this account may not \
                     see the rights or the sessions of others"
                )));
                lines.extend(sessions.sessions.iter().map(warning_of));
                lines.push(Line::hint(
                    "stop Mattermost on every node, or run the same command with the DSN of an \
                     administrator in `--mysql`",
                ));
            }
        }
        lines
    }
}

/// How to stop sessions that write on a read-only server. A revoked privilege stays with open sessions.
fn stop_writers(writers: &[OpenSession], accounts: &[String], server: &Server) -> String {
    let mut hint = "stop Mattermost on every node and run the same command again".to_owned();
    if !writers.is_empty() {
        hint.push_str("; or let an administrator take the right and end the open sessions:");
        for account in accounts {
            let _ = write!(hint, "\n  {}", revoke_writing(server, account));
        }
        for session in writers {
            let _ = write!(hint, "\n  KILL {};", session.id);
        }
    }
    hint
}

impl SinceProof {
    /// Whether the frozen source was written since the proof, and what to do then.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Unchanged { .. } => vec![Line::ok(
                "this database was not written since it was compared with the target",
            )],
            Self::TablesChanged { tables } => {
                let names: Vec<&str> = tables.iter().map(|it| it.table.as_str()).collect();
                let names = names.join(", ");
                vec![
                    Line::warning(format!(
                        "this database was written since it was compared with the target: {names}"
                    )),
                    Line::hint(
                        "copy again: `migration-assist copy --restart`, then `migration-assist verify`",
                    ),
                ]
            }
            Self::PositionChanged { .. } => vec![Line::warning(
                "the server was written since the comparison, in this or another database; \
                 `migration-assist verify` finds out which",
            )],
            Self::OtherWorkspace { compared } => vec![Line::warning(format!(
                "the target was compared with another workspace: {compared}"
            ))],
            Self::Unknown { reason } => vec![Line::warning(format!(
                "cannot determine whether this database was written since: {reason}"
            ))],
        }
    }
}

impl Release {
    /// The state of the source, and what to do next.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Released => vec![Line::ok("the source accepts writes again")],
            Self::NotFrozen => vec![Line::ok("the source is not frozen")],
            Self::WasReadOnlyBefore => {
                vec![Line::text("the source stays read only, as it was before it was frozen")]
            }
            Self::NotOnRecord { statements } => vec![
                Line::warning(
                    "the source is read only, and no record shows that this tool froze it: Mattermost does \
                     not start on it",
                ),
                Line::hint(format!(
                    "if it is not a replica, let an administrator of the server run:\n  {}",
                    statements.join("\n  ")
                )),
            ],
            Self::Denied { account, statements } => vec![
                Line::warning(format!(
                    "the source is still frozen: account {account} may not release it, and Mattermost does \
                     not start on it"
                )),
                Line::hint(format!(
                    "run again with the DSN of an administrator, `--mysql \
                     'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'`, or let one run:\n  {}",
                    statements.join("\n  ")
                )),
            ],
        }
    }

    /// The state of the source after a live switch that was not made, so many seconds after the freeze.
    #[must_use]
    pub fn lines_after(&self, seconds: f64) -> Vec<Line> {
        match self {
            Self::Released | Self::NotFrozen => {
                vec![Line::warning(format!(
                    "the source accepts writes again, after {seconds:.1} s"
                ))]
            }
            Self::WasReadOnlyBefore => self.lines(),
            Self::NotOnRecord { statements } | Self::Denied { statements, .. } => vec![
                Line::warning("the source is still read-only"),
                Line::hint(format!("run on the source: {}", statements.join(" "))),
            ],
        }
    }

    /// Whether the source is as it was before the freeze.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Released | Self::NotFrozen | Self::WasReadOnlyBefore)
    }
}

#[cfg(test)]
mod tests {
    use super::freeze_notice;
    use crate::cutover::{Freeze, FreezeEffect, FreezeMode, Release};
    use crate::mysql::{OpenSession, OpenSessions, Server};
    use crate::transcript::testing::printed;

    fn sessions(complete: bool) -> OpenSessions {
        let session = OpenSession {
            id: 7,
            user: "mm".to_owned(),
            host: "node-1".to_owned(),
            database: Some("mm".to_owned()),
            is_active: false,
            seconds: 1,
        };
        OpenSessions { sessions: vec![session], complete }
    }

    fn done(effect: FreezeEffect, already: bool) -> Freeze {
        Freeze::Done { mode: FreezeMode::ReadOnly, already, recorded: false, effect }
    }

    #[test]
    fn each_outcome_of_a_freeze_names_what_is_next() {
        let writers = sessions(true).sessions;
        let server = Server::read("10.6.1-MariaDB", "");
        let outcomes = [
            done(FreezeEffect::Effective { sessions: sessions(true) }, true),
            done(
                FreezeEffect::NotEffective {
                    writers,
                    accounts: vec!["mm@%".to_owned()],
                    rows_arrived: true,
                },
                false,
            ),
            done(FreezeEffect::Unconfirmed { sessions: sessions(false) }, false),
            Freeze::Denied { account: "mm@%".to_owned(), sessions: sessions(false) },
            Freeze::Blocked { sessions: sessions(false) },
        ];
        let texts: Vec<String> = outcomes
            .iter()
            .map(|it| printed(&it.lines("the server", &server, "--config /c.json")))
            .collect();
        insta::assert_snapshot!(texts.join("\n\n"), @r"
        Ok: the server was frozen already: no session of the workspace can write; a restart of it ends that
        Text: accounts with the right READ ONLY ADMIN still write; no such session is open
        Text: open sessions of the workspace: 1
        Text:   session 7 of mm from node-1 in `mm`, idle for 1 s
        Warning: no record of a freeze by this tool: `--undo` prints the statements that make the server writable, and does not run them

        Warning: the server is read only, but the freeze is not effective
        Warning: rows were written under the freeze: two readings of the server differ
        Warning:   session 7 of mm from node-1 in `mm`, idle for 1 s: its account has the right READ ONLY ADMIN
        Hint: stop Mattermost on every node and run the same command again; or let an administrator take the right and end the open sessions:
          REVOKE READ_ONLY ADMIN, SUPER ON *.* FROM 'mm'@'%';
          KILL 7;

        Warning: the server is read only; whether sessions still write is not known: this account may not see the rights or the sessions of others
        Warning:   session 7 of mm from node-1 in `mm`, idle for 1 s
        Hint: stop Mattermost on every node, or run the same command with the DSN of an administrator in `--mysql`

        Warning: account mm@% may not make the server read only: nothing was changed
        Text: other sessions of the workspace: 1
        Text:   session 7 of mm from node-1 in `mm`, idle for 1 s
        Text: sessions of other accounts are not visible to mm@%; an administrator can grant it: GRANT PROCESS ON *.* TO 'mm'@'%';
        Text: REVOKE and ACCOUNT LOCK do not stop sessions that are open
        Hint: choose one:
          stop Mattermost on every node, which needs no right
          freeze with the DSN of an administrator:
            migration-assist cutover --config /c.json --freeze --mysql 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'
          let an administrator run:
            SET GLOBAL read_only = ON;

        Warning: the server was not frozen: other sessions hold locks on its tables
        Warning:   session 7 of mm from node-1 in `mm`, idle for 1 s
        Hint: wait for the backup or the session that holds the lock, or end it, such as with `KILL 7;`, and run the same command again; an administrator's DSN in `--mysql` shows all sessions
        ");
    }

    #[test]
    fn what_users_notice_is_named_before_a_freeze() {
        insta::assert_snapshot!(printed(&freeze_notice("the server", &["wiki".to_owned()])), @r#"
        Text: a freeze makes the server read only, as a whole
        Warning: other databases on it: wiki
        Text: what users see if Mattermost runs meanwhile:
        Text:   posting fails with status 500, saving preferences with status 400
        Text:   logging in fails with "invalid credentials"
        Text:   `/api/v4/system/ping?get_server_status=true` reports an unhealthy server, so that a load balancer can take the node out of service
        Text:   a post that is sent at that time can arrive without its files
        Text:   Mattermost does not start on a MySQL server that is read only
        Text: stop Mattermost first to avoid this
        "#);
    }

    #[test]
    fn a_source_that_stays_read_only_has_statements() {
        let statements =
            || vec!["SET GLOBAL super_read_only = OFF;", "SET GLOBAL read_only = OFF;"];
        let outcomes = [
            Release::Released,
            Release::NotFrozen,
            Release::WasReadOnlyBefore,
            Release::NotOnRecord { statements: statements() },
            Release::Denied { account: "mm@%".to_owned(), statements: statements() },
        ];
        let texts: Vec<String> = outcomes
            .iter()
            .map(|it| [printed(&it.lines()), printed(&it.lines_after(1.25))].join("\n"))
            .collect();
        insta::assert_snapshot!(texts.join("\n\n"), @r"
        Ok: the source accepts writes again
        Warning: the source accepts writes again, after 1.2 s

        Ok: the source is not frozen
        Warning: the source accepts writes again, after 1.2 s

        Text: the source stays read only, as it was before it was frozen
        Text: the source stays read only, as it was before it was frozen

        Warning: the source is read only, and no record shows that this tool froze it: Mattermost does not start on it
        Hint: if it is not a replica, let an administrator of the server run:
          SET GLOBAL super_read_only = OFF;
          SET GLOBAL read_only = OFF;
        Warning: the source is still read-only
        Hint: run on the source: SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF;

        Warning: the source is still frozen: account mm@% may not release it, and Mattermost does not start on it
        Hint: run again with the DSN of an administrator, `--mysql 'ADMINISTRATOR:PASSWORD@tcp(HOST:3306)/DATABASE'`, or let one run:
          SET GLOBAL super_read_only = OFF;
          SET GLOBAL read_only = OFF;
        Warning: the source is still read-only
        Hint: run on the source: SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF;
        ");
        assert_eq!(outcomes.map(|it| it.is_complete()), [true, true, true, false, false]);
    }
}
