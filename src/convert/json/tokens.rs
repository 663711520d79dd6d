//! Splits JSON text into tokens and validates it by the grammar of RFC 8259.

use std::ops::Range;

use super::cursor::{Cursor, Escapes};
use super::{Invalid, MAXIMUM_DEPTH};
use crate::convert::Reason;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    Key,
    EscapedKey,
    String,
    EscapedString,
    Number,
    /// `true`, `false` or `null`.
    Word,
}

/// What the grammar allows next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ElementOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
    Nothing,
}

/// The tokens of a text, to be read one at a time up to the first error.
pub(super) struct Tokens<'a> {
    cursor: Cursor<'a>,
    expect: Expect,
    nesting: Nesting,
    start: usize,
    end: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let (expect, nesting) = (Expect::Value, Nesting::default());
        Self { cursor: Cursor::new(text), expect, nesting, start: 0, end: 0 }
    }

    /// Moves to the next token; `None` at the end of a valid text.
    pub(super) fn advance(&mut self) -> Result<Option<Kind>, Invalid> {
        self.step().map_err(|reason| Invalid { reason, offset: self.cursor.at })
    }

    /// The current token; for a key or a string, the text between the quotes.
    pub(super) fn raw(&self) -> &'a [u8] {
        &self.cursor.text[self.start..self.end]
    }

    /// The position of [`Self::raw`] in the text.
    pub(super) fn place(&self) -> Range<usize> {
        self.start..self.end
    }

    // A literal or a number ends with its last character; the next token validates what follows.
    // The result fits a register: this is the hot path of every column of JSON.
    fn step(&mut self) -> Result<Option<Kind>, Reason> {
        self.cursor.skip_space();
        if self.expect == Expect::CommaOrEnd && self.cursor.skip(|byte| byte == b',') {
            self.cursor.skip_space();
            self.expect = if self.nesting.in_object() { Expect::Key } else { Expect::Value };
        }
        let Some(first) = self.cursor.peek() else { return self.finish() };
        let kind = match (self.expect, first) {
            (Expect::ElementOrEnd, b']') => self.close(Kind::EndArray),
            (Expect::Value | Expect::ElementOrEnd, _) => self.value(first)?,
            (Expect::KeyOrEnd, b'}') => self.close(Kind::EndObject),
            (Expect::KeyOrEnd | Expect::Key, b'"') => self.key()?,
            (Expect::CommaOrEnd, b'}') if self.nesting.in_object() => self.close(Kind::EndObject),
            (Expect::CommaOrEnd, b']') if !self.nesting.in_object() => self.close(Kind::EndArray),
            _ => return Err(Reason::InvalidJson),
        };
        Ok(Some(kind))
    }

    fn value(&mut self, first: u8) -> Result<Kind, Reason> {
        self.start = self.cursor.at;
        let kind = match first {
            b'{' => return self.open(Kind::BeginObject),
            b'[' => return self.open(Kind::BeginArray),
            b'"' => match self.string()? {
                Escapes::None => Kind::String,
                Escapes::Some => Kind::EscapedString,
            },
            b'-' | b'0'..=b'9' => {
                self.cursor.number()?;
                self.end = self.cursor.at;
                Kind::Number
            }
            _ => {
                self.cursor.word()?;
                self.end = self.cursor.at;
                Kind::Word
            }
        };
        self.expect = self.after_value();
        Ok(kind)
    }

    fn string(&mut self) -> Result<Escapes, Reason> {
        self.start = self.cursor.at + 1;
        let escapes = self.cursor.string()?;
        self.end = self.cursor.at - 1;
        Ok(escapes)
    }

    fn key(&mut self) -> Result<Kind, Reason> {
        let escapes = self.string()?;
        self.cursor.skip_space();
        if !self.cursor.skip(|byte| byte == b':') {
            return Err(Reason::InvalidJson);
        }
        self.expect = Expect::Value;
        Ok(if escapes == Escapes::None { Kind::Key } else { Kind::EscapedKey })
    }

    fn open(&mut self, kind: Kind) -> Result<Kind, Reason> {
        if self.nesting.depth == MAXIMUM_DEPTH {
            return Err(Reason::JsonDepth);
        }
        let object = kind == Kind::BeginObject;
        self.nesting.push(object);
        self.expect = if object { Expect::KeyOrEnd } else { Expect::ElementOrEnd };
        self.cursor.at += 1;
        Ok(kind)
    }

    fn close(&mut self, kind: Kind) -> Kind {
        self.nesting.pop();
        self.expect = self.after_value();
        self.cursor.at += 1;
        kind
    }

    fn finish(&self) -> Result<Option<Kind>, Reason> {
        match self.expect {
            Expect::Nothing => Ok(None),
            Expect::Value if self.nesting.depth == 0 => Err(Reason::EmptyJson),
            _ => Err(Reason::InvalidJson),
        }
    }

    fn after_value(&self) -> Expect {
        if self.nesting.depth == 0 { Expect::Nothing } else { Expect::CommaOrEnd }
    }
}

