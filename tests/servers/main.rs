//! Tests against real servers, which `scripts/test` starts.

mod bed_postgres;
mod convert;
mod postgres;
