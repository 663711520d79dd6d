//! Every command in a message, a help text or a document is one that the command line accepts.

use std::fs;
use std::path::{Path, PathBuf};

use migration_assist::cli::{Cli, Rejected};
use regex::Regex;

/// The files below a folder with one of these extensions.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let of = |path: PathBuf| {
        if path.is_dir() {
            return files(&path, extensions);
        }
        let is_meant = path.extension().is_some_and(|it| extensions.iter().any(|want| it == *want));
        if is_meant { vec![path] } else { Vec::new() }
    };
    paths.flat_map(of).collect()
}

/// The commands in a text: those in backticks, and the lines that are one; of a page, only those that it
/// shows as code.
fn commands(text: &str, is_page: bool) -> Vec<String> {
    // In a string of Rust, a backslash at the end of a line is written twice.
    let text = Regex::new(r"\\\\\n\s*").expect("sound").replace_all(text, " ").into_owned();
    let text = Regex::new(r"\\\n\s*").expect("sound").replace_all(&text, "").into_owned();
    let inline = Regex::new(r"`(?:\$ )?(migration-assist [^`]+)`").expect("sound");
    let line = Regex::new(r"(?m)^ *(?:\$ |sudo )?(migration-assist .+)$").expect("sound");
    let quoted = Regex::new(r#""(migration-assist [^"]+)""#).expect("sound");
    let found = |pattern: &Regex| -> Vec<String> {
        pattern.captures_iter(&text).map(|it| it[1].to_owned()).collect()
    };
    let code: String = text.split("```").skip(1).step_by(2).collect();
    let lines = if is_page { &code } else { &text };
    let lines = line.captures_iter(lines).map(|it| it[1].to_owned()).collect();
    [found(&inline), found(&quoted), lines].concat()
}

/// The words of a command as a shell splits them, up to an operator; `None` for what only looks like a
/// command.
fn words(command: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for character in command.chars() {
        match (quote, character) {
            (Some(open), it) if it == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, '|' | '>' | '<' | ';' | '&' | '#') => break,
            (None, ' ' | '\n') => words.extend(word.take()),
            // A synopsis, a template of several lines, or a part of a longer text.
            (_, '…' | '`' | '[' | '\\') => return None,
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    Some(words)
}

#[test]
fn every_command_in_a_text_is_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = files(&root.join("src"), &["rs"]);
    paths.extend(files(&root.join("docs"), &["md"]));
    paths.push(root.join("README.md"));
    let flags = Regex::new(r"\{[a-z_]*(?:flags|dump)\}").expect("sound");
    let placeholder = Regex::new(r"\{[^{} ]*\}").expect("sound");
    let (mut checked, mut refused) = (0, Vec::new());
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_page = path.extension().is_some_and(|it| it == "md");
        for command in commands(text, is_page) {
            let sample = flags.replace_all(&command, "").replace("ZONE", "UTC");
            // The end of a string of Rust.
            let sample = sample.trim_end_matches("\";");
            let Some(words) = words(&placeholder.replace_all(sample, "x")) else { continue };
            checked += 1;
            if let Err(Rejected::Usage(error)) = Cli::read(&words) {
                let error = error.lines().next().unwrap_or_default();
                refused.push(format!("{}: {command}\n    {error}", path.display()));
            }
        }
    }
    assert!(checked > 100, "{checked}");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
