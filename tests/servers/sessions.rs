//! Sessions: whose settings hold, which server answers, what others feel of them, what cuts them off.

mod galera;
mod idle;
mod instances;
mod interrupted_behind_balancer;
mod locks;
mod log_filter;
mod pool;
mod settings;
