//! What the tests share: servers, databases of their own, the program, a TCP proxy, waiting.

pub mod mysql;
pub mod openssl;
pub mod own_server;
pub mod postgres;
pub mod program;
pub mod running;
pub mod schema;
pub mod tcp_proxy;
pub mod waiting;
