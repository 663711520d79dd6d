//! The queue of tasks of a copy; pure.

use std::collections::VecDeque;

use super::{Definition, Stage};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Task {
    /// Copies a part of a table, both given by their index.
    Load { table: usize, part: usize },
    /// Builds a definition of the table with that index.
    Build { table: usize, definition: Definition },
}

/// The remaining tasks of one table.
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

/// All tasks, by table, the largest first: rows, then keys one by one, then other indexes; at the end the
/// foreign keys one by one.
#[derive(Debug)]
pub(super) struct Queue {
    lines: Vec<Line>,
    /// How many definitions may be built at a time, and how many are.
    builders: usize,
    building: usize,
    foreign_keys: VecDeque<Definition>,
    linking: bool,
}

impl Queue {
    /// An empty queue, of which so many builds are taken at a time.
    pub(super) fn new(builders: usize) -> Self {
        let (lines, foreign_keys) = (Vec::new(), VecDeque::new());
        Self { lines, builders, building: 0, foreign_keys, linking: false }
    }

    /// Adds a table: the indexes of the parts to copy, and its removed definitions.
    pub(super) fn add_table(
        &mut self,
        parts: impl IntoIterator<Item = usize>,
        definitions: impl IntoIterator<Item = Definition>,
    ) {
        let mut line = Line { parts: parts.into_iter().collect(), ..Line::default() };
        for definition in definitions {
            match definition.stage {
                Stage::Key => line.keys.push_back(definition),
                // The largest index takes longest, so it must not be the last task.
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

    /// The definitions that are not built yet.
    pub(super) fn definitions(&self) -> impl Iterator<Item = &Definition> {
        let of_tables = self.lines.iter().flat_map(|line| line.keys.iter().chain(&line.indexes));
        of_tables.chain(&self.foreign_keys)
    }

    /// The next task; `None` if none is ready, or none is left.
    ///
    /// Rows are loaded only from tables for which `may_load` holds.
    pub(super) fn take(&mut self, may_load: impl Fn(usize) -> bool) -> Option<Task> {
        let task = self.find(may_load);
        self.building += usize::from(matches!(task, Some(Task::Build { .. })));
        task
    }

    fn find(&mut self, may_load: impl Fn(usize) -> bool) -> Option<Task> {
        for (table, line) in self.lines.iter_mut().enumerate() {
            if may_load(table)
                && let Some(part) = line.parts.pop_front()
            {
                line.loading += 1;
                return Some(Task::Load { table, part });
            }
            if !line.is_loaded() || line.building_key || self.building == self.builders {
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
        if self.linking
            || self.building == self.builders
            || !self.lines.iter().all(Line::is_complete)
        {
            return None;
        }
        let definition = self.foreign_keys.pop_front()?;
        self.linking = true;
        Some(Task::Build { table: usize::MAX, definition })
    }

    /// Marks a task as complete; returns whether its table has all of its rows now.
    pub(super) fn complete(&mut self, task: &Task) -> bool {
        self.building -= usize::from(matches!(task, Task::Build { .. }));
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

    /// Whether no task is left or running.
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
        let mut queue = Queue::new(2);
        let stages = [Stage::Index, Stage::FullText];
        queue.add_table([], stages.map(|stage| definition(stage.id(), stage)));
        let Some(Task::Build { definition, .. }) = queue.take(|_| true) else { panic!("no index") };
        assert_eq!(definition.stage, Stage::FullText);
    }

    #[test]
    fn keys_wait_for_rows_indexes_for_keys_and_foreign_keys_for_all() {
        let mut queue = Queue::new(2);
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
        let first = queue.take(|_| true).unwrap();
        let second = queue.take(|_| true).unwrap();
        let third = queue.take(|_| true).unwrap();
        assert_eq!(third, Task::Load { table: 1, part: 7 });
        assert!(queue.take(|_| true).is_none());
        assert!(!queue.complete(&first));
        assert!(queue.complete(&second));
        let name = |task: &Task| match task {
            Task::Build { definition, .. } => definition.name.clone(),
            Task::Load { .. } => panic!("rows"),
        };
        let key = queue.take(|_| true).unwrap();
        assert_eq!(name(&key), "k");
        assert!(queue.take(|_| true).is_none());
        queue.complete(&key);
        let both = [queue.take(|_| true).unwrap(), queue.take(|_| true).unwrap()];
        assert_eq!(both.each_ref().map(name), ["i", "j"]);
        for task in &both {
            queue.complete(task);
        }
        assert!(queue.take(|_| true).is_none(), "the second table is not complete");
        queue.complete(&third);
        assert!(!queue.is_finished());
        let link = queue.take(|_| true).unwrap();
        assert_eq!(name(&link), "f");
        queue.complete(&link);
        assert!(queue.is_finished());
    }
}
