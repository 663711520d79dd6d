//! Writing a quarantine.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::line::FORMAT;
use super::lock::Locked;
use super::reader::check_header;
use super::{Applied, Entry, Error, Line, Purpose, Record, Run};
use crate::blocking::blocking;
use crate::clock;
use crate::file::{folder, sync_folder};

/// A quarantine open for one run.
#[derive(Debug)]
pub struct Quarantine {
    path: PathBuf,
    run: Run,
    file: Option<Locked>,
    begun: bool,
    batch: u64,
    records: u64,
}

impl Quarantine {
    /// Opens the quarantine for a run: an existing file is checked and continued; a new one is created with the
    /// first record, so that a run without changes leaves no file.
    pub fn open(path: &Path, purpose: Purpose, database: &str) -> Result<Self, Error> {
        let file = open_existing(path)?;
        let run = Run {
            id: format!("{:016x}", RandomState::new().hash_one(std::process::id())),
            time: clock::now(),
            purpose,
            database: database.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Ok(Self { path: path.to_owned(), run, file, begun: false, batch: 0, records: 0 })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether this run has written to it.
    #[must_use]
    pub fn has_records(&self) -> bool {
        self.begun
    }

    /// Begins the next batch: its records take effect together.
    pub fn begin_batch(&mut self) {
        self.batch += 1;
        self.records = 0;
    }

    /// Adds records to the batch. They are durable once [`Quarantine::sync`] has returned.
    pub fn append(&mut self, records: &[Record]) -> Result<(), Error> {
        let mut text = Vec::new();
        if !self.begun {
            write_line(&mut text, &Line::Run(self.run.clone()));
        }
        let time = clock::now();
        for record in records {
            write_line(
                &mut text,
                &Line::Record(Entry {
                    run: self.run.id.clone(),
                    batch: self.batch,
                    number: self.records,
                    time: time.clone(),
                    record: record.clone(),
                }),
            );
            self.records += 1;
        }
        self.write(&text)?;
        self.begun = true;
        Ok(())
    }

    /// Syncs the file. The database may be changed only afterwards.
    pub fn sync(&mut self) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        blocking(|| file.sync_data()).map_err(|source| self.cannot_write(source))
    }

    /// Marks the batch as applied, except for the records of these numbers.
    pub fn mark_applied(&mut self, except: &[u64]) -> Result<(), Error> {
        let mut text = Vec::new();
        write_line(
            &mut text,
            &Line::Applied(Applied {
                run: self.run.id.clone(),
                batch: self.batch,
                except: except.to_vec(),
            }),
        );
        self.write(&text)
    }

    fn write(&mut self, text: &[u8]) -> Result<(), Error> {
        if self.file.is_none() {
            self.file = Some(create(&self.path)?);
        }
        let file = self.file.as_mut().expect("it was just made");
        file.write_all(text).map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    fn cannot_write(&self, source: io::Error) -> Error {
        Error::Write { path: self.path.clone(), source }
    }
}

fn write_line(text: &mut Vec<u8>, line: &Line) {
    serde_json::to_writer(&mut *text, line).expect("a line is plain data");
    text.push(b'\n');
}

/// Creates the file, readable by its owner only, with its first line.
fn create(path: &Path) -> Result<Locked, Error> {
    let cannot = |source| Error::Open { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder(path)).map_err(cannot)?;
    let mut options = OpenOptions::new();
    let file = options.append(true).create_new(true).mode(0o600).open(path).map_err(cannot)?;
    let mut file = Locked::exclusive(file, path)?;
    let mut text = Vec::new();
    write_line(&mut text, &Line::Header { format: FORMAT });
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(cannot)?;
    // The name of a new file is durable once its folder is synced.
    sync_folder(path).map_err(cannot)?;
    Ok(file)
}

/// Opens a quarantine to continue it; `None` if the file does not exist.
fn open_existing(path: &Path) -> Result<Option<Locked>, Error> {
    let cannot = |source| Error::Open { path: path.to_owned(), source };
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    if !kind.is_file() {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let file = OpenOptions::new().read(true).append(true).open(path).map_err(cannot)?;
    let mut file = Locked::exclusive(file, path)?;
    if file.metadata().map_err(cannot)?.len() == 0 {
        // A run was interrupted at its first write.
        let mut text = Vec::new();
        write_line(&mut text, &Line::Header { format: FORMAT });
        file.write_all(&text).map_err(cannot)?;
    } else {
        check_header(&mut file, path)?;
        let whole = end_of_last_line(&mut file).map_err(cannot)?;
        // Drop a torn last line: it was never synced, so no change depends on it.
        file.set_len(whole).map_err(cannot)?;
    }
    file.set_permissions(Permissions::from_mode(0o600)).map_err(cannot)?;
    Ok(Some(file))
}

/// The position after the last line break.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    const STEP: u64 = 64 * 1024;
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut piece = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        piece.clear();
        (&*file).take(end - start).read_to_end(&mut piece)?;
        if let Some(place) = piece.iter().rposition(|&byte| byte == b'\n') {
            return Ok(start + place as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}
