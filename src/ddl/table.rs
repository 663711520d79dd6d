//! CREATE, ALTER and DROP TABLE.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ColumnDef, ColumnOption, CreateTable,
    Ident, ObjectName, ReferentialAction, SqlOption, TableConstraint,
};

use super::index::{Key, constraint_name};
use super::{Error, Model, spelling};
use crate::schema::{
    Column, ColumnType, ForeignKey, ForeignKeyAction, ForeignKeyActions, Role, Table,
};
use crate::sql::Dialect;

impl Model<'_> {
    pub(super) fn create_table(&mut self, create: &CreateTable) -> Result<(), Error> {
        let name = self.object_name(&create.name);
        self.catalog.tables.insert(name.clone(), Table { name: name.clone(), ..Table::default() });
        create.columns.iter().try_for_each(|column| self.add_column(&name, column))?;
        create.constraints.iter().try_for_each(|constraint| self.add_constraint(&name, constraint))
    }

    pub(super) fn drop_table(&mut self, name: &ObjectName) -> Result<(), Error> {
        let name = self.object_name(name);
        let removed = self.catalog.tables.remove(&name);
        removed.map(drop).ok_or(Error::NoSuchTable(name))
    }

    pub(super) fn alter_table(&mut self, alter: &AlterTable) -> Result<(), Error> {
        let table = self.object_name(&alter.name);
        alter.operations.iter().try_for_each(|operation| self.alter(&table, operation))
    }

    fn alter(&mut self, table: &str, operation: &AlterTableOperation) -> Result<(), Error> {
        match operation {
            AlterTableOperation::AddColumn { column_def, .. } => self.add_column(table, column_def),
            AlterTableOperation::AddConstraint { constraint, .. } => {
                self.add_constraint(table, constraint)
            }
            AlterTableOperation::DropColumn { column_names, .. } => {
                column_names.iter().try_for_each(|column| self.drop_column(table, column))
            }
            AlterTableOperation::ModifyColumn { col_name, data_type, options, .. } => {
                let definition = ColumnDef {
                    name: col_name.clone(),
                    data_type: data_type.clone(),
                    options: options
                        .iter()
                        .map(|option| sqlparser::ast::ColumnOptionDef {
                            name: None,
                            option: option.clone(),
                        })
                        .collect(),
                };
                let modified = self.column(&definition);
                *self.column_mut(table, col_name)? = modified;
                Ok(())
            }
            AlterTableOperation::AlterColumn { column_name, op } => {
                self.alter_column(table, column_name, op)
            }
            AlterTableOperation::SetOptionsParens { options } => self.set_options(table, options),
            other => Err(Error::Unsupported(format!("ALTER TABLE {table} {other}"))),
        }
    }

    fn alter_column(
        &mut self,
        table: &str,
        name: &Ident,
        operation: &AlterColumnOperation,
    ) -> Result<(), Error> {
        let dialect = self.dialect;
        let column = self.column_mut(table, name)?;
        match operation {
            AlterColumnOperation::SetNotNull => column.not_null = true,
            AlterColumnOperation::DropNotNull => column.not_null = false,
            AlterColumnOperation::DropDefault => column.default = None,
            AlterColumnOperation::SetDefault { value } => {
                column.default = spelling::default(dialect, &column.data_type, value);
            }
            AlterColumnOperation::SetDataType { data_type, .. } => {
                column.data_type = spelling::column_type(dialect, data_type);
            }
            AlterColumnOperation::AddGenerated { .. } => {
                return Err(Error::Unsupported(format!("ALTER TABLE {table} {operation}")));
            }
        }
        Ok(())
    }

    fn add_column(&mut self, table: &str, definition: &ColumnDef) -> Result<(), Error> {
        let column = self.column(definition);
        let name = column.name.clone();
        self.table_mut(table)?.columns.push(column);
        for option in &definition.options {
            let (role, constraint) = match &option.option {
                ColumnOption::PrimaryKey(_) => (Role::PrimaryKey, &option.name),
                ColumnOption::Unique(_) => (Role::UniqueConstraint, &option.name),
                ColumnOption::ForeignKey(key) => {
                    self.add_foreign_key(table, key, option.name.as_ref(), vec![name.clone()])?;
                    continue;
                }
                _ => continue,
            };
            let key = Key { role, name: constraint.as_ref(), columns: vec![name.clone()] };
            self.add_key(table, key)?;
        }
        Ok(())
    }

    fn column(&self, definition: &ColumnDef) -> Column {
        let options = || definition.options.iter().map(|option| &option.option);
        let checks_json = options().any(|option| {
            matches!(option, ColumnOption::Check(check) if spelling::is_json_check(&check.expr))
        });
        let data_type = if self.dialect == Dialect::MySql && checks_json {
            ColumnType::mysql("json")
        } else {
            spelling::column_type(self.dialect, &definition.data_type)
        };
        let default = options().find_map(|option| match option {
            ColumnOption::Default(expression) => {
                spelling::default(self.dialect, &data_type, expression)
            }
            _ => None,
        });
        let not_null = options()
            .any(|option| matches!(option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
        let name = self.identifier(&definition.name);
        let character_set =
            if data_type.is_json() { None } else { options().find_map(spelling::character_set) };
        let collation = options().find_map(spelling::collation).filter(|_| character_set.is_some());
        let generated = options().any(|option| {
            matches!(option, ColumnOption::Generated { generation_expr: Some(_), .. })
        });
        Column { name, data_type, not_null, default, character_set, collation, generated }
    }

    fn drop_column(&mut self, table: &str, name: &Ident) -> Result<(), Error> {
        let column = self.column_mut(table, name)?.name.clone();
        let dialect = self.dialect;
        let table = self.table_mut(table)?;
        table.columns.retain(|kept| kept.name != column);
        if dialect == Dialect::MySql {
            for index in table.indexes.values_mut() {
                index.columns.retain(|kept| *kept != column);
            }
            table.indexes.retain(|_, index| !index.columns.is_empty());
        } else {
            table.indexes.retain(|_, index| !index.columns.contains(&column));
        }
        Ok(())
    }

    fn add_constraint(&mut self, table: &str, constraint: &TableConstraint) -> Result<(), Error> {
        match constraint {
            TableConstraint::PrimaryKey(key) => {
                let columns = self.index_columns(&key.columns);
                for column in &mut self.table_mut(table)?.columns {
                    column.not_null |= columns.contains(&column.name);
                }
                let name = key.name.as_ref();
                self.add_key(table, Key { role: Role::PrimaryKey, name, columns })
            }
            TableConstraint::Unique(key) => {
                let columns = self.index_columns(&key.columns);
                let name = key.name.as_ref().or(key.index_name.as_ref());
                self.add_key(table, Key { role: Role::UniqueConstraint, name, columns })
            }
            TableConstraint::ForeignKey(key) => {
                let columns = key.columns.iter().map(|column| self.identifier(column)).collect();
                self.add_foreign_key(table, key, key.name.as_ref(), columns)
            }
            TableConstraint::Index(key) => {
                let columns = self.index_columns(&key.columns);
                self.add_key(table, Key { role: Role::Plain, name: key.name.as_ref(), columns })
            }
            TableConstraint::FulltextOrSpatial(key) if key.fulltext => {
                let columns = self.index_columns(&key.columns);
                self.add_full_text_key(table, key.opt_index_name.as_ref(), columns)
            }
            // The catalog contains no checks except the one with which `MariaDB` marks JSON.
            TableConstraint::Check(_) if self.dialect == Dialect::MySql => Ok(()),
            other => Err(Error::Unsupported(format!("ALTER TABLE {table} ADD {other}"))),
        }
    }

    fn add_foreign_key(
        &mut self,
        table: &str,
        key: &sqlparser::ast::ForeignKeyConstraint,
        name: Option<&Ident>,
        columns: Vec<String>,
    ) -> Result<(), Error> {
        let number = self.table_mut(table)?.foreign_keys.len() + 1;
        let name = name.map_or_else(
            || match self.dialect {
                Dialect::MySql => format!("{table}_ibfk_{number}"),
                Dialect::Postgres => constraint_name(table, &columns, "fkey"),
            },
            |name| self.identifier(name),
        );
        let foreign_key = ForeignKey {
            name: name.clone(),
            columns,
            referenced_table: self.object_name(&key.foreign_table),
            referenced_columns: key
                .referred_columns
                .iter()
                .map(|column| self.identifier(column))
                .collect(),
            cascades: key.on_delete == Some(ReferentialAction::Cascade),
            actions: ForeignKeyActions {
                on_delete: action(key.on_delete),
                on_update: action(key.on_update),
            },
        };
        self.table_mut(table)?.foreign_keys.insert(name, foreign_key);
        Ok(())
    }

    fn set_options(&mut self, table: &str, options: &[SqlOption]) -> Result<(), Error> {
        let table = self.table_mut(table)?;
        for option in options {
            let SqlOption::KeyValue { key, value } = option else {
                return Err(Error::Unsupported(format!("ALTER TABLE {} SET {option}", table.name)));
            };
            let prefix = format!("{key}=");
            table.options.retain(|kept| !kept.starts_with(&prefix));
            table.options.push(format!("{prefix}{value}"));
        }
        table.options.sort();
        Ok(())
    }

    pub(super) fn table_mut(&mut self, name: &str) -> Result<&mut Table, Error> {
        self.catalog.tables.get_mut(name).ok_or_else(|| Error::NoSuchTable(name.to_owned()))
    }

    fn column_mut(&mut self, table: &str, name: &Ident) -> Result<&mut Column, Error> {
        let column = self.identifier(name);
        self.table_mut(table)?
            .columns
            .iter_mut()
            .find(|candidate| candidate.name == column)
            .ok_or_else(|| Error::NoSuchColumn { table: table.to_owned(), column })
    }
}

fn action(written: Option<ReferentialAction>) -> ForeignKeyAction {
    match written {
        Some(ReferentialAction::Cascade) => ForeignKeyAction::Cascade,
        Some(ReferentialAction::SetNull) => ForeignKeyAction::SetNull,
        _ => ForeignKeyAction::None,
    }
}
