//! The reasons why a decision of the user cannot be taken.

/// Why a decision cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDecision {
    /// It has another form.
    #[error("`{flag} {text}` is not of the form {form}")]
    Form {
        /// The flag.
        flag: &'static str,
        /// Its value.
        text: String,
        /// The form that it should have.
        form: &'static str,
        /// A value of that form.
        example: &'static str,
    },
    /// There is no such action.
    #[error("unrecognised action: {action}")]
    UnrecognisedAction {
        /// The action.
        action: String,
    },
    /// There is no such rule, or its rows cannot be left out.
    #[error("rows cannot be left out by rule `{rule}`")]
    NoSuchRule {
        /// The rule.
        rule: String,
        /// The rule with the nearest name.
        nearest: &'static str,
    },
    /// The decision would have no effect.
    #[error("`{flag} {place}` has no effect: no such table or column, or all of its values fit")]
    NoSuchPlace {
        /// The flag.
        flag: &'static str,
        /// The place that was named.
        place: String,
        /// The place with the nearest name.
        nearest: Option<String>,
    },
    /// The column cannot have that action.
    #[error("action `{action}` is not allowed for column `{place}`")]
    NotAllowed {
        /// The flag.
        flag: &'static str,
        /// The column, as the source spells it.
        place: String,
        /// The action that was asked for.
        action: String,
        /// Those that it can have.
        allowed: String,
    },
}

impl BadDecision {
    pub(super) fn no_such_place(
        flag: &'static str,
        place: &str,
        places: impl Iterator<Item = String>,
    ) -> Self {
        let asked_for = place.to_ascii_lowercase();
        let nearest = places
            .min_by_key(|it| strsim::damerau_levenshtein(&asked_for, &it.to_ascii_lowercase()));
        Self::NoSuchPlace { flag, place: place.to_owned(), nearest }
    }

    /// The next step.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Form { flag, example, .. } => format!("write it as `{flag} {example}`"),
            Self::UnrecognisedAction { .. } => {
                "name one of these actions: null, nearest, mark-nul, shorten, delete, value:TEXT"
                    .to_owned()
            }
            Self::NoSuchRule { nearest, .. } => {
                format!("nearest rule: `--leave-out {nearest}:TABLE.COLUMN`")
            }
            Self::NoSuchPlace { nearest: Some(nearest), .. } => format!("nearest name: {nearest}"),
            Self::NoSuchPlace { flag, .. } => format!("run again without `{flag}`"),
            Self::NotAllowed { place, allowed, .. } => format!("allowed for `{place}`: {allowed}"),
        }
    }
}
