//! Compose files with everything that they include (the Compose Specification), and `.env` files.

mod environment;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::dotenv::{self, Entry, Interpolated, interpolate};
use super::variable::{Form, Variable, concerns_database};
use super::yaml::{Node, read_documents};
use super::{Leftover, Look, Start, command, manifest, name_of, parent, supervisor};

/// The names by which compose finds its file; of several, the first counts.
const BASES: [&str; 4] =
    ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];
/// Services extend each other no deeper than this; a cycle ends here.
const DEPTH: usize = 10;

/// Looks next to the configuration and above it.
pub(super) fn look(look: &mut Look<'_>) {
    let mut folders: Vec<PathBuf> = Vec::new();
    if let Some(path) = look.search.configuration {
        let path = look.search.working_dir.join(path);
        let path = path.canonicalize().unwrap_or(path);
        let root = look.search.root;
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let is_below = path.starts_with(&root);
        // No further than the root directory, if the configuration is below it.
        let above = path.ancestors().skip(1).filter(|it| !is_below || it.starts_with(&root));
        folders.extend(above.map(Path::to_owned));
    }
    // A configuration in a volume or in the database is not below the folder of its compose file.
    let is_apart =
        |path: &Path| ["docker", "containers"].iter().any(|it| path.iter().any(|part| part == *it));
    if look.search.configuration.is_none_or(is_apart) {
        folders.push(look.search.working_dir.to_owned());
    }
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    for folder in folders {
        in_folder(look, &folder);
    }
}

fn in_folder(look: &mut Look<'_>, folder: &Path) {
    let files = look.entries(folder);
    for path in files.iter().filter(|path| is_dotenv(&name_of(path)) && path.is_file()) {
        supervisor::script(look, path);
    }
    let project = Project::of(look, folder);
    let separator = project.variables.get("COMPOSE_PATH_SEPARATOR");
    let separator = separator.map_or(":", |it| it.value.as_str());
    let listed = project.variables.get("COMPOSE_FILE").map(|listed| {
        listed.value.split(separator).map(|name| folder.join(name)).collect::<Vec<_>>()
    });
    let main = listed.unwrap_or_else(|| standard(folder));
    if !main.is_empty() {
        project.look(look, &main, true);
    }
    let is_compose = |path: &PathBuf| is_compose_name(&name_of(path)) && path.is_file();
    for path in files.iter().filter(|path| is_compose(path) && !main.contains(path)) {
        project.look(look, std::slice::from_ref(path), false);
    }
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    for path in files.iter().filter(|path| is_yaml(path) && !is_compose(path) && path.is_file()) {
        manifest::if_mattermost(look, path);
    }
}

fn is_dotenv(name: &str) -> bool {
    let is_sample = ["example", "sample", "template"].iter().any(|it| name.contains(it));
    name == ".env" || (name.strip_suffix(".env").is_some() && !is_sample)
}

fn is_compose_name(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    let starts = ["compose", "docker-compose", "docker-stack", "podman-compose"];
    stem.is_some_and(|stem| starts.iter().any(|start| stem.starts_with(start)))
}

/// Looks at a YAML file that was named, whatever its name.
pub(super) fn document(look: &mut Look<'_>, path: &Path) {
    let project = Project::of(look, parent(path));
    let chain = standard(parent(path));
    if chain.contains(&path.to_owned()) {
        project.look(look, &chain, true);
    } else {
        project.look(look, &[path.to_owned()], false);
    }
}

/// The files that compose uses in a directory by itself: its own, and the one that overrides it.
fn standard(folder: &Path) -> Vec<PathBuf> {
    let first = |names: [&str; 4]| names.iter().map(|it| folder.join(it)).find(|it| it.is_file());
    first(BASES).into_iter().chain(first(OVERRIDES)).collect()
}

/// A directory with compose files.
struct Project {
    folder: PathBuf,
    dotenv: PathBuf,
    variables: BTreeMap<String, Entry>,
}

/// A service, with what it extends and what overrides it.
#[derive(Default)]
struct Service {
    from_files: BTreeMap<String, Variable>,
    own: BTreeMap<String, Variable>,
    image: Option<String>,
    dependencies: Vec<(PathBuf, usize, String)>,
    has_secrets: bool,
    is_built: bool,
}

impl Project {
    fn of(look: &mut Look<'_>, folder: &Path) -> Self {
        let dotenv = folder.join(".env");
        let variables = look.peek(&dotenv).map(|text| dotenv::by_name(&text)).unwrap_or_default();
        Self { folder: folder.to_owned(), dotenv, variables }
    }