/// Which of the open brackets are objects, one bit each; no allocation up to 64 levels.
#[derive(Default)]
struct Nesting {
    depth: usize,
    innermost: u64,
    outer: Vec<u64>,
}

impl Nesting {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.innermost);
        }
        self.innermost = (self.innermost << 1) | u64::from(object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.innermost >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.innermost = self.outer.pop().expect("64 levels were saved");
        }
    }

    fn in_object(&self) -> bool {
        self.innermost & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Tokens};

    fn is_json(text: &str) -> bool {
        let mut tokens = Tokens::new(text.as_bytes());
        loop {
            match tokens.advance() {
                Ok(Some(_)) => {}
                end => return end.is_ok(),
            }
        }
    }

    #[test]
    fn the_grammar_is_that_of_the_rfc() {
        for text in
            r#"-0 -0.0 1e+5 1.50E-7 true [] {} {"a":1,"a":2} [[],{},[null,false]]"#.split(' ')
        {
            assert!(is_json(text), "{text}");
        }
        assert!(is_json(" \t\r\n1 \n"));
        assert!(is_json("\"\u{7f}\""));
        assert!(is_json(r#"["\/\b\f\n\r\t\"\\\u00e9", [{"a" : [ ] , "b":{}}, null]]"#));
    }

    #[test]
    fn anything_else_is_not_json() {
        for text in
            "01 1. .1 1.5e +1 - 1a 1é 1e5x 1_ True truex nullé NaN 'a' [1,] [,1] []] [1} [ ] } , \
                     [} {] [{]} {\"a\":1,} {a:1} {1:2} {\"a\"} {\"a\":} {,} {}x {\"a\" [1 {\"a\":1 \
                     \"a \"\\x\" \"\\u12\" \"\\u12g4\" \"\\U0041\" \"\\"
                .split(' ')
        {
            assert!(!is_json(text), "{text}");
        }
        for text in
            ["", "- 1", "1 2", "[1 2]", "{\"a\" 1}", "\"\t\"", "\"\0\"", "\u{b}1", "\u{feff}1"]
        {
            assert!(!is_json(text), "{text}");
        }
    }

    #[test]
    fn brackets_match_however_deep() {
        for depth in [1, 63, 64, 65, 127, 128, 129, 300] {
            let [mut open, mut close, mut wrong] = [String::new(), String::new(), String::new()];
            for level in 0..depth {
                let object = level % 3 == 0;
                open.push_str(if object { "{\"a\":" } else { "[" });
                close.insert(0, if object { '}' } else { ']' });
                wrong.insert(0, if object && level != depth / 2 { '}' } else { ']' });
            }
            assert!(is_json(&format!("[{open}1{close}, {open}1{close}]")), "{depth}");
            assert_eq!(is_json(&format!("{open}1{wrong}")), close == wrong, "{depth}");
            assert!(!is_json(&format!("{open}1{close}]")), "{depth}");
        }
    }

    #[test]
    fn a_string_token_is_what_stands_between_the_quotes() {
        let text = br#"{"key": ["a\n"]}"#;
        let mut tokens = Tokens::new(text);
        let mut strings = Vec::new();
        while let Some(kind) = tokens.advance().expect("JSON") {
            if matches!(kind, Kind::Key | Kind::EscapedString) {
                strings.push((kind, tokens.raw(), tokens.place()));
            }
        }
        assert_eq!(strings[0], (Kind::Key, &b"key"[..], 2..5));
        assert_eq!(strings[1], (Kind::EscapedString, &b"a\\n"[..], 10..13));
        assert_eq!(strings.len(), 2);
    }
}
