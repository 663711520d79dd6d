//! Mattermost's configuration as text, of which only the values that name the database change.

mod dsn;
mod edit;
mod mask;
mod scan;
mod settings;

pub use dsn::{Destination, for_mattermost};
pub use mask::mask;
pub use scan::Malformed;
pub use settings::{Change, Switch, plan_switch};
