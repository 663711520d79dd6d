//! Mattermost's configuration: which databases it names, read as Mattermost reads it.

mod json;

use crate::secret::Secret;

pub use json::Malformed;
pub(crate) use json::{Member, Piece};

/// The part of a configuration that names databases. An absent or empty setting is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SqlSettings {
    /// `DriverName`.
    pub driver: Option<String>,
    /// `DataSource`.
    pub data_source: Option<Secret>,
    /// `DataSourceReplicas` and `DataSourceSearchReplicas`.
    pub replicas: Vec<Secret>,
}

/// Which kind of database the settings name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database<'a> {
    /// MySQL or MariaDB, by this DSN.
    MySql(&'a Secret),
    /// PostgreSQL, by this DSN.
    Postgres(&'a Secret),
    /// None: Mattermost uses its default, or an environment variable.
    Unnamed,
}

impl SqlSettings {
    /// The database by its DSN. `DriverName` does not decide: it is often overridden by the
    /// environment, and a DSN of one kind cannot work with the driver of the other.
    #[must_use]
    pub fn database(&self) -> Database<'_> {
        match &self.data_source {
            Some(dsn) if names_postgres(dsn.expose()) => Database::Postgres(dsn),
            Some(dsn) => Database::MySql(dsn),
            None => Database::Unnamed,
        }
    }

    /// The settings with environment variables applied that override them
    /// (`MM_SQLSETTINGS_DRIVERNAME` and so on).
    #[must_use]
    pub fn overridden_by(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        if let Some(driver) = set("MM_SQLSETTINGS_DRIVERNAME") {
            self.driver = Some(driver);
        }
        if let Some(dsn) = set("MM_SQLSETTINGS_DATASOURCE") {
            self.data_source = Some(Secret::new(dsn));
        }
        self
    }
}

/// Reads the database settings of a configuration. As in Mattermost, which uses Go's `json.Unmarshal`,
/// the letter case of keys is ignored, the last of several equal keys counts, and every key may be
/// missing. A byte order mark is skipped, as Mattermost does.
pub fn read_sql_settings(text: &str) -> Result<SqlSettings, Malformed> {
    let mut settings = SqlSettings::default();
    for object in sql_settings(text)?.into_iter().filter(|object| !object.is_null()) {
        for member in object.members(SQL_SETTINGS)? {
            let name = setting_path(&member.name);
            if is_called(&member, "DriverName") {
                settings.driver = non_empty(member.value.string(&name)?);
            } else if is_called(&member, "DataSource") {
                settings.data_source = non_empty(member.value.string(&name)?).map(Secret::new);
            } else if ["DataSourceReplicas", "DataSourceSearchReplicas"]
                .iter()
                .any(|list| is_called(&member, list))
            {
                for element in member.value.elements(&name)? {
                    settings.replicas.extend(non_empty(element.string(&name)?).map(Secret::new));
                }
            }
        }
    }
    Ok(settings)
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

pub(crate) const SQL_SETTINGS: &str = "SqlSettings";

/// A setting's path, such as `SqlSettings.DriverName`.
pub(crate) fn setting_path(name: &str) -> String {
    format!("{SQL_SETTINGS}.{name}")
}

/// The configuration as one JSON value, without a byte order mark.
pub(crate) fn document(text: &str) -> Result<Piece<'_>, Malformed> {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    Piece::document(bare, text.len() - bare.len())
}

/// Every value of `SqlSettings`, `null` included.
pub(crate) fn sql_settings(text: &str) -> Result<Vec<Piece<'_>>, Malformed> {
    let members = document(text)?.members("the configuration")?;
    let settings = members.into_iter().filter(|member| is_called(member, SQL_SETTINGS));
    Ok(settings.map(|member| member.value).collect())
}

/// Whether Go's `json.Unmarshal` takes a key for a field: by Unicode's simple case folding.
pub(crate) fn is_called(member: &Member<'_>, field: &str) -> bool {
    let fold = |character: char| match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        other => other.to_ascii_lowercase(),
    };
    member.name.chars().map(fold).eq(field.chars().map(fold))
}

