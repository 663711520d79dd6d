//! A decision that an administrator can take, as the command that takes it.

use schemars::JsonSchema;
use serde::Serialize;

/// A decision that an administrator can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Choice {
    /// What it does, as an imperative.
    pub effect: &'static str,
    /// The command that does it, quoted for a shell.
    pub command: String,
    /// What takes the decision.
    #[serde(skip)]
    pub by: ChoiceCommand,
    /// The flags of the command, each with its value, quoted for a shell.
    #[serde(skip)]
    pub flags: Vec<String>,
}

/// What takes a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceCommand {
    /// `mysql` changes the source.
    Repair,
    /// `migrate` and the other commands that read rows treat them so on the way.
    Migrate,
}

/// The flag that restricts repairs to what was decided.
pub(super) const FIX_DECIDED: &str = "--fix decided";

impl Choice {
    /// A decision that a command takes.
    pub(super) fn new(effect: &'static str, by: ChoiceCommand, flags: Vec<String>) -> Self {
        let command = command(by, &flags);
        Self { effect, command, by, flags }
    }

    /// A change to the source, of what was decided alone.
    pub(super) fn repair(effect: &'static str, flag: String) -> Self {
        Self::new(effect, ChoiceCommand::Repair, vec![FIX_DECIDED.to_owned(), flag])
    }

    /// The flags without those that only change a source.
    pub(super) fn on_the_way(&self) -> impl Iterator<Item = &String> {
        self.flags.iter().filter(|flag| *flag != FIX_DECIDED)
    }
}

/// The command with these flags.
pub(super) fn command(by: ChoiceCommand, flags: &[String]) -> String {
    let name = match by {
        ChoiceCommand::Repair => "mysql",
        ChoiceCommand::Migrate => "migrate",
    };
    let words = [&["migration-assist".to_owned(), name.to_owned()], flags].concat();
    words.join(" ")
}
