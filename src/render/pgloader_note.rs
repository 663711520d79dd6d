//! Notes for the user of a configuration for pgloader, as text.

use std::fmt;

use crate::pgloader::{Certificates, Note, Trusted};

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PasswordsOmitted => {
                f.write_str("set `MYSQL_PWD`, and `PGPASSWORD` or `~/.pgpass`, for pgloader")
            }
            Self::Start(certificates) => write_start(certificates, f),
            Self::SourceWithoutTls => f.write_str(
                "pgloader reads from MySQL without TLS; with `tls=skip-verify` in the DSN it asks for it",
            ),
            Self::RefusedRows => f.write_str(
                "pgloader ends with status 0 even if rows were refused: look for `errors` in its \
                 summary; the rows are in `/tmp/pgloader`, which every user of the machine can read",
            ),
        }
    }
}

/// A file that the user has to provide.
const UNNAMED: &str = "ca.pem";

fn write_start(certificates: &Certificates, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Certificates { trusted, checks_source } = certificates;
    let environment = match trusted {
        Trusted::System => String::new(),
        Trusted::File(path) => format!("SSL_CERT_FILE={} ", path.display()),
        Trusted::UnnamedFile => format!("SSL_CERT_FILE={UNNAMED} "),
    };
    let flag = if *checks_source { "" } else { "--no-ssl-cert-verification " };
    write!(f, "start it as `{environment}pgloader {flag}FILE`")?;
    if *trusted == Trusted::UnnamedFile {
        write!(
            f,
            ": pgloader checks who signed PostgreSQL's certificate, and `{UNNAMED}` has to hold that \
             authority unless the system knows it"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::pgloader::{Certificates, Note, Trusted};

    #[test]
    fn each_note_is_one_line() {
        let start = |trusted, checks_source| Note::Start(Certificates { trusted, checks_source });
        let notes = [
            Note::PasswordsOmitted,
            start(Trusted::File("/ca.pem".into()), false),
            start(Trusted::UnnamedFile, true),
            start(Trusted::System, false),
            Note::SourceWithoutTls,
            Note::RefusedRows,
        ];
        insta::assert_snapshot!(notes.map(|note| note.to_string()).join("\n"), @r"
        set `MYSQL_PWD`, and `PGPASSWORD` or `~/.pgpass`, for pgloader
        start it as `SSL_CERT_FILE=/ca.pem pgloader --no-ssl-cert-verification FILE`
        start it as `SSL_CERT_FILE=ca.pem pgloader FILE`: pgloader checks who signed PostgreSQL's certificate, and `ca.pem` has to hold that authority unless the system knows it
        start it as `pgloader --no-ssl-cert-verification FILE`
        pgloader reads from MySQL without TLS; with `tls=skip-verify` in the DSN it asks for it
        pgloader ends with status 0 even if rows were refused: look for `errors` in its summary; the rows are in `/tmp/pgloader`, which every user of the machine can read
        ");
    }
}
