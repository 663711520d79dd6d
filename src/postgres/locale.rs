//! The locale of a database: how it sorts text, and which letters have a case in it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Connection, Error, Note, Server};
use crate::sql::Dialect::Postgres;

/// The locale of a database, with what the server itself answers about its effects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Locale {
    /// Who compares and converts text.
    pub provider: LocaleProvider,
    /// The collation: the provider's own locale if it has one, else `LC_COLLATE`.
    pub collation: String,
    /// `LC_CTYPE`, which splits text into words for full-text search, whatever the provider.
    pub ctype: String,
    /// Whether `lower` changes letters outside ASCII.
    pub lowers_letters: bool,
    /// Whether full-text search takes letters outside ASCII for the same in either case.
    pub folds_words: bool,
    /// Whether text is sorted by code point: all capitals of ASCII before `a`, all other letters after `z`.
    pub sorts_by_code_point: bool,
}

/// Who compares and converts the text of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub enum LocaleProvider {
    /// The C library of the server's machine.
    #[serde(rename = "c", alias = "libc")]
    Libc,
    /// ICU, since version 15.
    #[serde(rename = "i", alias = "icu")]
    Icu,
    /// PostgreSQL itself, since version 17.
    #[serde(rename = "b", alias = "builtin")]
    Builtin,
}

impl fmt::Display for LocaleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Libc => "libc",
            Self::Icu => "icu",
            Self::Builtin => "builtin",
        })
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, collation, ctype, .. } = self;
        write!(f, "provider {provider}, collation {collation}, ctype {ctype}")
    }
}

impl Locale {
    /// Whether letters outside ASCII have a case, in comparisons and in full-text search.
    #[must_use]
    pub fn has_case(&self) -> bool {
        self.lowers_letters && self.folds_words
    }

    /// What users notice of an order by code point, before anything is built.
    #[must_use]
    pub fn order_note(&self) -> Option<Note> {
        self.sorts_by_code_point.then(|| Note {
            id: "collation",
            message: format!(
                "the collation `{}` sorts by code point: Mattermost lists channels as Apfel, Zebra, apple, \
                 ärger, where MySQL lists Apfel, apple, ärger, Zebra",
                self.collation
            ),
            statement: None,
            plan: Vec::new(),
        })
    }
}

/// A statement that creates a database in which all letters have a case, on the server of `connection`;
/// `None` if the server has no such locale.
pub async fn create_database_statement(
    connection: &Connection,
    name: &str,
    owner: &str,
) -> Result<Option<String>, Error> {
    let mut locales = read_locales(connection).await?;
    locales.sort_by_cached_key(SystemLocale::preference);
    for locale in &locales {
        if locale.has_case(connection).await? {
            let by_icu = locale.sorts_by_code_point() && has_icu(connection).await?;
            let order = if by_icu { Order::Icu } else { Order::Locale };
            return Ok(Some(locale.statement(connection.server(), order, name, owner)));
        }
    }
    // Since version 18, full-text search follows the provider.
    Ok((connection.server().major() >= 18).then(|| {
        let creation = creation(name, owner);
        format!("{creation} LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' TEMPLATE template0;")
    }))
}

/// Who sorts the names of a new database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The C library, by the locale.
    Locale,
    /// ICU, as languages do.
    Icu,
}

/// Whether a database can have ICU as its provider.
async fn has_icu(connection: &Connection) -> Result<bool, Error> {
    let statement = "SELECT current_setting('server_version_num')::int >= 150000
        AND EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu')";
    Ok(connection.query_one(statement, &[]).await?.try_get(0)?)
}

fn creation(name: &str, owner: &str) -> String {
    let [name, owner] = [name, owner].map(|name| Postgres.identifier(name));
    format!("CREATE DATABASE {name} OWNER {owner} ENCODING 'UTF8'")
}

/// A locale of the C library that the server knows, by the collation that stands for it.
struct SystemLocale {
    collation: String,
    locale: String,
    is_of_database: bool,
}

impl SystemLocale {
    /// Only a database in UTF-8 can be asked: another one does not have the collation.
    async fn has_case(&self, connection: &Connection) -> Result<bool, Error> {
        let encoding = "SELECT pg_catalog.getdatabaseencoding()";
        if connection.query_one(encoding, &[]).await?.try_get::<_, &str>(0)? != "UTF8" {
            return Ok(true);
        }
        let collation = Postgres.identifier(&self.collation);
        // The letters of Cyrillic, as text that any database takes.
        let question = format!(
            "SELECT lower(convert_from('\\xD096', 'UTF8') COLLATE pg_catalog.{collation})
                    = convert_from('\\xD0B6', 'UTF8')"
        );
        Ok(connection.query_one(&question, &[]).await?.try_get(0)?)
    }

    fn sorts_by_code_point(&self) -> bool {
        self.locale.starts_with("C.")
    }

    fn statement(&self, server: Server, order: Order, name: &str, owner: &str) -> String {
        let creation = creation(name, owner);
        let locale = Postgres.literal(&self.locale);
        let locale = match order {
            // `LOCALE` would name ICU's locale too.
            Order::Icu => format!(
                "LOCALE_PROVIDER icu ICU_LOCALE 'und' LC_COLLATE {locale} LC_CTYPE {locale}"
            ),
            Order::Locale if server.major() >= 15 => {
                format!("LOCALE_PROVIDER libc LOCALE {locale}")
            }
            Order::Locale => format!("LOCALE {locale}"),
        };
        format!("{creation} {locale} TEMPLATE template0;")
    }

    /// The least is best: the language that the database sorts by, then English, then any other.
    fn preference(&self) -> (bool, bool, bool, String) {
        let is_english = self.locale.starts_with("en_US");
        (!self.is_of_database, self.sorts_by_code_point(), !is_english, self.locale.clone())
    }
}

async fn read_locales(connection: &Connection) -> Result<Vec<SystemLocale>, Error> {
    let statement = "SELECT DISTINCT ON (candidate.collcollate)
            candidate.collname::text, candidate.collcollate::text,
            candidate.collcollate = database.datcollate
        FROM pg_catalog.pg_collation AS candidate, pg_catalog.pg_database AS database
        WHERE database.datname = current_database()
          AND candidate.collnamespace = 'pg_catalog'::regnamespace
          AND candidate.collprovider = 'c'
          AND candidate.collcollate = candidate.collctype
          AND candidate.collcollate NOT IN ('C', 'POSIX')
          AND candidate.collencoding = pg_catalog.pg_char_to_encoding('UTF8')
        ORDER BY candidate.collcollate, candidate.collname";
    let rows = connection.query(statement, &[]).await?;
    let locale = |row: &super::Row| {
        Ok(SystemLocale {
            collation: row.try_get(0)?,
            locale: row.try_get(1)?,
            is_of_database: row.try_get(2)?,
        })
    };
    rows.iter().map(locale).collect()
}
