//! Notes for the user of a configuration, in addition to the comments in the file.

use super::{Host, Options, Passwords, Tls};

/// What to do with the file, in order.
pub(super) fn notes(options: &Options<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if options.passwords == Passwords::Omitted {
        notes.push("set `MYSQL_PWD`, and `PGPASSWORD` or `~/.pgpass`, for pgloader".to_owned());
    }
    notes.extend(certificates(options));
    let source = &options.source;
    let local = matches!(source.host, Host::Socket(_) | Host::Tcp("localhost" | "127.0.0.1"));
    if source.tls == Tls::Preferred && !local {
        let note = "pgloader reads from MySQL without TLS; with `tls=skip-verify` in the DSN it asks \
                    for it";
        notes.push(note.to_owned());
    }
    notes
}

/// The status of pgloader, which is worth a warning.
pub const STATUS_WARNING: &str = "pgloader ends with status 0 even if rows were refused: look for `errors` in its \
                                  summary; the rows are in `/tmp/pgloader`, which every user of the machine \
                                  can read";

/// How to name trusted certificates to pgloader: it always checks the issuer of PostgreSQL's, and of MySQL's
/// unless a flag disables it.
fn certificates(options: &Options<'_>) -> Option<String> {
    let (source, target) = (options.source.tls, options.target.tls);
    let file = [source, target].into_iter().find_map(|tls| match tls {
        Tls::Trusted(file) => file,
        _ => None,
    });
    let file = file.map(|path| path.display().to_string());
    let unknown = (file.is_none() && target == Tls::Encrypted).then(|| "ca.pem".to_owned());
    let environment =
        file.or(unknown.clone()).map(|path| format!("SSL_CERT_FILE={path} ")).unwrap_or_default();
    let flag = if source == Tls::Encrypted { "--no-ssl-cert-verification " } else { "" };
    if environment.is_empty() && flag.is_empty() {
        return None;
    }
    let note = format!("start it as `{environment}pgloader {flag}FILE`");
    Some(match unknown {
        None => note,
        Some(path) => format!(
            "{note}: pgloader checks who signed PostgreSQL's certificate, and `{path}` has to hold \
             that authority unless the system knows it"
        ),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::notes;
    use crate::pgloader::{
        ExistingRows, Host, Memory, NullCharacters, Options, Passwords, Server, Tls,
    };
    use crate::secret::Secret;

    fn said(source: Tls<'_>, target: Tls<'_>, passwords: Passwords) -> String {
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
        notes(&options).join("\n")
    }

    #[test]
    fn how_to_start_it_depends_on_the_certificates_and_the_passwords() {
        assert_eq!(said(Tls::Off, Tls::Preferred, Passwords::Written), "");
        let file = Tls::Trusted(Some(Path::new("/ca.pem")));
        let both = said(Tls::Encrypted, file, Passwords::Omitted);
        assert!(both.starts_with("set `MYSQL_PWD`"), "{both}");
        let start = "start it as `SSL_CERT_FILE=/ca.pem pgloader --no-ssl-cert-verification FILE`";
        assert!(both.contains(start), "{both}");
        let unknown = said(Tls::Preferred, Tls::Encrypted, Passwords::Written);
        assert!(unknown.contains("`SSL_CERT_FILE=ca.pem pgloader FILE`: "), "{unknown}");
        assert!(unknown.contains("without TLS"), "{unknown}");
    }
}
