//! Descriptions of containers: compose files, manifests, and containers that were created by hand.

use super::{Machine, assert_finds, data_source};

#[test]
fn compose_is_recognised_above_the_configuration() {
    let machine = Machine::new().configured("srv/volumes/config/config.json");
    machine
        .put(
            "srv/docker-compose.yml",
            "services:\n  db:\n    image: mysql:8.0\n  chat:\n    image: mattermost/mattermost-team-edition\n    \
             depends_on: [db]\n    secrets: [token]\n    environment:\n      MM_SQLSETTINGS_DRIVERNAME: mysql\n      \
             MM_SQLSETTINGS_DATASOURCE: \"MYSQL\"\n",
        )
        .put("srv/.env", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n");
    assert_finds(
        &machine,
        &[
            &data_source("srv/.env:1", "="),
            "srv/docker-compose.yml:6 depends_on: db -> (nothing)",
            "srv/docker-compose.yml:9 MM_SQLSETTINGS_DRIVERNAME: mysql -> MM_SQLSETTINGS_DRIVERNAME: postgres",
            &data_source("srv/docker-compose.yml:10", ": "),
        ],
    );
    assert_eq!(machine.starts(), ["cd srv && docker compose up -d chat"]);
    assert!(machine.gaps().contains("secrets and configs of the compose service `chat`"));
}

#[test]
fn every_form_of_an_environment_is_read() {
    let service = "services:\n  mm:\n    image: mattermost/mattermost-team-edition\n";
    for (file, text, expected) in [
        (
            "compose.yaml",
            "    environment:\n      - MM_SQLSETTINGS_DATASOURCE=MYSQL\n",
            Some("srv/compose.yaml:5="),
        ),
        (
            "compose.yml",
            "    environment: {MM_SQLSETTINGS_DATASOURCE: 'MYSQL'}\n",
            Some("srv/compose.yml:4: "),
        ),
        (
            "docker-compose.yaml",
            "    environment:\n      MM_SQLSETTINGS_DATASOURCE: ${OTHER:-MYSQL}\n",
            Some("srv/docker-compose.yaml:5: "),
        ),
        (
            "compose.override.yml",
            "    environment:\n      MM_SQLSETTINGS_DATASOURCE: MYSQL\n",
            Some("srv/compose.override.yml:5: "),
        ),
        ("compose.yaml", "    env_file: mm.list\n", Some("srv/mm.list:1=")),
        ("compose.yaml", "    env_file: [mm.list]\n", Some("srv/mm.list:1=")),
        (
            "compose.yaml",
            "    env_file:\n      - path: mm.list\n        required: true\n",
            Some("srv/mm.list:1="),
        ),
        (
            "compose.yaml",
            "    env_file: [mm.list]\n    environment: {MM_SQLSETTINGS_DATASOURCE: 'postgres://a'}\n",
            None,
        ),
    ] {
        let machine = Machine::new().configured("srv/config.json");
        machine.put(&format!("srv/{file}"), &format!("{service}{text}"));
        machine.put("srv/mm.list", "MM_SQLSETTINGS_DATASOURCE=MYSQL\n");
        let place = |it: &str| {
            let (place, separator) = match it.strip_suffix(": ") {
                Some(place) => (place, ": "),
                None => (it.trim_end_matches('='), "="),
            };
            data_source(place, separator)
        };
        let expected: Vec<String> = expected.map(place).into_iter().collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        assert_finds(&machine, &expected);
    }
}

#[test]
fn anchors_extends_includes_and_overrides_are_followed() {
    let machine = Machine::new().configured("srv/config.json");
    machine
        .put(
            "srv/compose.yaml",
            "x-env: &env\n  MM_SQLSETTINGS_DRIVERNAME: mysql\n  MM_SQLSETTINGS_DATASOURCE: MYSQL\n\
             include: [more/other.yaml]\nservices:\n  mm:\n    environment:\n      <<: *env\n      \
             MM_SQLSETTINGS_DRIVERNAME: postgres\n  mm2:\n    extends: {file: base.yaml, service: base}\n",
        )
        .put("srv/base.yaml", "services:\n  base:\n    environment: [MM_SQLSETTINGS_DRIVERNAME=mysql]\n")
        .put("srv/more/other.yaml", "services:\n  mm3:\n    environment:\n      - MM_SQLSETTINGS_DRIVERNAME=$DRIVER\n")
        .put("srv/more/.env", "DRIVER=mysql\n");
    let driver = "MM_SQLSETTINGS_DRIVERNAME=mysql -> MM_SQLSETTINGS_DRIVERNAME=postgres";
    assert_finds(
        &machine,
        &[
            &format!("srv/base.yaml:3 {driver}"),
            &data_source("srv/compose.yaml:3", ": "),
            "srv/more/.env:1 DRIVER=mysql -> DRIVER=postgres",
        ],
    );
    machine.put(
        "srv/compose.override.yaml",
        "services:\n  mm:\n    environment:\n      MM_SQLSETTINGS_DATASOURCE: postgres://db/mm\n",
    );
    assert!(!machine.findings().iter().any(|it| it.contains("compose.yaml")));
}

#[test]
fn a_named_compose_file_is_read_with_what_overrides_it() {
    let mut machine = Machine::new();
    let service = "services:\n  mm:\n    environment:\n      MM_SQLSETTINGS_DRIVERNAME: ";
    machine.put("srv/compose.yaml", &format!("{service}mysql\n"));
    machine.environment_files = vec!["srv/compose.yaml".into()];
    assert_eq!(machine.findings().len(), 1);
    assert_eq!(machine.starts(), ["cd srv && docker compose up -d mm"]);
    machine.put("srv/compose.override.yaml", &format!("{service}postgres\n"));
    assert_finds(&machine, &[]);
    machine.put("srv/other.yml", &format!("{service}mysql\n"));
    machine.environment_files = vec!["srv/other.yml".into()];
    assert_eq!(machine.findings().len(), 1);
    assert_eq!(machine.starts(), ["docker compose -f srv/other.yml up -d mm"]);
}

#[test]
fn variables_of_the_shell_are_named_as_not_looked_at() {
    let machine = Machine::new().configured("srv/config.json");
    machine.put(
        "srv/compose.yaml",
        "services:\n  mm:\n    environment:\n      - MM_SQLSETTINGS_DATASOURCE\n      - MM_CONFIG=${WHERE}\n",
    );
    assert_finds(&machine, &[]);
    let gaps = machine.gaps();
    assert!(gaps.contains("variable `MM_SQLSETTINGS_DATASOURCE` in"), "{gaps}");
    assert!(gaps.contains("variable `WHERE` in"), "{gaps}");
    machine.put("srv/.env", "WHERE=mysql://mm:hunter2@db/mm\nMM_SQLSETTINGS_DATASOURCE=MYSQL\n");
    assert_finds(
        &machine,
        &[
            "srv/.env:1 WHERE=mysql://mm:****@tcp(db:3306)/mm -> WHERE=TARGET",
            &data_source("srv/.env:2", "="),
        ],
    );
}

#[test]
fn a_file_that_is_not_yaml_is_named_and_not_repeated() {
    let machine = Machine::new().configured("srv/config.json");
    machine.put("srv/compose.yaml", "services: {mm: [hunter2\n");
    assert!(machine.gaps().contains("compose.yaml: invalid YAML at line"), "{}", machine.gaps());
}

#[test]
fn manifests_of_kubernetes_are_read() {
    let machine = Machine::new().configured("srv/config.json");
    machine.put(
        "srv/mattermost.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  env:\n    - name: MM_SQLSETTINGS_DRIVERNAME\n      value: mysql\n    \
         - name: MM_SQLSETTINGS_DATASOURCE\n      valueFrom: {secretKeyRef: {name: a, key: b}}\n---\n\
         apiVersion: v1\nkind: Secret\nstringData:\n  DB_CONNECTION_STRING: mysql://mm:hunter2@db:3306/mm\n\
         data:\n  MM_SQLSETTINGS_DATASOURCE: aHVudGVyMg==\n",
    );
    assert_finds(
        &machine,
        &[
            "srv/mattermost.yaml:6 MM_SQLSETTINGS_DRIVERNAME: mysql -> MM_SQLSETTINGS_DRIVERNAME: postgres",
            "srv/mattermost.yaml:13 DB_CONNECTION_STRING: mysql://mm:****@tcp(db:3306)/mm -> DB_CONNECTION_STRING: TARGET",
        ],
    );
    let gaps = machine.gaps();
    assert!(gaps.contains("MM_SQLSETTINGS_DATASOURCE in the secret of"), "{gaps}");
    assert!(gaps.contains("it refers to another object"), "{gaps}");
    assert_eq!(machine.starts(), ["kubectl apply -f srv/mattermost.yaml"]);
}

#[test]
fn containers_that_were_created_by_hand_are_read() {
    let machine = Machine::new();
    let env = "\"Env\": [\"MM_SQLSETTINGS_DATASOURCE=MYSQL\", \"A=b\"]";
    let image = "\"Image\": \"mattermost/mattermost-team-edition\"";
    machine.put(
        "var/lib/docker/containers/0a/config.v2.json",
        &format!("{{\"Name\": \"/chat\", \"Config\": {{{env}, {image}}}}}"),
    );
    assert_finds(&machine, &[&data_source("var/lib/docker/containers/0a/config.v2.json:0", "=")]);
    assert_eq!(machine.starts(), ["docker start chat"]);
}
