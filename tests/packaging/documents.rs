//! Commands of container engines in the documents: their arguments for the program are those of its command line.

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use migration_assist::cli::Cli;

/// README and the pages.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = std::fs::read_dir(root.join("docs")).expect("the pages");
    let pages = pages.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = pages.filter(|path| path.is_file()).collect();
    found.push(root.join("README.md"));
    found
}

/// The words of each command that runs a container of the program, with its continuation lines.
fn container_runs(text: &str) -> Vec<Vec<String>> {
    let joined = text.replace("\\\n", " ");
    let is_run = |line: &&str| {
        let mut words = line.split_whitespace();
        matches!(words.next(), Some("podman" | "docker")) && words.next() == Some("run")
    };
    let lines = joined.lines().map(|line| line.trim().trim_start_matches("$ ")).filter(is_run);
    let unquoted = |word: &str| word.replace(['"', '\''], "");
    lines.map(|line| line.split_whitespace().map(unquoted).collect()).collect()
}

#[test]
fn container_commands_have_arguments_of_the_command_line() {
    let mut checked = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("a page");
        for words in container_runs(&text) {
            let image = words.iter().position(|word| word.starts_with("migration-assist:"));
            let image =
                image.unwrap_or_else(|| panic!("{}: no image in {words:?}", path.display()));
            let arguments = ["migration-assist"].into_iter();
            let arguments = arguments.chain(words[image + 1..].iter().map(String::as_str));
            if let Err(error) = Cli::command().try_get_matches_from(arguments) {
                let is_shown = !error.use_stderr();
                assert!(is_shown, "{}: {words:?}: {error}", path.display());
            }
            // The working directory of the image is a volume in each of them, or nothing is written.
            let mounts = words[..image].iter().any(|word| word.contains(":/work"));
            assert!(mounts || words.last().is_some_and(|it| it == "version"), "{words:?}");
            checked += 1;
        }
    }
    assert!(checked >= 2, "{checked}");
}
