//! Which products a command is about.

use clap::Args;

use crate::mattermost::Product;

/// The products to copy.
#[derive(Debug, Clone, Default, Args)]
pub struct ProductsArgs {
    /// Products: mattermost, playbooks, boards, calls, user-survey [default: all in the source]
    #[arg(long, value_name = "PRODUCTS", value_delimiter = ',')]
    pub products: Vec<Product>,
}
