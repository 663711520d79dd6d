//! The `--fix-…` and `--undo` flags of `mysql`.

use std::collections::BTreeSet;
use std::path::Path;

use super::failure::hinted;
use super::{Context, ExitStatus};
use crate::check::policy::{self, BadOverride};
use crate::check::{Class, Finding, probes};
use crate::cli::{FixArgs, Format};
use crate::models::Models;
use crate::mysql::{Access, Connection, Dsn, Flavour};
use crate::quarantine::{Purpose, Quarantine};
use crate::repair::{FIXABLE, FixCount, FixEntry, FixOptions, FixReport, dry_run, fix, undo};
use crate::schema::Catalog;

/// What the flags ask for; `None` where none asks for a repair.
pub(super) fn options(args: &FixArgs) -> anyhow::Result<Option<FixOptions>> {
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
    if args.fix.is_some() {
        classes.extend(FIXABLE);
    }
    if !args.on_overflow.is_empty() && !classes.contains(&Class::Varchar) {
        let message = "`--on-overflow` has no effect without `--fix-varchar`";
        return Err(hinted(message, "add `--fix-varchar`").into());
    }
    if args.dry_run && classes.is_empty() {
        let message = "`--dry-run` has no effect without a repair flag";
        let hint = "add `--fix all`, or one of `--fix-artifacts`, `--fix-unicode`, `--fix-varchar`, \
                    `--fix-json`, `--fix-nulls`";
        return Err(hinted(message, hint).into());
    }
    let overrides = args.on_overflow.iter().map(|text| text.parse().map_err(unusable));
    let overrides = overrides.collect::<anyhow::Result<Vec<_>>>()?;
    Ok((!classes.is_empty()).then_some(FixOptions { classes, overrides }))
}

fn unusable(error: BadOverride) -> anyhow::Error {
    let hint = error.hint();
    anyhow::Error::new(error).context(hinted("cannot use `--on-overflow`", hint))
}

/// Refuses decisions that would have no effect on this source.
pub(super) fn check_overrides(
    options: &FixOptions,
    flavour: Flavour,
    source: &Catalog,
    models: &Models<'_>,
) -> anyhow::Result<()> {
    let probes = probes(flavour, source, models);
    policy::check_overrides(&options.overrides, source, &probes).map_err(unusable)
}

/// Takes a repair's command away from the findings that it has just left as they are.
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
            finding.action.push_str("; the repair could not change what is left");
        }
    }
}

/// Repairs the source, or says what a repair would do.
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

/// Puts back what a quarantine file holds.
pub(super) async fn undo_from(
    file: &Path,
    dsn: &Dsn,
    context: Context,
) -> anyhow::Result<ExitStatus> {
    let mut connection = Connection::connect(dsn, Access::Writing).await?;
    let report = undo(&mut connection, file, &context.ui.progress()).await?;
    let ui = context.ui;
    ui.say(format!(
        "put back: {}; as before already: {}; not put back: {}",
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
    if context.format == Format::Json {
        context.json("mysql", &serde_json::json!({ "undo": report }))?;
    }
    let whole = report.conflicts.is_empty();
    Ok(if whole { ExitStatus::Success } else { ExitStatus::Findings })
}

fn describe(report: &FixReport, context: Context) {
    let ui = context.ui;
    if report.entries.is_empty() {
        ui.good("there was nothing to repair");
        return;
    }
    ui.say(if report.dry_run { "A repair would do this:" } else { "Repaired:" });
    for entry in &report.entries {
        ui.say(format!("  {}: {}", place(entry), words(&entry.count, report.dry_run)));
        if !entry.left_keys.is_empty() {
            let keys: Vec<String> = entry.left_keys.iter().map(|key| key.join("/")).collect();
            ui.say(format!("    left for a decision: {}", keys.join(", ")));
        }
        if let Some(note) = &entry.note {
            ui.say(format!("    {note}"));
        }
    }
    if let Some(path) = &report.quarantine {
        ui.say(format!(
            "what was altered or removed is in `{0}`; `--undo {0}` puts it back",
            path.display()
        ));
    }
    if !report.is_complete() {
        ui.warn("a repair did not clear its own finding; run it again, and report it if it stays");
    }
    ui.say("");
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
