//! `pgloader`: a configuration for pgloader.

use serde::Serialize;

use super::files::{self, Replace};
use super::{Context, ExitStatus, connect};
use crate::cli::{Format, MemoryArgs, PgloaderArgs};
use crate::migrations;
use crate::mysql::{self, Address, TlsMode as SourceTls};
use crate::pgloader::{
    ExistingRows, Host, Memory, Models, NullCharacters, Options, Passwords, Server, Tls, core,
};
use crate::postgres::{self, RootCertificates, TlsMode as TargetTls};
use crate::release::MigrationSet;
use crate::schema::Product;
use crate::sql::Dialect;

#[derive(Debug, Serialize)]
struct PgloaderReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'a str>,
    notes: &'a [String],
}

pub(super) fn run(args: &PgloaderArgs, context: Context) -> anyhow::Result<ExitStatus> {
    let (source, target) = connect::sides(&args.sides)?;
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
        memory: memory(args.memory),
    };
    let all: MigrationSet = migrations::target().iter().map(|migration| migration.number).collect();
    let models = (migrations::source_model(&all)?, migrations::target_model(&all)?);
    let models = Models { source: &models.0, target: &models.1 };
    let others: Vec<_> = Product::ALL
        .into_iter()
        .map(|product| migrations::product_model(Dialect::MySql, product))
        .collect::<Result<_, _>>()?;
    let configuration = core(&options, models, &others.iter().collect::<Vec<_>>())?;
    let text = configuration.text.expose();
    if let Some(path) = &args.output {
        files::write(path, text, Replace::from(args.force), context)?;
        let path = path.display();
        context.ui.say(format!("configuration: written to `{path}`; run `pgloader {path}` next"));
    } else if context.format == Format::Text {
        context.ui.data(text)?;
    }
    for note in &configuration.notes {
        context.ui.say(note);
    }
    if context.format == Format::Json {
        let file = args.output.as_ref().and_then(|path| path.to_str());
        let configuration_text = args.output.is_none().then_some(text);
        let notes = &configuration.notes;
        context
            .json("pgloader", &PgloaderReport { file, configuration: configuration_text, notes })?;
    }
    Ok(ExitStatus::Success)
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
