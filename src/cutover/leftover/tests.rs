//! A machine's files in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use super::{Search, search};

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn find(root: &Path, target_is_local: bool) -> String {
    let unit_dirs = [PathBuf::from("/etc/systemd/system"), PathBuf::from("/lib/systemd/system")];
    let environment_files = [PathBuf::from("/srv/docker/.env")];
    let found = search(&Search {
        root,
        unit_dirs: &unit_dirs,
        environment_files: &environment_files,
        target_is_local,
    });
    let line = |it: &super::Leftover| {
        let instead = it.instead.as_deref().unwrap_or("(nothing)");
        format!("{}:{}: {} -> {instead}\n", it.path.display(), it.line, it.present)
    };
    found.iter().map(line).collect()
}

#[test]
fn everything_that_names_mysql_is_found_and_no_password_shown() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(
        root,
        "lib/systemd/system/mattermost.service",
        "[Unit]\nAfter=network.target mysql.service \\\n  mariadb.service\nBindsTo=mysqld.service\n\
         [Service]\nEnvironment=\"MM_CONFIG=mysql://mm:hunter2@tcp(db:3306)/mm\" LANG=C\n\
         EnvironmentFile=-/etc/default/mattermost\nEnvironmentFile=/not/there\n",
    );
    put(
        root,
        "etc/systemd/system/mattermost.service.d/wait.conf",
        "[Unit]\nWants=mariadb@main.service\n",
    );
    put(
        root,
        "etc/default/mattermost",
        "# MM_CONFIG=mysql://x\nMM_SQLSETTINGS_DRIVERNAME=mysql\n\
         MM_SQLSETTINGS_DATASOURCE='mm:hunter2@tcp(db:3306)/mm'\n\
         MM_SQLSETTINGS_DATASOURCEREPLICAS=[\"hunter2\"]\n",
    );
    put(root, "srv/docker/.env", "export MM_SQLSETTINGS_DRIVERNAME=\"mysql\"\n");
    put(root, "etc/systemd/system/other.service", "[Unit]\nAfter=mysql.service\n");
    assert_snapshot!(find(root, true), @r"
    /etc/default/mattermost:2: MM_SQLSETTINGS_DRIVERNAME=… -> MM_SQLSETTINGS_DRIVERNAME=postgres
    /etc/default/mattermost:3: MM_SQLSETTINGS_DATASOURCE=… -> MM_SQLSETTINGS_DATASOURCE=postgres://… (the DSN of the target)
    /etc/default/mattermost:4: MM_SQLSETTINGS_DATASOURCEREPLICAS=… -> (nothing)
    /etc/systemd/system/mattermost.service.d/wait.conf:2: Wants=mariadb@main.service -> Wants=postgresql.service
    /lib/systemd/system/mattermost.service:2: After=network.target mysql.service mariadb.service -> After=network.target postgresql.service
    /lib/systemd/system/mattermost.service:4: BindsTo=mysqld.service -> BindsTo=postgresql.service
    /lib/systemd/system/mattermost.service:6: Environment=MM_CONFIG=mysql://… -> Environment=MM_CONFIG=postgres://… (the DSN that SqlSettings.DataSource has now)
    /srv/docker/.env:1: MM_SQLSETTINGS_DRIVERNAME=… -> MM_SQLSETTINGS_DRIVERNAME=postgres
    ");
    assert!(find(root, false).contains("wait.conf:2: Wants=mariadb@main.service -> (nothing)"));
}

#[test]
fn a_machine_that_is_done_has_nothing_left() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(
        root,
        "lib/systemd/system/mattermost.service",
        "[Unit]\nAfter=postgresql.service\n[Service]\nEnvironment=MM_CONFIG=/opt/mm/config.json\n\
         EnvironmentFile=/etc/default/mattermost\n",
    );
    put(
        root,
        "etc/default/mattermost",
        "MM_SQLSETTINGS_DRIVERNAME=postgres\nMM_SQLSETTINGS_DATASOURCE=postgres://mm@db/mm\n",
    );
    assert_eq!(find(root, true), "");
    assert_eq!(find(Path::new("/nowhere"), true), "");
}
