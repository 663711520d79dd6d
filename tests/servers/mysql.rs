//! The door to MySQL and `MariaDB`: logging in, talking, reading the catalog.

mod catalog;
mod login;
mod session;
