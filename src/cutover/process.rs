//! Processes of Mattermost on this machine, found through `/proc`.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::leftover::variables_naming_mysql;

/// A process of Mattermost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MattermostProcess {
    /// Its number.
    pub pid: u32,
    /// The configuration that it was started with.
    pub configuration: ProcessConfiguration,
    /// Its variables that name MySQL, with masked passwords; `None` if this account may not read the
    /// variables.
    pub variables: Option<Vec<String>>,
}

/// The configuration of a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ProcessConfiguration {
    /// The file that was asked about.
    This {
        /// Its path, as the process sees it.
        path: PathBuf,
    },
    /// Another file.
    Other {
        /// Its path, as the process sees it.
        path: PathBuf,
    },
    /// A database.
    Database,
    /// This account may not look at the process.
    Unknown,
}

/// The configuration that a switch is about to change.
#[derive(Debug, Clone, Copy)]
pub enum Changed<'a> {
    /// A file.
    File(&'a Path),
    /// The configuration in the database.
    Stored,
}

impl MattermostProcess {
    /// Whether the process uses the configuration that is about to change, or may use it.
    #[must_use]
    pub fn may_use(&self, changed: Changed<'_>) -> bool {
        match (&self.configuration, changed) {
            (ProcessConfiguration::This { .. } | ProcessConfiguration::Unknown, _) => true,
            (ProcessConfiguration::Database, changed) => matches!(changed, Changed::Stored),
            (ProcessConfiguration::Other { .. }, _) => false,
        }
    }
}

/// The name of Mattermost's program.
const PROGRAM: &str = "mattermost";
/// Where Mattermost looks for its configuration, by default.
const DEFAULT_CONFIGURATION: &str = "config/config.json";

/// The processes of Mattermost. `root` is what every path begins with, `/` on a running machine; without
/// `/proc` there are none.
#[must_use]
pub fn find_processes(root: &Path, changed: Changed<'_>) -> Vec<MattermostProcess> {
    let entries = fs::read_dir(root.join("proc")).into_iter().flatten().flatten();
    let mut processes: Vec<MattermostProcess> = entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            read_process(&entry.path(), pid, changed)
        })
        .collect();
    processes.sort_by_key(|process| process.pid);
    processes
}

fn read_process(folder: &Path, pid: u32, changed: Changed<'_>) -> Option<MattermostProcess> {
    // A process that ends meanwhile is none.
    let arguments = read_list(&folder.join("cmdline"))?;
    let program = fs::read_link(folder.join("exe")).ok();
    let program = program.as_deref().or(arguments.first().map(Path::new))?;
    let name = program.file_name()?.to_str()?;
    // The program may have been replaced while it runs.
    if name.trim_end_matches(" (deleted)") != PROGRAM {
        return None;
    }
    let environment = read_list(&folder.join("environ"));
    let configuration = configuration(folder, program, &arguments, environment.as_deref(), changed);
    let variables = environment.map(|it| mysql_variables(&it));
    Some(MattermostProcess { pid, configuration, variables })
}

/// The entries of a file that separates them by NUL; `None` if it cannot be read, or has none.
fn read_list(path: &Path) -> Option<Vec<String>> {
    let text = fs::read(path).ok()?;
    let entries = text.split(|it| *it == 0).filter(|entry| !entry.is_empty());
    let entries: Vec<String> =
        entries.map(|entry| String::from_utf8_lossy(entry).into_owned()).collect();
    (!entries.is_empty()).then_some(entries)
}

/// The variables that name MySQL, with masked passwords.
fn mysql_variables(environment: &[String]) -> Vec<String> {
    let variables = environment.iter().filter_map(|entry| entry.split_once('='));
    // The edit is that of the place which sets the variable, so that the target does not matter here.
    variables_naming_mysql(variables, "").into_iter().map(|(present, _)| present).collect()
}

