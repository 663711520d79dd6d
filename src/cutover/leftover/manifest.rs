//! Manifests of Kubernetes and values of Helm: any YAML that sets Mattermost's variables.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use super::variable::{Form, Variable, concerns_database};
use super::yaml::{Node, Value, read_documents};
use super::{Look, Start, command};

/// Where a node of Kubernetes keeps manifests of its own.
const FOLDERS: [&str; 2] = ["/etc/kubernetes/manifests", "/var/lib/rancher/k3s/server/manifests"];

pub(super) fn look(look: &mut Look<'_>) {
    for folder in FOLDERS {
        for path in look.entries(&look.system(folder)) {
            if_mattermost(look, &path);
        }
    }
}

/// Looks at a file that may be a manifest of Mattermost; any other is passed over.
pub(super) fn if_mattermost(look: &mut Look<'_>, path: &Path) {
    let Some(text) = look.peek(path) else { return };
    let is_manifest = text.contains("apiVersion:") && text.contains("kind:");
    let lower = text.to_ascii_lowercase();
    if !lower.contains("mattermost") && !lower.contains("mm_sqlsettings") {
        return;
    }
    match read_documents(&text) {
        Ok(documents) if is_manifest || text.contains("MM_") => {
            look.looked_at.insert(path.to_owned());
            for root in &documents {
                document(look, path, root);
            }
        }
        Ok(_) => {}
        Err(error) => look.gap(&path.display().to_string(), error.to_string()),
    }
}

/// Looks at a document wherever it sets variables.
pub(super) fn document(look: &mut Look<'_>, path: &Path, root: &Rc<Node>) {
    let mut walk =
        Walk { path, seen: BTreeSet::new(), variables: Vec::new(), gaps: Vec::new(), runs: false };
    let is_secret = root.get("kind").and_then(|it| it.text()) == Some("Secret");
    if is_secret && let Some(data) = root.get("data") {
        let names = data.pairs().into_iter().map(|(name, ..)| name);
        let names: Vec<&str> = names.filter(|name| concerns(name)).collect();
        if !names.is_empty() {
            let what = format!("{} in the secret of {}", names.join(", "), path.display());
            look.gap(&what, "its values are encoded".to_owned());
        }
        walk.seen.insert(Rc::as_ptr(data));
    }
    walk.visit(root);
    for what in walk.gaps {
        look.gap(&what, "it refers to another object".to_owned());
    }
    let is_manifest = root.get("apiVersion").is_some() && root.get("kind").is_some();
    if is_manifest && (walk.runs || walk.variables.iter().any(|it| concerns_database(&it.name))) {
        look.starts.insert(Start::Kubernetes { file: path.to_owned() });
    }
    look.judge(walk.variables);
}

fn concerns(name: &str) -> bool {
    concerns_database(name) || name == "DB_CONNECTION_STRING"
}

struct Walk<'p> {
    path: &'p Path,
    /// A node that several aliases name is visited once.
    seen: BTreeSet<*const Node>,
    variables: Vec<Variable>,
    gaps: Vec<String>,
    runs: bool,
}

impl Walk<'_> {
    fn visit(&mut self, node: &Rc<Node>) {
        if !self.seen.insert(Rc::as_ptr(node)) {
            return;
        }
        match &node.value {
            Value::Scalar(text) => {
                if let Some((name, value)) = text.split_once('=').filter(|(name, _)| concerns(name))
                {
                    self.add(node.line, name, None, value, Form::Assignment);
                }
            }
            Value::Sequence(elements) => elements.iter().for_each(|element| self.visit(element)),
            Value::Mapping(pairs) => {
                self.entry(node);
                for (key, value) in pairs {
                    if let Some(key) = key.text() {
                        self.pair(key, value);
                    }
                    self.visit(value);
                }
            }
        }
    }

    /// An element of `env`: its name and its value, or what it refers to.
    fn entry(&mut self, node: &Node) {
        let Some(name) = node.get("name").and_then(|it| it.text()) else { return };
        if !concerns(name) {
            return;
        }
        if let Some(value) = node.get("value")
            && let Some(text) = value.text()
        {
            self.add(value.line, name, None, text, Form::Yaml);
        } else if node.get("valueFrom").is_some() {
            self.gaps.push(format!("{name} in {}, line {}", self.path.display(), node.line));
        }
    }

    fn pair(&mut self, key: &str, value: &Node) {
        let Some(text) = value.text() else {
            if key == "envFrom" {
                self.gaps.push(format!("envFrom in {}, line {}", self.path.display(), value.line));
            }
            return;
        };
        match key {
            // Values of Mattermost's charts for Helm.
            "externalDriverType" => {
                self.add(value.line, "MM_SQLSETTINGS_DRIVERNAME", Some(key), text, Form::Yaml);
            }
            "externalConnectionString" => {
                self.add(value.line, "MM_SQLSETTINGS_DATASOURCE", Some(key), text, Form::Yaml);
            }
            "image" => self.runs |= command::is_image(text),
            _ if concerns(key) => self.add(value.line, key, None, text, Form::Yaml),
            _ => {}
        }
    }

    fn add(&mut self, line: usize, name: &str, written: Option<&str>, value: &str, form: Form) {
        let mut variable = Variable::new(self.path, line, name, value, form);
        variable.written = written.map(str::to_owned);
        self.variables.push(variable);
    }
}
