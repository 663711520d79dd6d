//! Which products a command is about.

use clap::Args;

use crate::schema::Product;

/// Which products.
#[derive(Debug, Clone, Default, Args)]
pub struct ProductsArgs {
    /// Only these: mattermost, playbooks, boards, calls, user-survey [default: all that are there]
    #[arg(long, value_name = "PRODUCTS", value_delimiter = ',')]
    pub products: Vec<Product>,
}
