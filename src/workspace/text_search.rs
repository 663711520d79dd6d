//! The text search configuration that a command builds full-text indexes with.

use schemars::JsonSchema;
use serde::Serialize;

use super::Error;
use crate::indexes::{
    AccentObstacle, AccentPlan, BuildOptions, OtherConfiguration, Others, create_accents,
    plan_accents,
};
use crate::ledger;
use crate::postgres::{
    Connection, FullTextIndex, Need, Note, Privilege, Readiness, configuration_names,
    explain_search, read_readiness, resolve_configuration, table_bytes,
};
use crate::schema::{PHRASE_INDEX, configuration_of, estimate_phrase_index};

/// What the user asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextSearchRequest<'a> {
    /// The configuration that the target has.
    Present,
    /// The configuration of that name.
    Configuration(&'a str),
    /// One that ignores accents, for a language.
    IgnoreAccents { language: &'a str },
}

/// How full-text indexes are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FullTextOptions {
    /// Whether indexes with another configuration are built again.
    pub(crate) rebuild: bool,
    /// Whether the index for phrases is built.
    pub(crate) phrase_index: bool,
}

/// What was asked for, as the target has it.
#[derive(Debug, Default)]
pub(crate) struct TextSearch {
    /// The configuration with its schema; `None` for that of the migrations.
    pub(crate) configuration: Option<String>,
    /// Whether the user named one.
    is_asked: bool,
    /// What is created for searches that ignore accents.
    accents: Option<AccentPlan>,
}

/// Why searches that ignore accents cannot be set up on a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextSearchObstacle {
    /// The server does not have the extension `unaccent`.
    ExtensionMissing,
    /// The DSN names a configuration, which takes precedence over the database's.
    SetByDsn,
    /// The account may not do it.
    Denied {
        database: String,
        /// The role that owns the database.
        owner: String,
        /// The statements that its owner or a superuser has to run.
        statements: Vec<String>,
    },
}

/// What a command did about text search.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TextSearchReport {
    /// The configuration that Mattermost's next session searches with.
    pub(crate) setting: Option<String>,
    /// The full-text indexes that it cannot use.
    pub(crate) unusable: Vec<String>,
    /// The configuration that was set, and the statement.
    #[serde(skip)]
    pub(crate) set: Option<(String, String)>,
    /// The index for phrases, if there is none.
    #[serde(skip)]
    pub(crate) missing_phrase_index: Option<PhraseIndexEstimate>,
    /// Why searches read every row, if they do.
    #[serde(skip)]
    pub(crate) note: Option<Note>,
}

/// What an index for phrases takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PhraseIndexEstimate {
    pub(crate) seconds: u64,
    pub(crate) bytes: u64,
}

impl TextSearch {
    /// Finds what the user asks for, and changes nothing.
    pub(crate) async fn find(
        connection: &Connection,
        schema: &str,
        request: TextSearchRequest<'_>,
    ) -> Result<Result<Self, TextSearchObstacle>, Error> {
        let configuration = match request {
            TextSearchRequest::IgnoreAccents { language } => {
                let plan = plan_accents(connection, schema, language).await?;
                if let Some(obstacle) = find_obstacle(connection, schema, &plan).await? {
                    return Ok(Err(obstacle));
                }
                let configuration = Some(plan.configuration.clone());
                return Ok(Ok(Self { configuration, is_asked: true, accents: Some(plan) }));
            }
            TextSearchRequest::Configuration(name) => {
                Some(resolve(connection, schema, name).await?)
            }
            TextSearchRequest::Present => present_configuration(connection, schema).await?,
        };
        let is_asked = request != TextSearchRequest::Present;
        Ok(Ok(Self { configuration, is_asked, accents: None }))
    }

    /// The configuration that the user asked for, if any.
    pub(crate) fn asked(&self) -> Option<String> {
        self.configuration.clone().filter(|_| self.is_asked)
    }

