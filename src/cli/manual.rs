//! The manual: one page for each command, in the language of `man`.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::{Cli, plain};

/// One page of the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualPage {
    /// The name that `man` looks for, such as `migration-assist-copy.1`.
    pub file_name: String,
    /// Its text.
    pub text: String,
}

/// The pages of the program and of all its commands.
#[must_use]
pub fn manual() -> Vec<ManualPage> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    add_pages(&program, &mut pages);
    pages
}

fn add_pages(command: &Command, pages: &mut Vec<ManualPage>) {
    pages.push(page(command));
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        add_pages(below, pages);
    }
}

fn page(command: &Command) -> ManualPage {
    let release = concat!("migration-assist ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(release).manual("User Commands");
    let help = command.get_after_long_help().map(|help| plain(&help.to_string()));
    let (notes, sections) = split_notes(help.as_deref().unwrap_or_default());
    let mut text = Vec::new();
    let written = man
        .render_title(&mut text)
        .and_then(|()| man.render_name_section(&mut text))
        .and_then(|()| synopsis(command).to_writer(&mut text))
        .and_then(|()| man.render_description_section(&mut text))
        .and_then(|()| paragraphs(notes).to_writer(&mut text))
        .and_then(|()| man.render_options_section(&mut text))
        .and_then(|()| subcommands(&man, command, &mut text))
        .and_then(|()| closing_sections(sections).to_writer(&mut text));
    written.expect("a vector takes every byte");
    ManualPage { file_name: man.get_filename(), text: String::from_utf8_lossy(&text).into_owned() }
}

fn subcommands(man: &Man, command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    if command.has_subcommands() { man.render_subcommands_section(text) } else { Ok(()) }
}

/// The usage as the help prints it. `clap_mangen` would list every flag.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).control("nf", []);
    for line in usage.trim_start_matches("Usage:").lines() {
        roff.text([roman(line.trim())]);
    }
    roff.control("fi", []);
    roff
}

/// The end of a long help: its prose, and from the first heading on its sections.
fn split_notes(help: &str) -> (&str, &str) {
    let mut start = 0;
    for line in help.split_inclusive('\n') {
        if heading(line.trim_end()).is_some() {
            break;
        }
        start += line.len();
    }
    help.split_at(start)
}

/// The heading in an unindented line that ends with a colon.
fn heading(line: &str) -> Option<&str> {
    line.strip_suffix(':').filter(|_| !line.starts_with(' '))
}

fn paragraphs(text: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in text.split("\n\n").filter(|it| !it.trim().is_empty()) {
        roff.control("PP", []);
        paragraph.lines().for_each(|line| {
            roff.text([roman(line)]);
        });
    }
    roff
}

/// The sections of the end of a long help; indented lines keep their breaks.
fn closing_sections(help: &str) -> Roff {
    let mut roff = Roff::new();
    let mut is_kept = false;
    for line in help.lines().filter(|line| !line.is_empty()) {
        let is_indented = line.starts_with(' ');
        if is_indented != is_kept {
            roff.control(if is_indented { "nf" } else { "fi" }, []);
            is_kept = is_indented;
        }
        match heading(line) {
            Some(heading) => roff.control("SH", [heading.to_uppercase().as_str()]),
            None => roff.text([roman(line)]),
        };
    }
    if is_kept {
        roff.control("fi", []);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::manual;

    #[test]
    fn every_command_has_a_page() {
        let names: Vec<String> = manual().into_iter().map(|page| page.file_name).collect();
        assert_eq!(names[0], "migration-assist.1");
        for name in ["migration-assist-copy.1", "migration-assist-postgres-post-migrate.1"] {
            assert!(names.contains(&name.to_owned()), "{names:?}");
        }
        assert!(!names.contains(&"migration-assist-help.1".to_owned()));
    }

    #[test]
    fn examples_and_exit_statuses_are_sections_that_keep_their_lines() {
        let pages = manual();
        let copy = pages.iter().find(|page| page.file_name == "migration-assist-copy.1");
        let text = &copy.expect("a page").text;
        for heading in [".SH EXAMPLES\n.nf\n", ".SH \"EXIT STATUS\"\n.nf\n"] {
            assert!(text.contains(heading), "{text}");
        }
        assert!(!text.contains('\u{a0}'));
    }
}
