//! A machine's files in a directory.

mod containers;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{MissingUnit, Search, Surroundings, search};
use crate::cutover::Error;

const TARGET: &str = "postgres://mm:****@db:5432/mm?sslmode=require";
const MYSQL: &str = "mm:hunter2@tcp(db:3306)/mm";

/// A machine with its root directory in a temporary one.
struct Machine {
    root: TempDir,
    unit: Option<String>,
    missing_unit: MissingUnit,
    unit_dirs: Vec<PathBuf>,
    environment_files: Vec<PathBuf>,
    configuration: Option<PathBuf>,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (unit_dirs, environment_files) = (Vec::new(), Vec::new());
        let missing_unit = MissingUnit::Report;
        Self { root, unit: None, missing_unit, unit_dirs, environment_files, configuration: None }
    }

    fn put(&self, path: &str, text: &str) -> &Self {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("MYSQL", MYSQL)).unwrap();
        self
    }

    fn configured(mut self, path: &str) -> Self {
        self.put(path, "{}");
        self.configuration = Some(self.root.path().join(path));
        self
    }

    fn try_search(&self) -> Result<Surroundings, Error> {
        search(&Search {
            root: self.root.path(),
            unit: self.unit.as_deref(),
            missing_unit: self.missing_unit,
            unit_dirs: &self.unit_dirs,
            environment_files: &self.environment_files,
            configuration: self.configuration.as_deref(),
            working_dir: self.root.path(),
            target: TARGET,
            target_is_local: true,
        })
    }

    /// The findings, each as `file:line present -> instead`.
    fn findings(&self) -> Vec<String> {
        let found = self.try_search().unwrap();
        assert!(!format!("{found:?}").contains("hunter2"), "{found:?}");
        let line = |it: &super::Leftover| {
            let instead = it.instead.as_deref().unwrap_or("(nothing)");
            let path = it.path.strip_prefix(self.root.path().canonicalize().unwrap());
            format!("{}:{} {} -> {instead}", path.unwrap().display(), it.line, it.present)
        };
        found.leftovers.iter().map(line).collect()
    }

    fn gaps(&self) -> String {
        let gaps = self.try_search().unwrap().not_looked_at;
        let lines = gaps.iter().map(|gap| format!("{}: {}\n", gap.what, gap.why));
        lines.collect::<Vec<_>>().concat()
    }

    fn starts(&self) -> Vec<String> {
        let root = format!("{}/", self.root.path().display());
        let starts = self.try_search().unwrap().starts;
        starts.iter().map(|start| start.to_string().replace(&root, "")).collect()
    }
}

#[track_caller]
fn assert_finds(machine: &Machine, expected: &[&str]) {
    assert_eq!(
        machine.findings(),
        expected.iter().map(|it| it.replace("TARGET", TARGET)).collect::<Vec<_>>()
    );
}

/// What a line that sets the data source becomes.
fn data_source(place: &str, separator: &str) -> String {
    let name = "MM_SQLSETTINGS_DATASOURCE";
    format!("{place} {name}{separator}{MYSQL} -> {name}{separator}TARGET")
        .replace("hunter2", "****")
}

