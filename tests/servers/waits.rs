//! Waiting: for another command, for a lock, for a server that does not answer or whose answer is lost.

mod exclusive;
mod locks;
mod lost_answers;
