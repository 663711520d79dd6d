//! The variables of a service: its files of variables, its own, and those passed on from `.env` or the shell.

use std::path::Path;

use super::super::dotenv::{self, Entry};
use super::super::variable::{Form, Variable, concerns_database};
use super::super::yaml::Node;
use super::super::{Look, parent};
use super::{Project, Service};

impl Project {
    pub(super) fn env_files(
        &self,
        look: &mut Look<'_>,
        path: &Path,
        value: &Node,
        service: &mut Service,
    ) {
        let mut files: Vec<(String, bool)> =
            value.texts().into_iter().map(|(text, _)| (text.to_owned(), true)).collect();
        for element in value.elements() {
            let is_required = element.get("required").and_then(|it| it.text()) != Some("false");
            if let Some(file) = element.get("path").and_then(|it| it.text()) {
                files.push((file.to_owned(), is_required));
            }
        }
        for (file, is_required) in files {
            let file = parent(path).join(self.resolve(&file).text);
            let Some(text) = look.read(&file) else {
                if is_required && !file.exists() {
                    look.gap(
                        &file.display().to_string(),
                        format!("does not exist; {} names it", path.display()),
                    );
                }
                continue;
            };
            for Entry { line, name, value } in dotenv::entries(&text) {
                let value = self.resolve(&value).text;
                let variable = Variable::new(&file, line, &name, &value, Form::Assignment);
                service.from_files.insert(name, variable);
            }
        }
    }

    pub(super) fn environment(
        &self,
        look: &mut Look<'_>,
        path: &Path,
        node: &Node,
        service: &mut Service,
    ) {
        if node.tag.as_deref() == Some("override") || node.tag.as_deref() == Some("reset") {
            service.own.clear();
        }
        for (name, _, value) in node.pairs() {
            if value.tag.as_deref() == Some("reset") {
                service.own.remove(name);
                continue;
            }
            let text = value.text().filter(|_| !value.is_null());
            self.variable(look, (path, value.line), name, text, Form::Yaml, service);
        }
        for (text, line) in node.elements().iter().filter_map(|it| Some((it.text()?, it.line))) {
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text, None),
            };
            self.variable(look, (path, line), name, value, Form::Assignment, service);
        }
    }

    /// A variable of a service; without a value, it is passed on from `.env` or the shell.
    fn variable(
        &self,
        look: &mut Look<'_>,
        (path, line): (&Path, usize),
        name: &str,
        value: Option<&str>,
        form: Form,
        service: &mut Service,
    ) {
        let resolved = match value {
            Some(value) => self.resolve(value),
            None => self.resolve(&format!("${{{name}}}")),
        };
        if concerns_database(name) {
            for undefined in &resolved.undefined {
                let what = format!("variable `{undefined}` in {}, line {line}", path.display());
                look.gap(&what, "it comes from the shell that runs compose".to_owned());
            }
        }
        let defined = resolved.only.as_ref().and_then(|only| self.variables.get(only));
        let variable = match defined {
            Some(entry) => {
                let mut variable =
                    Variable::new(&self.dotenv, entry.line, name, &entry.value, Form::Assignment);
                variable.written = Some(entry.name.clone());
                variable
            }
            None => Variable::new(path, line, name, &resolved.text, form),
        };
        service.own.insert(name.to_owned(), variable);
    }
}
