//! What else uses the source of a switch, as text: lines that name MySQL, and open sessions.

use std::fmt;

use crate::cutover::Leftover;
use crate::mysql::{OpenSessions, grant_statement};

/// The edit that clears it.
impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, present, instead, why } = self;
        let path = path.display();
        match line {
            0 => write!(f, "{path}: ")?,
            line => write!(f, "{path}, line {line}: ")?,
        }
        match instead {
            Some(instead) => write!(f, "write `{instead}` instead of `{present}` ({why})"),
            None => write!(f, "remove `{present}` ({why})"),
        }
    }
}

/// The sessions by name, and how to see those that are not visible.
#[must_use]
pub fn session_lines(sessions: &OpenSessions, account: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let count = sessions.sessions.len();
    if count > 0 || sessions.complete {
        lines.push(format!("other sessions of the workspace: {count}"));
    }
    lines.extend(sessions.sessions.iter().map(|session| format!("  {session}")));
    if !sessions.complete {
        lines.push(format!(
            "sessions of other accounts are not visible to {account}; an administrator can grant it: {}",
            grant_statement("PROCESS", account)
        ));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::session_lines;
    use crate::cutover::Leftover;
    use crate::mysql::{OpenSession, OpenSessions};

    #[test]
    fn a_line_is_edited_or_removed() {
        let edited = Leftover {
            path: "/etc/default/mattermost".into(),
            line: 2,
            present: "MM_CONFIG=mysql://mm:****@db/mm".to_owned(),
            instead: Some("MM_CONFIG=postgres://mm:****@pg/mm".to_owned()),
            why: "it overrides the configuration".to_owned(),
        };
        let removed = Leftover { line: 0, instead: None, ..edited.clone() };
        insta::assert_snapshot!(format!("{edited}\n{removed}"), @r"
        /etc/default/mattermost, line 2: write `MM_CONFIG=postgres://mm:****@pg/mm` instead of `MM_CONFIG=mysql://mm:****@db/mm` (it overrides the configuration)
        /etc/default/mattermost: remove `MM_CONFIG=mysql://mm:****@db/mm` (it overrides the configuration)
        ");
    }

    #[test]
    fn sessions_that_are_not_visible_need_a_right() {
        let session = OpenSession {
            id: 7,
            user: "mm".to_owned(),
            host: "node-1".to_owned(),
            database: Some("mm".to_owned()),
            is_active: false,
            seconds: 1,
        };
        let sessions = OpenSessions { sessions: vec![session], complete: false };
        insta::assert_snapshot!(session_lines(&sessions, "mm@%").join("\n"), @r"
        other sessions of the workspace: 1
          session 7 of mm from node-1 in `mm`, idle for 1 s
        sessions of other accounts are not visible to mm@%; an administrator can grant it: GRANT PROCESS ON *.* TO 'mm'@'%';
        ");
    }
}
