//! Sessions: whose settings hold, which server answers, what others feel of them, what cuts them off.

mod idle;
mod instances;
mod locks;
mod pool;
mod settings;
