//! Which findings stop a migration, and the commands that lead on.

use crate::check::policy::Decisions;
use crate::check::{CheckReport, Finding, Rule, Severity, Step, next_steps};
use crate::cli::{FullTextArgs, MigrateArgs, OnErrorArg};

/// Whether something has to be decided or repaired before anything may be written.
pub(super) fn is_refused(checks: &CheckReport, args: &MigrateArgs, decided: &Decisions) -> bool {
    let quarantines = args.tables.on_error == OnErrorArg::Quarantine;
    let is_in_the_way = |finding: &Finding| match finding.severity {
        Severity::Blocks => !quarantines || !finding.id.is_about_one_row(),
        Severity::Changes => !decided.fix_in_flight,
        Severity::Note => false,
    };
    checks.findings.iter().any(|it| is_copied(it, args) && is_in_the_way(it))
}

/// Whether a finding is about a table that the flags ask for.
fn is_copied(finding: &Finding, args: &MigrateArgs) -> bool {
    let names = |list: &[String], table: &str| list.iter().any(|it| it.eq_ignore_ascii_case(table));
    finding.table.iter().all(|table| {
        let tables = &args.tables.tables;
        !names(&args.tables.exclude, table) && (tables.is_empty() || names(tables, table))
    })
}

/// The commands of which one leads on.
pub(super) fn next(checks: &CheckReport, args: &MigrateArgs, decided: &Decisions) -> Vec<Step> {
    let dump = args.dump.dump.as_ref().map(|file| file.to_string_lossy());
    let findings: Vec<Finding> =
        checks.findings.iter().filter(|it| is_copied(it, args)).cloned().collect();
    next_steps(&findings, decided, dump.as_deref())
}

/// Drops the recommendations that the flags follow.
pub(super) fn drop_followed(findings: &mut Vec<Finding>, args: &FullTextArgs) {
    findings.retain(|finding| match finding.id {
        Rule::Accents => args.configuration.text_search.is_none(),
        Rule::PhraseSearch => !args.phrase_index,
        _ => true,
    });
}
