//! Process supervisors, init scripts and the files of variables that a system gives to its services.

use std::path::{Path, PathBuf};

use super::lines::logical_lines;
use super::variable::{Form, Variable, concerns_database};
use super::{Leftover, Look, Start, command, dotenv, name_of};
use crate::shell::shell_word;

/// Files that can set variables of any service or login.
const GENERAL: [&str; 14] = [
    "/etc/environment",
    "/etc/environment.d/*.conf",
    "/etc/systemd/system.conf",
    "/etc/systemd/system.conf.d/*.conf",
    "/etc/profile",
    "/etc/profile.d/*.sh",
    "/etc/rc.local",
    "/etc/crontab",
    "/etc/cron.d/*",
    "/var/spool/cron/crontabs/*",
    "/var/spool/cron/*",
    "/etc/monit/monitrc",
    "/etc/monitrc",
    "/etc/rc.conf",
];
/// Files of Mattermost alone, by their names.
const OWN: [&str; 6] = [
    "/etc/default/mattermost*",
    "/etc/sysconfig/mattermost*",
    "/etc/conf.d/mattermost*",
    "/etc/init.d/mattermost*",
    "/etc/init/mattermost*.conf",
    "/etc/rc.d/init.d/mattermost*",
];
const SUPERVISORD: [&str; 6] = [
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
    "/etc/supervisor/conf.d/*",
    "/etc/supervisord.d/*",
    "/etc/supervisor.d/*",
    "/usr/local/etc/supervisord.conf",
];
const MONIT: [&str; 4] = [
    "/etc/monit/conf.d/*",
    "/etc/monit/conf-enabled/*",
    "/etc/monit.d/*",
    "/usr/local/etc/monit.d/*",
];
/// Directories of which each subdirectory is a service (runit, daemontools, s6).
const SERVICES: [&str; 8] = [
    "/etc/service",
    "/service",
    "/etc/sv",
    "/var/service",
    "/etc/s6/sv",
    "/etc/s6-overlay/s6-rc.d",
    "/etc/services.d",
    "/run/service",
];

pub(super) fn look(look: &mut Look<'_>) {
    for path in paths(look, &GENERAL) {
        if mentions(look, &path) {
            script(look, &path);
        } else if name_of(&path) == "environment" {
            look.looked_at.insert(path);
        }
    }
    for path in paths(look, &OWN) {
        let is_init = path.parent().is_some_and(|folder| folder.ends_with("init.d"));
        script(look, &path);
        if is_init {
            init_script(look, &path);
        }
    }
    for path in paths(look, &SUPERVISORD) {
        supervisord(look, &path);
    }
    for path in paths(look, &MONIT) {
        if mentions(look, &path) {
            script(look, &path);
            monit(look, &path);
        }
    }
    for folder in SERVICES {
        for service in look.entries(&look.system(folder)) {
            service_directory(look, &service);
        }
    }
}

fn paths(look: &mut Look<'_>, patterns: &[&str]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for pattern in patterns {
        let pattern = look.system(pattern);
        match super::matching(&pattern) {
            Ok(matching) => paths.extend(matching),
            Err(error) => look.gap(&pattern.display().to_string(), error.to_string()),
        }
    }
    paths.sort();
    paths.dedup();
    paths.retain(|path| path.is_file());
    paths
}

/// Whether a file concerns Mattermost.
fn mentions(look: &mut Look<'_>, path: &Path) -> bool {
    look.peek(path).is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        ["mm_sqlsettings", "mm_config", "mattermost"].iter().any(|name| text.contains(name))
    })
}

/// Looks at a file of variables or a shell script: assignments and commands that set variables.
pub(super) fn script(look: &mut Look<'_>, path: &Path) {
    let Some(text) = look.read(path) else { return };
    let mut variables: Vec<Variable> = Vec::new();
    for entry in dotenv::entries(&text) {
        variables.push(Variable::new(
            path,
            entry.line,
            &entry.name,
            &entry.value,
            Form::Assignment,
        ));
    }
    for (line, text) in logical_lines(&text) {
        let command = command::read(&text);
        for (name, value) in &command.variables {
            let known = |it: &Variable| it.line == line && it.name == *name;
            if !variables.iter().any(known) {
                variables.push(Variable::new(path, line, name, value, command::FORM));
            }
        }
        for file in command.files {
            let file = if file.starts_with('/') {
                look.system(&file)
            } else {
                super::parent(path).join(file)
            };
            if !look.looked_at.contains(&file) {
                look.file(&file, &format!("{} names it", path.display()));
            }
        }
        if command.configuration.is_some() {
            configuration(look, path, line);
        }
    }
    look.judge(variables);
}

fn configuration(look: &mut Look<'_>, path: &Path, line: usize) {
    look.found.insert(Leftover {
        path: path.to_owned(),
        line,
        present: "--config mysql://…".to_owned(),
        instead: Some(format!("--config {}", look.search.target)),
        why: "Mattermost would read its configuration from MySQL".to_owned(),
    });
}

/// What an init script depends on: the header of the LSB, and `depend()` of `OpenRC`.
fn init_script(look: &mut Look<'_>, path: &Path) {
    let Some(text) = look.peek(path) else { return };
    let command = |verb: &str| format!("service {} {verb}", name_of(path));
    look.starts.insert(Start::Supervisor { start: command("start"), stop: command("stop") });
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        let header = text.strip_prefix('#').map(str::trim_start).and_then(|it| it.split_once(':'));
        let words = match header {
            Some(("Required-Start" | "Should-Start" | "Required-Stop" | "Should-Stop", words)) => {
                words
            }
            Some(_) => continue,
            None => match text.split_once(' ') {
                Some(("need" | "use" | "want" | "after", words)) => words,
                _ => continue,
            },
        };
        depends(look, path, line, text, words);
    }
}

