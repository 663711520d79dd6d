//! Releases of MySQL that cannot be installed here, by answers that are written from their manuals.

use migration_assist::ddl;
use migration_assist::mysql::{Flavour, Server};
use migration_assist::sql::Dialect;

use super::columns;

const MANUALS: [(&str, &str); 3] = [
    ("MySQL 5.7.44", include_str!("../../testdata/manuals/mysql-5.7.txt")),
    ("MySQL 8.0.36", include_str!("../../testdata/manuals/mysql-8.0.txt")),
    ("MySQL 8.4.3", include_str!("../../testdata/manuals/mysql-8.4.txt")),
];

fn section<'a>(manual: &'a str, name: &str) -> &'a str {
    let (_, rest) = manual.split_once(&format!("[{name}]\n")).expect("a section");
    rest.split("\n\n").next().expect("its text")
}

#[test]
fn their_versions_are_read() {
    for (printed, manual) in MANUALS {
        let (version, comment) = section(manual, "version").split_once('\n').expect("two lines");
        let server = Server::read(version, comment);
        assert_eq!((server.flavour, server.to_string().as_str()), (Flavour::MySql, printed));
    }
}

#[test]
fn their_definitions_mean_the_same() {
    let catalogs = MANUALS.map(|(_, manual)| {
        ddl::read(Dialect::MySql, section(manual, "definition")).expect("a definition")
    });
    let [first, others @ ..] = catalogs;
    assert_eq!(columns(&first)["Teams"].len(), 6);
    for other in others {
        assert_eq!(columns(&other), columns(&first));
        let keys = |catalog: &migration_assist::schema::Catalog| {
            catalog.tables["Teams"].indexes.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(keys(&other), keys(&first));
    }
}
