//! The JSON Schema of each command's result: derived from the structs of the reports, and kept in `docs/schemas`.

use std::fs;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::result::{CommandResult, Reported};
use super::time_zones::WithTimeZones;
use super::{copy, cutover, follow, mysql, postgres, repair, time_zones};
use super::{manual, pgloader, post_migrate, report, row_check, version};
use crate::copy::CopyReport;
use crate::cutover::SwitchReport;
use crate::follow::FollowReport;
use crate::render::{LivePlan, Plan, SchemaReport};
use crate::ui::ProgressLine;
use crate::verify::VerifyReport;
use crate::workspace::MigrationReport;

/// Set to 1 to write the schemas of this version.
const UPDATE: &str = "MIGRATION_ASSIST_UPDATE_SCHEMAS";

/// A report has one of these forms.
macro_rules! forms {
    ($name:ident: $($form:ident($report:ty)),+ $(,)?) => {
        #[derive(JsonSchema)]
        #[serde(untagged)]
        #[allow(dead_code, clippy::large_enum_variant, reason = "for its schema alone")]
        enum $name { $($form(Reported<$report>)),+ }
    };
}

forms!(MysqlForms: Check(mysql::MysqlReport), Undo(repair::Undone<'static>));
forms!(PostgresForms: Check(postgres::PostgresReport));
forms!(
    CopyForms: Copied(WithTimeZones<'static, CopyReport>),
    Rows(row_check::RowFindings<'static>),
    Zones(time_zones::Blocking<'static>),
    WouldDelete(copy::Refused<'static>),
    Target(post_migrate::Refused),
    CannotFollow(follow::Refused<'static>),
);
forms!(FollowForms: Followed(FollowReport), CannotFollow(follow::Refused<'static>));
forms!(VerifyForms: Compared(WithTimeZones<'static, VerifyReport>));
forms!(MigrateForms: Migrated(MigrationReport), CannotFollow(follow::Refused<'static>));
forms!(
    PostMigrateForms: Built(post_migrate::PostMigrateReport),
    Refused(post_migrate::Refused),
);
forms!(
    CutoverForms: Switched(SwitchReport),
    Planned(Plan),
    Frozen(cutover::freeze::FreezeReport),
    Undone(cutover::undo::UndoReport),
    PlannedLive(LivePlan),
    Released(cutover::live::window::Released),
);
forms!(PgloaderForms: Written(pgloader::PgloaderReport<'static>));
forms!(ReportForms: Written(report::PageReport));
forms!(VersionForms: Version(version::VersionReport));
forms!(ManForms: Written(manual::ManualReport));

fn schema_of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")
}

#[test]
fn every_schema_is_that_of_the_reports() {
    let schemas = [
        ("mysql", schema_of::<CommandResult<MysqlForms>>()),
        ("postgres", schema_of::<CommandResult<PostgresForms>>()),
        ("copy", schema_of::<CommandResult<CopyForms>>()),
        ("follow", schema_of::<CommandResult<FollowForms>>()),
        ("verify", schema_of::<CommandResult<VerifyForms>>()),
        ("migrate", schema_of::<CommandResult<MigrateForms>>()),
        ("post-migrate", schema_of::<CommandResult<PostMigrateForms>>()),
        ("cutover", schema_of::<CommandResult<CutoverForms>>()),
        ("pgloader", schema_of::<CommandResult<PgloaderForms>>()),
        ("report", schema_of::<CommandResult<ReportForms>>()),
        ("version", schema_of::<CommandResult<VersionForms>>()),
        ("man", schema_of::<CommandResult<ManForms>>()),
        ("schema-report", schema_of::<SchemaReport>()),
        ("progress", schema_of::<ProgressLine<'static>>()),
    ];
    for (name, mut schema) in schemas {
        schema.insert("title".to_owned(), ["migration-assist", name].join(" ").into());
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        let path = folder().join(format!("{name}.json"));
        if std::env::var(UPDATE).is_ok_and(|it| it == "1") {
            fs::create_dir_all(folder()).expect("a folder");
            fs::write(&path, &text).expect("a file");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "{}: run `{UPDATE}=1 cargo test --lib json_schemas` to write what the reports have now",
            path.display()
        );
    }
}
