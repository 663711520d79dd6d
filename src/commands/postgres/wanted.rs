//! The migrations that the flags ask for.

use std::path::Path;

use super::super::failure::hinted;
use super::super::{Context, files};
use crate::cli::MigrationSetArgs;
use crate::file;
use crate::migrations::{self, Directory, RequestedSchema};
use crate::release::{self, Document, MigrationSet};
use crate::shell::shell_word;
use crate::ui::Ui;

/// The document that `mysql` writes if no other file is named.
const DOCUMENT: &str = "mysql.output";

/// The requested set, without a connection.
pub(super) fn wanted(
    args: &MigrationSetArgs,
    context: Context,
) -> anyhow::Result<Option<RequestedSchema>> {
    if args.git.is_some() {
        context
            .ui
            .note("`--git` has no effect: the migrations of every supported release are built in");
    }
    let ignored = [
        ("--mattermost-version", args.mattermost_version.is_some()),
        ("--migrations-dir", args.migrations_dir.is_some()),
    ];
    if let Some(path) = &args.applied_migrations {
        for (flag, _) in ignored.into_iter().filter(|(_, given)| *given) {
            context.ui.note(format!("`{flag}` has no effect next to `--applied-migrations`"));
        }
        let read = files::read(path).map_err(|error| {
            if path.exists() {
                return error;
            }
            let place = shell_word(&path.display().to_string());
            let hint = format!("write it with `migration-assist mysql --output {place}`");
            error.context(hinted("there is no document of the source's applied migrations", hint))
        })?;
        let document = Document::parse(&read).map_err(|error| {
            let message = format!("cannot use `{}`", path.display());
            let hint = "write it again with `migration-assist mysql --output mysql.output`";
            anyhow::Error::new(error).context(hinted(message, hint))
        })?;
        migrations::target_model(&document.applied_migrations)?;
        return Ok(Some(RequestedSchema::Set(document.applied_migrations)));
    }
    if let Some(path) = &args.migrations_dir {
        if args.mattermost_version.is_some() {
            context.ui.note("`--mattermost-version` has no effect next to `--migrations-dir`");
        }
        return Ok(Some(RequestedSchema::Directory(Directory::read(path)?)));
    }
    let Some(version) = &args.mattermost_version else { return Ok(None) };
    let set = set_of_release(version, context)?;
    warn_of_other_source(&set, version, context.ui);
    Ok(Some(RequestedSchema::Set(set)))
}

/// Warns if the document that `mysql` left in this folder is of a source with other migrations.
fn warn_of_other_source(set: &MigrationSet, version: &str, ui: Ui) {
    let text = file::read_regular_text(Path::new(DOCUMENT), file::LIMIT);
    // A file of another kind says nothing about a source.
    let Some(document) = text.ok().and_then(|text| Document::parse(&text).ok()) else { return };
    if document.applied_migrations == *set {
        return;
    }
    let release = document.release.as_deref().unwrap_or("no known release");
    ui.warn(format!(
        "`{DOCUMENT}` in this folder is of a source with other migrations ({release}): the schema of {version} \
         does not fit that source"
    ));
    ui.hint(format!(
        "build the schema of the source's own migrations: `migration-assist postgres --run-migrations \
         --applied-migrations {DOCUMENT}`"
    ));
}

fn set_of_release(version: &str, context: Context) -> anyhow::Result<MigrationSet> {
    let found = release::resolve(version).map_err(|error| {
        let hint = format!(
            "name a release from {} to {}, or use the source's own set: `--applied-migrations FILE`",
            release::releases()[0],
            release::newest()
        );
        anyhow::Error::new(error).context(hinted("no schema was requested", hint))
    })?;
    let release = found.release;
    if let Some(asked) = found.stands_in_for {
        context.ui.warn(format!(
            "Mattermost {asked} is not in the list; building the schema of {release}, the nearest \
             earlier release of its line"
        ));
    }
    if let Some(later) = found.later {
        context.ui.warn(format!(
            "building the schema of Mattermost {release}, the first patch release of its line; later \
             ones have more migrations"
        ));
        context.ui.hint(format!("name the patch release, such as `--mattermost-version {later}`"));
    }
    if !release.exact {
        context.ui.warn(format!(
            "the schema of Mattermost {release} is deduced from its neighbours; \
             `--applied-migrations` with the source's own document leaves no doubt"
        ));
    }
    Ok(release.migrations.clone())
}
