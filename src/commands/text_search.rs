//! The text search configuration that a command builds full-text indexes with.

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::post_migrate::describe_others;
use super::{Context, postgres};
use crate::check::{Finding, Rule};
use crate::cli::{FullTextArgs, TextSearchArgs};
use crate::indexes::{
    AccentObstacle, AccentPlan, BuildOptions, OtherConfiguration, Others, create_accents,
    plan_accents,
};
use crate::ledger;
use crate::postgres::{
    Connection, Error, FullTextIndex, Need, Privilege, Readiness, configuration_names,
    explain_search, read_readiness, resolve_configuration,
};
use crate::schema::{PHRASE_INDEX, configuration_of, estimate_phrase_index};
use crate::sql::Dialect::Postgres;
use crate::ui::Ui;

/// What was asked for, as the target has it.
#[derive(Debug, Default)]
pub(super) struct TextSearch {
    /// The configuration with its schema; `None` for that of the migrations.
    pub(super) configuration: Option<String>,
    /// Whether the arguments name one.
    pub(super) is_asked: bool,
    /// What is created for searches that ignore accents.
    accents: Option<AccentPlan>,
}

/// What a command did about text search.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TextSearchReport {
    /// The configuration that Mattermost's next session searches with.
    setting: Option<String>,
    /// The full-text indexes that it cannot use.
    unusable: Vec<String>,
}

impl TextSearch {
    /// Finds what the arguments name, and changes nothing; `None` after a report of what is in the way.
    pub(super) async fn find(
        connection: &Connection,
        schema: &str,
        args: impl AsRef<TextSearchArgs>,
        ui: Ui,
    ) -> anyhow::Result<Option<Self>> {
        let args = args.as_ref();
        if args.text_search.is_some() {
            let language = args.text_search_language.as_deref().unwrap_or("english");
            let plan = plan_accents(connection, schema, language).await?;
            if !is_possible(connection, schema, &plan, ui).await? {
                return Ok(None);
            }
            let configuration = Some(plan.configuration.clone());
            return Ok(Some(Self { configuration, is_asked: true, accents: Some(plan) }));
        }
        let configuration = match &args.text_search_config {
            Some(name) => Some(resolve(connection, schema, name).await?),
            None => present_configuration(connection, schema).await?,
        };
        let is_asked = args.text_search_config.is_some();
        Ok(Some(Self { configuration, is_asked, accents: None }))
    }

    /// Whether all full-text indexes have the configuration that was asked for, or are to be built again;
    /// reports those that have another.
    pub(super) async fn may_build(
        &self,
        connection: &Connection,
        schema: &str,
        args: &FullTextArgs,
        ui: Ui,
    ) -> anyhow::Result<bool> {
        if !self.is_asked || args.rebuild_full_text {
            return Ok(true);
        }
        let indexes = read_readiness(connection, schema).await?.full_text_indexes;
        let is_other =
            |it: &FullTextIndex| !it.is_phrase_index() && it.configuration != self.configuration;
        let other = |FullTextIndex { table, name, configuration }| OtherConfiguration {
            table,
            index: name,
            configuration,
        };
        let others: Vec<_> = indexes.into_iter().filter(is_other).map(other).collect();
        describe_others(&others, ui);
        Ok(others.is_empty())
    }

    /// Lets indexes be built with the configuration.
    pub(super) fn apply<'a>(
        &'a self,
        options: BuildOptions<'a>,
        args: &FullTextArgs,
    ) -> BuildOptions<'a> {
        BuildOptions {
            configuration: self.configuration.as_deref().unwrap_or(options.configuration),
            others: match (args.rebuild_full_text, self.is_asked) {
                (true, _) => Others::Rebuild,
                (false, true) => Others::Report,
                (false, false) => Others::Keep,
            },
            phrase_index: args.phrase_index,
            ..options
        }
    }

    /// Creates the configuration, if one is to be created.
    pub(super) async fn create(&self, connection: &Connection, ui: Ui) -> anyhow::Result<()> {
        if let Some(plan) = self.accents.as_ref().filter(|plan| !plan.statements.is_empty()) {
            create_accents(connection, plan).await?;
            ui.good(format!("text search configuration `{}` is created", plan.configuration));
        }
        Ok(())
    }

    /// Sets the configuration for the database if all indexes have it, and compares the setting with the
    /// indexes.
    pub(super) async fn finish(
        &self,
        connection: &Connection,
        schema: &str,
        context: Context,
    ) -> anyhow::Result<TextSearchReport> {
        let ui = context.ui;
        let mut readiness = read_readiness(connection, schema).await?;
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
                ui.good(format!(
                    "Mattermost searches with `{configuration}` from its next start on: {statement}"
                ));
            }
            // A new session has what is stored now.
            if is_built {
                configuration.clone_into(&mut readiness.text_search);
                readiness.text_search_configuration = Some(configuration.to_owned());
            }
        }
        offer_phrase_index(connection, schema, &readiness, ui).await?;
        for note in readiness.notes().iter_mut().filter(|note| note.id == "text-search") {
            note.plan = explain(connection, schema, &readiness).await?;
            postgres::describe_note(note, ui);
        }
        let unusable = readiness.unusable_indexes().iter().map(|it| it.name.clone()).collect();
        Ok(TextSearchReport { setting: readiness.text_search_configuration, unusable })
    }
}