    /// Looks at files of which each overrides those before it.
    fn look(&self, look: &mut Look<'_>, chain: &[PathBuf], is_standard: bool) {
        let mut services: BTreeMap<String, Service> = BTreeMap::new();
        for path in chain {
            let key = path.canonicalize().unwrap_or_else(|_| path.clone());
            if chain.len() == 1 && !look.described.insert(key.clone()) {
                continue;
            }
            look.described.insert(key);
            if !path.exists() {
                look.gap(&path.display().to_string(), "does not exist; `.env` names it".to_owned());
                continue;
            }
            for root in documents(look, path) {
                if root.get("apiVersion").is_some() && root.get("kind").is_some() {
                    manifest::document(look, path, &root);
                    continue;
                }
                self.includes(look, path, &root);
                let Some(described) = described(&root) else {
                    manifest::document(look, path, &root);
                    continue;
                };
                for (name, _, node) in described.pairs() {
                    let service = services.entry(name.to_owned()).or_default();
                    self.add(look, path, &described, node, service, 0);
                }
            }
        }
        let file = (!is_standard).then(|| chain.first().cloned()).flatten();
        self.judge(look, services, file.as_deref());
    }

    fn judge(&self, look: &mut Look<'_>, services: BTreeMap<String, Service>, file: Option<&Path>) {
        let images: BTreeMap<String, String> = services
            .iter()
            .filter_map(|(name, service)| Some((name.clone(), service.image.clone()?)))
            .collect();
        for (name, service) in services {
            let is_mattermost = service.is_mattermost();
            if is_mattermost {
                let folder = if self.folder == look.search.working_dir {
                    PathBuf::new()
                } else {
                    self.folder.clone()
                };
                let file = file.map(Path::to_owned);
                look.starts.insert(Start::Compose { folder, file, service: name.clone() });
                if service.has_secrets {
                    let what = format!("secrets and configs of the compose service `{name}`");
                    look.gap(&what, "their content is not read".to_owned());
                }
                if service.is_built {
                    let what = format!("image that the compose service `{name}` builds");
                    look.gap(&what, "variables of its Dockerfile are not read".to_owned());
                }
                for (path, line, dependency) in &service.dependencies {
                    if images.get(dependency).is_some_and(|image| command::is_mysql_image(image)) {
                        look.found.insert(Leftover {
                            path: path.clone(),
                            line: *line,
                            present: format!("depends_on: {dependency}"),
                            instead: None,
                            why: "compose would start MySQL and wait for it".to_owned(),
                        });
                    }
                }
            }
            let mut effective = service.from_files;
            effective.extend(service.own);
            let target = look.search.target;
            for mut found in effective.into_values().filter_map(|it| it.judge(target)) {
                let is_dsn = found.instead.as_ref().is_some_and(|text| text.ends_with(target));
                if is_dsn && look.search.target_is_local {
                    found.why += "; inside a container, `localhost` is the container itself";
                }
                look.found.insert(found);
            }
        }
    }

    fn includes(&self, look: &mut Look<'_>, path: &Path, root: &Node) {
        let Some(include) = root.get("include") else { return };
        for element in include.elements() {
            let files: Vec<String> = match element.text() {
                Some(file) => vec![file.to_owned()],
                None => element
                    .get("path")
                    .map(|it| it.texts())
                    .unwrap_or_default()
                    .into_iter()
                    .map(|it| it.0.to_owned())
                    .collect(),
            };
            let files: Vec<PathBuf> =
                files.iter().map(|file| parent(path).join(self.resolve(file).text)).collect();
            let Some(first) = files.first() else { continue };
            let folder = match element.get("project_directory").and_then(|it| it.text()) {
                Some(folder) => parent(path).join(folder),
                None => parent(first).to_owned(),
            };
            for file in files.iter().filter(|file| !file.exists()) {
                look.gap(
                    &file.display().to_string(),
                    format!("does not exist; {} includes it", path.display()),
                );
            }
            let mut project = Self::of(look, &folder);
            for (file, _) in element.get("env_file").map(|it| it.texts()).unwrap_or_default() {
                let file = parent(path).join(file);
                if let Some(text) = look.read(&file) {
                    project.variables.extend(dotenv::by_name(&text));
                    project.dotenv = file;
                }
            }
            // Variables of the including project count first.
            project.variables.extend(self.variables.clone());
            let known =
                |file: &PathBuf| file.canonicalize().is_ok_and(|it| look.described.contains(&it));
            if !files.iter().all(known) {
                project.look(look, &files, false);
            }
        }
    }

