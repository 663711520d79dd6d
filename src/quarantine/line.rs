//! The lines of the file.

use serde::{Deserialize, Serialize};

use super::Record;

/// The number of the format that is written here.
pub(super) const FORMAT: u32 = 1;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// The first line.
    #[serde(rename = "migration-assist-quarantine")]
    Header {
        /// The number of the format.
        format: u32,
    },
    /// A run begins.
    #[serde(rename = "run")]
    Run(Run),
    /// Something is about to be altered or removed.
    #[serde(rename = "record")]
    Record(Entry),
    /// A batch took effect.
    #[serde(rename = "applied")]
    Applied(Applied),
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It repairs the source, and can be undone.
    Fix,
    /// It copies rows and alters them on their way; the source stays as it is.
    Copy,
}

/// The beginning of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its id, which no other run has.
    pub id: String,
    /// When it began, in UTC.
    pub time: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The source's database.
    pub database: String,
    /// The version of migration-assist.
    pub version: String,
}

/// A record with its place in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The run.
    pub run: String,
    /// The batch, counted from 1 in each run.
    pub batch: u64,
    /// The record's number in the batch, from 0.
    pub number: u64,
    /// When it was written, in UTC.
    pub time: String,
    /// The record.
    #[serde(flatten)]
    pub record: Record,
}

/// A batch took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The run.
    pub run: String,
    /// The batch.
    pub batch: u64,
    /// The numbers of the records that did not: the value was no longer what it had been.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<u64>,
}
