//! systemd units and Podman quadlets, with everything that they include (`systemd.unit`,
//! `systemd.exec`, `podman-systemd.unit`).

mod relations;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::lines::logical_lines;
use super::variable::{Form, Variable, concerns_database};
use super::{Error, Leftover, Look, MissingUnit, Start, command, dotenv};
use relations::{RELATIONS, condition, links, relation};
/// Where systemd and Podman look for units, the first one that has a name counts
/// (`systemd.unit`, "Unit File Load Path").
const FOLDERS: [&str; 12] = [
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/etc/systemd/user",
    "/etc/containers/systemd",
    "/run/containers/systemd",
    "/usr/share/containers/systemd",
];
const KINDS: [&str; 4] = ["service", "container", "kube", "pod"];

/// The files of one unit: its own and its drop-ins, in the order in which they apply.
struct Unit {
    name: String,
    files: Vec<(PathBuf, String)>,
}

/// A setting of a unit.
struct Setting {
    path: PathBuf,
    line: usize,
    section: String,
    name: String,
    value: String,
}

pub(super) fn look(look: &mut Look<'_>) -> Result<(), Error> {
    let given = look.search.unit_dirs;
    let mut folders = Vec::new();
    for folder in given {
        let folder = look.search.working_dir.join(folder);
        super::require(&folder, super::Expected::Directory)?;
        folders.push(folder);
    }
    if given.is_empty() {
        folders.extend(FOLDERS.iter().map(|folder| look.system(folder)));
    }
    let folders = distinct(folders);
    let units = units(look, &folders);
    let asked = look.search.unit;
    if let Some(name) = asked.filter(|name| !units.iter().any(|unit| unit.is_called(name))) {
        if look.search.missing_unit == MissingUnit::Refuse {
            let folders = folders.into_iter().filter(|folder| folder.is_dir()).collect();
            return Err(Error::UnitMissing { name: name.to_owned(), folders });
        }
        look.gap(&format!("unit `{name}`"), "no directory of units has it".to_owned());
    }
    if units.is_empty() {
        let looked: Vec<_> = folders.iter().filter(|it| it.is_dir()).collect();
        let looked: Vec<_> = looked.into_iter().map(|it| it.display().to_string()).collect();
        let searched = if looked.is_empty() {
            "no directory of units exists".to_owned()
        } else {
            format!("no unit of Mattermost in {}", looked.join(", "))
        };
        look.gap("systemd units", searched);
    }
    for unit in units {
        unit.look(look);
    }
    links(look, &folders);
    Ok(())
}

/// `/lib` is often a link to `/usr/lib`.
fn distinct(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let real = |folder: &PathBuf| folder.canonicalize().unwrap_or_else(|_| folder.clone());
    folders.into_iter().filter(|folder| seen.insert(real(folder))).collect()
}

/// Mattermost's units: by the name that was given, by their own name, or by what they start.
fn units(look: &mut Look<'_>, folders: &[PathBuf]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut seen = BTreeSet::new();
    for folder in folders {
        for path in look.entries(folder) {
            let name = super::name_of(&path);
            let Some((stem, kind)) = name.rsplit_once('.') else { continue };
            if !KINDS.contains(&kind) || path.is_dir() || !seen.insert(name.clone()) {
                continue;
            }
            let (stem, kind) = (stem.to_owned(), kind.to_owned());
            let mut unit = Unit { name, files: Vec::new() };
            // A masked unit is a link to /dev/null.
            if let Some(text) = look.peek(&path) {
                unit.files.push((path, text));
            }
            for (path, text) in drop_ins(look, folders, &stem, &kind) {
                unit.files.push((path, text));
            }
            let asked = look.search.unit.is_some_and(|asked| unit.is_called(asked));
            if asked || stem.starts_with("mattermost") || unit.starts_mattermost() {
                units.push(unit);
            }
        }
    }
    // Drop-ins without a unit in these folders.
    let asked = look.search.unit.unwrap_or("mattermost").trim_end_matches(".service").to_owned();
    if !units.iter().any(|unit| unit.is_called(&asked)) {
        let files = drop_ins(look, folders, &asked, "service");
        if files
            .iter()
            .any(|(path, _)| !super::name_of(super::parent(path)).starts_with("service."))
        {
            units.push(Unit { name: format!("{asked}.service"), files });
        }
    }
    units
}