    /// The full-text indexes that have another configuration than the one that was asked for, and would not be
    /// built again.
    pub(crate) async fn other_indexes(
        &self,
        connection: &Connection,
        schema: &str,
        options: FullTextOptions,
    ) -> Result<Vec<OtherConfiguration>, Error> {
        if !self.is_asked || options.rebuild {
            return Ok(Vec::new());
        }
        let indexes = read_readiness(connection, schema).await?.full_text_indexes;
        let is_other =
            |it: &FullTextIndex| !it.is_phrase_index() && it.configuration != self.configuration;
        let other = |FullTextIndex { table, name, configuration }| OtherConfiguration {
            table,
            index: name,
            configuration,
        };
        Ok(indexes.into_iter().filter(is_other).map(other).collect())
    }

    /// Lets indexes be built with the configuration.
    pub(crate) fn apply<'a>(
        &'a self,
        building: BuildOptions<'a>,
        options: FullTextOptions,
    ) -> BuildOptions<'a> {
        BuildOptions {
            configuration: self.configuration.as_deref().unwrap_or(building.configuration),
            others: match (options.rebuild, self.is_asked) {
                (true, _) => Others::Rebuild,
                (false, true) => Others::Report,
                (false, false) => Others::Keep,
            },
            phrase_index: options.phrase_index,
            ..building
        }
    }

    /// Creates the configuration, and returns its name, if one is to be created.
    pub(crate) async fn create(&self, connection: &Connection) -> Result<Option<&str>, Error> {
        let plan = self.accents.as_ref().filter(|plan| !plan.statements.is_empty());
        let Some(plan) = plan else { return Ok(None) };
        create_accents(connection, plan).await?;
        Ok(Some(&plan.configuration))
    }

    /// Sets the configuration for the database if all indexes have it, and compares the setting with the
    /// indexes.
    pub(crate) async fn finish(
        &self,
        connection: &Connection,
        schema: &str,
    ) -> Result<TextSearchReport, Error> {
        let mut readiness = read_readiness(connection, schema).await?;
        let mut set = None;
        if let Some(plan) = &self.accents {
            let configuration = plan.configuration.as_str();
            let is_stored = readiness.text_search_of_database.as_deref() == Some(configuration);
            let is_of_role = readiness.text_search_source.contains("user");
            let is_set = readiness.text_search_configuration.as_deref() == Some(configuration)
                || is_stored && !is_of_role;
            let is_built = readiness.indexed_configuration() == Some(configuration);
            if let Some(statement) =
                readiness.set_configuration(configuration).filter(|_| is_built && !is_set)
            {
                connection.batch_execute(&statement).await?;
                set = Some((configuration.to_owned(), statement));
            }
            // A new session has what is stored now.
            if is_built {
                configuration.clone_into(&mut readiness.text_search);
                readiness.text_search_configuration = Some(configuration.to_owned());
            }
        }
        let missing_phrase_index = missing_phrase_index(connection, schema, &readiness).await?;
        let mut note = readiness.notes().into_iter().find(|note| note.id == "text-search");
        if let Some(note) = &mut note {
            note.plan = explain(connection, schema, &readiness).await?;
        }
        let unusable = readiness.unusable_indexes().iter().map(|it| it.name.clone()).collect();
        let setting = readiness.text_search_configuration;
        Ok(TextSearchReport { setting, unusable, set, missing_phrase_index, note })
    }
}

/// What the index for searches for a phrase takes; `None` if there is one.
async fn missing_phrase_index(
    connection: &Connection,
    schema: &str,
    readiness: &Readiness,
) -> Result<Option<PhraseIndexEstimate>, Error> {
    if readiness.full_text_indexes.iter().any(FullTextIndex::is_phrase_index) {
        return Ok(None);
    }
    let posts = table_bytes(connection, schema, "posts").await?;
    let (seconds, bytes) = estimate_phrase_index(posts);
    Ok(Some(PhraseIndexEstimate { seconds, bytes }))
}

