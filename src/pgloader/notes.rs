//! What the user of a configuration has to know, in addition to the comments in the file.

use std::path::PathBuf;

use super::{Host, Options, Passwords, Tls};

/// Something that the user of a configuration has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The passwords are not in the file.
    PasswordsOmitted,
    /// pgloader has to be started with certificates, or without a check of them.
    Start(Certificates),
    /// It reads from MySQL without TLS, since the DSN only prefers it.
    SourceWithoutTls,
    /// It ends with success even if rows were refused, and where those are.
    RefusedRows,
}

/// What pgloader trusts. It always checks the issuer of PostgreSQL's certificate, and of MySQL's unless a
/// flag disables it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    pub trusted: Trusted,
    /// Whether it checks the issuer of MySQL's certificate.
    pub checks_source: bool,
}

/// Whom pgloader trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trusted {
    /// The authorities of the system.
    System,
    /// Those in a file of the DSNs.
    File(PathBuf),
    /// Those in a file that no DSN names, unless the system has them.
    UnnamedFile,
}

/// What to do with the file, in order.
pub(super) fn notes(options: &Options<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    if options.passwords == Passwords::Omitted {
        notes.push(Note::PasswordsOmitted);
    }
    let certificates = certificates(options);
    if certificates.trusted != Trusted::System || !certificates.checks_source {
        notes.push(Note::Start(certificates));
    }
    let source = &options.source;
    let local = matches!(source.host, Host::Socket(_) | Host::Tcp("localhost" | "127.0.0.1"));
    if source.tls == Tls::Preferred && !local {
        notes.push(Note::SourceWithoutTls);
    }
    notes
}

fn certificates(options: &Options<'_>) -> Certificates {
    let (source, target) = (options.source.tls, options.target.tls);
    let file = [source, target].into_iter().find_map(|tls| match tls {
        Tls::Trusted(file) => file,
        _ => None,
    });
    let trusted = match file {
        Some(path) => Trusted::File(path.to_owned()),
        None if target == Tls::Encrypted => Trusted::UnnamedFile,
        None => Trusted::System,
    };
    Certificates { trusted, checks_source: source != Tls::Encrypted }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Certificates, Note, Trusted, notes};
    use crate::pgloader::{
        ExistingRows, Host, Memory, NullCharacters, Options, Passwords, Server, Tls,
    };
    use crate::secret::Secret;

    fn of(source: Tls<'_>, target: Tls<'_>, passwords: Passwords) -> Vec<Note> {
        let password = Secret::default();
        let server = |tls| Server {
            user: "mm",
            password: &password,
            host: Host::Tcp("db"),
            port: 1,
            database: "mm",
            tls,
        };
        let options = Options {
            source: server(source),
            target: server(target),
            schema: "public",
            passwords,
            null_characters: NullCharacters::Removed,
            existing_rows: ExistingRows::Refused,
            time_zone: None,
            memory: Memory::default(),
        };
        notes(&options)
    }

    #[test]
    fn how_to_start_it_depends_on_the_certificates_and_the_passwords() {
        let start = |trusted, checks_source| Note::Start(Certificates { trusted, checks_source });
        let plain = of(Tls::Off, Tls::Preferred, Passwords::Written);
        assert_eq!(plain, []);
        let file = Tls::Trusted(Some(Path::new("/ca.pem")));
        assert_eq!(
            of(Tls::Encrypted, file, Passwords::Omitted),
            [Note::PasswordsOmitted, start(Trusted::File("/ca.pem".into()), false)]
        );
        assert_eq!(
            of(Tls::Preferred, Tls::Encrypted, Passwords::Written),
            [start(Trusted::UnnamedFile, true), Note::SourceWithoutTls]
        );
    }
}
