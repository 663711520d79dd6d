//! The `--fix-…` and `--undo` flags of `mysql`.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::{Context, ExitStatus};
use crate::check::policy::Decisions;
use crate::check::{Class, Finding, Repairable};
use crate::cli::FixArgs;
use crate::figures::counted;
use crate::foreign_text::spell_out;
use crate::models::Models;
use crate::mysql::{Access, Connection, Dsn};
use crate::quarantine::{Purpose, Quarantine, Reader};
use crate::repair::{
    FIXABLE, FixCount, FixEntry, FixOptions, FixReport, Preview, Show, UndoOptions, UndoReport,
    dry_run, fix, undo,
};

/// The options of a repair; `None` if no flag requests one.
pub(super) fn options(args: &FixArgs, decisions: &Decisions) -> anyhow::Result<Option<FixOptions>> {
    let mut classes: BTreeSet<Class> = BTreeSet::new();
    for (asked, class) in [
        (args.fix_artifacts, Class::Artifacts),
        (args.fix_unicode, Class::Unicode),
        (args.fix_varchar, Class::Varchar),
        (args.fix_json, Class::Json),
        (args.fix_nulls, Class::Nulls),
    ] {
        if asked {
            classes.insert(class);
        }
    }
    if args.fix.as_deref() == Some("all") {
        classes.extend(FIXABLE);
    }
    let is_asked = !classes.is_empty() || args.fix.is_some();
    if args.dry_run && !is_asked {
        let message = "`--dry-run` has no effect without a repair flag";
        let hint = "add `--fix all`, or one of `--fix-artifacts`, `--fix-unicode`, `--fix-varchar`, \
                    `--fix-json`, `--fix-nulls`";
        return Err(hinted(message, hint).into());
    }
    let is_decided = args.fix.is_some();
    if !decisions.overflow.is_empty() && !classes.contains(&Class::Varchar) && !is_decided {
        let message = "`--on-overflow` has no effect without `--fix-varchar`";
        let hint = "add `--fix-varchar`, or `--fix decided` to change that column alone";
        return Err(hinted(message, hint).into());
    }
    if !decisions.invalid.is_empty() && !is_decided {
        let message = "`--on-invalid` has no effect without `--fix decided`";
        return Err(hinted(message, "add `--fix decided`").into());
    }
    let (overrides, invalid) = (decisions.overflow.clone(), decisions.invalid.clone());
    if args.fix.as_deref() == Some("decided") && overrides.is_empty() && invalid.is_empty() {
        let message = "`--fix decided` has no effect without a decision";
        return Err(hinted(message, "add `--on-overflow` or `--on-invalid`").into());
    }
    let show = if args.show_values { Show::Values } else { Show::Lengths };
    Ok(is_asked.then_some(FixOptions { classes, overrides, invalid, show }))
}

/// Removes the repair command from findings that the repair has just left unchanged.
pub(super) fn forget_tried(findings: &mut [Finding], report: &FixReport) {
    for finding in findings.iter_mut().filter(|it| it.fix.is_some()) {
        let is_left = |entry: &FixEntry| {
            entry.rule == finding.id
                && finding.table.as_ref() == Some(&entry.table)
                && finding.column == entry.column
                && entry.count.left >= finding.count
        };
        if report.entries.iter().any(is_left) {
            finding.fix = None;
            if finding.choices.is_empty() {
                finding.repairable = Repairable::Tried;
            }
            finding.action.push_str("; the repair could not change what is left");
        }
    }
}

/// Repairs the source, or reports what a repair would do.
pub(super) async fn run(
    args: &FixArgs,
    options: &FixOptions,
    dsn: &Dsn,
    models: &Models<'_>,
    context: Context,
) -> anyhow::Result<FixReport> {
    let progress = context.ui.progress();
    let report = if args.dry_run {
        let mut connection = Connection::connect(dsn, Access::ReadOnly).await?;
        dry_run(&mut connection, models, options, &progress).await?
    } else {
        let mut connection = Connection::connect(dsn, Access::Writing).await?;
        let database = connection.database().await?;
        let mut quarantine = Quarantine::open(&args.quarantine, Purpose::Fix, &database)?;
        fix(&mut connection, models, options, &mut quarantine, &progress).await?
    };
    describe(&report, context);
    Ok(report)
}

