//! The searches of `docs/search.md`, typed into every server as Mattermost writes them.

use std::fmt::Write as _;

use migration_assist::check::{ColumnPair, ROW_RULES, Rule, Verdict};
use migration_assist::indexes::{create_accents, plan_accents};
use migration_assist::mysql::{Connection as MySqlConnection, Flavour};
use migration_assist::postgres::Connection;
use migration_assist::schema::ColumnType;
use migration_assist::sql::Dialect::{MySql, Postgres};

use crate::support::mysql::{Source, run};
use crate::support::postgres::{Database, administrator};

/// What is typed, and the message that it is to find.
const MESSAGES: [(&str, &str); 27] = [
    ("café", "the café is open"),
    ("cafe", "the café is open"),
    ("café", "the cafe is open"),
    ("strasse", "in der Straße"),
    ("ZWÖLF", "um zwölf Uhr"),
    ("привет", "Привет всем"),
    ("cafe", "the cafe\u{301} is open"),
    ("go", "we go now"),
    ("42", "room 42"),
    ("and", "salt and pepper"),
    ("the", "the answer"),
    ("run", "it is running"),
    ("running", "she runs"),
    ("1.2.3", "version 1.2.3 is out"),
    ("50%", "a share of 50%"),
    ("example", "write to user@example.com"),
    ("user@example.com", "write to user@example.com"),
    ("example.com", "see https://example.com/path"),
    ("txt", "in /tmp/notes.txt"),
    ("foo", "call foo_bar here"),
    ("foo_bar", "call foo_bar here"),
    ("fine", "a ﬁne day"),
    ("pep*", "salt and pepper"),
    ("caf*", "the café is open"),
    ("\"quick fox\"", "the quick fox jumps"),
    ("\"quick fox\"", "the fox is quick"),
    ("東京", "東京に行く"),
];

/// What is typed, and the name of a user or channel that it is to find.
const NAMES: [(&str, &str); 4] =
    [("zoe", "Zoë"), ("elan", "Élan"), ("élan", "Élan"), ("ivan", "Ivan")];

/// Characters that Mattermost takes out of a search.
const SPECIAL: &[char] = &['<', '>', '+', '-', '(', ')', '~', ':', '%'];

/// The words of a search, or its one phrase.
fn terms(typed: &str) -> (Vec<String>, bool) {
    let is_phrase = typed.starts_with('"');
    let text = typed.replace(SPECIAL, " ").replace('"', "");
    (text.split_whitespace().map(str::to_owned).collect(), is_phrase)
}

/// A database of MySQL or MariaDB with the messages and names.
struct Searched {
    _source: Source,
    connection: MySqlConnection,
    stop_words: Vec<String>,
}

impl Searched {
    async fn new(flavour: Flavour) -> Self {
        let source = Source::create(flavour).await;
        let mut connection = source.connect().await;
        let create = "CREATE TABLE Posts (Id int AUTO_INCREMENT PRIMARY KEY, Message text,
                FULLTEXT KEY idx_posts_message_txt (Message));
            CREATE TABLE Users (Id int AUTO_INCREMENT PRIMARY KEY, Name varchar(64))";
        run(&mut connection, create).await;
        for (_, message) in MESSAGES {
            let message = MySql.literal(message);
            run(&mut connection, &format!("INSERT INTO Posts (Message) VALUES ({message})")).await;
        }
        for (_, name) in NAMES {
            let name = MySql.literal(name);
            run(&mut connection, &format!("INSERT INTO Users (Name) VALUES ({name})")).await;
        }
        let words = "SELECT value FROM INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD";
        let stop_words = connection.query(words).await.expect("stop words");
        Self { _source: source, connection, stop_words }
    }

    async fn count(&mut self, sql: &str) -> bool {
        let found: Option<u64> = self.connection.query_optional(sql).await.expect("an answer");
        found.unwrap_or_default() > 0
    }

    async fn finds_message(&mut self, typed: &str, message: &str) -> bool {
        // It would be the operator of distances.
        let (terms, is_phrase) = terms(&typed.replace('@', " "));
        let search = if is_phrase {
            format!("+\"{}\"", terms.join(" "))
        } else {
            let kept = terms.iter().filter(|term| !self.stop_words.contains(term));
            kept.map(|term| format!("+{term}")).collect::<Vec<_>>().join(" ")
        };
        if search.is_empty() {
            return false;
        }
        let [search, message] = [&*search, message].map(|text| MySql.literal(text));
        self.count(&format!(
            "SELECT COUNT(*) FROM Posts WHERE BINARY Message = BINARY {message}
               AND MATCH (Message) AGAINST ({search} IN BOOLEAN MODE)"
        ))
        .await
    }

    async fn finds_name(&mut self, typed: &str, name: &str) -> bool {
        let [typed, name] = [&format!("{typed}%"), name].map(|text| MySql.literal(text));
        self.count(&format!(
            "SELECT COUNT(*) FROM Users WHERE BINARY Name = BINARY {name} AND Name LIKE {typed}"
        ))
        .await
    }
}