fn monit(look: &mut Look<'_>, path: &Path) {
    let Some(text) = look.peek(path) else { return };
    let mut is_ours = false;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("check ") {
            is_ours = lower.contains("mattermost");
        } else if is_ours && let Some(words) = lower.strip_prefix("depends ") {
            depends(look, path, line, text, words);
        }
    }
}

fn depends(look: &mut Look<'_>, path: &Path, line: usize, text: &str, words: &str) {
    let is_server = |word: &str| matches!(word.trim_matches('$'), "mysql" | "mysqld" | "mariadb");
    if words.split([' ', '\t', ',']).any(is_server) {
        let kept: Vec<&str> = text.split(' ').filter(|word| !is_server(word)).collect();
        let instead = Some(kept.join(" "));
        let why = "Mattermost would wait for MySQL, or start it".to_owned();
        let (path, present) = (path.to_owned(), text.to_owned());
        look.found.insert(Leftover { path, line, present, instead, why });
    }
}

/// The `run` script of a service, and its directory `env`, in which each file is a variable.
fn service_directory(look: &mut Look<'_>, folder: &Path) {
    let run = folder.join("run");
    let environment = look.entries(&folder.join("env"));
    let named = environment.iter().any(|path| concerns_database(&name_of(path)));
    if !named && !mentions(look, &run) {
        return;
    }
    script(look, &run);
    for path in environment {
        let Some(text) = look.peek(&path) else { continue };
        let name = name_of(&path);
        if concerns_database(&name) {
            look.looked_at.insert(path.clone());
            let value = text.lines().next().unwrap_or_default();
            look.judge([Variable::new(&path, 1, &name, value, Form::Value)]);
        }
    }
    let is_s6 = folder.iter().any(|part| part.to_string_lossy().contains("s6"));
    let [up, down] = if is_s6 { ["s6-svc -u", "s6-svc -d"] } else { ["sv up", "sv down"] };
    let folder = shell_word(&folder.to_string_lossy());
    let (start, stop) = (format!("{up} {folder}"), format!("{down} {folder}"));
    look.starts.insert(Start::Supervisor { start, stop });
}

/// A configuration of supervisord: `environment=` of its own and of each program.
fn supervisord(look: &mut Look<'_>, path: &Path) {
    if !mentions(look, path) {
        return;
    }
    let Some(text) = look.read(path) else { return };
    let mut program = String::new();
    for (line, text) in ini_lines(&text) {
        if let Some(section) = text.strip_prefix('[') {
            section.trim_end_matches(']').clone_into(&mut program);
            continue;
        }
        let Some((key, value)) = text.split_once('=') else { continue };
        match key.trim() {
            "environment" => {
                let pairs = pairs(value);
                if pairs.iter().any(|(name, _)| concerns_database(name)) {
                    start(look, &program);
                }
                look.judge(pairs.into_iter().map(|(name, value)| {
                    Variable::new(path, line, &name, &value, Form::Assignment)
                }));
            }
            "command" => {
                let command = command::read(value);
                if command.runs_mattermost {
                    start(look, &program);
                }
                if command.configuration.is_some() {
                    configuration(look, path, line);
                }
                look.judge(
                    command.variables.into_iter().map(|(name, value)| {
                        Variable::new(path, line, &name, &value, command::FORM)
                    }),
                );
            }
            _ => {}
        }
    }
}

fn start(look: &mut Look<'_>, program: &str) {
    if let Some(name) = program.strip_prefix("program:") {
        let name = shell_word(name);
        let start = format!("supervisorctl update && supervisorctl start {name}");
        look.starts.insert(Start::Supervisor { start, stop: format!("supervisorctl stop {name}") });
    }
}

/// The settings of an INI file, with the lines that are indented after them.
fn ini_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with([';', '#']) {
            continue;
        }
        match lines.last_mut() {
            Some((_, whole)) if text.starts_with([' ', '\t']) => {
                whole.push(' ');
                whole.push_str(trimmed);
            }
            _ => lines.push((line, trimmed.to_owned())),
        }
    }
    lines
}

/// `A="b",C='d',E=f`; `%%` is a percent sign.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while let Some((name, value)) = rest.split_once('=') {
        let value = value.trim_start();
        let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
        let (value, after) = if let Some(quote) = quote {
            value[1..].split_once(quote).unwrap_or((&value[1..], ""))
        } else {
            value.split_at(value.find([',', ' ']).unwrap_or(value.len()))
        };
        let name = name.trim_matches([',', ' ', '\t']).to_owned();
        pairs.push((name, value.replace("%%", "%")));
        rest = after;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{ini_lines, pairs};

    #[test]
    fn pairs_of_supervisord_are_quoted_in_several_ways() {
        let read = pairs("A=\"b,c\",D='e f', G=h,I=\"%%40\"");
        let expected = [("A", "b,c"), ("D", "e f"), ("G", "h"), ("I", "%40")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(
            ini_lines("a=1,\n  b=2\n;x\nc=3\n"),
            [(1, "a=1, b=2".into()), (4, "c=3".into())]
        );
    }
}
