//! Files that a command writes or reads, by the paths that the user gave.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;

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

/// What is written. An older file of the same kind is replaced without a question, whichever tool
/// wrote it.
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
}

impl Content {
    fn access(self) -> Access {
        match self {
            Self::PgloaderConfiguration => Access::Owner,
            Self::Document | Self::SchemaReport | Self::Differences => Access::Umask,
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
        }
    }
}

/// Writes a file completely or not at all. A pipe or a character device is written to; nothing but a
/// regular file is replaced.
pub(super) fn write(
    path: &Path,
    contents: &str,
    kind: Content,
    replace: Replace,
    context: Context,
) -> anyhow::Result<()> {
    let cannot = || format!("cannot write `{}`", path.display());
    if context.ui.data_goes_to(path) {
        return context.ui.data(contents).with_context(cannot);
    }
    let present = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return replace_whole(path, contents, kind, context);
        }
        Err(error) => return Err(error).with_context(cannot),
    };
    match file::special_kind(&present) {
        None => {}
        Some("a pipe" | "a character device") => {
            return file::write_to_stream(path, contents.as_bytes()).with_context(cannot);
        }
        Some(special) => {
            let message = format!("cannot write `{}`: it is {special}", path.display());
            return Err(hinted(message, "name a regular file").into());
        }
    }
    // A second run that has nothing new to write asks nothing.
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
    let links = written.with_context(|| format!("cannot write `{}`", path.display()))?;
    if links == Links::Separated {
        context.ui.warn(format!(
            "`{}` had other hard links: they still have the old content",
            path.display()
        ));
    }
    Ok(())
}

/// Reads a file that the user named, of at most [`file::LIMIT`] bytes.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    file::read_text(path, file::LIMIT).with_context(|| format!("cannot read `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::Content;

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
        ] {
            assert!(content.is_kind_of(text), "{text}");
        }
        for content in [Content::Document, Content::PgloaderConfiguration, Content::SchemaReport] {
            assert!(!content.is_kind_of("notes\n"));
            assert!(!content.is_kind_of(r#"{"SqlSettings": {}}"#));
        }
    }
}
