//! The flags of full-text search on the target.

use clap::{Args, ValueEnum};

/// The text search configuration of the full-text indexes: flags of `post-migrate`, `migrate` and
/// `copy`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Search")]
pub struct TextSearchArgs {
    /// Build the full-text indexes with this text search configuration [default: that of the indexes, else
    /// english]
    #[arg(long, value_name = "NAME", conflicts_with = "text_search")]
    pub text_search_config: Option<String>,
    /// Kind of search: accent-insensitive creates a configuration that ignores accents, sets it for the
    /// database, and builds the full-text indexes with it
    #[arg(long, value_name = "KIND", hide_possible_values = true)]
    pub text_search: Option<TextSearchArg>,
    /// Language of the words with --text-search; simple finds whole words of all languages [default:
    /// english]
    #[arg(long, value_name = "LANGUAGE", requires = "text_search")]
    pub text_search_language: Option<String>,
}

/// Further work on full-text indexes: flags of `post-migrate` and `migrate`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Search")]
pub struct FullTextArgs {
    /// The configuration.
    #[command(flatten)]
    pub configuration: TextSearchArgs,
    /// Rebuild full-text indexes that have another configuration; searches use the old ones meanwhile
    #[arg(long)]
    pub rebuild_full_text: bool,
    /// Build an index for phrase searches, which scan all posts in Mattermost 10.6 to 11.3
    #[arg(long)]
    pub phrase_index: bool,
}

impl TextSearchArgs {
    /// Whether a configuration is requested.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.text_search_config.is_some() || self.text_search.is_some()
    }
}

/// How searches compare words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TextSearchArg {
    /// Without accents
    AccentInsensitive,
}
