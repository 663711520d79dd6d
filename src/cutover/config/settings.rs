//! What of `SqlSettings` changes when the database does.

use schemars::JsonSchema;
use serde::Serialize;

use super::edit::{Edit, apply, quote};
use super::mask;
use crate::mattermost::config::{
    Malformed, Member, Piece, SQL_SETTINGS as SETTINGS, document, is_called, names_postgres,
    read_sql_settings, setting_path as path, sql_settings,
};
use crate::postgres::{Defaults, Dsn};
use crate::secret::Secret;

/// The configuration as it will be, and what is different in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The whole text.
    pub text: Secret,
    /// What changes, in the order of the text; nothing where all is as it should be.
    pub changes: Vec<Change>,
    /// The DSN that the text names before, as Mattermost reads it.
    pub data_source: Option<Secret>,
}

/// One changed value, with its passwords masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The setting, as `SqlSettings.DriverName`.
    pub setting: String,
    /// What it was; `None` where it was not there.
    pub before: Option<String>,
    /// What it will be.
    pub after: String,
}

/// Works out the configuration that lets Mattermost use `destination`.
///
/// Lists of replicas that name no PostgreSQL are emptied, or hold `replicas` then. Settings that are
/// missing are added; of those that are there several times, or in another case, which Mattermost
/// reads too, all are changed.
pub fn plan_switch(text: &str, destination: &Dsn, replicas: &[Dsn]) -> Result<Switch, Malformed> {
    let document = document(text)?;
    let mut plan = Plan { destination, replicas, edits: Vec::new(), changes: Vec::new() };
    let settings = sql_settings(text)?;
    let mut members = Vec::new();
    for settings in settings.iter().filter(|settings| !settings.is_null()) {
        members.extend(settings.members(SETTINGS)?);
    }
    let data_source = read_sql_settings(text)?.data_source;
    for member in &members {
        plan.change(member)?;
    }
    let missing = plan.missing(&members);
    if !missing.is_empty() {
        let last = settings.iter().rfind(|settings| !settings.is_null());
        plan.add(text, document, settings.first().copied(), last.copied(), &missing)?;
    }
    let Plan { edits, changes, .. } = plan;
    let text = Secret::new(apply(text, &edits));
    Ok(Switch { text, changes, data_source })
}

struct Plan<'p> {
    destination: &'p Dsn,
    replicas: &'p [Dsn],
    edits: Vec<Edit>,
    changes: Vec<Change>,
}