async fn finds_message(
    connection: &Connection,
    configuration: &str,
    typed: &str,
    message: &str,
) -> bool {
    let (terms, is_phrase) = terms(typed);
    let (configuration, query) = if is_phrase {
        ("simple", terms.join(" <-> "))
    } else {
        let term = |term: &String| match term.strip_suffix('*') {
            Some(beginning) => format!("{beginning}:*"),
            None => term.clone(),
        };
        (configuration, terms.iter().map(term).collect::<Vec<_>>().join(" & "))
    };
    let configuration = Postgres.literal(configuration);
    let statement = format!(
        "SELECT to_tsvector({configuration}, $1::text) @@ to_tsquery({configuration}, $2::text)"
    );
    connection.query_one(&statement, &[&message, &query]).await.expect("an answer").get(0)
}

async fn finds_name(connection: &Connection, typed: &str, name: &str) -> bool {
    let statement = "SELECT lower($1::text) LIKE lower($2::text)";
    let typed = format!("{typed}%");
    connection.query_one(statement, &[&name, &typed]).await.expect("an answer").get(0)
}

fn row(table: &mut String, typed: &str, text: &str, found: &[bool]) {
    // A combining accent would be drawn over the letter before it.
    let text = text.replace('\u{301}', "&#x301;");
    let answers: Vec<&str> = found.iter().map(|it| if *it { "found" } else { "–" }).collect();
    writeln!(table, "| `{typed}` | {text} | {} |", answers.join(" | ")).expect("text");
}

#[tokio::test]
async fn the_page_s_table_is_what_the_servers_find() {
    let [mut mysql, mut maria] =
        [Searched::new(Flavour::MySql).await, Searched::new(Flavour::MariaDb).await];
    let plain = Database::create().await;
    let caseless = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    let caseless = Database::create_with(&administrator().user, caseless).await;
    let [plain, caseless] = [plain.connect().await, caseless.connect().await];
    let accents = plan_accents(&plain, "public", "english").await.expect("a plan");
    assert_eq!(accents.obstacle, None);
    create_accents(&plain, &accents).await.expect("a configuration");

    let mut table = String::from(
        "| typed | text | MySQL 9.7 | MariaDB 10.11 | PostgreSQL | accent-insensitive | ctype `C` |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (typed, message) in MESSAGES {
        let found = [
            mysql.finds_message(typed, message).await,
            maria.finds_message(typed, message).await,
            finds_message(&plain, "english", typed, message).await,
            finds_message(&plain, &accents.configuration, typed, message).await,
            finds_message(&caseless, "english", typed, message).await,
        ];
        row(&mut table, typed, message, &found);
    }
    for (typed, name) in NAMES {
        let of_plain = finds_name(&plain, typed, name).await;
        let found = [
            mysql.finds_name(typed, name).await,
            maria.finds_name(typed, name).await,
            of_plain,
            of_plain,
            finds_name(&caseless, typed, name).await,
        ];
        row(&mut table, typed, &format!("the name {name}"), &found);
    }
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/search.md");
    let page = std::fs::read_to_string(page).expect("the page");
    assert!(page.contains(&table), "docs/search.md should contain this table:\n{table}");
}

#[tokio::test]
async fn every_accent_that_the_check_counts_is_removed_by_the_extension() {
    let pair = ColumnPair {
        table: "Posts".to_owned(),
        column: "Message".to_owned(),
        flavour: Flavour::MySql,
        source: ColumnType::mysql("text"),
        character_set: None,
        source_not_null: false,
        target: ColumnType::postgres("text"),
        target_not_null: false,
        labels: None,
        full_text: true,
        in_tree: false,
    };
    let rule = ROW_RULES.iter().find(|it| it.rule() == Rule::Accents).expect("the rule");
    let is_counted = |it: &String| rule.decide(&pair, Some(it.as_bytes())) != Verdict::Fits;
    let characters = ('\u{80}'..='\u{ffff}').map(String::from);
    let counted: Vec<String> = characters.filter(is_counted).collect();
    assert!(counted.len() > 500, "{}", counted.len());
    let database = Database::create().await;
    let connection = database.connect().await;
    connection
        .batch_execute("CREATE EXTENSION unaccent WITH SCHEMA public")
        .await
        .expect("an extension");
    let kept =
        "SELECT it FROM unnest($1::text[]) AS it WHERE public.unaccent('a' || it) = 'a' || it";
    let kept = connection.query(kept, &[&counted]).await.expect("an answer");
    let kept: Vec<String> = kept.iter().map(|row| row.get(0)).collect();
    assert_eq!(kept, Vec::<String>::new());
}
