//! Answers to objections: a flag, or a yes typed at a terminal. `--yes` answers none.

use crate::cli::AcceptArgs;
use crate::commands::Context;
use crate::cutover::{Acceptable, Objection};

/// Whether every objection is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// All are accepted.
    Accepted,
    /// Some are not: the flags that accept them.
    Refused { flags: Vec<&'static str> },
    /// Some cannot be accepted.
    Impossible,
    /// The objections changed after the answer.
    Changed,
}

/// Asks about the states that no flag accepts, if there is a terminal.
pub(super) fn ask(
    objections: &[Objection],
    args: AcceptArgs,
    context: Context,
) -> anyhow::Result<Answer> {
    if objections.iter().any(|it| it.acceptable.is_none()) {
        return Ok(Answer::Impossible);
    }
    let mut states: Vec<Acceptable> = objections.iter().filter_map(|it| it.acceptable).collect();
    states.sort_unstable();
    states.dedup();
    let mut refused = Vec::new();
    for state in states {
        if is_given(args, state) {
            context.ui.warn(format!("accepted by `{}`: {}", state.flag(), state.consequence()));
        } else if refused.is_empty() && context.ui.confirm(state.question())? {
            context.ui.warn(format!("accepted: {}", state.consequence()));
        } else {
            refused.push(state.flag());
        }
    }
    Ok(if refused.is_empty() { Answer::Accepted } else { Answer::Refused { flags: refused } })
}

fn is_given(args: AcceptArgs, state: Acceptable) -> bool {
    match state {
        Acceptable::Unproven => args.unproven,
        Acceptable::Written => args.accept_written,
        Acceptable::Unreachable => args.accept_unreachable,
        Acceptable::Running => args.accept_running,
    }
}

/// Prints the objections with their hints.
pub(super) fn describe(objections: &[Objection], context: Context) {
    for objection in objections {
        context.ui.warn(format!("[{}] {}\n  {}", objection.id, objection.message, objection.hint));
    }
}

/// Prints how to accept the remaining objections.
pub(super) fn refuse(answer: &Answer, context: Context) {
    match answer {
        Answer::Accepted => {}
        Answer::Impossible | Answer::Changed => {
            context.ui.hint("fix the problems listed above and run the same command again");
        }
        Answer::Refused { flags } => {
            let flags: Vec<String> = flags.iter().map(|flag| format!("`{flag}`")).collect();
            context.ui.hint(format!(
                "fix the problems listed above and run the same command again, or accept exactly this \
                 state with {}",
                flags.join(" ")
            ));
        }
    }
}