#[test]
fn units_with_everything_that_they_include_are_looked_at() {
    let machine = Machine::new();
    machine
        .put(
            "lib/systemd/system/mattermost.service",
            "[Unit]\nAfter=network.target mysql.service \\\n  mariadb.service\nBindsTo=mysqld.service\n\
             ConditionPathExists=/run/mysqld/mysqld.sock\n\
             [Service]\nEnvironment=\"MM_CONFIG=mysql://mm:hunter2@db:3306/mm\" LANG=C\n\
             EnvironmentFile=-/etc/mattermost/*.env\nEnvironmentFile=-/not/there\n\
             EnvironmentFile=/missing\nPassEnvironment=MM_CONFIG\n\
             ExecStartPre=/usr/bin/mysqladmin ping\n\
             ExecStart=/usr/bin/env MM_SQLSETTINGS_DRIVERNAME=mysql /opt/mattermost/bin/mattermost\n\
             [Install]\nWantedBy=mysql.service\nAlso=mysql.service\n",
        )
        .put("etc/systemd/system/mattermost.service.d/wait.conf", "[Unit]\nWants=mariadb@a.service\n")
        .put("etc/systemd/system/service.d/all.conf", "[Service]\nEnvironment=A=b\n")
        .put("etc/mattermost/a.env", "# MM_CONFIG=mysql://x\nMM_SQLSETTINGS_DATASOURCE='MYSQL'\n")
        .put("etc/systemd/system/other.service", "[Unit]\nAfter=mysql.service\n")
        .put("lib/systemd/system/mysql.service.wants/mattermost.service", "");
    assert_finds(
        &machine,
        &[
            &data_source("etc/mattermost/a.env:2", "="),
            "etc/systemd/system/mattermost.service.d/wait.conf:2 Wants=mariadb@a.service -> Wants=postgresql.service",
            "lib/systemd/system/mattermost.service:2 After=network.target mysql.service mariadb.service -> After=network.target postgresql.service",
            "lib/systemd/system/mattermost.service:4 BindsTo=mysqld.service -> BindsTo=postgresql.service",
            "lib/systemd/system/mattermost.service:5 ConditionPathExists=/run/mysqld/mysqld.sock -> (nothing)",
            "lib/systemd/system/mattermost.service:7 Environment=MM_CONFIG=mysql://mm:****@tcp(db:3306)/mm -> Environment=MM_CONFIG=TARGET",
            "lib/systemd/system/mattermost.service:12 ExecStartPre=… mysqladmin … -> (nothing)",
            "lib/systemd/system/mattermost.service:13 MM_SQLSETTINGS_DRIVERNAME=mysql -> MM_SQLSETTINGS_DRIVERNAME=postgres",
            "lib/systemd/system/mattermost.service:15 WantedBy=mysql.service -> WantedBy=multi-user.target",
            "lib/systemd/system/mattermost.service:16 Also=mysql.service -> (nothing)",
            "lib/systemd/system/mysql.service.wants/mattermost.service:0 mysql.service.wants/mattermost.service -> (nothing)",
        ],
    );
    let gaps = machine.gaps();
    assert!(gaps.contains("/missing: does not exist"), "{gaps}");
    assert!(gaps.contains("systemctl show-environment"), "{gaps}");
    assert!(!gaps.contains("/not/there"), "{gaps}");
    assert_eq!(machine.starts(), ["systemctl start mattermost"]);
}

