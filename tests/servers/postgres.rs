//! The door to PostgreSQL.

mod connecting;
mod errors;
mod sessions;
