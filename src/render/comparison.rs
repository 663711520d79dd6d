//! The comparison of schemas as text.

use std::fmt;

use crate::compare::{ComparisonReport, SchemaDifference, Weight};

impl fmt::Display for ComparisonReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let products: Vec<&str> = self.products.iter().map(|product| product.name()).collect();
        writeln!(
            f,
            "{}, `{}`, compared with the schema of {} ({})",
            self.server,
            self.schema,
            self.expected_by(),
            products.join(", "),
        )?;
        if !self.unknown_migrations.is_empty() {
            writeln!(
                f,
                "unrecognised migrations: {}; the objects that they create are listed as unexpected",
                self.unknown_migrations
            )?;
        }
        if self.differences.is_empty() {
            writeln!(f, "\nThe schema is as expected.")?;
        }
        for (weight, heading) in [
            (Weight::Matters, "Differences that matter"),
            (Weight::Harmless, "Harmless differences"),
        ] {
            let count = self.of_weight(weight).count();
            if count > 0 {
                writeln!(f, "\n{heading}: {count}")?;
                self.of_weight(weight).try_for_each(|it| write_difference(f, it))?;
            }
        }
        if !self.not_compared.is_empty() {
            writeln!(f, "\nNot compared: {}", self.not_compared.len())?;
            self.not_compared.iter().try_for_each(|what| writeln!(f, "  {what}"))?;
        }
        if let Some(first) = self.first.as_ref().filter(|_| self.has_statements()) {
            writeln!(f, "\nBefore the statements above, run: {first};")?;
        }
        Ok(())
    }
}

fn write_difference(f: &mut fmt::Formatter<'_>, difference: &SchemaDifference) -> fmt::Result {
    writeln!(f, "\n  [{}] {}", difference.kind, difference.place())?;
    for (side, definition) in [("found", &difference.found), ("expected", &difference.expected)] {
        if let Some(definition) = definition {
            writeln!(f, "      {side}: {definition}")?;
        }
    }
    writeln!(f, "      {}", difference.meaning)?;
    let label = if difference.destroys { "alter if its values are not needed" } else { "alter" };
    for statement in &difference.statements {
        writeln!(f, "      {label}: {};", statement.replace('\n', "\n        "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::compare::ComparisonReport;
    use crate::compare::{Place, compare_source};
    use crate::ddl;
    use crate::models::Models;
    use crate::mysql::Server;
    use crate::sql::Dialect;

    fn report(found: &str) -> ComparisonReport {
        let expected = "CREATE TABLE T (Id varchar(26) PRIMARY KEY, A text, B bigint NOT NULL, \
                        KEY idx_a (A(10)))";
        let target = ddl::read(
            Dialect::Postgres,
            "CREATE TABLE t (id varchar(26) PRIMARY KEY, a text, b bigint NOT NULL)",
        )
        .expect("DDL");
        let models = Models {
            past: &crate::schema::EMPTY_CATALOG,
            applied: Some(&[(1, String::new())]),
            known: &"1-75".parse().expect("a set"),
            source: &ddl::read(Dialect::MySql, expected).expect("DDL"),
            target: &target,
            products: &[],
        };
        let place = Place { server: "MySQL 8.4.3", name: "mattermost" };
        compare_source(
            &place,
            &Server::read("8.4.3", ""),
            &ddl::read(Dialect::MySql, found).expect("DDL"),
            &models,
        )
    }

    #[test]
    fn what_matters_comes_first() {
        let report =
            report("CREATE TABLE T (Id varchar(26) PRIMARY KEY, A varchar(9), X int DEFAULT 0)");
        insta::assert_snapshot!(report, @r"
        MySQL 8.4.3, `mattermost`, compared with the schema of the migrations 1 (mattermost)

        Differences that matter: 3

          [column-differs] T.A
              found: varchar(9)
              expected: text CHARACTER SET utf8mb4
              the copy converts each value to `text`, and reports values that do not fit
              alter: ALTER TABLE `T` MODIFY COLUMN `A` text CHARACTER SET utf8mb4;

          [missing-column] T.B
              expected: bigint NOT NULL
              the copy stops: the target's column has no default and is NOT NULL
              alter: ALTER TABLE `T` ADD COLUMN `B` bigint NOT NULL;

          [extra-column] T.X
              found: int DEFAULT 0
              the target has no such column: the copy skips its values
              alter if its values are not needed: ALTER TABLE `T` DROP COLUMN `X`;

        Harmless differences: 1

          [missing-index] T.idx_a
              expected: KEY `idx_a` (`A`(10))
              only speeds up reading; the target has its own indexes
              alter: ALTER TABLE `T` ADD KEY `idx_a` (`A`(10));
        ");
        insta::assert_snapshot!(report.files()[0].text, @r"
        -- T of `mattermost`, MySQL 8.4.3
        -- compared with the schema of the migrations 1

        -- [column-differs] T.A
        -- found: varchar(9)
        -- expected: text CHARACTER SET utf8mb4
        -- the copy converts each value to `text`, and reports values that do not fit
        ALTER TABLE `T` MODIFY COLUMN `A` text CHARACTER SET utf8mb4;

        -- [missing-column] T.B
        -- expected: bigint NOT NULL
        -- the copy stops: the target's column has no default and is NOT NULL
        ALTER TABLE `T` ADD COLUMN `B` bigint NOT NULL;

        -- [extra-column] T.X
        -- found: int DEFAULT 0
        -- the target has no such column: the copy skips its values
        -- ALTER TABLE `T` DROP COLUMN `X`;

        -- [missing-index] T.idx_a
        -- expected: KEY `idx_a` (`A`(10))
        -- only speeds up reading; the target has its own indexes
        ALTER TABLE `T` ADD KEY `idx_a` (`A`(10));
        ");
    }

    #[test]
    fn nothing_that_differs_is_one_line() {
        let report = report(
            "CREATE TABLE t (id varchar(26) PRIMARY KEY, b bigint(20) NOT NULL, a text, \
             KEY IDX_A (A(10)))",
        );
        assert!(report.is_as_expected());
        insta::assert_snapshot!(report, @r"
        MySQL 8.4.3, `mattermost`, compared with the schema of the migrations 1 (mattermost)

        The schema is as expected.
        ");
    }
}
