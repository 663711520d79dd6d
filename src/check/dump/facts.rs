//! Facts about the source that single rows contain: migrations, versions, and uses of names.

use std::collections::{BTreeMap, BTreeSet};

use crate::dump::Row;
use crate::mattermost::{
    DELETION, DIAGNOSTIC_ID, LOOKUPS, MIGRATIONS, PLAYBOOKS_VERSION, Product, SYSTEMS,
    SYSTEMS_VERSION,
};
use crate::release::MigrationSet;
use crate::schema::Table;

/// A bound on memory, far above the number of migrations of any release.
const MOST_MIGRATIONS: usize = 10_000;

/// The facts found so far.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The rows of `db_migrations`, number and name; `None` if the table is missing.
    pub(super) applied: Option<Vec<(u32, String)>>,
    /// The numbered migrations of each product that has them.
    numbers: BTreeMap<Product, BTreeSet<u32>>,
    /// The version that a product stores as text.
    texts: BTreeMap<Product, String>,
    /// The `Version` in `Systems`, in which releases before 6.4 record the version of their schema.
    pub(super) systems_version: Option<String>,
    /// The `DiagnosticId` of the workspace.
    pub(super) diagnostic_id: Option<String>,
    /// The rows in use, by the key of the count.
    pub(super) lookups: BTreeMap<&'static str, u64>,
}

/// A fact that the rows of a table contain, with the positions of the columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fact {
    Applied { version: usize, name: usize },
    Number { product: Product, version: usize },
    Text { what: NamedValue, key: usize, value: usize },
    InUse { detail: &'static str, deletion: usize },
}

/// A value in a table of names and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedValue {
    /// `Version` in `Systems`.
    SystemsVersion,
    /// `DiagnosticId` in `Systems`.
    DiagnosticId,
    /// The version in a product's table.
    ProductVersion(Product),
}

impl NamedValue {
    fn key(self) -> &'static str {
        match self {
            Self::SystemsVersion => SYSTEMS_VERSION,
            Self::DiagnosticId => DIAGNOSTIC_ID,
            Self::ProductVersion(_) => PLAYBOOKS_VERSION,
        }
    }
}

impl Facts {
    /// The facts that the rows of a table contain.
    pub(super) fn of_table(&mut self, table: &Table) -> Vec<Fact> {
        let is = |name: &str| name.eq_ignore_ascii_case(&table.name);
        let place = |name: &str| {
            table.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
        };
        let text = |what, key: &str, value: &str| {
            place(key).zip(place(value)).map(|(key, value)| Fact::Text { what, key, value })
        };
        let mut facts = Vec::new();
        if is(MIGRATIONS) {
            self.applied = Some(Vec::new());
            let places = place("Version").zip(place("Name"));
            facts.extend(places.map(|(version, name)| Fact::Applied { version, name }));
        }
        for product in Product::ALL.into_iter().filter(|product| is(product.version_table())) {
            if product == Product::Playbooks {
                self.texts.insert(product, String::new());
                facts.extend(text(NamedValue::ProductVersion(product), "SKey", "SValue"));
            } else {
                self.numbers.insert(product, BTreeSet::new());
                facts.extend(place("Version").map(|version| Fact::Number { product, version }));
            }
        }
        if is(SYSTEMS) {
            for named in [NamedValue::SystemsVersion, NamedValue::DiagnosticId] {
                facts.extend(text(named, "Name", "Value"));
            }
        }
        for (detail, listed) in LOOKUPS {
            if let Some(deletion) = place(DELETION).filter(|_| is(listed)) {
                self.lookups.insert(detail, 0);
                facts.push(Fact::InUse { detail, deletion });
            }
        }
        facts
    }

    /// Reads a row.
    pub(super) fn add(&mut self, fact: &Fact, row: &Row<'_>) {
        let text = |place: usize| {
            let mut scratch = Vec::new();
            row.value(place, &mut scratch).map(|it| String::from_utf8_lossy(it).into_owned())
        };
        let number = |place| text(place).and_then(|digits| digits.parse::<u32>().ok());
        match *fact {
            Fact::Applied { version, name } => {
                let applied = self.applied.get_or_insert_default();
                if let Some(number) = number(version).filter(|_| applied.len() < MOST_MIGRATIONS) {
                    applied.push((number, text(name).unwrap_or_default()));
                }
            }
            Fact::Number { product, version } => {
                let numbers = self.numbers.entry(product).or_default();
                numbers.extend(number(version).filter(|_| numbers.len() < MOST_MIGRATIONS));
            }
            Fact::Text { what, key, value } => {
                if !text(key).is_some_and(|found| found.eq_ignore_ascii_case(what.key())) {
                    return;
                }
                match what {
                    NamedValue::SystemsVersion => self.systems_version = text(value),
                    NamedValue::DiagnosticId => self.diagnostic_id = text(value),
                    NamedValue::ProductVersion(product) => {
                        self.texts.insert(product, text(value).unwrap_or_default());
                    }
                }
            }
            Fact::InUse { detail, deletion } => {
                let is_in_use = text(deletion).is_some_and(|it| it == "0");
                *self.lookups.entry(detail).or_default() += u64::from(is_in_use);
            }
        }
    }

    /// The version of every product whose version table exists.
    pub(super) fn versions(&self) -> BTreeMap<Product, String> {
        let spelled = |(product, numbers): (&Product, &BTreeSet<u32>)| {
            (*product, numbers.iter().copied().collect::<MigrationSet>().as_version())
        };
        let numbered = self.numbers.iter().map(spelled);
        numbered.chain(self.texts.iter().map(|(product, it)| (*product, it.clone()))).collect()
    }
}