fn drop_ins(
    look: &mut Look<'_>,
    folders: &[PathBuf],
    stem: &str,
    kind: &str,
) -> Vec<(PathBuf, String)> {
    let mut names = vec![format!("{kind}.d"), format!("{stem}.{kind}.d")];
    names.extend(stem.match_indices('-').map(|(place, _)| format!("{}-.{kind}.d", &stem[..place])));
    if let Some((template, _)) = stem.split_once('@') {
        names.push(format!("{template}@.{kind}.d"));
    }
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for folder in folders {
        for name in &names {
            for path in look.entries(&folder.join(name)) {
                if path.extension().is_some_and(|it| it == "conf") {
                    found.entry(super::name_of(&path)).or_insert(path);
                }
            }
        }
    }
    let text = |path: PathBuf| look.peek(&path).map(|text| (path, text));
    found.into_values().filter_map(text).collect()
}

impl Unit {
    fn is_called(&self, asked: &str) -> bool {
        let asked = match asked.rsplit_once('.') {
            Some((stem, kind)) if KINDS.contains(&kind) => stem,
            _ => asked,
        };
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let template = asked.split_once('@').map(|(template, _)| format!("{template}@"));
        stem == asked || Some(stem) == template.as_deref()
    }

    /// Whether a unit of another name starts Mattermost.
    fn starts_mattermost(&self) -> bool {
        self.settings().iter().any(|setting| {
            let value = &setting.value;
            match setting.name.as_str() {
                name if name.starts_with("ExecStart") => {
                    let command = command::read(value);
                    command.runs_mattermost
                        || command.variables.iter().any(|(name, _)| concerns_database(name))
                }
                "Environment" => command::split(value).iter().any(|word| {
                    word.split_once('=').is_some_and(|(name, _)| concerns_database(name))
                }),
                "Image" => command::is_image(value),
                _ => false,
            }
        })
    }

    fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        for (path, text) in &self.files {
            let mut section = String::new();
            for (line, text) in logical_lines(text) {
                if let Some(name) = text.strip_prefix('[') {
                    name.trim_end_matches(']').clone_into(&mut section);
                } else if let Some((name, value)) = text.split_once('=') {
                    let (name, value) = (name.trim_end().to_owned(), value.trim_start().to_owned());
                    let (path, section) = (path.clone(), section.clone());
                    settings.push(Setting { path, line, section, name, value });
                }
            }
        }
        settings
    }

    fn look(&self, look: &mut Look<'_>) {
        look.starts.insert(Start::Unit { name: self.unit_name() });
        let mut variables: BTreeMap<String, Variable> = BTreeMap::new();
        let mut files: Vec<(PathBuf, String)> = Vec::new();
        let mut commands: Vec<(Setting, command::Command)> = Vec::new();
        for (path, _) in &self.files {
            look.looked_at.insert(path.clone());
        }
        for setting in self.settings() {
            let is_empty = setting.value.is_empty();
            match setting.name.as_str() {
                name if RELATIONS.contains(&name) => relation(look, &self.unit_name(), &setting),
                "Environment" if is_empty => variables.clear(),
                "Environment" => {
                    for word in command::split(&setting.value) {
                        if let Some((name, value)) = word.split_once('=') {
                            let value = value.replace("%%", "%");
                            let variable = Variable::new(
                                &setting.path,
                                setting.line,
                                name,
                                &value,
                                Form::Unit,
                            );
                            variables.insert(name.to_owned(), variable);
                        }
                    }
                }
                "UnsetEnvironment" => {
                    for word in command::split(&setting.value) {
                        variables.remove(word.split('=').next().unwrap_or_default());
                    }
                }
                "EnvironmentFile" if is_empty => files.clear(),
                "EnvironmentFile" => files.push((setting.path.clone(), setting.value)),
                "PassEnvironment" => {
                    let place = format!("PassEnvironment= in {}", setting.path.display());
                    look.gap(&place, "see `systemctl show-environment`".to_owned());
                }
                "EnvironmentHost" | "Secret" | "LoadCredential" => {
                    let place = format!("{}= in {}", setting.name, setting.path.display());
                    look.gap(&place, "its content is not read".to_owned());
                }
                "Yaml" | "ConfigMap" if setting.section == "Kube" => {
                    look.file(
                        &super::parent(&setting.path).join(&setting.value),
                        "a unit names it",
                    );
                }
                name if name.starts_with("Condition") || name.starts_with("Assert") => {
                    condition(look, &setting);
                }
                name if is_command(name) => {
                    if is_empty {
                        commands.retain(|(other, _)| other.name != setting.name);
                    } else {
                        let read = command::read(&setting.value.replace("%%", "%"));
                        commands.push((setting, read));
                    }
                }
                _ => {}
            }
        }
        for (named_in, value) in files {
            let optional = value.starts_with('-');
            let pattern = value.trim_start_matches('-').trim_matches('"');
            self.environment_file(look, &named_in, pattern, optional, &mut variables);
        }
        for (setting, command) in commands {
            for file in &command.files {
                let place = setting.path.clone();
                self.environment_file(look, &place, file, false, &mut variables);
            }
            in_command(look, &setting, &command, &mut variables);
        }
        look.judge(variables.into_values());
    }

    /// The service that systemd knows: that of a quadlet has the quadlet's name.
    fn unit_name(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((stem, "pod")) => format!("{stem}-pod"),
            Some((stem, _)) => stem.to_owned(),
            None => self.name.clone(),
        }
    }

    fn environment_file(
        &self,
        look: &mut Look<'_>,
        named_in: &Path,
        pattern: &str,
        optional: bool,
        variables: &mut BTreeMap<String, Variable>,
    ) {
        let pattern = self.expand(pattern);
        let path = if pattern.starts_with('/') {
            look.system(&pattern)
        } else {
            super::parent(named_in).join(&pattern)
        };
        let paths = match super::matching(&path) {
            Ok(paths) => paths,
            Err(error) => return look.unreadable(&path, &error),
        };
        if paths.is_empty() && !optional {
            look.gap(
                &path.display().to_string(),
                format!("does not exist; {} names it", named_in.display()),
            );
        }
        for path in paths {
            let Some(text) = look.read(&path) else { continue };
            for entry in dotenv::entries(&text) {
                let variable =
                    Variable::new(&path, entry.line, &entry.name, &entry.value, Form::Assignment);
                variables.insert(entry.name, variable);
            }
        }
    }

    /// Specifiers of systemd; those that are not known match any text.
    fn expand(&self, pattern: &str) -> String {
        let stem = self.unit_name();
        let (prefix, instance) = stem.split_once('@').unwrap_or((&stem, "*"));
        let instance = if instance.is_empty() { "*" } else { instance };
        let mut expanded = String::new();
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            if character != '%' {
                expanded.push(character);
                continue;
            }
            match characters.next() {
                Some('%') => expanded.push('%'),
                Some('n') => expanded.push_str(&self.name),
                Some('N') => expanded.push_str(&stem),
                Some('p' | 'P') => expanded.push_str(prefix),
                Some('i' | 'I') => expanded.push_str(instance),
                Some('E') => expanded.push_str("/etc"),
                Some('S') => expanded.push_str("/var/lib"),
                Some('C') => expanded.push_str("/var/cache"),
                Some('t') => expanded.push_str("/run"),
                _ => expanded.push('*'),
            }
        }
        expanded
    }
}

fn is_command(name: &str) -> bool {
    name.starts_with("Exec") || name == "PodmanArgs"
}

fn in_command(
    look: &mut Look<'_>,
    setting: &Setting,
    command: &command::Command,
    variables: &mut BTreeMap<String, Variable>,
) {
    for (name, value) in &command.variables {
        let variable = Variable::new(&setting.path, setting.line, name, value, command::FORM);
        variables.insert(name.clone(), variable);
    }
    let mut add = |present: String, instead: Option<String>, why: &str| {
        let (path, line) = (setting.path.clone(), setting.line);
        look.found.insert(Leftover { path, line, present, instead, why: why.to_owned() });
    };
    let name = &setting.name;
    if command.configuration.is_some() {
        let present = format!("{name}=… --config mysql://…");
        let instead = Some(format!("{name}=… --config postgres://…"));
        add(present, instead, "Mattermost would read its configuration from MySQL");
    }
    if let Some(program) = &command.mysql_program {
        let present = format!("{name}=… {program} …");
        add(present, None, "Mattermost would wait for MySQL, or not start");
    }
}
