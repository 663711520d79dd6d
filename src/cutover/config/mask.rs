//! A DSN masked for display.

use crate::{mysql, postgres};

/// A DSN without its password and without its parameters, whichever database it names.
#[must_use]
pub fn mask(dsn: &str) -> String {
    if dsn.is_empty() {
        return "nothing".to_owned();
    }
    let mut defaults = postgres::Defaults::from_lookup(|_| None);
    defaults.os_user = Some("?".to_owned());
    let as_mysql = || dsn.parse::<mysql::Dsn>().ok().map(|it| it.to_string());
    let as_postgres = || postgres::Dsn::parse(dsn, &defaults).ok().map(|it| it.to_string());
    as_postgres().or_else(as_mysql).unwrap_or_else(|| "a DSN that cannot be shown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn no_password_is_shown_and_neither_is_what_cannot_be_read() {
        for (dsn, shown) in [
            ("mm:hunter2@tcp(db:3306)/mm?charset=utf8mb4", "mm:****@tcp(db:3306)/mm"),
            ("postgres://mm:hunter2@db/mm?sslmode=disable", "postgres://mm:****@db:5432/mm"),
            ("host=db user=mm password=hunter2", "postgres://mm:****@db:5432/mm"),
            ("hunter2", "a DSN that cannot be shown"),
            ("", "nothing"),
        ] {
            assert_eq!(mask(dsn), shown);
        }
    }
}
