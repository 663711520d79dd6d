//! Random numbers with which a failed test can be repeated.
#![allow(clippy::print_stdout, reason = "a failed test shows what it printed")]

use std::hash::{BuildHasher as _, RandomState};

/// The variable that sets the seed.
const SEED: &str = "MIGRATION_ASSIST_TEST_SEED";

/// A sequence of numbers (splitmix64).
pub struct Random(u64);

impl Random {
    /// A sequence whose seed is printed, and taken from the environment where it is set.
    pub fn new(what: &str) -> Self {
        let given = std::env::var(SEED).ok().map(|seed| seed.parse().expect("a number"));
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one(what));
        println!("{what}: {SEED}={seed}");
        Self(seed)
    }

    /// The next number, less than `limit`, printed too.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = (mixed ^ (mixed >> 31)) % limit;
        println!("{number} of {limit}");
        number
    }
}