/// Removes the recommendations that the arguments follow.
pub(super) fn settle(findings: &mut Vec<Finding>, args: &FullTextArgs) {
    findings.retain(|finding| match finding.id {
        Rule::Accents => args.configuration.text_search.is_none(),
        Rule::PhraseSearch => !args.phrase_index,
        _ => true,
    });
}

/// Offers the index for searches for a phrase where there is none.
async fn offer_phrase_index(
    connection: &Connection,
    schema: &str,
    readiness: &Readiness,
    ui: Ui,
) -> anyhow::Result<()> {
    if readiness.full_text_indexes.iter().any(FullTextIndex::is_phrase_index) {
        return Ok(());
    }
    let posts = Postgres.qualified(schema, "posts");
    let size = "SELECT coalesce(pg_table_size(to_regclass($1)), 0)";
    let bytes: i64 =
        connection.query_one(size, &[&posts]).await?.try_get(0).map_err(Error::from)?;
    let (seconds, bytes) = estimate_phrase_index(u64::try_from(bytes).unwrap_or_default());
    ui.say(format!(
        "phrase searches scan all posts in Mattermost 10.6 to 11.3; `migration-assist post-migrate \
         --phrase-index` builds an index for them (about {seconds} s, up to {} MiB)",
        (bytes >> 20) + 1
    ));
    Ok(())
}

/// The plan of a search, if there are indexes that it cannot use.
pub(super) async fn explain(
    connection: &Connection,
    schema: &str,
    readiness: &Readiness,
) -> anyhow::Result<Vec<String>> {
    let of_posts = readiness.full_text_indexes.iter().any(|index| index.table == "posts");
    match &readiness.text_search_configuration {
        Some(configuration) if of_posts => {
            Ok(explain_search(connection, schema, configuration).await?)
        }
        _ => Ok(Vec::new()),
    }
}

async fn resolve(connection: &Connection, schema: &str, name: &str) -> anyhow::Result<String> {
    if let Some(found) = resolve_configuration(connection, schema, name).await? {
        return Ok(found);
    }
    let names = configuration_names(connection, schema).await?.join(", ");
    let message = format!("text search configuration `{name}` does not exist in the target");
    Err(hinted(message, format!("correct `--text-search-config`; there are: {names}")).into())
}

/// The configuration that the target's full-text indexes share, or those that a copy has removed.
async fn present_configuration(
    connection: &Connection,
    schema: &str,
) -> anyhow::Result<Option<String>> {
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

/// Whether the account can set up searches that ignore accents; reports who can, if not.
async fn is_possible(
    connection: &Connection,
    schema: &str,
    plan: &AccentPlan,
    ui: Ui,
) -> anyhow::Result<bool> {
    let readiness = read_readiness(connection, schema).await?;
    let database = Postgres.identifier(&readiness.database);
    match &plan.obstacle {
        Some(AccentObstacle::LanguageMissing { languages }) => {
            let message = "PostgreSQL has no such text search language";
            let languages = languages.join(", ");
            let hint = format!("correct `--text-search-language`; there are: {languages}");
            return Err(hinted(message.to_owned(), hint).into());
        }
        Some(AccentObstacle::NameTaken) => {
            let message = format!(
                "text search configuration `{}` does not ignore accents",
                plan.configuration
            );
            let hint = format!(
                "rename it: ALTER TEXT SEARCH CONFIGURATION {} RENAME TO …;",
                plan.configuration
            );
            return Err(hinted(message, hint).into());
        }
        Some(AccentObstacle::ExtensionMissing) => {
            ui.warn("the server does not have the extension `unaccent`");
            ui.hint("install PostgreSQL's contrib modules on its machine (on Debian they are part of the server)");
            return Ok(false);
        }
        Some(AccentObstacle::ExtensionDenied { .. }) | None => {}
    }
    let mut statements = Vec::new();
    if let Some(AccentObstacle::ExtensionDenied { statement }) = &plan.obstacle {
        statements.push(statement.clone());
    }
    let is_set = readiness.text_search_configuration.as_deref() == Some(&plan.configuration);
    let is_stored = readiness.text_search_of_database.as_deref() == Some(&plan.configuration);
    // A role may change its own settings.
    let may_set =
        |statement: &str| readiness.owns_database || !statement.starts_with("ALTER DATABASE");
    match readiness.set_configuration(&plan.configuration) {
        None if !is_set => {
            ui.warn("the DSN names a text search configuration, which takes precedence over the database's");
            ui.hint("remove `default_text_search_config` from the DSN, also from Mattermost's");
            return Ok(false);
        }
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
    if statements.is_empty() {
        return Ok(true);
    }
    ui.warn(format!(
        "this account cannot set up searches that ignore accents; the owner of database {database}, role `{}`, or \
         a superuser can",
        readiness.database_owner
    ));
    for statement in &statements {
        ui.warn(format!("  {statement}"));
    }
    ui.hint("let them run these statements, and run the same command again");
    Ok(false)
}