/// A setting to add: its name, its value as JSON, and as it is shown.
type Missing = (&'static str, String, String);

impl Plan<'_> {
    fn change(&mut self, member: &Member<'_>) -> Result<(), Malformed> {
        if is_called(member, "DriverName") {
            let name = member.value.string(&path("DriverName"))?;
            if name != "postgres" {
                let shown = if name == "mysql" { "mysql" } else { "another driver" };
                self.set(member.value, "DriverName", quote("postgres"), shown, "postgres");
            }
        } else if is_called(member, "DataSource") {
            let present = member.value.string(&path("DataSource"))?;
            if !is_same(&present, self.destination) {
                let (new, shown) = (self.destination.render(), self.destination.render_masked());
                self.set(member.value, "DataSource", quote(&new), &mask(&present), &shown);
            }
        } else if is_called(member, "DataSourceReplicas") {
            self.change_list(member, "DataSourceReplicas")?;
        } else if is_called(member, "DataSourceSearchReplicas") {
            self.change_list(member, "DataSourceSearchReplicas")?;
        } else if is_called(member, "ReplicaLagSettings") {
            self.change_lag_settings(member)?;
        }
        Ok(())
    }

    fn change_list(&mut self, member: &Member<'_>, name: &str) -> Result<(), Malformed> {
        let elements = member.value.elements(&path(name))?;
        let present = elements.iter().map(|element| element.string(&path(name)));
        let present = present.collect::<Result<Vec<String>, Malformed>>()?;
        // A list for searches that was not used stays so.
        let fills =
            !self.replicas.is_empty() && (name == "DataSourceReplicas" || !present.is_empty());
        let fits = if fills {
            present.len() == self.replicas.len()
                && present.iter().zip(self.replicas).all(|(text, dsn)| is_same(text, dsn))
        } else {
            present.iter().all(|dsn| names_postgres(dsn))
        };
        if fits {
            return Ok(());
        }
        let new = if fills { self.replicas } else { &[] };
        let before: Vec<String> = present.iter().map(|dsn| mask(dsn)).collect();
        self.set(member.value, name, list(new), &shown_list(&before), &shown(new));
        Ok(())
    }

    /// What measures a replica's lag goes with the replica; its queries stay with its DSN.
    fn change_lag_settings(&mut self, member: &Member<'_>) -> Result<(), Malformed> {
        let name = "ReplicaLagSettings";
        let mut sources = Vec::new();
        let elements = member.value.elements(&path(name))?;
        for element in elements.iter().filter(|element| !element.is_null()) {
            let members = element.members(&path(name))?;
            for member in members.into_iter().filter(|it| is_called(it, "DataSource")) {
                let present = member.value.string(&path("ReplicaLagSettings[].DataSource"))?;
                sources.push((member.value, present));
            }
        }
        if sources.iter().all(|(_, dsn)| dsn.is_empty() || names_postgres(dsn)) {
            return Ok(());
        }
        if self.replicas.len() < sources.len() {
            // An entry without a DSN would send Mattermost to whatever listens on this host.
            let before: Vec<String> = sources.iter().map(|(_, dsn)| mask(dsn)).collect();
            self.set(member.value, name, "[]".to_owned(), &shown_list(&before), "[]");
            return Ok(());
        }
        for (dsn, (value, present)) in self.replicas.iter().zip(sources) {
            let name = "ReplicaLagSettings[].DataSource";
            self.set(value, name, quote(&dsn.render()), &mask(&present), &dsn.render_masked());
        }
        Ok(())
    }

    fn set(&mut self, value: Piece<'_>, name: &str, new: String, before: &str, after: &str) {
        self.edits.push(Edit { span: value.span(), text: new });
        let (before, after) = (Some(before.to_owned()), after.to_owned());
        self.changes.push(Change { setting: path(name), before, after });
    }

    fn missing(&self, members: &[Member<'_>]) -> Vec<Missing> {
        let dsn = self.destination;
        let mut wanted = vec![
            ("DriverName", quote("postgres"), "postgres".to_owned()),
            ("DataSource", quote(&dsn.render()), dsn.render_masked()),
        ];
        if !self.replicas.is_empty() {
            wanted.push(("DataSourceReplicas", list(self.replicas), shown(self.replicas)));
        }
        wanted.retain(|(name, ..)| !members.iter().any(|member| is_called(member, name)));
        wanted
    }

    /// Adds settings behind the last one of `last`, or makes `SqlSettings` of its own.
    fn add(
        &mut self,
        text: &str,
        document: Piece<'_>,
        first: Option<Piece<'_>>,
        last: Option<Piece<'_>>,
        missing: &[Missing],
    ) -> Result<(), Malformed> {
        for (name, _, after) in missing {
            let (setting, after) = (path(name), after.clone());
            self.changes.push(Change { setting, before: None, after });
        }
        let members = missing.iter().map(|(name, json, _)| (*name, json.clone()));
        let edit = match (last, first) {
            (Some(object), _) => addition(text, object, members)?,
            (None, place) => {
                let members: Vec<_> = members.map(|(name, json)| pair(name, ": ", &json)).collect();
                let object = format!("{{{}}}", members.join(", "));
                match place {
                    // It is `null`.
                    Some(place) => Edit { span: place.span(), text: object },
                    None => addition(text, document, [(SETTINGS, object)].into_iter())?,
                }
            }
        };
        self.edits.push(edit);
        Ok(())
    }
}

/// Puts members at the end of an object, set apart as its last member is.
fn addition(
    text: &str,
    object: Piece<'_>,
    members: impl Iterator<Item = (&'static str, String)>,
) -> Result<Edit, Malformed> {
    let present = object.members(SETTINGS)?;
    let Some(last) = present.last() else {
        let members: Vec<_> = members.map(|(name, json)| pair(name, ": ", &json)).collect();
        let place = object.start + 1;
        return Ok(Edit { span: place..place, text: members.join(", ") });
    };
    let before = &text[..last.key.start];
    let gap = &before[before.trim_end_matches([' ', '\t', '\r', '\n']).len()..];
    let colon = &text[last.key.span().end..last.value.start];
    let added = members.map(|(name, json)| format!(",{gap}{}", pair(name, colon, &json)));
    let place = last.value.span().end;
    Ok(Edit { span: place..place, text: added.collect() })
}

fn pair(name: &str, colon: &str, json: &str) -> String {
    format!("\"{name}\"{colon}{json}")
}

fn list(dsns: &[Dsn]) -> String {
    let quoted: Vec<String> = dsns.iter().map(|dsn| quote(&dsn.render())).collect();
    format!("[{}]", quoted.join(", "))
}

fn shown(dsns: &[Dsn]) -> String {
    shown_list(&dsns.iter().map(Dsn::render_masked).collect::<Vec<_>>())
}

fn shown_list(masked: &[String]) -> String {
    format!("[{}]", masked.join(", "))
}

/// Whether a DSN names the database of another, by the same account and password.
fn is_same(text: &str, dsn: &Dsn) -> bool {
    names_postgres(text)
        && Dsn::parse(text, &Defaults::default()).is_ok_and(|it| {
            (&it.host, it.port, &it.database, &it.user, &it.password)
                == (&dsn.host, dsn.port, &dsn.database, &dsn.user, &dsn.password)
        })
}

#[cfg(test)]
mod tests;
