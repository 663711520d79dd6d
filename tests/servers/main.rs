//! Tests against real servers. `scripts/test` starts them.

mod bed;
mod bed_postgres;
mod mysql;
mod postgres;
