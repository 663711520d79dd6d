//! The indexes that the migrations define and the target lacks, in build order.

use crate::schema::{Catalog, Index, Role};

/// The missing indexes to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Full-text indexes, which a load leaves out.
    FullText,
    /// All indexes.
    All,
}

/// The tables whose full-text indexes come first, because searches for messages and files need them.
const SEARCHED_FIRST: [&str; 2] = ["posts", "fileinfo"];

/// The indexes of `model` that `live` lacks.
///
/// Primary keys and unique constraints come first, because they prevent duplicates; then the full-text indexes
/// of posts and files, then the rest by table.
#[must_use]
pub fn missing<'a>(model: &'a Catalog, live: &Catalog, scope: Scope) -> Vec<&'a Index> {
    let present = |index: &Index| live.indexes().any(|there| there.name == index.name);
    let there_to_index = |index: &Index| {
        live.tables.contains_key(&index.table) || live.views.contains_key(&index.table)
    };
    let mut missing: Vec<&Index> = model
        .indexes()
        .filter(|index| scope == Scope::All || index.is_full_text())
        .filter(|index| there_to_index(index) && !present(index))
        .collect();
    missing.sort_by_key(|index| (index.role, !index.is_full_text(), search_order(index)));
    missing
}

/// The rank of an index by its table: those that searches for messages need come first, and take longest.
pub(super) fn search_order(index: &Index) -> usize {
    let searched = SEARCHED_FIRST.iter().position(|table| *table == index.table);
    searched.unwrap_or(SEARCHED_FIRST.len())
}

/// Whether the index prevents duplicates rather than only speeding up queries.
#[must_use]
pub fn guards(index: &Index) -> bool {
    index.unique || index.role != Role::Plain
}

#[cfg(test)]
mod tests {
    use super::{Scope, missing};
    use crate::ddl;
    use crate::schema::Catalog;
    use crate::sql::Dialect::Postgres;

    #[test]
    fn full_text_on_posts_comes_before_the_rest_and_keys_before_all() {
        let tables = "CREATE TABLE channels (id text, name text);
                      CREATE TABLE fileinfo (id text, content text);
                      CREATE TABLE posts (id text, message text);";
        let model = ddl::read(
            Postgres,
            &format!(
                "{tables}
             CREATE INDEX idx_channels_txt ON channels USING gin (to_tsvector('english', name));
             CREATE INDEX idx_fileinfo_txt ON fileinfo USING gin (to_tsvector('english', content));
             CREATE INDEX idx_posts_id ON posts (id);
             CREATE INDEX idx_posts_txt ON posts USING gin (to_tsvector('english', message));
             ALTER TABLE channels ADD CONSTRAINT channels_pkey PRIMARY KEY (id);"
            ),
        )
        .expect("DDL");
        let names = |live: &Catalog, scope| -> Vec<&str> {
            missing(&model, live, scope).into_iter().map(|index| index.name.as_str()).collect()
        };
        let bare = ddl::read(Postgres, tables).expect("DDL");
        assert_eq!(
            names(&bare, Scope::All),
            [
                "channels_pkey",
                "idx_posts_txt",
                "idx_fileinfo_txt",
                "idx_channels_txt",
                "idx_posts_id"
            ]
        );
        assert_eq!(
            names(&bare, Scope::FullText),
            ["idx_posts_txt", "idx_fileinfo_txt", "idx_channels_txt"]
        );
        assert!(names(&model, Scope::All).is_empty());
        assert!(names(&Catalog::default(), Scope::All).is_empty());
    }
}
