//! Facts about Mattermost that no schema contains.

pub mod config;
