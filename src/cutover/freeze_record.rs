//! The record of a freeze: in the ledger, and in a file next to the configuration, so that it survives
//! the loss of either.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::Error;
use super::file::write_like;
use super::server::ServerState;
use crate::clock::stamp;
use crate::file;
use crate::ledger::{self, FrozenSettings};
use crate::postgres;

/// Where freezes are recorded; at least one of both.
#[derive(Clone, Copy)]
pub struct FreezeRecords<'a> {
    /// The target, whose ledger has the record.
    pub target: Option<&'a postgres::Connection>,
    /// Mattermost's configuration, next to which the file with the record is.
    pub configuration: Option<&'a Path>,
}

/// How each server was before it was frozen, by its identity.
type Servers = BTreeMap<String, SettingsBefore>;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SettingsBefore {
    read_only: bool,
    super_read_only: bool,
    frozen_at: String,
}

impl FreezeRecords<'_> {
    /// Whether there is a place for a record.
    #[must_use]
    pub fn can_record(&self) -> bool {
        self.target.is_some() || self.configuration.is_some()
    }

    /// How a server was before it was frozen; `None` if no freeze is on record.
    pub async fn read(&self, identity: &str) -> Result<Option<FrozenSettings>, Error> {
        if let Some(target) = self.target
            && let Some(settings) = ledger::read_freeze(target, identity).await?
        {
            return Ok(Some(settings));
        }
        let Some(path) = self.path()? else { return Ok(None) };
        let before = read_file(&path)?.remove(identity);
        Ok(before.map(|it| FrozenSettings {
            read_only: it.read_only,
            super_read_only: it.super_read_only,
        }))
    }

    /// Records how a server is set, unless a freeze of it is on record. `true` if nothing was on record.
    pub async fn record(&self, server: &ServerState, now: SystemTime) -> Result<bool, Error> {
        let known = self.read(&server.identity).await?;
        let before = known.unwrap_or(FrozenSettings {
            read_only: server.read_only,
            super_read_only: server.super_read_only,
        });
        if let Some(target) = self.target {
            ledger::record_freeze(target, &server.identity, before).await?;
        }
        if let (Some(path), Some(configuration)) = (self.path()?, self.configuration) {
            let mut servers = read_file(&path)?;
            servers.entry(server.identity.clone()).or_insert(SettingsBefore {
                read_only: before.read_only,
                super_read_only: before.super_read_only,
                frozen_at: stamp(now),
            });
            write_file(&path, configuration, &servers)?;
        }
        Ok(known.is_none())
    }

    /// Removes the record of a freeze.
    pub async fn forget(&self, identity: &str) -> Result<(), Error> {
        if let Some(target) = self.target
            && ledger::read_freeze(target, identity).await?.is_some()
        {
            ledger::forget_freeze(target, identity).await?;
        }
        let (Some(path), Some(configuration)) = (self.path()?, self.configuration) else {
            return Ok(());
        };
        let mut servers = read_file(&path)?;
        if servers.remove(identity).is_none() {
            return Ok(());
        }
        if servers.is_empty() {
            return fs::remove_file(&path).map_err(|source| Error::Unwritable { path, source });
        }
        write_file(&path, configuration, &servers)
    }

    /// The file with the record: `config.json.freeze` next to `config.json`.
    fn path(&self) -> Result<Option<PathBuf>, Error> {
        let Some(path) = self.configuration else { return Ok(None) };
        // Next to the file itself, if the path is a link.
        let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
        let configuration = fs::canonicalize(path).map_err(unreadable)?;
        let mut name = configuration.file_name().unwrap_or_default().to_owned();
        name.push(".freeze");
        Ok(Some(configuration.with_file_name(name)))
    }
}

fn read_file(path: &Path) -> Result<Servers, Error> {
    match file::read_regular(path, file::LIMIT) {
        Ok(text) => {
            serde_json::from_slice(&text).map_err(|_| Error::BadRecord { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Servers::new()),
        Err(source) => Err(Error::Unreadable { path: path.to_owned(), source }),
    }
}

fn write_file(path: &Path, configuration: &Path, servers: &Servers) -> Result<(), Error> {
    let text = serde_json::to_vec_pretty(servers).expect("a map of texts is JSON");
    write_like(path, &text, configuration)
}
