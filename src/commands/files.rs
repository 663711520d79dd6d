//! Files that a command writes or reads, by the paths that the user gave.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use super::Context;
use super::failure::hinted;
use crate::file::{self, Access, Links};
use crate::release::Document;

/// Whether a file of another origin may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replace {
    /// Only if the user agrees.
    Ask,
    /// Without asking.
    Yes,
}

impl From<bool> for Replace {
    fn from(force: bool) -> Self {
        if force { Self::Yes } else { Self::Ask }
    }
}

/// The kind of content. An older file of the same kind is replaced without a question, whichever tool wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The applied-migrations document.
    Document,
    /// A configuration for pgloader. It contains passwords.
    PgloaderConfiguration,
    /// A report about the schema.
    SchemaReport,
    /// The differences of one table.
    Differences,
    /// A page of the manual.
    ManualPage,
    /// Reports as a page.
    Page,
}

impl Content {
    fn access(self) -> Access {
        match self {
            Self::PgloaderConfiguration => Access::Owner,
            Self::Document
            | Self::SchemaReport
            | Self::Differences
            | Self::ManualPage
            | Self::Page => Access::Umask,
        }
    }

    /// Whether a text is an older file of this kind.
    fn is_kind_of(self, text: &str) -> bool {
        match self {
            Self::Document => Document::parse(text).is_ok(),
            Self::PgloaderConfiguration => {
                let code = |line: &&str| !line.is_empty() && !line.starts_with("--");
                let mut lines = text.lines().map(str::trim).filter(code);
                let first = lines.find(|line| !line.contains("no-template"));
                first.is_some_and(|line| line.to_ascii_uppercase().starts_with("LOAD DATABASE"))
            }
            Self::SchemaReport => serde_json::from_str::<serde_json::Value>(text)
                .is_ok_and(|it| it.get("kind").is_some() && it.get("written_by").is_some()),
            Self::Differences => text.starts_with("-- ") && text.contains("\n-- ["),
            Self::Page => {
                text.starts_with("<!doctype html>")
                    && text.contains("<title>migration-assist: report</title>")
            }
            Self::ManualPage => text.contains(".TH migration-assist"),
        }
    }
}

/// Writes a file completely or not at all. A pipe or a character device is written to; only regular files are
/// replaced.
pub(super) fn write(
    path: &Path,
    contents: &str,
    kind: Content,
    replace: Replace,
    context: Context,
) -> anyhow::Result<()> {
    let cannot = |error| unwritable(path, error);
    if context.ui.data_goes_to(path) {
        return context.ui.data(contents).map_err(cannot);
    }
    let present = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return replace_whole(path, contents, kind, context);
        }
        Err(error) => return Err(cannot(error)),
    };
    match file::special_kind(&present) {
        None => {}
        Some("a pipe" | "a character device") => {
            return file::write_to_stream(path, contents.as_bytes()).map_err(cannot);
        }
        Some(special) => {
            let message = format!("cannot write `{}`: it is {special}", path.display());
            return Err(hinted(message, "name a regular file").into());
        }
    }
    // A second run without changes asks no question.
    if file::has_content(path, contents.as_bytes()) {
        return Ok(());
    }
    let is_older =
        || file::read_regular_text(path, file::LIMIT).is_ok_and(|text| kind.is_kind_of(&text));
    let question = || format!("`{}` exists. Replace it?", path.display());
    if replace == Replace::Ask
        && present.len() > 0
        && !is_older()
        && !context.ui.confirm_from_input(&question())?
    {
        return Err(hinted(
            format!("`{}` exists, and this tool did not write it", path.display()),
            "add `--force` to replace it, or name another file with `--output`",
        )
        .into());
    }
    replace_whole(path, contents, kind, context)
}

fn replace_whole(
    path: &Path,
    contents: &str,
    kind: Content,
    context: Context,
) -> anyhow::Result<()> {
    let written = file::write_atomically(path, contents.as_bytes(), kind.access(), None);
    let links = written.map_err(|error| match error {
        file::Error::Io(error) => unwritable(path, error),
        error => {
            let hint = "run as the owner of the old file or as root, or name another file";
            let message = format!("cannot write `{}`", path.display());
            anyhow::Error::new(error).context(hinted(message, hint))
        }
    })?;
    if links == Links::Separated {
        context.ui.warn(format!(
            "`{}` had other hard links: they still have the old content",
            path.display()
        ));
    }
    Ok(())
}

/// Fails if the directory of an output is missing or the output is a directory, before the work is done.
pub(super) fn require_place(path: &Path) -> anyhow::Result<()> {
    let at = file::folder(path).metadata().map_err(|error| unwritable(path, error))?;
    if !at.is_dir() {
        return Err(unwritable(path, io::ErrorKind::NotADirectory.into()));
    }
    if path.is_dir() {
        return Err(unwritable(path, io::ErrorKind::IsADirectory.into()));
    }
    Ok(())
}

/// Reads a file that the user named, of at most [`file::LIMIT`] bytes.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    file::read_text(path, file::LIMIT).map_err(|error| unreadable(path, error))
}

/// A failure to read a path that the user named.
pub(super) fn unreadable(path: &Path, error: io::Error) -> anyhow::Error {
    let hint = file::read_hint(path, &error);
    anyhow::Error::new(error).context(hinted(format!("cannot read `{}`", path.display()), hint))
}

/// A failure to write a path that the user named.
pub(super) fn unwritable(path: &Path, error: io::Error) -> anyhow::Error {
    let hint = file::write_hint(path, &error);
    anyhow::Error::new(error).context(hinted(format!("cannot write `{}`", path.display()), hint))
}

/// Creates a directory that the user named, and those above it.
pub(super) fn create_folder(path: &Path, mode: u32) -> anyhow::Result<()> {
    let created = DirBuilder::new().recursive(true).mode(mode).create(path);
    created.map_err(|error| {
        let hint = file::write_hint(path, &error);
        let message = format!("cannot create the directory `{}`", path.display());
        anyhow::Error::new(error).context(hinted(message, hint))
    })
}

#[cfg(test)]
mod tests {
    use super::Content;
    use crate::cli;

    #[test]
    fn older_files_of_both_tools_are_recognised() {
        for (content, text) in [
            (Content::Document, r#"{"applied_migrations": [1, 2]}"#),
            (Content::PgloaderConfiguration, "LOAD DATABASE\n     FROM mysql://u:p@h/d\n"),
            (
                Content::PgloaderConfiguration,
                "-- Written by\n{{=[[no-template]]=}}\n\nload database\n",
            ),
            (Content::SchemaReport, r#"{"version": 1, "kind": "x", "written_by": "0.1.0"}"#),
            (Content::Differences, "-- Posts of `mm`\n\n-- [missing-index] Posts\n"),
            (Content::ManualPage, &cli::manual()[0].text),
        ] {
            assert!(content.is_kind_of(text), "{text}");
        }
        for content in [Content::Document, Content::PgloaderConfiguration, Content::SchemaReport] {
            assert!(!content.is_kind_of("notes\n"));
            assert!(!content.is_kind_of(r#"{"SqlSettings": {}}"#));
        }
    }
}
