//! A file locked against other processes.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::{Deref, DerefMut};
use std::path::Path;

use super::Error;

/// A locked file. Dropping it releases the lock, even if a child process has inherited the file.
#[derive(Debug)]
pub(super) struct Locked(File);

impl Locked {
    /// Locks a file to write to it.
    pub(super) fn exclusive(file: File, path: &Path) -> Result<Self, Error> {
        Self::checked(file.try_lock(), file, path)
    }

    /// Locks a file to read it.
    pub(super) fn shared(file: File, path: &Path) -> Result<Self, Error> {
        Self::checked(file.try_lock_shared(), file, path)
    }

    /// Some network file systems have no locks.
    fn checked(outcome: Result<(), TryLockError>, file: File, path: &Path) -> Result<Self, Error> {
        match outcome {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) if source.kind() == io::ErrorKind::Unsupported => {
                Ok(Self(file))
            }
            Err(TryLockError::Error(source)) => Err(Error::Open { path: path.to_owned(), source }),
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing the file would release it, too, unless a child process has inherited it.
        let _ = self.0.unlock();
    }
}

impl Deref for Locked {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Read for Locked {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Seek for Locked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::Locked;

    #[test]
    fn an_inherited_file_is_unlocked() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        let locked =
            Locked::exclusive(File::create(&path).expect("a file"), &path).expect("a lock");
        let inherited = locked.try_clone().expect("the same file once more");
        let open = || File::open(&path).expect("the file");
        assert!(Locked::shared(open(), &path).is_err());
        drop(locked);
        let (one, another) = (Locked::shared(open(), &path), Locked::shared(open(), &path));
        assert!(one.is_ok() && another.is_ok());
        assert!(Locked::exclusive(open(), &path).is_err());
        drop(inherited);
    }
}
