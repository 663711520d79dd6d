//! The locale of a target, before anything is built in it.

use schemars::JsonSchema;
use serde::Serialize;

use super::Error;
use crate::postgres::{Connection, Readiness, create_database_statement, read_readiness};
use crate::source::Source;

/// A target in which letters outside ASCII have no case.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CaselessCtype {
    /// What is wrong.
    pub(crate) message: String,
    /// A statement that creates a right database on this server, if the server has a right locale.
    pub(crate) statement: Option<String>,
    /// Whether a flag accepts it.
    pub(crate) accepted: bool,
}

impl CaselessCtype {
    /// Judges the target; `None` if all letters have a case.
    pub(crate) async fn find(
        connection: &Connection,
        readiness: &Readiness,
        accepted: bool,
    ) -> Result<Option<Self>, Error> {
        let locale = &readiness.locale;
        if locale.has_case() || readiness.encoding != "UTF8" {
            return Ok(None);
        }
        let message = format!(
            "letters outside ASCII have no case in database `{}` (LC_CTYPE `{}`): searching for `élan` does not \
             find `Élan`, nor `привет` a `Привет`; this cannot be changed later",
            readiness.database, locale.ctype
        );
        let statement = right_database(connection, readiness).await?;
        Ok(Some(Self { message, statement, accepted }))
    }
}

/// The statement that creates a database next to this one, in which all letters have a case.
pub(super) async fn right_database(
    connection: &Connection,
    readiness: &Readiness,
) -> Result<Option<String>, Error> {
    let name = format!("{}_utf8", readiness.database);
    Ok(create_database_statement(connection, &name, &readiness.user).await?)
}

/// How many of the source's channels are listed elsewhere if names are sorted by code point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ChannelOrder {
    /// The channels that were looked at.
    pub(crate) channels: usize,
    /// Those of them that get another place in the list.
    pub(crate) moved: usize,
    /// Their names in the new order, if values may be shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) names: Vec<String>,
}

/// How many names are shown.
const NAMES_SHOWN: usize = 20;

impl ChannelOrder {
    /// How a target that sorts by code point lists the channels of a source; `None` if it sorts otherwise, or
    /// the source cannot be asked for names in its own order.
    pub(crate) async fn read(
        target: &Connection,
        schema: &str,
        source: &Source,
        channels: Option<&str>,
        show_values: bool,
    ) -> Result<Option<Self>, Error> {
        let Some(channels) = channels else { return Ok(None) };
        if !read_readiness(target, schema).await?.locale.sorts_by_code_point {
            return Ok(None);
        }
        let names = source.channel_names(channels).await?;
        Ok(names.map(|names| Self::of(&names, show_values)))
    }

    /// `names` are in the order of the source.
    fn of(names: &[String], show_values: bool) -> Self {
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort();
        let moved = names.iter().zip(&sorted).filter(|(before, after)| before != *after).count();
        let shown = if show_values { NAMES_SHOWN } else { 0 };
        let names_shown = sorted.into_iter().take(shown).cloned().collect();
        Self { channels: names.len(), moved, names: names_shown }
    }
}

#[cfg(test)]
mod tests {
    use super::ChannelOrder;

    #[test]
    fn channels_that_move_are_counted() {
        let names = ["Apfel", "apple", "ärger", "Zebra"].map(str::to_owned);
        let order = ChannelOrder::of(&names, true);
        assert_eq!((order.channels, order.moved), (4, 3));
        assert_eq!(order.names, ["Apfel", "Zebra", "apple", "ärger"]);
        assert!(ChannelOrder::of(&names, false).names.is_empty());
        assert_eq!(ChannelOrder::of(&names[..2], false).moved, 0);
    }
}
