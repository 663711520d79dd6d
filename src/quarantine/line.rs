//! The lines of a quarantine.

use serde::{Deserialize, Serialize};

use super::Record;

/// The number of the format that this version writes.
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
    /// A change or removal that follows.
    #[serde(rename = "record")]
    Record(Entry),
    /// A batch took effect.
    #[serde(rename = "applied")]
    Applied(Applied),
}

/// The purpose of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A repair of the source, which can be undone.
    Fix,
    /// A copy that changes values; the source is unchanged.
    Copy,
}

/// The start of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// A unique id.
    pub id: String,
    /// The start, in UTC.
    pub time: String,
    pub purpose: Purpose,
    /// The source's database.
    pub database: String,
    /// The version of migration-assist.
    pub version: String,
}

/// A record with its position in the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub run: String,
    /// The batch, counted from 1 in each run.
    pub batch: u64,
    /// The record's number in the batch, from 0.
    pub number: u64,
    /// When it was written, in UTC.
    pub time: String,
    #[serde(flatten)]
    pub record: Record,
}

/// A batch took effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub run: String,
    pub batch: u64,
    /// The numbers of the records that were not applied, because the value was no longer the original.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<u64>,
}
