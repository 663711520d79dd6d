//! The door to PostgreSQL.

mod catalog;
mod connecting;
mod errors;
mod readiness;
mod sessions;
