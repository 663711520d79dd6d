//! The questions about states in which a switch is made only if the user accepts it.

use crate::cutover::Acceptable;

impl Acceptable {
    /// The question that accepts it at a terminal.
    #[must_use]
    pub fn question(self) -> &'static str {
        match self {
            Self::Unproven => "Switch although it is not proven that PostgreSQL has everything?",
            Self::Written => "Switch and leave behind what was written to MySQL since the proof?",
            Self::Unreachable => "Switch without asking the source?",
            Self::Running => "Change the configuration while Mattermost runs?",
        }
    }

    /// What is not known, or what happens, if it is accepted.
    #[must_use]
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Unproven => {
                "not known: whether PostgreSQL has every row and every value of MySQL, and whether \
                 MySQL was written since the rows were copied"
            }
            Self::Written => {
                "rows that were written to MySQL since the proof are not in PostgreSQL"
            }
            Self::Unreachable => {
                "not known: whether MySQL was written since the proof, whether it is frozen, and who is \
                 connected"
            }
            Self::Running => {
                "what Mattermost writes until it is stopped goes to the old database, and a save in the \
                 System Console puts the old configuration back"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cutover::Acceptable;

    #[test]
    fn each_state_has_a_question_and_a_consequence() {
        use Acceptable::{Running, Unproven, Unreachable, Written};
        let text = [Unproven, Written, Unreachable, Running]
            .map(|state| format!("{}\n  {}", state.question(), state.consequence()))
            .join("\n");
        insta::assert_snapshot!(text, @r"
        Switch although it is not proven that PostgreSQL has everything?
          not known: whether PostgreSQL has every row and every value of MySQL, and whether MySQL was written since the rows were copied
        Switch and leave behind what was written to MySQL since the proof?
          rows that were written to MySQL since the proof are not in PostgreSQL
        Switch without asking the source?
          not known: whether MySQL was written since the proof, whether it is frozen, and who is connected
        Change the configuration while Mattermost runs?
          what Mattermost writes until it is stopped goes to the old database, and a save in the System Console puts the old configuration back
        ");
    }
}
