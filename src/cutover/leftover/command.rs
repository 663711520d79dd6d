//! Command lines that give Mattermost variables: `env NAME=value …`, `docker run -e NAME=value …`.

use super::variable::Form;

/// What a command line contains.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Variables with their values.
    pub(super) variables: Vec<(String, String)>,
    /// Files of variables (`--env-file`).
    pub(super) files: Vec<String>,
    /// The configuration, if it is a DSN of MySQL (`--config mysql://…`).
    pub(super) configuration: Option<String>,
    /// Whether it starts Mattermost.
    pub(super) runs_mattermost: bool,
    /// The program of MySQL that it calls or waits for, such as `mysqladmin`.
    pub(super) mysql_program: Option<String>,
}

/// How a variable is written in a command.
pub(super) const FORM: Form = Form::Assignment;

/// Reads a command line, quoted commands inside it (`sh -c '…'`) included.
pub(super) fn read(text: &str) -> Command {
    let mut command = Command::default();
    command.add(text, 3);
    command
}

impl Command {
    fn add(&mut self, text: &str, depth: usize) {
        let words = split(text);
        let mut before = "";
        for word in &words {
            // A quoted command; a variable whose value has a space is none, except after `sh -c`.
            let is_command = word.contains(char::is_whitespace)
                && (before == "-c" || !word.split_whitespace().next().is_some_and(is_assignment));
            if is_command && depth > 0 {
                self.add(word, depth - 1);
            } else {
                self.add_word(before, word);
            }
            before = word;
        }
    }

    fn add_word(&mut self, before: &str, word: &str) {
        let assignment = word
            .strip_prefix("--env=")
            .or_else(|| word.strip_prefix("DefaultEnvironment="))
            .or_else(|| word.strip_prefix("-e").filter(|rest| rest.starts_with("MM_")))
            .unwrap_or(word);
        if let Some((name, value)) = assignment.split_once('=') {
            if is_name(name) && name.to_ascii_uppercase().starts_with("MM_") {
                self.variables.push((name.to_owned(), value.to_owned()));
            }
            match name {
                "--env-file" | "-envfile" => self.files.push(value.to_owned()),
                "--config" | "-config" | "-c" => self.add_configuration(value),
                _ => {}
            }
        }
        match before {
            "--env-file" => self.files.push(word.to_owned()),
            "--config" | "-config" | "-c" => self.add_configuration(word),
            _ => {}
        }
        let name = word.rsplit('/').next().unwrap_or(word);
        let image = word.split([':', '@']).next().unwrap_or(word);
        self.runs_mattermost |= (word.contains('/') && (name == "mattermost"))
            || (word.contains("mattermost/") && name == "platform")
            || is_image(image);
        let servers = ["mysqladmin", "mysql", "mariadb", "mariadb-admin", "mysqld", "mysqld_safe"];
        if servers.contains(&name) && !word.contains('=') {
            self.mysql_program.get_or_insert_with(|| name.to_owned());
        }
    }

    fn add_configuration(&mut self, value: &str) {
        if value.starts_with("mysql://") {
            self.configuration = Some(value.to_owned());
        }
    }
}

/// Whether an image is one of Mattermost's server.
pub(super) fn is_image(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split([':', '@']).next().unwrap_or(last);
    last.starts_with("mattermost-") && (last.contains("edition") || last.contains("server"))
        || last.starts_with("mattermost-prod-app")
}

/// Whether an image is one of a MySQL or MariaDB server.
pub(super) fn is_mysql_image(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split([':', '@']).next().unwrap_or(last);
    ["mysql", "mariadb", "percona"].iter().any(|server| last.starts_with(server))
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| is_name(name))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// Words as a shell and systemd split them; quotes and backslashes are removed.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', it) if it != Some('\'') => {
                word.get_or_insert_default().extend(characters.next());
            }
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(character);
            }
            (character, Some(open)) if character == open => quote = None,
            (character, None) if character.is_whitespace() || character == ';' => {
                words.extend(word.take());
            }
            (character, _) => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::{is_image, is_mysql_image, read, split};

    #[test]
    fn variables_are_found_wherever_a_command_sets_them() {
        for text in [
            "/usr/bin/env MM_CONFIG=x A=b /opt/mattermost/bin/mattermost",
            "/usr/bin/docker run -e MM_CONFIG=x mattermost/mattermost-team-edition:10.11",
            "docker run --env=MM_CONFIG=x -d docker.io/mattermost/mattermost-enterprise-edition",
            "podman run -eMM_CONFIG=x mattermost/mattermost-enterprise-edition@sha256:0",
            "sh -c 'cd /opt && exec env \"MM_CONFIG=x\" /opt/mattermost/bin/mattermost server'",
            "su mattermost -c \"MM_CONFIG=x /opt/mattermost/bin/platform\"",
        ] {
            let command = read(text);
            assert_eq!(command.variables, [("MM_CONFIG".into(), "x".into())], "{text}");
            assert!(command.runs_mattermost, "{text}");
        }
        let command = read("docker run --env-file a --env-file=b x --config mysql://u:p@h/d");
        assert_eq!(command.files, ["a", "b"]);
        assert_eq!(command.configuration.as_deref(), Some("mysql://u:p@h/d"));
        assert_eq!(
            read("sh -c 'until /usr/bin/mysqladmin ping; do :'").mysql_program.unwrap(),
            "mysqladmin"
        );
        assert!(!read("/usr/bin/mysqldump mattermost > /backup/x").runs_mattermost);
    }

    #[test]
    fn words_are_those_of_a_shell() {
        assert_eq!(split("a 'b c'\"d\" e\\ f ''"), ["a", "b cd", "e f", ""]);
    }

    #[test]
    fn images_are_recognised_by_their_last_part() {
        assert!(is_image("mattermost/mattermost-enterprise-edition:10.11"));
        assert!(is_image("registry.example.org/x/mattermost-team-edition@sha256:0"));
        assert!(!is_image("mattermost/mattermost-push-proxy") && !is_image("nginx"));
        assert!(is_mysql_image("mysql:8.0") && is_mysql_image("docker.io/library/mariadb"));
        assert!(!is_mysql_image("postgres:15"));
    }
}
