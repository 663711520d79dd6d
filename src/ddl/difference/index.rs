//! Equality of indexes and foreign keys, ignoring their names.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Statement, visit_expressions_mut};

use crate::ddl::parse;
use crate::schema::{ForeignKey, Index, Role};
use crate::sql::Dialect;

/// Whether both indexes cover the same columns in the same way.
pub(in crate::ddl) fn same_index(found: &Index, expected: &Index) -> bool {
    let are_alike = found.role == expected.role
        && found.unique == expected.unique
        && found.method == expected.method
        && found.parser == expected.parser
        && same_columns(&found.columns, &expected.columns);
    // The columns decide for an index that backs a key: one side has an ALTER TABLE as its definition.
    match (&found.definition, &expected.definition) {
        (Some(found), Some(definition)) if expected.role == Role::Plain => {
            are_alike && canonical(found) == canonical(definition)
        }
        _ => are_alike,
    }
}

/// Whether both foreign keys connect the same columns and cascade alike.
pub(super) fn same_keys(found: &ForeignKey, expected: &ForeignKey) -> bool {
    found.cascades == expected.cascades
        && found.referenced_table.eq_ignore_ascii_case(&expected.referenced_table)
        && same_columns(&found.columns, &expected.columns)
        && same_columns(&found.referenced_columns, &expected.referenced_columns)
}

fn same_columns(found: &[String], expected: &[String]) -> bool {
    let plain = |column: &String| column.replace('`', "").to_lowercase();
    found.iter().map(plain).eq(expected.iter().map(plain))
}

/// PostgreSQL's definition without what the server adds when it prints one: the schema, the default method,
/// casts, parentheses and quotes. A definition that cannot be parsed stays unchanged.
fn canonical(definition: &str) -> String {
    let parsed = parse(Dialect::Postgres, definition).ok();
    let statement = parsed.and_then(|statements| statements.into_iter().next());
    let Some(Statement::CreateIndex(mut create)) = statement else { return definition.to_owned() };
    create.name = None;
    create.concurrently = false;
    create.if_not_exists = false;
    if create.using.as_ref().is_some_and(|method| method.to_string().eq_ignore_ascii_case("btree"))
    {
        create.using = None;
    }
    let keep_last = create.table_name.0.len().saturating_sub(1);
    create.table_name.0.drain(..keep_last);
    let mut statement = Statement::CreateIndex(create);
    let _: ControlFlow<()> = visit_expressions_mut(&mut statement, |expression| {
        while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = expression {
            *expression = (**inner).clone();
        }
        if let Expr::Identifier(name) = expression {
            name.quote_style = None;
        }
        ControlFlow::Continue(())
    });
    statement.to_string().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_definition_is_the_same_as_the_server_prints_it() {
        let same = |ours: &str, printed: &str| assert_eq!(canonical(ours), canonical(printed));
        same(
            "CREATE INDEX a ON posts USING gin (to_tsvector('english', message))",
            "CREATE INDEX b ON public.posts USING gin (to_tsvector('english'::regconfig, (message)::text))",
        );
        same(
            "CREATE UNIQUE INDEX a ON t (name, id) WHERE deleteat = 0",
            "CREATE UNIQUE INDEX a ON t USING btree (name, id) WHERE (deleteat = 0)",
        );
        same(
            "CREATE INDEX a ON t (url, timestamp)",
            "CREATE INDEX a ON t USING btree (url, \"timestamp\")",
        );
        same(
            "CREATE INDEX a ON users (lower(email) text_pattern_ops)",
            "CREATE INDEX a ON users USING btree (lower((email)::text) text_pattern_ops)",
        );
    }

    #[test]
    fn another_order_condition_or_expression_is_another_index() {
        let index = "CREATE INDEX i ON t (a, b) WHERE c = 0";
        for other in [
            "CREATE INDEX i ON t (b, a) WHERE c = 0",
            "CREATE INDEX i ON t (a, b DESC) WHERE c = 0",
            "CREATE INDEX i ON t (a, b) WHERE c = 1",
            "CREATE INDEX i ON t (a, b)",
            "CREATE UNIQUE INDEX i ON t (a, b) WHERE c = 0",
            "CREATE INDEX i ON t (a, lower(b)) WHERE c = 0",
        ] {
            assert_ne!(canonical(index), canonical(other), "{other}");
        }
    }
}
