//! `pgloader`: writes a configuration for pgloader.

use schemars::JsonSchema;
use serde::Serialize;

use super::failure::hinted;
use super::files::{self, Content, Replace};
use super::{Context, ExitStatus, connect};
use crate::cli::{EmptyJsonArg, MemoryArgs, PgloaderArgs, SubjectArg};
use crate::mattermost::Product;
use crate::migrations::{self, product_model_at, product_sql_at, product_versions};
use crate::mysql::{self, Address, TlsMode as SourceTls};
use crate::pgloader::{
    self, Configuration, EmptyJson, ExistingRows, Host, Memory, Models, Note, NullCharacters,
    Options, Passwords, Plugin, Server, Tls, core,
};
use crate::postgres::{self, RootCertificates, TlsMode as TargetTls};
use crate::release::MigrationSet;
use crate::shell::shell_word;
use crate::sql::Dialect::{MySql, Postgres};

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PgloaderReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'a str>,
    notes: &'a [String],
}

pub(super) fn run(args: &PgloaderArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (source, target) = connect::sides(&args.sides, context.ui)?;
    let options = Options {
        source: source_server(&source),
        target: target_server(&target),
        schema: &args.sides.schema,
        passwords: if args.no_passwords { Passwords::Omitted } else { Passwords::Written },
        null_characters: if args.remove_null_chars {
            NullCharacters::Removed
        } else {
            NullCharacters::Kept
        },
        existing_rows: if args.delete_existing_rows {
            ExistingRows::Deleted
        } else {
            ExistingRows::Refused
        },
        time_zone: args.source_time_zone.as_ref(),
        memory: memory(args.memory),
    };
    let configuration = match args.subject {
        Some(subject) => plugin(&options, subject, args)?,
        None => mattermost(&options)?,
    };
    let text = configuration.text.expose();
    if let Some(path) = &args.output {
        let kind = Content::PgloaderConfiguration;
        files::write(path, text, kind, Replace::from(args.force), context)?;
        let path = path.display();
        context.ui.say(format!("configuration: written to `{path}`; run `pgloader {path}` next"));
    } else {
        context.data(text)?;
    }
    for note in &configuration.notes {
        match note {
            Note::RefusedRows => context.ui.warn(note.to_string()),
            _ => context.ui.say(note.to_string()),
        }
    }
    let notes: Vec<String> = configuration.notes.iter().map(ToString::to_string).collect();
    let file = args.output.as_ref().and_then(|path| path.to_str());
    let configuration_text = args.output.is_none().then_some(text);
    let report = PgloaderReport { file, configuration: configuration_text, notes: &notes };
    context.json("pgloader", &report, Vec::new())?;
    Ok(ExitStatus::Success)
}

/// Mattermost's own tables.
fn mattermost(options: &Options<'_>) -> anyhow::Result<Configuration> {
    let all: MigrationSet = migrations::target().iter().map(|migration| migration.number).collect();
    let models = (migrations::source_model(&all)?, migrations::target_model(&all)?);
    let models = Models { source: &models.0, target: &models.1 };
    let others: Vec<_> = Product::ALL
        .into_iter()
        .map(|product| migrations::product_model(MySql, product))
        .collect::<Result<_, _>>()?;
    Ok(core(options, models, &others.iter().collect::<Vec<_>>())?)
}

/// The tables of a plugin, or of the configuration store.
fn plugin(
    options: &Options<'_>,
    subject: SubjectArg,
    args: &PgloaderArgs,
) -> anyhow::Result<Configuration> {
    let product = match subject {
        SubjectArg::Playbooks => Product::Playbooks,
        SubjectArg::Boards => Product::Boards,
        SubjectArg::Calls => Product::Calls,
        SubjectArg::UserSurvey => Product::UserSurvey,
        SubjectArg::Configuration => Product::Mattermost,
    };
    let known = product_versions(product);
    let version = args.plugin_version.as_deref().unwrap_or(known[0]);
    let models = (
        product_model_at(MySql, product, version)?,
        product_model_at(Postgres, product, version)?,
        product_sql_at(Postgres, product, version),
    );
    let (Some(source), Some(target), Some(create)) = models else {
        let message = format!("unrecognised version of {product}: {version}");
        let flags = known.iter().map(|it| format!("`--plugin-version {}`", shell_word(it)));
        let hint = format!("use one of: {}", flags.collect::<Vec<_>>().join(", "));
        return Err(hinted(message, hint).into());
    };
    let models = Models { source: &source, target: &target };
    let empty_json = match args.empty_json {
        EmptyJsonArg::Object => EmptyJson::Object,
        EmptyJsonArg::Null => EmptyJson::Null,
    };
    let plugin = Plugin { product, models, create, empty_json, version, versions: &known };
    Ok(pgloader::product(options, plugin)?)
}

fn memory(args: MemoryArgs) -> Memory {
    let default = Memory::default();
    Memory {
        workers: args.workers.unwrap_or(default.workers),
        concurrency: args.concurrency.unwrap_or(default.concurrency),
        prefetch_rows: args.prefetch_rows.unwrap_or(default.prefetch_rows),
        batch_rows: args.batch_rows.unwrap_or(default.batch_rows),
        batch_size: args.batch_size.unwrap_or(default.batch_size),
    }
}

fn source_server(dsn: &mysql::Dsn) -> Server<'_> {
    let (host, port) = match &dsn.address {
        Address::Tcp { host, port } => (Host::Tcp(host), *port),
        Address::Socket(path) => (Host::Socket(path), 3306),
    };
    Server {
        user: &dsn.user,
        password: &dsn.password,
        host,
        port,
        database: dsn.database.as_deref().unwrap_or_default(),
        tls: match dsn.tls.mode {
            SourceTls::Disabled => Tls::Off,
            SourceTls::Preferred => Tls::Preferred,
            SourceTls::Required => Tls::Encrypted,
            SourceTls::VerifyCa => Tls::Trusted(dsn.tls.ca.as_deref()),
            SourceTls::VerifyIdentity => Tls::Named,
        },
    }
}

fn target_server(dsn: &postgres::Dsn) -> Server<'_> {
    let host = match &dsn.host {
        postgres::Host::Tcp(host) => Host::Tcp(host),
        postgres::Host::Socket(directory) => Host::Socket(directory),
    };
    let roots = match &dsn.tls.roots {
        Some(RootCertificates::File(path)) => Some(path.as_path()),
        _ => None,
    };
    Server {
        user: &dsn.user,
        password: &dsn.password,
        host,
        port: dsn.port,
        database: &dsn.database,
        tls: match dsn.tls.mode {
            _ if dsn.tls.client.is_some() => Tls::ClientCertificate,
            TargetTls::Disable => Tls::Off,
            TargetTls::Allow | TargetTls::Prefer => Tls::Preferred,
            TargetTls::Require => Tls::Encrypted,
            TargetTls::VerifyCa => Tls::Trusted(roots),
            TargetTls::VerifyFull => Tls::Named,
        },
    }
}
