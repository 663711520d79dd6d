//! What is to be done next; pure.

use std::collections::VecDeque;

use super::{Definition, Stage};

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    /// Copies a part of a table: the places of both.
    Load { table: usize, part: usize },
    /// Puts a definition back, for the table of that place.
    Build { table: usize, definition: Definition },
}

/// The work on one table that is left.
#[derive(Debug, Default)]
struct Line {
    parts: VecDeque<usize>,
    loading: usize,
    keys: VecDeque<Definition>,
    building_key: bool,
    indexes: VecDeque<Definition>,
    building: usize,
}

impl Line {
    fn is_loaded(&self) -> bool {
        self.parts.is_empty() && self.loading == 0
    }

    fn is_complete(&self) -> bool {
        self.is_loaded()
            && self.keys.is_empty()
            && !self.building_key
            && self.indexes.is_empty()
            && self.building == 0
    }
}

/// All work, table by table, the largest first: rows, then keys one by one, then other indexes; at
/// the end the foreign keys one by one.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lines: Vec<Line>,
    foreign_keys: VecDeque<Definition>,
    linking: bool,
}

impl Queue {
    /// Adds a table: the places of its parts that are to be copied, and what it lacks.
    pub(super) fn add_table(
        &mut self,
        parts: impl IntoIterator<Item = usize>,
        definitions: impl IntoIterator<Item = Definition>,
    ) {
        let mut line = Line { parts: parts.into_iter().collect(), ..Line::default() };
        for definition in definitions {
            match definition.stage {
                Stage::Key => line.keys.push_back(definition),
                // It takes longest, and is not to be begun with when nothing else is left.
                Stage::FullText => line.indexes.push_front(definition),
                _ => line.indexes.push_back(definition),
            }
        }
        self.lines.push(line);
    }

    /// Adds a foreign key.
    pub(super) fn add_foreign_key(&mut self, definition: Definition) {
        self.foreign_keys.push_back(definition);
    }

    /// All definitions that wait to be put back.
    pub(super) fn definitions(&self) -> impl Iterator<Item = &Definition> {
        let of_tables = self.lines.iter().flat_map(|line| line.keys.iter().chain(&line.indexes));
        of_tables.chain(&self.foreign_keys)
    }

    /// The next piece; `None` where there is none yet, or none at all.
    pub(super) fn take(&mut self) -> Option<Task> {
        for (table, line) in self.lines.iter_mut().enumerate() {
            if let Some(part) = line.parts.pop_front() {
                line.loading += 1;
                return Some(Task::Load { table, part });
            }
            if line.loading > 0 || line.building_key {
                continue;
            }
            if line.building == 0
                && let Some(definition) = line.keys.pop_front()
            {
                line.building_key = true;
                return Some(Task::Build { table, definition });
            }
            if line.keys.is_empty()
                && let Some(definition) = line.indexes.pop_front()
            {
                line.building += 1;
                return Some(Task::Build { table, definition });
            }
        }
        if self.linking || !self.lines.iter().all(Line::is_complete) {
            return None;
        }
        let definition = self.foreign_keys.pop_front()?;
        self.linking = true;
        Some(Task::Build { table: usize::MAX, definition })
    }

    /// Notes that a piece is complete; whether its table has all of its rows by that.
    pub(super) fn complete(&mut self, task: &Task) -> bool {
        match task {
            Task::Load { table, .. } => {
                let line = &mut self.lines[*table];
                line.loading -= 1;
                return line.is_loaded();
            }
            Task::Build { definition, .. } if definition.stage == Stage::ForeignKey => {
                self.linking = false;
            }
            Task::Build { table, definition } => {
                let line = &mut self.lines[*table];
                if definition.stage == Stage::Key {
                    line.building_key = false;
                } else {
                    line.building -= 1;
                }
            }
        }
        false
    }

    /// Whether nothing is left, nor under way.
    pub(super) fn is_finished(&self) -> bool {
        self.lines.iter().all(Line::is_complete) && self.foreign_keys.is_empty() && !self.linking
    }
}

#[cfg(test)]
mod tests {
    use super::{Definition, Queue, Stage, Task};

    fn definition(name: &str, stage: Stage) -> Definition {
        let (table, statement) = ("t".to_owned(), String::new());
        Definition { table, name: name.to_owned(), stage, statement }
    }

    #[test]
    fn the_longest_index_of_a_table_is_begun_with() {
        let mut queue = Queue::default();
        let stages = [Stage::Index, Stage::FullText];
        queue.add_table([], stages.map(|stage| definition(stage.id(), stage)));
        let Some(Task::Build { definition, .. }) = queue.take() else { panic!("no index") };
        assert_eq!(definition.stage, Stage::FullText);
    }

    #[test]
    fn keys_wait_for_rows_indexes_for_keys_and_foreign_keys_for_all() {
        let mut queue = Queue::default();
        queue.add_table(
            [0, 1],
            [
                definition("i", Stage::Index),
                definition("k", Stage::Key),
                definition("j", Stage::Index),
            ],
        );
        queue.add_table([7], []);
        queue.add_foreign_key(definition("f", Stage::ForeignKey));
        let first = queue.take().unwrap();
        let second = queue.take().unwrap();
        let third = queue.take().unwrap();
        assert_eq!(third, Task::Load { table: 1, part: 7 });
        assert!(queue.take().is_none());
        assert!(!queue.complete(&first));
        assert!(queue.complete(&second));
        let name = |task: &Task| match task {
            Task::Build { definition, .. } => definition.name.clone(),
            Task::Load { .. } => panic!("rows"),
        };
        let key = queue.take().unwrap();
        assert_eq!(name(&key), "k");
        assert!(queue.take().is_none());
        queue.complete(&key);
        let both = [queue.take().unwrap(), queue.take().unwrap()];
        assert_eq!(both.each_ref().map(name), ["i", "j"]);
        for task in &both {
            queue.complete(task);
        }
        assert!(queue.take().is_none(), "the second table is not complete");
        queue.complete(&third);
        assert!(!queue.is_finished());
        let link = queue.take().unwrap();
        assert_eq!(name(&link), "f");
        queue.complete(&link);
        assert!(queue.is_finished());
    }
}
