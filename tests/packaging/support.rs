//! The program under test, other programs, and the definition of the command line.

use std::process::{Command, Output, Stdio};

use clap::CommandFactory as _;
use migration_assist::cli::Cli;

/// Runs the program and returns what it prints on standard output.
pub fn program(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migration-assist"));
    command.args(arguments).stdin(Stdio::null());
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs a tool that `scripts/servers install` installs.
pub fn tool(name: &str, arguments: &[&str]) -> Output {
    let run = Command::new(name).args(arguments).stdin(Stdio::null()).output();
    run.unwrap_or_else(|error| {
        panic!("cannot run `{name}` ({error}); run `scripts/servers install`")
    })
}

/// Every visible command with its path, such as `postgres post-migrate`, and its visible long flags.
pub fn visible_flags() -> Vec<(String, Vec<String>)> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut found = Vec::new();
    add_flags(&program, "", &mut found);
    assert!(found.len() > 10, "the commands were not found");
    found
}

fn add_flags(command: &clap::Command, path: &str, found: &mut Vec<(String, Vec<String>)>) {
    let visible = command.get_arguments().filter(|it| !it.is_hide_set());
    let flags = visible.filter_map(|it| it.get_long()).map(|it| format!("--{it}")).collect();
    found.push((path.to_owned(), flags));
    for below in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        add_flags(below, format!("{path} {}", below.get_name()).trim(), found);
    }
}
