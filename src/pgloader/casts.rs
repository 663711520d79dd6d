//! Cast rules, derived from the two schemas.
//!
//! For `data only`, a rule has two effects: the function that pgloader applies to each value, and whether it
//! warns that the target has another type. Both are right if the rule names the target's type. One rule for
//! the most common pair of each source type and one for each column that differs keep the list short.

use std::collections::BTreeMap;
use std::fmt;

use crate::schema::{Catalog, Column, ColumnType, Kind};

use super::{EmptyJson, NullCharacters};

/// The conversion of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cast {
    /// The target's type as pgloader names it.
    to: String,
    /// The function, a name or a Lisp expression of one line.
    using: Option<String>,
}

/// A line of the `CAST` clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    matches: Matches,
    cast: Cast,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Matches {
    Type(String),
    Column { table: String, column: String },
}

/// The handling of values that the target would reject.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) null_characters: NullCharacters,
    pub(super) empty_json: EmptyJson,
}

/// The rules for the tables that both schemas have and that `included` contains by their source name.
///
/// Rules for columns come first: pgloader takes the first that matches.
pub(super) fn derive(
    source: &Catalog,
    target: &Catalog,
    policy: Policy,
    included: impl Fn(&str) -> bool,
) -> Vec<Rule> {
    let columns: Vec<(&str, &Column, Cast)> = source
        .tables
        .values()
        .filter(|table| included(&table.name))
        .filter_map(|table| Some((table, target.table(&table.name)?)))
        .flat_map(|(table, counterpart)| {
            table.columns.iter().filter_map(|column| {
                let into = counterpart.column(&column.name)?;
                Some((table.name.as_str(), column, cast(column, into, policy)))
            })
        })
        .collect();
    let usual = usual_casts(&columns);
    let differing = columns
        .iter()
        .filter(|(_, column, cast)| source_type(column).is_none_or(|name| usual[name] != cast))
        .map(|(table, column, cast)| {
            let (table, column) = ((*table).to_owned(), column.name.clone());
            Rule { matches: Matches::Column { table, column }, cast: cast.clone() }
        });
    let types = usual.iter().map(|(name, cast)| Rule {
        matches: Matches::Type((*name).to_owned()),
        cast: (*cast).clone(),
    });
    differing.chain(types).collect()
}

/// For each source type, the cast that most of its columns have.
fn usual_casts<'a>(columns: &'a [(&str, &'a Column, Cast)]) -> BTreeMap<&'a str, &'a Cast> {
    let mut counts: BTreeMap<&str, BTreeMap<&Cast, usize>> = BTreeMap::new();
    for (_, column, cast) in columns {
        if let Some(name) = source_type(column) {
            *counts.entry(name).or_default().entry(cast).or_default() += 1;
        }
    }
    let commonest = |casts: BTreeMap<&'a Cast, usize>| {
        casts.into_iter().max_by_key(|&(_, count)| count).map(|(cast, _)| cast)
    };
    counts.into_iter().filter_map(|(name, casts)| Some((name, commonest(casts)?))).collect()
}

/// The type as pgloader reads it from `DATA_TYPE`; `None` if that is not specific enough: `json` is
/// `longtext` on MariaDB, and every `enum` is a different type.
fn source_type(column: &Column) -> Option<&str> {
    match column.data_type.kind() {
        Kind::Json { .. } | Kind::Enumeration(_) => None,
        _ => column.data_type.as_str().split(['(', ' ']).next(),
    }
}

fn cast(column: &Column, into: &Column, policy: Policy) -> Cast {
    let without_null_characters = (policy.null_characters == NullCharacters::Removed)
        .then(|| "remove-null-characters".into());
    let using = match (column.data_type.kind(), into.data_type.kind()) {
        (_, Kind::Boolean) => Some("tinyint-to-boolean".to_owned()),
        (_, Kind::Binary) => Some("byte-vector-to-bytea".to_owned()),
        (Kind::Json { .. }, Kind::Array(_)) => Some(ARRAY_OF_JSON.to_owned()),
        (Kind::Text(_), Kind::Json { .. }) if into.not_null => {
            Some(EmptyJson::Object.function().to_owned())
        }
        (Kind::Text(_), Kind::Json { .. }) => Some(policy.empty_json.function().to_owned()),
        (Kind::Text(_) | Kind::Json { .. } | Kind::Enumeration(_), _) => without_null_characters,
        _ => None,
    };
    Cast { to: type_name(&into.data_type), using }
}