/// The keywords with which a DSN of PostgreSQL can begin.
const KEYWORDS: [&str; 9] =
    ["host", "hostaddr", "port", "dbname", "user", "password", "sslmode", "service", "passfile"];

/// Whether a DSN is one of PostgreSQL: a URL, or keywords such as `host=db user=mm`, which lib/pq
/// accepts too. A DSN of go-sql-driver has a `/`, before which a keyword DSN has an `=` and no `@`.
#[must_use]
pub fn names_postgres(dsn: &str) -> bool {
    let dsn = dsn.trim_start();
    let is_url = ["postgres://", "postgresql://"].iter().any(|scheme| {
        dsn.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let first = dsn.split_once('=').map_or("", |(keyword, _)| keyword.trim_end());
    is_url || KEYWORDS.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::{Database, names_postgres, read_sql_settings};
    use crate::secret::Secret;

    const MYSQL: &str = "mm:pw@tcp(db:3306)/mm";

    fn database(text: &str) -> String {
        match read_sql_settings(text).unwrap().database() {
            Database::MySql(dsn) => format!("mysql {}", dsn.expose()),
            Database::Postgres(dsn) => format!("postgres {}", dsn.expose()),
            Database::Unnamed => "unnamed".into(),
        }
    }

    #[test]
    fn everything_that_mattermost_accepts_is_read() {
        for text in [
            r#"{"SqlSettings": {"DriverName": "mysql", "DataSource": "DSN"}}"#,
            "\u{feff}{\"SqlSettings\": {\"DataSource\": \"DSN\"}}",
            r#"{"sqlsettings": {"datasource": "DSN"}, "Other": [1]}"#,
            r#"{"SqlSettings": {"DataSource": "old", "dataSource": "DSN"}}"#,
            r#"{"SqlSettings": {"DataSource": "old"}, "SQLSETTINGS": {"DataSource": "DSN"}}"#,
            r#"{"SqlSettings": null, "SqlSettings": {"DriverName": "postgres", "DataSource": "DSN"}}"#,
            r#"{"SqlSettings": {"DataSource": "DSN", "DataSourceReplicas": null}}"#,
        ] {
            assert_eq!(database(&text.replace("DSN", MYSQL)), format!("mysql {MYSQL}"), "{text}");
        }
        for text in ["{}", r#"{"SqlSettings": {}}"#, r#"{"SqlSettings": {"DataSource": null}}"#] {
            assert_eq!(database(text), "unnamed", "{text}");
        }
        let text =
            r#"{"SqlSettings": {"DriverName": "mysql", "DataSource": "postgres://mm@db/mm"}}"#;
        assert_eq!(database(text), "postgres postgres://mm@db/mm");
        assert!(read_sql_settings(r#"{"SqlSettings": []}"#).is_err());
        assert!(read_sql_settings("").is_err());
    }

    #[test]
    fn replicas_are_read() {
        let text = r#"{"SqlSettings": {"DataSourceReplicas": ["a", ""], "DataSourceSearchReplicas": ["b"]}}"#;
        let replicas = read_sql_settings(text).unwrap().replicas;
        assert_eq!(replicas.iter().map(Secret::expose).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn variables_override_the_file() {
        let settings = read_sql_settings(r#"{"SqlSettings": {"DataSource": "old"}}"#).unwrap();
        let set = |name: &str| (name == "MM_SQLSETTINGS_DATASOURCE").then(|| MYSQL.to_owned());
        assert_eq!(settings.overridden_by(set).data_source.unwrap().expose(), MYSQL);
    }

    #[test]
    fn a_keyword_dsn_is_postgresqls() {
        for dsn in ["postgres://h/d", "POSTGRESQL://h/d", "host=db user=mm", "user = mm host=db"] {
            assert!(names_postgres(dsn), "{dsn}");
        }
        for dsn in [MYSQL, "mm@/mm?tls=true", "mysql://u@h/d", "mm:a=b@tcp(h)/d", ""] {
            assert!(!names_postgres(dsn), "{dsn}");
        }
    }
}
