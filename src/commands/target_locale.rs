//! The locale of a target, before anything is built in it.

use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use crate::mysql::{self, Access, channel_names};
use crate::postgres::{Connection, Readiness, create_database_statement, read_readiness};
use crate::source::Source;
use crate::ui::Ui;

/// A target in which letters outside ASCII have no case.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CaselessCtype {
    /// What is wrong.
    pub(super) message: String,
    /// A statement that creates a right database on this server, if the server has a right locale.
    pub(super) statement: Option<String>,
    /// Whether a flag accepts it.
    pub(super) accepted: bool,
}

impl CaselessCtype {
    /// Judges the target; `None` if all letters have a case.
    pub(super) async fn find(
        connection: &Connection,
        readiness: &Readiness,
        accepted: bool,
    ) -> anyhow::Result<Option<Self>> {
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

    pub(super) fn describe(&self, ui: Ui) {
        ui.warn(&self.message);
        if self.accepted {
            return;
        }
        match &self.statement {
            Some(statement) => ui.hint(format!(
                "create another database and name it in the DSN; run as an administrator: {statement}"
            )),
            None => ui.hint(
                "install a UTF-8 locale on the server's machine (on Debian: the package `locales-all`), restart \
                 PostgreSQL, and run again for the statement that creates a database with it",
            ),
        }
        ui.hint("to use this database as it is, add `--accept-ctype`");
    }
}

/// The statement that creates a database next to this one, in which all letters have a case.
pub(super) async fn right_database(
    connection: &Connection,
    readiness: &Readiness,
) -> anyhow::Result<Option<String>> {
    let name = format!("{}_utf8", readiness.database);
    Ok(create_database_statement(connection, &name, &readiness.user).await?)
}

/// Reports the locale of a target and whether a copy may use it.
pub(super) async fn check(
    connection: &Connection,
    schema: &str,
    accepted: bool,
    context: Context,
) -> anyhow::Result<bool> {
    let readiness = read_readiness(connection, schema).await?;
    context.ui.say(format!("target: {}", describe(&readiness)));
    let found = CaselessCtype::find(connection, &readiness, accepted).await?;
    if let Some(caseless) = &found {
        caseless.describe(context.ui);
    }
    Ok(found.is_none_or(|it| it.accepted))
}

/// The server, the database, and its locale.
pub(super) fn describe(readiness: &Readiness) -> String {
    let Readiness { server, database, encoding, locale, .. } = readiness;
    format!("{server}, database `{database}`: encoding {encoding}, {locale}")
}

/// How many of the source's channels are listed elsewhere if names are sorted by code point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct ChannelOrder {
    /// The channels that were looked at.
    pub(super) channels: usize,
    /// Those of them that get another place in the list.
    pub(super) moved: usize,
    /// Their names in the new order, if values may be shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// How many names are shown.
const NAMES_SHOWN: usize = 20;

impl ChannelOrder {
    /// `names` are in the order of the source.
    fn of(names: &[String], show_values: bool) -> Self {
        let mut sorted: Vec<&String> = names.iter().collect();
        sorted.sort();
        let moved = names.iter().zip(&sorted).filter(|(before, after)| before != *after).count();
        let shown = if show_values { NAMES_SHOWN } else { 0 };
        let names_shown = sorted.into_iter().take(shown).cloned().collect();
        Self { channels: names.len(), moved, names: names_shown }
    }

    fn describe(&self, ui: Ui) {
        ui.say(format!(
            "sorted by code point, channels of this source that change their place: {} of {}",
            self.moved, self.channels
        ));
        if !self.names.is_empty() {
            ui.say(format!("the first names in that order: {}", self.names.join(", ")));
        } else if self.moved > 0 {
            ui.hint("add `--show-values` to see the names in that order");
        }
    }
}

/// Reports how a target that sorts by code point would list the channels of a server.
pub(super) async fn show_channel_order(
    target: &Connection,
    source: &Source,
    table: Option<&str>,
    (schema, show_values): (&str, bool),
    ui: Ui,
) -> anyhow::Result<Option<ChannelOrder>> {
    let (Source::Server(dsn), Some(table)) = (source, table) else { return Ok(None) };
    if !read_readiness(target, schema).await?.locale.sorts_by_code_point {
        return Ok(None);
    }
    let mut connection = mysql::Connection::connect(dsn, Access::ReadOnly).await?;
    let order = ChannelOrder::of(&channel_names(&mut connection, table).await?, show_values);
    order.describe(ui);
    Ok(Some(order))
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
