//! The binary log as it is followed.

mod fixture;
mod requirements;
mod spelling;
mod stream;
