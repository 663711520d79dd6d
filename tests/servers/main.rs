//! Tests against real servers. `scripts/test` starts them.

mod bed;
mod mysql;
