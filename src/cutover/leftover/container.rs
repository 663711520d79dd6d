//! Containers that Docker and Podman have created, with the variables that they were created with.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::variable::{Form, Variable, concerns_database};
use super::{Look, Start, command, compose};

pub(super) fn look(look: &mut Look<'_>) {
    for folder in look.entries(&look.system("/var/lib/docker/containers")) {
        let path = folder.join("config.v2.json");
        if let Some(description) = read(look, &path) {
            docker(look, &path, &description);
        }
    }
    for folder in look.entries(&look.system("/var/lib/containers/storage/overlay-containers")) {
        let path = folder.join("userdata/config.json");
        if let Some(description) = read(look, &path) {
            podman(look, &path, &description);
        }
    }
}

fn read(look: &mut Look<'_>, path: &Path) -> Option<Value> {
    let text = look.peek(path)?;
    let description = serde_json::from_str(&text).ok();
    if description.is_none() {
        look.gap(&path.display().to_string(), "not valid JSON".to_owned());
    }
    description
}

/// The state of a container that Docker keeps.
fn docker(look: &mut Look<'_>, path: &Path, description: &Value) {
    let variables = variables(path, &description["Config"]["Env"]);
    let image = description["Config"]["Image"].as_str().unwrap_or_default();
    if !command::is_image(image) && variables.is_empty() {
        return;
    }
    let name = description["Name"].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
    let labels = &description["Config"]["Labels"];
    let files = labels["com.docker.compose.project.config_files"].as_str().unwrap_or_default();
    let files: Vec<PathBuf> =
        files.split(',').filter(|file| !file.is_empty()).map(PathBuf::from).collect();
    if !files.is_empty() && files.iter().all(|file| file.is_file()) {
        // Compose creates the container again when its description has changed.
        for file in &files {
            compose::document(look, file);
        }
        return;
    }
    add(look, path, &variables, "docker", name);
}

/// The runtime specification that Podman has written for a container.
fn podman(look: &mut Look<'_>, path: &Path, description: &Value) {
    let variables = variables(path, &description["process"]["env"]);
    if variables.is_empty() {
        return;
    }
    // A quadlet or `podman generate systemd` creates the container again at each start.
    let is_unit = description["annotations"]["PODMAN_SYSTEMD_UNIT"].is_string();
    let name = description["hostname"].as_str().unwrap_or_default().to_owned();
    if !is_unit {
        add(look, path, &variables, "podman", name);
    }
}

fn variables(path: &Path, list: &Value) -> Vec<Variable> {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    let pairs = texts.filter_map(|text| text.split_once('='));
    pairs
        .filter(|(name, _)| concerns_database(name))
        .map(|(name, value)| Variable::new(path, 0, name, value, Form::Assignment))
        .collect()
}

fn add(
    look: &mut Look<'_>,
    path: &Path,
    variables: &[Variable],
    engine: &'static str,
    name: String,
) {
    look.looked_at.insert(path.to_owned());
    let target = look.search.target;
    for mut found in variables.iter().filter_map(|variable| variable.judge(target)) {
        found.why = format!(
            "the {engine} container `{name}` was created with it, and {}; create it again",
            found.why
        );
        look.found.insert(found);
    }
    look.starts.insert(Start::Container { engine, name });
}
