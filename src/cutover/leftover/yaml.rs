//! YAML as a tree in which every scalar has its line. The only module that uses `saphyr_parser`.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser};

/// Deeper documents are refused: nothing that containers are described by is nested as deeply, and
/// the tree is dropped by recursion.
const DEPTH: usize = 100;
/// Merge keys that are followed for one mapping: merges of merges can double at each level.
const MERGES: usize = 1000;

/// A value. An alias is the node of its anchor, so a small document cannot become a large tree.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    /// A tag such as `!reset`, without the exclamation mark.
    pub(super) tag: Option<String>,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Scalar(String),
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<(Rc<Node>, Rc<Node>)>),
}

/// Text that is not YAML; the text is not repeated, because it can contain a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid YAML at line {line}")]
pub(super) struct InvalidYaml {
    line: usize,
}

/// A container whose end has not been read.
struct Open {
    line: usize,
    anchor: usize,
    tag: Option<String>,
    is_mapping: bool,
    children: Vec<Rc<Node>>,
}

/// Reads all documents of a text.
pub(super) fn read_documents(text: &str) -> Result<Vec<Rc<Node>>, InvalidYaml> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, Rc<Node>> = HashMap::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| InvalidYaml { line: error.marker().line() })?;
        let line = span.start.line();
        let invalid = || InvalidYaml { line };
        let finished = match event {
            Event::Scalar(text, _, anchor, tag) => {
                let tag = tag.map(|tag| tag.suffix.clone());
                let value = Value::Scalar(text.into_owned());
                Some((anchor, Rc::new(Node { line, tag, value })))
            }
            Event::Alias(id) => Some((0, anchors.get(&id).cloned().ok_or_else(invalid)?)),
            Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag) => {
                if open.len() == DEPTH {
                    return Err(invalid());
                }
                let is_mapping = matches!(event, Event::MappingStart(..));
                let tag = tag.as_ref().map(|tag| tag.suffix.clone());
                open.push(Open { line, anchor, tag, is_mapping, children: Vec::new() });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let open = open.pop().ok_or_else(invalid)?;
                Some((open.anchor, Rc::new(open.close())))
            }
            _ => None,
        };
        let Some((anchor, node)) = finished else { continue };
        if anchor > 0 {
            anchors.insert(anchor, Rc::clone(&node));
        }
        match open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => documents.push(node),
        }
    }
    Ok(documents)
}

impl Open {
    fn close(self) -> Node {
        let value = if self.is_mapping {
            let mut children = self.children.into_iter();
            let mut pairs = Vec::new();
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                pairs.push((key, value));
            }
            Value::Mapping(pairs)
        } else {
            Value::Sequence(self.children)
        };
        Node { line: self.line, tag: self.tag, value }
    }
}

impl Node {
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn elements(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::Sequence(elements) => elements,
            _ => &[],
        }
    }

    /// The pairs of a mapping with those that its merge keys (`<<`) add. A key of the mapping itself
    /// comes after them, so that the last of several pairs counts.
    pub(super) fn pairs(&self) -> Vec<(&str, usize, &Rc<Node>)> {
        let mut pairs = Vec::new();
        self.add_pairs(&mut pairs, &mut { MERGES });
        pairs
    }

    fn add_pairs<'n>(&'n self, pairs: &mut Vec<(&'n str, usize, &'n Rc<Node>)>, left: &mut usize) {
        let Value::Mapping(own) = &self.value else { return };
        let is_merge = |key: &Node| key.text() == Some("<<");
        for (_, merged) in own.iter().filter(|(key, _)| is_merge(key)) {
            // Of several, the first counts.
            let several: Vec<_> = match &merged.value {
                Value::Sequence(several) => several.iter().rev().collect(),
                _ => vec![merged],
            };
            for one in several {
                if *left == 0 {
                    return;
                }
                *left -= 1;
                one.add_pairs(pairs, left);
            }
        }
        for (key, value) in own.iter().filter(|(key, _)| !is_merge(key)) {
            if let Some(name) = key.text() {
                pairs.push((name, key.line, value));
            }
        }
    }

    /// The value of a key, merge keys included.
    pub(super) fn get(&self, name: &str) -> Option<&Rc<Node>> {
        self.pairs().into_iter().rev().find(|(key, ..)| *key == name).map(|(.., value)| value)
    }

    /// A scalar, or each scalar of a sequence.
    pub(super) fn texts(&self) -> Vec<(&str, usize)> {
        let one = self.text().map(|text| (text, self.line));
        let several = self.elements().iter().filter_map(|it| Some((it.text()?, it.line)));
        one.into_iter().chain(several).collect()
    }

    pub(super) fn is_null(&self) -> bool {
        self.text().is_some_and(|text| matches!(text, "" | "~" | "null"))
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidYaml, read_documents};

    #[test]
    fn aliases_and_merge_keys_keep_their_lines() {
        let text =
            "a: &a\n  x: 1\n  y: 1\nb: &b {x: 2}\nc:\n  <<: [*a, *b]\n  y: 3\n---\nd: [1, e]\n";
        let documents = read_documents(text).unwrap();
        assert_eq!(documents.len(), 2);
        let c = documents[0].get("c").unwrap();
        assert_eq!(c.get("x").unwrap().text(), Some("1"));
        assert_eq!(c.get("x").unwrap().line, 2);
        assert_eq!(c.get("y").unwrap().line, 7);
        assert_eq!(documents[1].get("d").unwrap().texts(), [("1", 9), ("e", 9)]);
    }

    #[test]
    fn text_that_is_not_yaml_is_located_and_not_repeated() {
        let error = read_documents("a: 1\nb: [hunter2\nc: }").unwrap_err();
        assert!(error.to_string().starts_with("invalid YAML at line "), "{error}");
        let deep = "[".repeat(100_000);
        assert_eq!(read_documents(&deep).unwrap_err(), InvalidYaml { line: 1 });
    }

    #[test]
    fn a_small_document_does_not_become_a_large_tree() {
        let mut text = "a0: &a0 {x: 1}\n".to_owned();
        for number in 1..60 {
            let before = number - 1;
            let line = format!("a{number}: &a{number} {{<<: [*a{before}, *a{before}]}}\n");
            text.push_str(&line);
        }
        let documents = read_documents(&text).unwrap();
        assert!(documents[0].get("a59").unwrap().pairs().len() <= super::MERGES);
    }
}
