//! Full-text indexes of PostgreSQL: the text search configuration in their definitions.

use super::{Index, Role};

/// The configuration with which Mattermost's migrations build its indexes.
pub const MIGRATIONS_CONFIGURATION: &str = "pg_catalog.english";

/// The name of the index that serves searches for a phrase, which Mattermost 10.6 to 11.3 make with the
/// configuration `simple`.
pub const PHRASE_INDEX: &str = "idx_posts_message_simple";

/// What precedes the configuration in a definition.
const CALL: &str = "to_tsvector(";

impl Index {
    /// The configuration of a full-text index as its definition spells it, such as `english`.
    #[must_use]
    pub fn text_search_configuration(&self) -> Option<String> {
        configuration_of(self.definition.as_deref()?)
    }

    /// Whether it is the index that serves searches for a phrase.
    #[must_use]
    pub fn is_phrase_index(&self) -> bool {
        self.name == PHRASE_INDEX && self.is_full_text()
    }

    /// The same index with another configuration.
    #[must_use]
    pub fn with_configuration(&self, configuration: &str) -> Self {
        let definition =
            self.definition.as_deref().map(|sql| with_configuration(sql, configuration));
        Self { definition, ..self.clone() }
    }
}

/// The configuration in the definition of a full-text index.
#[must_use]
pub fn configuration_of(definition: &str) -> Option<String> {
    configuration_in(definition).map(|(name, ..)| name)
}

/// The definition of a full-text index with another configuration.
#[must_use]
pub fn with_configuration(definition: &str, configuration: &str) -> String {
    let mut rest = definition;
    let mut respelled = String::new();
    while let Some((_, start, end)) = configuration_in(rest) {
        respelled.push_str(&rest[..start]);
        respelled.push('\'');
        respelled.push_str(&configuration.replace('\'', "''"));
        respelled.push('\'');
        rest = &rest[end..];
    }
    respelled + rest
}

/// The first configuration in a definition, and where its literal starts and ends.
fn configuration_in(definition: &str) -> Option<(String, usize, usize)> {
    let call = definition.to_ascii_lowercase().find(CALL)? + CALL.len();
    let start = call + definition.get(call..)?.find(|it: char| !it.is_whitespace())?;
    let text = definition.get(start..)?.strip_prefix('\'')?;
    let mut name = String::new();
    let mut characters = text.char_indices().peekable();
    while let Some((place, character)) = characters.next() {
        if character != '\'' {
            name.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == '\'') {
            name.push('\'');
            characters.next();
        } else {
            return Some((name, start, start + 1 + place + 1));
        }
    }
    None
}

/// The index that serves searches for a phrase.
#[must_use]
pub fn phrase_index() -> Index {
    Index {
        name: PHRASE_INDEX.to_owned(),
        table: "posts".to_owned(),
        role: Role::Plain,
        unique: false,
        columns: Vec::new(),
        method: "gin".to_owned(),
        parser: None,
        definition: Some(format!(
            "CREATE INDEX {PHRASE_INDEX} ON posts USING gin (to_tsvector('simple', message))"
        )),
    }
}

/// About how long the index for searches for a phrase takes to build, in seconds, and how many bytes it has at
/// most, for posts of so many bytes. Measured on two processors: 31 s for a million posts of 300 MB; 26 MB for
/// posts of few different words, and 86 MB for 326 MB of posts of 50,000 words.
#[must_use]
pub fn estimate_phrase_index(bytes_of_posts: u64) -> (u64, u64) {
    (bytes_of_posts / 10_000_000 + 1, bytes_of_posts / 3)
}

#[cfg(test)]
mod tests {
    use super::{phrase_index, with_configuration};

    #[test]
    fn a_configuration_is_read_and_replaced_as_each_side_prints_it() {
        let index = phrase_index();
        assert_eq!(index.text_search_configuration().as_deref(), Some("simple"));
        for definition in [
            "CREATE INDEX i ON t USING GIN(to_tsvector('english', a))",
            "CREATE INDEX i ON t USING gin (to_tsvector('english'::regconfig, (a)::text))",
        ] {
            let respelled = with_configuration(definition, "public.\"it's\"");
            assert_eq!(respelled, definition.replace("'english'", "'public.\"it''s\"'"));
            let index = super::Index { definition: Some(respelled), ..phrase_index() };
            assert_eq!(index.text_search_configuration().as_deref(), Some("public.\"it's\""));
        }
        assert_eq!(with_configuration("CREATE INDEX i ON t (a)", "x"), "CREATE INDEX i ON t (a)");
    }
}
