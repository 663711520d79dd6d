//! What is installed next to the program, and what shows or checks it: shells, `man`.

mod completions;
mod documents;
mod kubernetes;
mod manual;
mod page;
mod release;
mod support;