fn configuration(
    folder: &Path,
    program: &Path,
    arguments: &[String],
    environment: Option<&[String]>,
    changed: Changed<'_>,
) -> ProcessConfiguration {
    let variable = environment.and_then(|entries| {
        entries.iter().find_map(|entry| entry.strip_prefix("MM_CONFIG=")).map(str::to_owned)
    });
    let Some(named) = config_argument(arguments).or(variable).or_else(|| {
        // Without its variables it is not known whether one of them names another.
        environment.map(|_| DEFAULT_CONFIGURATION.to_owned())
    }) else {
        return ProcessConfiguration::Unknown;
    };
    if named.contains("://") {
        return ProcessConfiguration::Database;
    }
    let Ok(working_directory) = fs::read_link(folder.join("cwd")) else {
        return ProcessConfiguration::Unknown;
    };
    let program_folder = program.parent().map(Path::to_owned).unwrap_or_default();
    let places = [
        working_directory.join(&named),
        program_folder.join(&named),
        program_folder.join("..").join(&named),
    ];
    // By way of the process's own root, which is another one in a container.
    let seen = |path: &Path| folder.join("root").join(path.strip_prefix("/").unwrap_or(path));
    let Some(path) = places.iter().find(|path| fs::metadata(seen(path)).is_ok()) else {
        return ProcessConfiguration::Unknown;
    };
    let path = path.clone();
    match changed {
        Changed::File(file) if is_same_file(&seen(&path), file) => {
            ProcessConfiguration::This { path }
        }
        _ => ProcessConfiguration::Other { path },
    }
}

/// The value of `--config`, in every form that Mattermost accepts.
fn config_argument(arguments: &[String]) -> Option<String> {
    let position = arguments.iter().position(|it| it == "--config" || it == "-c");
    position.and_then(|position| arguments.get(position + 1)).cloned().or_else(|| {
        let value = |it: &String| {
            it.strip_prefix("--config=").or(it.strip_prefix("-c=")).map(str::to_owned)
        };
        arguments.iter().find_map(value)
    })
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|it| (it.dev(), it.ino()));
    identity(one).is_some_and(|found| Some(found) == identity(other))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::{Changed, ProcessConfiguration, find_processes};

    /// A process as `/proc` shows it.
    fn process(root: &Path, pid: u32, program: &str, arguments: &str, environment: Option<&str>) {
        let folder = root.join("proc").join(pid.to_string());
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("cmdline"), arguments.replace(' ', "\0")).unwrap();
        if let Some(environment) = environment {
            fs::write(folder.join("environ"), environment.replace(' ', "\0")).unwrap();
        }
        symlink(program, folder.join("exe")).unwrap();
        symlink("/opt/mattermost", folder.join("cwd")).unwrap();
        symlink(root, folder.join("root")).unwrap();
    }

    #[test]
    fn processes_are_found_with_their_configuration_and_variables() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["config.json", "other.json"] {
            let path = root.join("opt/mattermost/config").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        let program = "/opt/mattermost/bin/mattermost";
        process(
            root,
            10,
            program,
            program,
            Some("PATH=/bin MM_SQLSETTINGS_DATASOURCE=mm:secret@tcp(db)/mm"),
        );
        process(root, 11, program, "mattermost --config config/other.json", Some("A=b"));
        process(root, 12, program, "mattermost", Some("MM_CONFIG=mysql://mm:secret@db/mm"));
        process(root, 13, "/opt/mattermost/bin/mattermost (deleted)", "mattermost", None);
        process(root, 14, "/usr/bin/vim", "vim mattermost", Some("A=b"));
        let file = root.join("opt/mattermost/config/config.json");
        let found = find_processes(root, Changed::File(&file));
        let numbers: Vec<u32> = found.iter().map(|it| it.pid).collect();
        assert_eq!(numbers, [10, 11, 12, 13]);
        assert!(matches!(found[0].configuration, ProcessConfiguration::This { .. }));
        let variables = found[0].variables.clone().unwrap();
        assert_eq!(variables, ["MM_SQLSETTINGS_DATASOURCE=mm:****@tcp(db:3306)/mm"]);
        assert_eq!(found[1].variables.as_deref(), Some(&[][..]));
        assert!(matches!(found[1].configuration, ProcessConfiguration::Other { .. }));
        assert_eq!(found[2].configuration, ProcessConfiguration::Database);
        assert_eq!(found[3].configuration, ProcessConfiguration::Unknown);
        let users: Vec<bool> = found.iter().map(|it| it.may_use(Changed::File(&file))).collect();
        assert_eq!(users, [true, false, false, true]);
        assert!(found[2].may_use(Changed::Stored));
    }
}
