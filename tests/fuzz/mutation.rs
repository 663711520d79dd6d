//! Mutations of an input, the same in every run.

use std::path::Path;

/// What the readers pay attention to.
const TOKENS: [&[u8]; 36] = [
    b"'",
    b"\"",
    b"`",
    b"\\",
    b"\0",
    b"\n",
    b"\r\n",
    b";",
    b"(",
    b")",
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"@",
    b"/",
    b"?",
    b"&",
    b"=",
    b"%",
    b"%ff",
    b"--",
    b"/*",
    b"*/",
    b"/*!40101 ",
    b"NULL",
    b"-1",
    b"99999999999999999999",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xf0\x9f",
    b"\\u0000",
    b"DELIMITER ;;\n",
    b"INSERT INTO `Posts` VALUES (",
];

/// A sequence of mutations (splitmix64).
pub struct Mutation(u64);

impl Mutation {
    /// The sequence of a file of the corpus, by its name.
    pub fn new(file: &Path) -> Self {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let bytes = name.unwrap_or_default().into_bytes();
        Self(bytes.iter().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte))))
    }

    /// The next mutation of a seed, perhaps with a piece of another.
    pub fn of(&mut self, seed: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seed.to_owned();
        for _ in 0..=self.below(3) {
            self.change(&mut input, others);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, others: &[Vec<u8>]) {
        let start = self.below(input.len() + 1);
        let end = (start + self.below(16)).min(input.len());
        match self.below(7) {
            0 => input.truncate(start),
            1 => drop(input.drain(start..end)),
            2 => {
                let token = TOKENS[self.below(TOKENS.len())];
                drop(input.splice(start..end, token.iter().copied()));
            }
            3 => {
                let token = TOKENS[self.below(TOKENS.len())];
                drop(input.splice(start..start, token.iter().copied()));
            }
            4 if start < input.len() => input[start] ^= 1 << self.below(8),
            5 => {
                let piece = input[start..end].to_owned();
                let times = self.below(40);
                drop(input.splice(start..start, piece.repeat(times)));
            }
            _ => {
                let Some(other) = others.get(self.below(others.len().max(1))) else { return };
                let from = self.below(other.len() + 1);
                let to = (from + self.below(200)).min(other.len());
                drop(input.splice(start..end, other[from..to].iter().copied()));
            }
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit.max(1) as u64).expect("less than the limit")
    }
}
