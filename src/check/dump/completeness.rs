//! The completeness of a dump: findings about the file itself.

use super::losses::Losses;
use super::source::DumpedSource;
use crate::check::{Finding, Rule, Severity};
use crate::dump::{CodePages, Cost, DUMP_COMMAND, Ending, Part, ReportedError};
use crate::mysql::Flavour;
use crate::source::{Doubt, cut};

impl DumpedSource {
    /// The reasons to doubt the dump, once it is read.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Doubt::of_header(&self.header);
        let losses = || self.tables.values().map(|probe| &probe.losses);
        let cells = losses().map(Losses::question_marks).sum();
        if cells > 0 {
            doubts.push(Doubt::LostCharacters { cells });
        }
        // Other signs do not appear in a dump that was converted as a whole. Short values show no code page, and
        // do not rule it out.
        let possible = losses().fold(CodePages::ALL, |all, it| all.and(it.code_pages));
        if let Some(page) = losses().flat_map(Losses::shown).find(|it| possible.contains(*it)) {
            let cells = losses().map(|it| it.beyond_ascii).sum();
            doubts.push(Doubt::Reencoded { code_page: page.name(), cells });
        }
        doubts
    }

    /// The findings about the file.
    pub(super) fn dump_findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .header
            .parts
            .iter()
            .filter(|part| part.is_cut())
            .map(|part| self.truncation(part))
            .collect();
        findings.extend(self.header.errors.iter().filter_map(|error| self.reported(error)));
        findings.extend(self.foreign_lines());
        let doubts = self.doubts();
        // Each column with lost characters has its own finding.
        let of_file = doubts.iter().filter(|doubt| !matches!(doubt, Doubt::LostCharacters { .. }));
        findings.extend(of_file.map(|doubt| self.doubt(doubt)));
        if self.header.has_byte_order_mark {
            let message = "the file begins with a byte order mark, which an editor or PowerShell wrote: its text may be re-encoded";
            findings.push(
                Finding::new(Rule::ReencodedText, Severity::Note, message).action(format!(
                    "if text looks wrong, make the dump again: `{}`",
                    self.command()
                )),
            );
        }
        let doubt = Doubt::LostCharacters { cells: 0 };
        let lost = (self.severity(&doubt), self.action(&doubt));
        let mut tables: Vec<_> = self.tables.iter().collect();
        tables.sort_by_key(|(name, _)| *name);
        findings.extend(tables.iter().flat_map(|(name, it)| it.losses.findings(name, &lost)));
        findings.extend(self.unreadable.iter().map(|unreadable| {
            let message =
                format!("the definition at byte {} cannot be read: {}", unreadable.offset, unreadable.reason);
            Finding::new(Rule::UnreadableDefinition, Severity::Blocks, message)
                .at(&unreadable.table, None)
                .action("the table cannot be copied: leave it out of the dump with `--ignore-table=DATABASE.TABLE`, or change its definition")
        }));
        findings
    }

    /// Reports a dump that has rows, but none of `db_migrations`.
    pub(super) fn empty_migrations(&self) -> Option<Finding> {
        let is_empty = self.seen.facts.applied.as_ref().is_some_and(Vec::is_empty);
        (is_empty && self.has_rows() && self.is_whole()).then(|| {
            let message = "`db_migrations` has no rows: the schema's version is taken from the tables alone";
            Finding::new(Rule::NoMigrations, Severity::Blocks, message).action(format!(
                "if the table has rows on the server, make the dump again: `{}`; otherwise start Mattermost \
                 once on that server, which fills the table, and make the dump again",
                self.command()
            ))
        })
    }

    /// The command that creates such a dump without loss.
    fn command(&self) -> String {
        match (&self.server, self.flavour) {
            (Some(_), Flavour::MariaDb) => {
                "mariadb-dump --single-transaction --hex-blob --default-character-set=utf8mb4 \
                 --result-file=mattermost.sql DATABASE"
                    .to_owned()
            }
            _ => DUMP_COMMAND.to_owned(),
        }
    }

    fn truncation(&self, part: &Part) -> Finding {
        let message = match self.ending {
            Ending::Unfinished(offset) if offset == part.end => {
                let of_part = match (part.start, part.first_table.as_deref()) {
                    (0, _) => String::new(),
                    (start, Some(table)) => {
                        format!(
                            ", in the part from byte {start}, which begins with table `{table}`"
                        )
                    }
                    (start, None) => format!(", in the part from byte {start}"),
                };
                format!("the dump ends within the statement at byte {offset}{of_part}")
            }
            _ => format!(
                "the dump is cut short: {}",
                cut(part.start, part.end, part.first_table.as_deref())
            ),
        };
        let finding = Finding::new(Rule::TruncatedDump, Severity::Blocks, message)
            .action(format!(
                "what comes after is missing: make the dump again, and check its exit status and error output: `{}`",
                self.command()
            ))
            .detail("part", part.start)
            .detail("offset", part.end);
        match &part.first_table {
            Some(table) => finding.detail("table", table.clone()),
            None => finding,
        }
    }

    fn reported(&self, error: &ReportedError) -> Option<Finding> {
        let number = error.code.map(|code| format!(" {code}")).unwrap_or_default();
        let (severity, message, action) = match error.cost {
            Cost::Nothing => return None,
            Cost::Lock => (
                Severity::Note,
                format!("line {} is error{number} of the dump program: the tables were not locked", error.line),
                "the rows may be from different points in time: stop Mattermost while a dump is made".to_owned(),
            ),
            Cost::Rows => (
                Severity::Blocks,
                format!("line {} is error{number} of the dump program: rows are missing", error.line),
                format!("remove the cause of the error, and make the dump again: `{}`", self.command()),
            ),
        };
        let finding = Finding::new(Rule::DumpError, severity, message)
            .action(action)
            .detail("line", error.line);
        Some(match &error.table {
            Some(table) => finding.at(table, None),
            None => finding,
        })
    }

    /// Findings about lines that are neither SQL nor a known message.
    fn foreign_lines(&self) -> Vec<Finding> {
        let lines = |within: bool| {
            self.header
                .foreign_lines
                .iter()
                .filter(move |(_, it)| *it == within)
                .map(|(line, _)| *line)
        };
        let finding = |severity, within: bool| {
            let numbers: Vec<u64> = lines(within).collect();
            let listed: Vec<String> = numbers.iter().take(5).map(u64::to_string).collect();
            let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
            let message = format!(
                "lines that are neither SQL nor a known warning: {count} (line {})",
                listed.join(", ")
            );
            (count > 0).then(|| Finding::new(Rule::DumpError, severity, message).count(count).action(
                "look at these lines: make the dump again if one of them is an error, or delete them from the file",
            ))
        };
        [finding(Severity::Blocks, true), finding(Severity::Note, false)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn severity(&self, doubt: &Doubt) -> Severity {
        if doubt.is_accepted(self.accepted) { Severity::Note } else { Severity::Blocks }
    }

    fn doubt(&self, doubt: &Doubt) -> Finding {
        let id = match doubt {
            Doubt::NoPromise { .. } | Doubt::UnknownProgram => Rule::IncompleteDump,
            Doubt::Reencoded { .. } => Rule::ReencodedText,
            Doubt::LossyCharacterSet { .. }
            | Doubt::UnknownCharacterSet
            | Doubt::LostCharacters { .. } => Rule::LossyDump,
        };
        Finding::new(id, self.severity(doubt), doubt.to_string()).action(self.action(doubt))
    }

    fn action(&self, doubt: &Doubt) -> String {
        if doubt.is_accepted(self.accepted) {
            format!("accepted with `{}`: a proof is of this dump only", doubt.flag())
        } else {
            format!(
                "make the dump again: `{}`; if there is no other dump, accept this with `{}`",
                self.command(),
                doubt.flag()
            )
        }
    }
}
