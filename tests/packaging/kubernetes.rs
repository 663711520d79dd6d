//! The examples for Kubernetes: their arguments, exit codes, user and mounts.

use std::path::Path;

use clap::CommandFactory as _;
use migration_assist::cli::Cli;
use migration_assist::{mysql, postgres};
use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// An object that is not complete yet.
enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

/// The documents of a YAML text, every scalar as text.
fn documents(text: &str) -> Vec<Value> {
    let (mut documents, mut open) = (Vec::new(), Vec::new());
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let finished = match event.expect("YAML").0 {
            Event::Scalar(text, ..) => Value::from(text.into_owned()),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Object(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop().expect("an open value") {
                Open::List(items) => Value::from(items),
                Open::Object(fields, _) => Value::from(fields),
            },
            _ => continue,
        };
        match open.last_mut() {
            None => documents.push(finished),
            Some(Open::List(items)) => items.push(finished),
            Some(Open::Object(fields, name)) => match name.take() {
                None => *name = Some(finished.as_str().expect("a name").to_owned()),
                Some(name) => drop(fields.insert(name, finished)),
            },
        }
    }
    documents
}

fn manifests() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/kubernetes");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("an entry").path();
        found.extend(documents(&std::fs::read_to_string(path).expect("a manifest")));
    }
    found
}

/// The specification of each Job, a `CronJob`'s included, by its name.
fn jobs() -> Vec<(String, Value)> {
    let spec = |manifest: &Value| match manifest["kind"].as_str() {
        Some("Job") => Some(manifest["spec"].clone()),
        Some("CronJob") => Some(manifest["spec"]["jobTemplate"]["spec"].clone()),
        _ => None,
    };
    let manifests = manifests();
    let name = |it: &Value| it["metadata"]["name"].as_str().expect("a name").to_owned();
    let jobs: Vec<_> = manifests.iter().filter_map(|it| Some((name(it), spec(it)?))).collect();
    assert_eq!(jobs.len(), 2, "the Job and the CronJob");
    jobs
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|it| it.as_str().expect("a text")).collect()
}

#[test]
fn every_argument_is_one_of_the_command_line() {
    let mut program = Cli::command();
    program.build();
    for (name, job) in jobs() {
        let container = &job["template"]["spec"]["containers"][0];
        let arguments = texts(&container["args"]);
        let command = program.find_subcommand(arguments[0]).expect("a command");
        for flag in arguments.iter().filter_map(|it| it.strip_prefix("--")) {
            let known = command.get_arguments().find(|it| it.get_long() == Some(flag));
            assert!(!known.unwrap_or_else(|| panic!("{name}: --{flag}")).is_hide_set());
        }
        let line = [&["migration-assist"], &arguments[..]].concat();
        let line: Vec<String> = line.into_iter().map(str::to_owned).collect();
        Cli::read(&line).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        let image = format!("migration-assist:{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(container["image"], image, "{name}");
    }
}

#[test]
fn exit_codes_are_mapped() {
    for (name, job) in jobs() {
        let rules = job["podFailurePolicy"]["rules"].as_array().expect("rules");
        let codes = |action: &str| {
            let of_action = rules.iter().filter(|it| it["action"] == action);
            let codes: Vec<&str> = of_action
                .filter_map(|it| it.get("onExitCodes"))
                .flat_map(|it| texts(&it["values"]))
                .collect();
            codes.join(" ")
        };
        assert_eq!(codes("Ignore"), "129 130 143", "{name}: interrupted");
        assert_eq!(codes("FailJob"), "1", "{name}: findings");
        let condition = |it: &Value| {
            it["action"] == "Ignore" && it["onPodConditions"][0]["type"] == "DisruptionTarget"
        };
        assert!(rules.iter().any(condition), "{name}: a drained node");
        assert!(
            job["backoffLimit"].as_str().is_some_and(|it| it != "0"),
            "{name}: a failure is tried again"
        );
        assert!(job.get("activeDeadlineSeconds").is_none(), "{name}: a long copy is no failure");
        assert_eq!(job["template"]["spec"]["restartPolicy"], "Never", "{name}");
    }
}

#[test]
fn pods_run_without_privileges() {
    for (name, job) in jobs() {
        let pod = &job["template"]["spec"];
        assert_eq!(pod["automountServiceAccountToken"], "false", "{name}");
        let security = &pod["securityContext"];
        assert_eq!(security["runAsNonRoot"], "true", "{name}");
        assert_eq!(security["runAsUser"], "65532", "{name}");
        assert_eq!(security["seccompProfile"]["type"], "RuntimeDefault", "{name}");
        let security = &pod["containers"][0]["securityContext"];
        assert_eq!(security["readOnlyRootFilesystem"], "true", "{name}");
        assert_eq!(security["allowPrivilegeEscalation"], "false", "{name}");
        assert_eq!(texts(&security["capabilities"]["drop"]), ["ALL"], "{name}");
    }
}

#[test]
fn the_files_that_arguments_name_are_mounted() {
    let manifests = manifests();
    let secret = manifests.iter().find(|it| it["kind"] == "Secret").expect("a Secret");
    let dsns = secret["stringData"].as_object().expect("texts");
    let dsn: Result<mysql::Dsn, _> = dsns["mysql"].as_str().expect("a DSN").parse();
    dsn.expect("a DSN of MySQL");
    let defaults = postgres::Defaults::default();
    postgres::Dsn::parse(dsns["postgres"].as_str().expect("a DSN"), &defaults)
        .expect("a DSN of PostgreSQL");

    for (name, job) in jobs() {
        let pod = &job["template"]["spec"];
        let container = &pod["containers"][0];
        let mounts = container["volumeMounts"].as_array().expect("mounts");
        let volumes = pod["volumes"].as_array().expect("volumes");
        let volume = |path: &str| {
            let mount = mounts
                .iter()
                .find(|it| it["mountPath"] == path)
                .unwrap_or_else(|| panic!("{name}: {path}"));
            volumes.iter().find(|it| it["name"] == mount["name"]).expect("a volume")
        };
        let arguments = texts(&container["args"]);
        let paths: Vec<&str> = arguments.iter().copied().filter(|it| it.starts_with('/')).collect();
        assert!(!paths.is_empty(), "{name}: DSNs come from files");
        for path in paths {
            let (folder, file) = path.rsplit_once('/').expect("a path");
            assert_eq!(
                volume(folder)["secret"]["secretName"],
                secret["metadata"]["name"],
                "{name}"
            );
            assert!(dsns.contains_key(file), "{name}: {path}");
        }
        // The quarantine has to outlive the pod of a migration.
        let work = volume("/work");
        assert!(arguments[0] != "migrate" || work.get("persistentVolumeClaim").is_some(), "{name}");
    }
}
