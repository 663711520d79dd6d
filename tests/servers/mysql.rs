//! MySQL and `MariaDB`: logging in, sessions, reading the catalog.

mod catalog;
mod certificates;
mod login;
mod session;
mod sums;
