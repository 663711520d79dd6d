//! Sessions with PostgreSQL.

mod catalog;
mod certificates;
mod connecting;
mod errors;
mod readiness;
mod require_auth;
mod sessions;