#[test]
fn what_a_later_line_overrides_is_no_finding() {
    let machine = Machine::new();
    machine
        .put(
            "etc/systemd/system/mattermost.service",
            "[Service]\nEnvironment=MM_SQLSETTINGS_DRIVERNAME=mysql\nEnvironmentFile=/etc/default/mm\n",
        )
        .put("etc/systemd/system/mattermost.service.d/a.conf", "[Service]\nEnvironmentFile=\nEnvironmentFile=/etc/new\n")
        .put("etc/default/mm", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n")
        .put("etc/new", "MM_SQLSETTINGS_DRIVERNAME=postgres\n")
        .put("lib/systemd/system/mattermost.service", "[Unit]\nRequires=mysql.service\n");
    assert_finds(&machine, &[]);
}

#[test]
fn a_unit_is_found_by_its_name_or_by_what_it_starts() {
    let mut machine = Machine::new();
    machine
        .put(
            "etc/systemd/system/chat.service",
            "[Unit]\nAfter=mysql.service\n[Service]\nExecStart=/srv/run\n",
        )
        .put(
            "etc/systemd/system/im.service",
            "[Unit]\nAfter=mysql.service\n[Service]\nExecStart=/opt/mattermost/bin/mattermost\n",
        );
    let im = "etc/systemd/system/im.service:2 After=mysql.service -> After=postgresql.service";
    let chat = im.replace("im.service:", "chat.service:");
    assert_finds(&machine, &[im]);
    for name in ["chat", "chat.service"] {
        machine.unit = Some(name.to_owned());
        assert_finds(&machine, &[&chat, im]);
    }
    machine.unit = Some("nothere".to_owned());
    assert!(machine.gaps().contains("unit `nothere`"), "{}", machine.gaps());
    machine.missing_unit = MissingUnit::Refuse;
    let error = machine.try_search().unwrap_err();
    assert!(error.to_string().starts_with("cannot find unit `nothere` (searched: /"), "{error}");
    let mut empty = Machine::new();
    (empty.unit, empty.missing_unit) = (Some("mattermost".to_owned()), MissingUnit::Refuse);
    let error = empty.try_search().unwrap_err();
    assert!(error.to_string().ends_with("(no directory of units exists)"), "{error}");
}

#[test]
fn an_instance_is_that_of_its_template() {
    let mut machine = Machine::new();
    machine.unit = Some("chat@one".to_owned());
    machine
        .put("etc/systemd/system/chat@.service", "[Service]\nEnvironmentFile=/etc/chat/%i.env\n")
        .put("etc/chat/one.env", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n");
    assert_finds(&machine, &[&data_source("etc/chat/one.env:1", "=")]);
}

#[test]
fn a_masked_unit_is_none() {
    let machine = Machine::new();
    machine.put("lib/systemd/system/mattermost.service", "[Unit]\nAfter=mysql.service\n");
    fs::create_dir_all(machine.root.path().join("etc/systemd/system")).unwrap();
    symlink("/dev/null", machine.root.path().join("etc/systemd/system/mattermost.service"))
        .unwrap();
    assert_finds(&machine, &[]);
}

#[test]
fn named_paths_are_relative_to_the_working_directory_and_have_to_exist() {
    let mut machine = Machine::new();
    machine.put("own/.env", "MM_SQLSETTINGS_DRIVERNAME=mysql\n");
    machine.put("own/mattermost.service", "[Unit]\nBindsTo=mysql.service\n");
    machine.environment_files = vec!["own/.env".into()];
    machine.unit_dirs = vec!["own".into()];
    assert_finds(
        &machine,
        &[
            "own/.env:1 MM_SQLSETTINGS_DRIVERNAME=mysql -> MM_SQLSETTINGS_DRIVERNAME=postgres",
            "own/mattermost.service:2 BindsTo=mysql.service -> BindsTo=postgresql.service",
        ],
    );
    machine.environment_files = vec!["nothere.env".into()];
    assert!(machine.try_search().unwrap_err().to_string().contains("nothere.env"));
    machine.environment_files = vec!["/dev/zero".into()];
    assert!(machine.try_search().unwrap_err().to_string().contains("/dev/zero"));
    machine.environment_files.clear();
    machine.unit_dirs = vec!["nothere".into()];
    assert!(machine.try_search().unwrap_err().to_string().contains("nothere"));
}

#[test]
fn podmans_quadlets_are_units() {
    let machine = Machine::new();
    machine
        .put(
            "etc/containers/systemd/chat.container",
            "[Unit]\nRequires=mysql.service\n[Container]\nImage=docker.io/mattermost/mattermost-team-edition:10\n\
             Environment=MM_SQLSETTINGS_DRIVERNAME=mysql\nEnvironmentFile=mm.list\nSecret=a\n",
        )
        .put("etc/containers/systemd/mm.list", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n")
        .put("etc/containers/systemd/mattermost.kube", "[Kube]\nYaml=pod.yaml\n")
        .put("etc/containers/systemd/pod.yaml", "apiVersion: v1\nkind: Pod\nenv: [{name: MM_CONFIG, value: 'mysql://db/mm'}]\n");
    assert_finds(
        &machine,
        &[
            "etc/containers/systemd/chat.container:2 Requires=mysql.service -> Requires=postgresql.service",
            "etc/containers/systemd/chat.container:5 Environment=MM_SQLSETTINGS_DRIVERNAME=mysql -> Environment=MM_SQLSETTINGS_DRIVERNAME=postgres",
            &data_source("etc/containers/systemd/mm.list:1", "="),
            "etc/containers/systemd/pod.yaml:3 MM_CONFIG: mysql://tcp(db:3306)/mm -> MM_CONFIG: TARGET",
        ],
    );
    assert!(machine.gaps().contains("Secret= in"));
}

#[test]
fn commands_of_docker_in_units_and_scripts_are_read() {
    let machine = Machine::new();
    machine
        .put(
            "etc/systemd/system/chat.service",
            "[Service]\nExecStart=/usr/bin/docker run -e MM_SQLSETTINGS_DRIVERNAME=mysql --env-file /etc/mm.list \\\n  \
             mattermost/mattermost-team-edition:10\n",
        )
        .put("etc/mm.list", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n");
    assert_finds(
        &machine,
        &[
            &data_source("etc/mm.list:1", "="),
            "etc/systemd/system/chat.service:2 MM_SQLSETTINGS_DRIVERNAME=mysql -> MM_SQLSETTINGS_DRIVERNAME=postgres",
        ],
    );
}

#[test]
fn every_supervisor_is_looked_at() {
    let driver = "MM_SQLSETTINGS_DRIVERNAME=mysql -> MM_SQLSETTINGS_DRIVERNAME=postgres";
    for (path, text, expected) in [
        ("etc/environment", "MM_SQLSETTINGS_DRIVERNAME=\"mysql\"\n", format!(":1 {driver}")),
        (
            "etc/default/mattermost",
            "export MM_SQLSETTINGS_DRIVERNAME=mysql\n",
            format!(":1 {driver}"),
        ),
        ("etc/conf.d/mattermost", "MM_SQLSETTINGS_DRIVERNAME=mysql\n", format!(":1 {driver}")),
        ("etc/profile.d/mm.sh", "export MM_SQLSETTINGS_DRIVERNAME=mysql\n", format!(":1 {driver}")),
        (
            "etc/systemd/system.conf",
            "[Manager]\nDefaultEnvironment=MM_SQLSETTINGS_DRIVERNAME=mysql\n",
            format!(":2 {driver}"),
        ),
        (
            "etc/cron.d/mm",
            "@reboot root MM_SQLSETTINGS_DRIVERNAME=mysql /opt/mattermost/bin/mattermost\n",
            format!(":1 {driver}"),
        ),
        (
            "etc/init.d/mattermost",
            "#!/bin/sh\n# Required-Start: $network mysql\n",
            ":2 # Required-Start: $network mysql -> # Required-Start: $network".into(),
        ),
        (
            "etc/init.d/mattermost",
            "depend() {\n  need net mysql\n}\n",
            ":2 need net mysql -> need net".into(),
        ),
        (
            "etc/sv/chat/run",
            "#!/bin/sh\nexec env MM_SQLSETTINGS_DRIVERNAME=mysql \\\n /opt/mattermost/bin/mattermost\n",
            format!(":2 {driver}"),
        ),
        ("etc/sv/chat/env/MM_SQLSETTINGS_DRIVERNAME", "mysql\n", ":1 mysql -> postgres".into()),
        (
            "etc/supervisor/conf.d/mm.conf",
            "[program:chat]\ncommand=/opt/mattermost/bin/mattermost\nenvironment=A=\"b\",\n  MM_SQLSETTINGS_DRIVERNAME=\"mysql\"\n",
            format!(":3 {driver}"),
        ),
        (
            "etc/monit/conf.d/mm",
            "check process mattermost\n  start program = \"/usr/bin/env MM_SQLSETTINGS_DRIVERNAME=mysql /opt/x\"\n",
            format!(":2 {driver}"),
        ),
        (
            "etc/monit.d/mm",
            "check process mattermost\n  depends on mysql\n",
            ":2 depends on mysql -> depends on".into(),
        ),
    ] {
        let machine = Machine::new();
        machine.put(path, text);
        assert_finds(&machine, &[&format!("{path}{expected}")]);
        assert!(!machine.try_search().unwrap().looked_at.is_empty(), "{path}");
    }
}

#[test]
fn a_machine_that_is_corrected_has_no_findings_and_names_what_was_looked_at() {
    let machine = Machine::new().configured("srv/config.json");
    machine
        .put(
            "etc/systemd/system/mattermost.service",
            "[Unit]\nAfter=postgresql.service\n[Service]\nEnvironment=MM_CONFIG=/opt/mm/config.json\n\
             EnvironmentFile=/etc/default/mattermost\n",
        )
        .put("etc/default/mattermost", "MM_SQLSETTINGS_DRIVERNAME=postgres\nMM_SQLSETTINGS_DATASOURCE=host=db user=mm\n");
    assert_finds(&machine, &[]);
    assert_eq!(machine.try_search().unwrap().looked_at.len(), 2);
    let empty = Machine::new();
    assert_finds(&empty, &[]);
    let found = empty.try_search().unwrap();
    assert!(found.starts.is_empty());
    assert!(empty.gaps().contains("systemd units: no directory of units exists"));
}