    fn resolve(&self, text: &str) -> Interpolated {
        interpolate(text, &|name| self.variables.get(name).map(|entry| entry.value.clone()))
    }

    /// Adds a service's own settings to those that it extends or overrides.
    fn add(
        &self,
        look: &mut Look<'_>,
        path: &Path,
        services: &Rc<Node>,
        node: &Node,
        service: &mut Service,
        depth: usize,
    ) {
        if depth == DEPTH {
            return;
        }
        if let Some(extends) = node.get("extends") {
            self.extend(look, path, services, extends, service, depth);
        }
        for (name, line, value) in node.pairs() {
            match name {
                "image" => service.image = value.text().map(|text| self.resolve(text).text),
                "build" => service.is_built = true,
                "secrets" | "configs" => service.has_secrets |= !value.elements().is_empty(),
                "env_file" => self.env_files(look, path, value, service),
                "environment" => self.environment(look, path, value, service),
                "command" | "entrypoint" => self.command(look, path, line, value),
                "depends_on" | "links" => {
                    let several = value.texts().into_iter().map(|(text, line)| {
                        (text.split(':').next().unwrap_or(text).to_owned(), line)
                    });
                    let keyed =
                        value.pairs().into_iter().map(|(name, line, _)| (name.to_owned(), line));
                    let named: Vec<_> = several.chain(keyed).collect();
                    let placed =
                        named.into_iter().map(|(name, line)| (path.to_owned(), line, name));
                    service.dependencies.extend(placed);
                }
                _ => {}
            }
        }
    }

    fn extend(
        &self,
        look: &mut Look<'_>,
        path: &Path,
        services: &Rc<Node>,
        extends: &Node,
        service: &mut Service,
        depth: usize,
    ) {
        let name = extends.text().or_else(|| extends.get("service").and_then(|it| it.text()));
        let Some(name) = name else { return };
        let Some(file) = extends.get("file").and_then(|it| it.text()) else {
            if let Some(node) = services.get(name) {
                self.add(look, path, services, node, service, depth + 1);
            }
            return;
        };
        let file = parent(path).join(self.resolve(file).text);
        if !file.exists() {
            look.gap(
                &file.display().to_string(),
                format!("does not exist; {} extends it", path.display()),
            );
        }
        for root in documents(look, &file) {
            let Some(services) = described(&root) else { continue };
            if let Some(node) = services.get(name) {
                self.add(look, &file, &services, node, service, depth + 1);
            }
        }
    }

    fn command(&self, look: &mut Look<'_>, path: &Path, line: usize, value: &Node) {
        let words: Vec<String> =
            value.texts().into_iter().map(|(text, _)| self.resolve(text).text).collect();
        let command = command::read(&words.join(" "));
        let variables = command.variables.iter();
        look.judge(
            variables.map(|(name, value)| Variable::new(path, line, name, value, Form::Assignment)),
        );
        if command.configuration.is_some() {
            look.found.insert(Leftover {
                path: path.to_owned(),
                line,
                present: "--config mysql://…".to_owned(),
                instead: Some(format!("--config {}", look.search.target)),
                why: "Mattermost would read its configuration from MySQL".to_owned(),
            });
        }
    }
}

impl Service {
    fn is_mattermost(&self) -> bool {
        let variables = self.own.keys().chain(self.from_files.keys());
        self.image.as_deref().is_some_and(command::is_image)
            || variables.into_iter().any(|name| concerns_database(name))
    }
}

/// The services of a compose file; before version 2, they were at the top.
fn described(root: &Rc<Node>) -> Option<Rc<Node>> {
    if let Some(services) = root.get("services") {
        return Some(Rc::clone(services));
    }
    let is_service = |node: &Node| node.get("image").is_some() || node.get("build").is_some();
    let pairs = root.pairs();
    let is_old = !pairs.is_empty() && pairs.iter().all(|(.., node)| is_service(node));
    let has_include = root.get("include").is_some();
    (is_old || has_include).then(|| Rc::clone(root))
}

/// The documents of a file; none, with a gap, if they cannot be read.
fn documents(look: &mut Look<'_>, path: &Path) -> Vec<Rc<Node>> {
    let Some(text) = look.peek(path) else { return Vec::new() };
    match read_documents(&text) {
        Ok(documents) => {
            look.looked_at.insert(path.to_owned());
            documents
        }
        Err(error) => {
            look.gap(&path.display().to_string(), error.to_string());
            Vec::new()
        }
    }
}
