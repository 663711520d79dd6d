//! A text search configuration that ignores accents, by the extension `unaccent`.

use crate::postgres::{Connection, Error, resolve_configuration};
use crate::sql::Dialect::Postgres;

/// The word types that can contain accents. Words of ASCII alone have none, and take no time for it.
const WORD_TYPES: [&str; 6] =
    ["word", "numword", "hword", "numhword", "hword_part", "hword_numpart"];

/// What a database lacks for searches that ignore accents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccentPlan {
    /// The configuration with its schema.
    pub configuration: String,
    /// The statements that create what is missing.
    pub statements: Vec<String>,
    /// Why the account cannot run them.
    pub obstacle: Option<AccentObstacle>,
}

/// Why searches that ignore accents cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccentObstacle {
    /// The server does not have the extension.
    ExtensionMissing,
    /// The account may not create the extension.
    ExtensionDenied {
        /// The statement, for an administrator.
        statement: String,
    },
    /// There is no such language.
    LanguageMissing {
        /// Those that there are.
        languages: Vec<String>,
    },
    /// A configuration of that name does something else.
    NameTaken,
}

/// Finds out what is missing for a configuration of a language in a schema. Changes nothing.
pub async fn plan_accents(
    connection: &Connection,
    schema: &str,
    language: &str,
) -> Result<AccentPlan, Error> {
    let base = format!("pg_catalog.{language}");
    let Some(base) = resolve_configuration(connection, "pg_catalog", &base).await? else {
        let languages = crate::postgres::configuration_names(connection, "pg_catalog").await?;
        let obstacle = Some(AccentObstacle::LanguageMissing { languages });
        return Ok(AccentPlan { obstacle, ..AccentPlan::default() });
    };
    let name = format!("accent_insensitive_{language}");
    let quoted = Postgres.qualified(schema, &name);
    let mut plan = AccentPlan {
        configuration: format!("{}.{}", bare(schema), bare(&name)),
        ..AccentPlan::default()
    };
    let extension = extension_schema(connection).await?;
    let dictionary = Postgres.qualified(extension.as_deref().unwrap_or(schema), "unaccent");
    if extension.is_none() {
        let statement =
            format!("CREATE EXTENSION unaccent WITH SCHEMA {};", Postgres.identifier(schema));
        plan.obstacle = extension_obstacle(connection, &statement).await?;
        plan.statements.push(statement);
    }
    match existing(connection, schema, &name).await? {
        Some(true) => return Ok(plan),
        Some(false) => {
            plan.obstacle = Some(AccentObstacle::NameTaken);
            return Ok(plan);
        }
        None => {}
    }
    plan.statements.push(format!("CREATE TEXT SEARCH CONFIGURATION {quoted} (COPY = {base});"));
    for (types, dictionaries) in mappings(connection, &base).await? {
        plan.statements.push(format!(
            "ALTER TEXT SEARCH CONFIGURATION {quoted} ALTER MAPPING FOR {types} WITH {dictionary}, \
             {dictionaries};"
        ));
    }
    Ok(plan)
}

/// Creates what is missing, all of it or nothing.
pub async fn create_accents(connection: &Connection, plan: &AccentPlan) -> Result<(), Error> {
    connection.batch_execute(&plan.statements.join("\n")).await
}

/// A name as PostgreSQL prints it.
fn bare(name: &str) -> String {
    let is_plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let starts_plain = name.starts_with(|it: char| it.is_ascii_lowercase() || it == '_');
    if starts_plain && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        Postgres.identifier(name)
    }
}

async fn extension_schema(connection: &Connection) -> Result<Option<String>, Error> {
    let statement = "SELECT nspname::text FROM pg_catalog.pg_extension
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = extnamespace
        WHERE extname = 'unaccent'";
    let row = connection.query_opt(statement, &[]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// A trusted extension needs the right to create objects in the database.
async fn extension_obstacle(
    connection: &Connection,
    statement: &str,
) -> Result<Option<AccentObstacle>, Error> {
    let question = "SELECT bool_or(superuser.rolsuper
                OR extension.trusted AND has_database_privilege(current_database(), 'CREATE'))
        FROM pg_catalog.pg_available_extension_versions AS extension, pg_catalog.pg_roles AS superuser
        WHERE extension.name = 'unaccent' AND superuser.rolname = current_user";
    let may_create: Option<bool> = connection.query_one(question, &[]).await?.try_get(0)?;
    Ok(match may_create {
        Some(true) => None,
        Some(false) => Some(AccentObstacle::ExtensionDenied { statement: statement.to_owned() }),
        None => Some(AccentObstacle::ExtensionMissing),
    })
}

/// Whether the configuration exists, and if so, whether it ignores accents.
async fn existing(
    connection: &Connection,
    schema: &str,
    name: &str,
) -> Result<Option<bool>, Error> {
    let statement = "SELECT EXISTS (
            SELECT FROM pg_catalog.pg_ts_config_map
            JOIN pg_catalog.pg_ts_dict AS dictionary ON dictionary.oid = mapdict
            WHERE mapcfg = config.oid AND dictname = 'unaccent'
        )
        FROM pg_catalog.pg_ts_config AS config
        JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = config.cfgnamespace
        WHERE nspname = $1 AND cfgname = $2";
    let row = connection.query_opt(statement, &[&schema, &name]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The word types of a configuration that share their dictionaries, and these dictionaries.
async fn mappings(connection: &Connection, base: &str) -> Result<Vec<(String, String)>, Error> {
    let statement = "SELECT string_agg(alias, ', ' ORDER BY alias), dictionaries FROM (
            SELECT type.alias,
                string_agg(
                    quote_ident(nspname) || '.' || quote_ident(dictname), ', ' ORDER BY mapseqno
                ) AS dictionaries
            FROM pg_catalog.pg_ts_config_map
            JOIN pg_catalog.ts_token_type('default') AS type ON type.tokid = maptokentype
            JOIN pg_catalog.pg_ts_dict AS dictionary ON dictionary.oid = mapdict
            JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = dictnamespace
            WHERE mapcfg = $1::text::regconfig AND type.alias = ANY ($2)
            GROUP BY type.alias
        ) AS mapping GROUP BY dictionaries ORDER BY 1";
    let rows = connection.query(statement, &[&base, &WORD_TYPES.as_slice()]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
