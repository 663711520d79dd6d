//! The parts of a dump: each output of a program in the file, and whether it is complete.

use super::program::Program;

/// One output of a dump program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The start, in bytes of the uncompressed text.
    pub start: u64,
    /// The start of the next part, or the end of the file, if it has no closing line.
    pub end: u64,
    /// The program that wrote it, if its comments name one.
    pub program: Option<Program>,
    /// The first table in it.
    pub first_table: Option<String>,
    /// Whether it saved the setting that dump programs restore as their last statements.
    saves_notes: bool,
    has_statements: bool,
    state: State,
}

/// How a part ends, as far as it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    WithinStatement,
    Closed,
}

impl Part {
    fn new(start: u64, program: Option<Program>) -> Self {
        Self {
            start,
            end: start,
            program,
            first_table: None,
            saves_notes: false,
            has_statements: false,
            state: State::Open,
        }
    }

    /// Whether a complete part of its kind has a recognisable end.
    fn has_promise(&self) -> bool {
        self.program.map_or(self.saves_notes, |program| program.has_closing_line())
    }

    /// Whether its end is missing.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        match self.state {
            State::Open => self.has_promise(),
            State::WithinStatement => true,
            State::Closed => false,
        }
    }

    /// Whether nothing shows that its program wrote all of it.
    #[must_use]
    pub fn is_without_promise(&self) -> bool {
        self.state == State::Open && !self.has_promise()
    }
}

/// The parts so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts {
    all: Vec<Part>,
}

impl Parts {
    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Part> {
        self.all.iter()
    }

    /// Whether a part has begun that has no closing line yet.
    pub(super) fn is_open(&self) -> bool {
        self.all.last().is_some_and(|part| part.state != State::Closed)
    }

    /// Whether the last part must be closed before the file may end.
    pub(super) fn lacks_end(&self) -> bool {
        self.all.last().is_some_and(Part::is_cut)
    }

    /// Whether the program of the current part writes line breaks in values as escapes.
    pub(super) fn escapes_line_breaks(&self) -> bool {
        self.all
            .last()
            .is_none_or(|part| part.program.is_none_or(|program| program.has_closing_line()))
    }

    fn open(&mut self) -> Option<&mut Part> {
        self.all.last_mut().filter(|part| part.state != State::Closed)
    }

    fn begin(&mut self, offset: u64, program: Option<Program>) -> &mut Part {
        if let Some(before) = self.open() {
            before.end = offset;
        }
        self.all.push(Part::new(offset, program));
        let place = self.all.len() - 1;
        &mut self.all[place]
    }

    /// Reads a comment that names a program.
    pub(super) fn name(&mut self, program: Program, offset: u64) {
        match self.open() {
            // Its comments may name it more than once, and follow one another without a closing line.
            Some(part) if part.program == Some(program) && !program.has_closing_line() => {}
            Some(part) if part.program.is_none() && !part.has_statements => {
                part.program = Some(program);
            }
            _ => {
                self.begin(offset, Some(program));
            }
        }
    }

    /// Reads a comment that may be a closing line.
    pub(super) fn close(&mut self, comment: &str, offset: u64) {
        let is_last = |part: &&mut Part| match part.program {
            Some(program) => program.is_closed_by(comment),
            None => comment.starts_with("Dump completed"),
        };
        if let Some(part) = self.open().filter(is_last) {
            (part.state, part.end) = (State::Closed, offset);
        }
    }

    /// Records that the setting was saved which dump programs restore at their end.
    pub(super) fn save_notes(&mut self, offset: u64) {
        let part = match self.open() {
            Some(part) if !part.saves_notes => part,
            _ => self.begin(offset, None),
        };
        (part.saves_notes, part.has_statements) = (true, true);
    }

    /// Records that the setting was restored: the end of a part without comments.
    pub(super) fn restore_notes(&mut self, offset: u64) {
        if let Some(part) = self.open().filter(|part| part.program.is_none() && part.saves_notes) {
            (part.state, part.end) = (State::Closed, offset);
        }
    }

    /// Records a definition of a table, or rows of it.
    pub(super) fn table(&mut self, name: &str, offset: u64) {
        let part = match self.open() {
            Some(part) => part,
            None => self.begin(offset, None),
        };
        part.has_statements = true;
        part.first_table.get_or_insert_with(|| name.to_owned());
    }

    /// Records that the program was recognised by the form of its rows.
    pub(super) fn recognise(&mut self, program: Program) {
        if let Some(part) = self.open().filter(|part| part.program.is_none()) {
            part.program = Some(program);
        }
    }

    /// Records the end of the file, and whether it is within a statement.
    pub(super) fn end(&mut self, offset: u64, is_within_statement: bool) {
        let part = match self.open() {
            Some(part) => part,
            None if is_within_statement => self.begin(offset, None),
            None => return,
        };
        part.end = offset;
        part.state = if is_within_statement { State::WithinStatement } else { State::Open };
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, Program};

    fn program(comment: &str) -> Program {
        Program::of_comment(comment).expect("known")
    }

    fn states(parts: &Parts) -> Vec<(u64, u64, bool, bool)> {
        let state =
            |part: &super::Part| (part.start, part.end, part.is_cut(), part.is_without_promise());
        parts.iter().map(state).collect()
    }

    #[test]
    fn each_part_needs_a_closing_line_of_its_own() {
        let mut parts = Parts::default();
        parts.name(program("MySQL dump 10.13"), 0);
        parts.save_notes(10);
        parts.table("Posts", 20);
        parts.restore_notes(30);
        parts.close("Dump completed on 2024-05-01", 40);
        parts.name(program("MySQL dump 10.13"), 50);
        parts.save_notes(60);
        parts.table("Users", 70);
        parts.name(program("MariaDB dump 10.19"), 80);
        parts.close("Dump completed", 90);
        parts.end(100, false);
        assert_eq!(
            states(&parts),
            [(0, 40, false, false), (50, 80, true, false), (80, 90, false, false)]
        );
        assert_eq!(parts.iter().nth(1).expect("a part").first_table.as_deref(), Some("Users"));
    }

    #[test]
    fn a_part_without_comments_is_closed_by_its_last_statements() {
        let mut parts = Parts::default();
        parts.save_notes(0);
        parts.table("Posts", 1);
        parts.restore_notes(2);
        parts.save_notes(3);
        parts.table("Users", 4);
        parts.end(5, false);
        assert_eq!(states(&parts), [(0, 2, false, false), (3, 5, true, false)]);
    }

    #[test]
    fn a_part_of_a_program_without_a_closing_line_has_no_promise() {
        let mut parts = Parts::default();
        parts.name(program("phpMyAdmin SQL Dump"), 0);
        parts.table("Posts", 1);
        parts.name(program("phpMyAdmin SQL Dump"), 2);
        parts.end(3, false);
        assert_eq!(states(&parts), [(0, 3, false, true)]);
        parts.end(4, true);
        assert_eq!(states(&parts), [(0, 4, true, false)]);
    }

    #[test]
    fn rows_behind_a_closing_line_are_a_part_without_promise() {
        let mut parts = Parts::default();
        parts.name(program("MySQL dump 10.13"), 0);
        parts.close("Dump completed", 10);
        parts.table("Posts", 20);
        parts.end(30, false);
        assert_eq!(states(&parts), [(0, 10, false, false), (20, 30, false, true)]);
    }
}
