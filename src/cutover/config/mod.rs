//! Changes Mattermost's configuration as text: only the values that name a database.

mod dsn;
mod edit;
mod mask;
mod settings;

pub use dsn::{Destination, for_mattermost};
pub use mask::mask;
pub use settings::{Change, Switch, plan_switch};
