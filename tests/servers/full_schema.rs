//! `--full-schema-check` on both sides: silent where nothing differs, and what it prints mends.

mod source;
mod target;