/// What an undo accepts in a quarantine, by the flags.
pub(super) fn undo_options(args: &FixArgs) -> UndoOptions {
    UndoOptions { other_database: args.undo_other_database, incomplete_file: args.undo_incomplete }
}

/// The report of an undo.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Undone<'a> {
    undo: &'a UndoReport,
}

/// Restores the contents of a quarantine.
pub(super) async fn undo_from(
    file: &Path,
    options: UndoOptions,
    dsn: &Dsn,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    // Before the server is connected to.
    drop(Reader::open(file).map_err(crate::repair::Error::from)?);
    let mut connection = Connection::connect(dsn, Access::Writing).await?;
    if is_writable_by_others(file) {
        let path = file.display();
        context
            .ui
            .warn(format!("others can write to `{path}`: check its origin; `chmod go-w {path}`"));
    }
    let report = undo(&mut connection, file, options, &context.ui.progress()).await?;
    let ui = context.ui;
    ui.say(format!(
        "restored: {}; already as before: {}; not restored: {}",
        report.restored,
        report.already,
        report.conflicts.len()
    ));
    for conflict in &report.conflicts {
        let column = conflict.column.as_deref().map(|column| format!(".{column}"));
        let column = column.unwrap_or_default();
        let (table, key) = (&conflict.table, conflict.key.join("/"));
        ui.warn(format!("{table}{column} {key}: {}", conflict.reason));
    }
    context.json("mysql", &Undone { undo: &report }, Vec::new())?;
    let whole = report.conflicts.is_empty();
    Ok(if whole { ExitStatus::Success } else { ExitStatus::Findings })
}

/// Whether accounts other than the owner's may have written the file; the undo itself reports that it cannot be
/// read.
fn is_writable_by_others(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|it| it.permissions().mode() & 0o022 != 0)
}

fn describe(report: &FixReport, context: Context) {
    let ui = context.ui;
    if report.entries.is_empty() {
        ui.good("nothing to repair");
        return;
    }
    ui.say(if report.dry_run { "A repair would make these changes:" } else { "Repaired:" });
    for entry in &report.entries {
        ui.say(format!("  {}: {}", place(entry), words(&entry.count, report.dry_run)));
        if !entry.left_keys.is_empty() {
            let keys: Vec<String> = entry.left_keys.iter().map(|key| key.join("/")).collect();
            ui.say(format!("    left for a decision: {}", keys.join(", ")));
        }
        entry.previews.iter().for_each(|preview| ui.say(preview_line(preview)));
        if let Some(note) = &entry.note {
            ui.say(format!("    {note}"));
        }
    }
    if let Some(path) = &report.quarantine {
        ui.say(format!(
            "the originals of all changes are in `{0}`; `--undo {0}` restores them",
            path.display()
        ));
    }
    if !report.is_complete() {
        ui.warn("a repair did not clear its finding; run it again, and report this as a defect if the finding remains");
    }
    ui.say("");
}

/// `    KEY: 1,204 to 1,000 characters: old → new`.
fn preview_line(preview: &Preview) -> String {
    let length = |length: Option<usize>| {
        length.map_or_else(|| "NULL".to_owned(), |it| counted(it as u64, "character"))
    };
    let key = spell_out(&preview.key.join("/")).into_owned();
    let (old, new) = (length(preview.old_length), length(preview.new_length));
    let mut line = format!("    {key}: {old}, then {new}");
    for (label, value) in [("old", &preview.old), ("new", &preview.new)] {
        if let Some(value) = value {
            line.extend(["\n      ", label, ": ", &spell_out(value)]);
        }
    }
    line
}

fn place(entry: &FixEntry) -> String {
    let column = entry.column.as_deref().map(|column| format!(".{column}")).unwrap_or_default();
    format!("{}{column} [{}]", entry.table, entry.rule)
}

fn words(count: &FixCount, is_dry_run: bool) -> String {
    let [altered, deleted, dropped] = if is_dry_run {
        ["to alter", "to delete", "to drop"]
    } else {
        ["altered", "deleted", "dropped"]
    };
    let parts = [
        (count.altered, altered),
        (count.deleted, deleted),
        (count.dropped, dropped),
        (count.left, "left for a decision"),
        (count.unfinished, "not cleared"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, word)| format!("{number} {word}")).collect::<Vec<_>>().join(", ")
}