/// The plan of a search, if there are indexes that it cannot use.
pub(super) async fn explain(
    connection: &Connection,
    schema: &str,
    readiness: &Readiness,
) -> Result<Vec<String>, Error> {
    let of_posts = readiness.full_text_indexes.iter().any(|index| index.table == "posts");
    match &readiness.text_search_configuration {
        Some(configuration) if of_posts => {
            Ok(explain_search(connection, schema, configuration).await?)
        }
        _ => Ok(Vec::new()),
    }
}

async fn resolve(connection: &Connection, schema: &str, name: &str) -> Result<String, Error> {
    if let Some(found) = resolve_configuration(connection, schema, name).await? {
        return Ok(found);
    }
    let known = configuration_names(connection, schema).await?;
    Err(Error::UnknownTextSearch { name: name.to_owned(), known })
}

/// The configuration that the target's full-text indexes share, or those that a copy has removed.
async fn present_configuration(
    connection: &Connection,
    schema: &str,
) -> Result<Option<String>, Error> {
    let readiness = read_readiness(connection, schema).await?;
    if let Some(configuration) = readiness.indexed_configuration() {
        return Ok(Some(configuration.to_owned()));
    }
    if readiness.full_text_indexes.iter().any(|index| !index.is_phrase_index()) {
        return Ok(None);
    }
    let removed = ledger::read_copy(connection, schema).await?.removed;
    let removed =
        removed.iter().filter(|it| it.stage == ledger::Stage::FullText && it.name != PHRASE_INDEX);
    let mut names: Vec<String> = removed.filter_map(|it| configuration_of(&it.statement)).collect();
    names.dedup();
    match names.as_slice() {
        [name] => Ok(resolve_configuration(connection, schema, name).await?),
        _ => Ok(None),
    }
}

/// What keeps the account from setting up searches that ignore accents.
async fn find_obstacle(
    connection: &Connection,
    schema: &str,
    plan: &AccentPlan,
) -> Result<Option<TextSearchObstacle>, Error> {
    let mut statements = Vec::new();
    match &plan.obstacle {
        Some(AccentObstacle::LanguageMissing { languages }) => {
            return Err(Error::UnknownLanguage { known: languages.clone() });
        }
        Some(AccentObstacle::NameTaken) => {
            return Err(Error::TextSearchNameTaken { name: plan.configuration.clone() });
        }
        Some(AccentObstacle::ExtensionMissing) => {
            return Ok(Some(TextSearchObstacle::ExtensionMissing));
        }
        Some(AccentObstacle::ExtensionDenied { statement }) => statements.push(statement.clone()),
        None => {}
    }
    let readiness = read_readiness(connection, schema).await?;
    let is_set = readiness.text_search_configuration.as_deref() == Some(&plan.configuration);
    let is_stored = readiness.text_search_of_database.as_deref() == Some(&plan.configuration);
    // A role may change its own settings.
    let may_set =
        |statement: &str| readiness.owns_database || !statement.starts_with("ALTER DATABASE");
    match readiness.set_configuration(&plan.configuration) {
        None if !is_set => return Ok(Some(TextSearchObstacle::SetByDsn)),
        Some(statement) if !is_set && !is_stored && !may_set(&statement) => {
            statements.push(statement);
        }
        _ => {}
    }
    let may_create = readiness.may(Privilege::CreateInSchema) || readiness.schema_owner.is_none();
    if !may_create && !plan.statements.is_empty() {
        let needed = readiness.repairs().into_iter();
        let of_schema = needed.filter(|repair| repair.need == Need::SchemaPrivileges);
        statements.extend(of_schema.map(|repair| repair.statement));
    }
    let Readiness { database, database_owner: owner, .. } = readiness;
    Ok((!statements.is_empty()).then_some(TextSearchObstacle::Denied {
        database,
        owner,
        statements,
    }))
}