/// `["a", "b"]` to `{"a", "b"}`: strings without escapes have the same form in both.
const ARRAY_OF_JSON: &str =
    r#"(lambda (json) (when json (format nil "{~a}" (string-trim " []" json))))"#;

/// The target's type without its length, in the spelling that pgloader compares.
fn type_name(data_type: &ColumnType) -> String {
    let spelling = data_type.as_str();
    let name = match (spelling.find('('), spelling.find(')')) {
        (Some(open), Some(close)) => format!("{}{}", &spelling[..open], &spelling[close + 1..]),
        _ => spelling.to_owned(),
    };
    match name.as_str() {
        "character varying" => "varchar".to_owned(),
        "character" => "char".to_owned(),
        "timestamp with time zone" => "timestamptz".to_owned(),
        "timestamp without time zone" => "timestamp".to_owned(),
        _ => quote_unless_plain(&name),
    }
}

/// A name in a `CAST` clause.
fn quote_unless_plain(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    if plain { name.to_owned() } else { format!("\"{name}\"") }
}

impl EmptyJson {
    /// Does not remove NUL, because JSON contains none.
    fn function(self) -> &'static str {
        match self {
            Self::Object => r#"(lambda (json) (if (equal json "") "{}" json))"#,
            Self::Null => "empty-string-to-null",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.matches {
            Matches::Type(name) => write!(f, "type {name}")?,
            Matches::Column { table, column } => {
                let [table, column] = [table, column].map(|name| quote_unless_plain(name));
                write!(f, "column {table}.{column}")?;
            }
        }
        write!(f, " to {}", self.cast.to)?;
        match &self.cast.using {
            Some(function) => write!(f, " using {function}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Policy, derive};
    use crate::ddl;
    use crate::pgloader::{EmptyJson, NullCharacters};
    use crate::sql::Dialect;

    fn rules(source: &str, target: &str, null_characters: NullCharacters) -> String {
        let policy = Policy { null_characters, empty_json: EmptyJson::Object };
        let source = ddl::read(Dialect::MySql, source).expect("DDL");
        let target = ddl::read(Dialect::Postgres, target).expect("DDL");
        let rules = derive(&source, &target, policy, |table| table != "Other");
        rules.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const SOURCE: &str = "
        CREATE TABLE Things (Id varchar(26), Name varchar(64), Kind varchar(32), Type enum('a','b'),
            Flag tinyint(1), Plain tinyint(4), Ordering tinyint(4), Size bigint(20), Rank bigint(20),
            At bigint(20), Props json, Ids json, Text text, Note text, Blob_ mediumblob, Gone text);
        CREATE TABLE Other (Id int);";
    const TARGET: &str = "
        CREATE TYPE kind_of AS ENUM ('x');
        CREATE TYPE type_of AS ENUM ('a', 'b');
        CREATE TABLE things (id varchar(26), name varchar(64), kind kind_of, type type_of,
            flag boolean, plain boolean, ordering smallint, size bigint, rank integer, at bigint,
            props jsonb, ids varchar(26)[], text varchar(99), note json, blob_ bytea);
        CREATE TABLE other (id integer);";

    #[test]
    fn a_rule_for_each_type_and_one_for_each_column_that_differs() {
        insta::assert_snapshot!(rules(SOURCE, TARGET, NullCharacters::Removed), @r##"
        column Things.Kind to kind_of using remove-null-characters
        column Things.Type to type_of using remove-null-characters
        column Things.Ordering to smallint
        column Things.Rank to integer
        column Things.Props to jsonb using remove-null-characters
        column Things.Ids to "character varying[]" using (lambda (json) (when json (format nil "{~a}" (string-trim " []" json))))
        column Things.Note to json using (lambda (json) (if (equal json "") "{}" json))
        type bigint to bigint
        type mediumblob to bytea using byte-vector-to-bytea
        type text to varchar using remove-null-characters
        type tinyint to boolean using tinyint-to-boolean
        type varchar to varchar using remove-null-characters
        "##);
    }

    #[test]
    fn null_characters_may_be_left_for_postgres_to_refuse() {
        let rules =
            rules("CREATE TABLE T (a text)", "CREATE TABLE t (a text)", NullCharacters::Kept);
        assert_eq!(rules, "type text to text");
    }
}
