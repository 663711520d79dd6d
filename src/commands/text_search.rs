//! The flags of full-text search as a request.

use crate::cli::{FullTextArgs, TextSearchArgs};
use crate::postgres::Connection;
use crate::ui::Ui;
use crate::workspace::{Error, FullTextOptions, TextSearch, TextSearchRequest};

/// Finds what the flags ask for; `None` after a report of what is in the way.
pub(super) async fn find(
    connection: &Connection,
    schema: &str,
    args: &TextSearchArgs,
    ui: Ui,
) -> Result<Option<TextSearch>, Error> {
    match TextSearch::find(connection, schema, request(args)).await? {
        Ok(found) => Ok(Some(found)),
        Err(obstacle) => {
            ui.lines(&obstacle.lines());
            Ok(None)
        }
    }
}

pub(super) fn request(args: &TextSearchArgs) -> TextSearchRequest<'_> {
    match (&args.text_search, &args.text_search_config) {
        (Some(_), _) => {
            let language = args.text_search_language.as_deref().unwrap_or("english");
            TextSearchRequest::IgnoreAccents { language }
        }
        (None, Some(name)) => TextSearchRequest::Configuration(name),
        (None, None) => TextSearchRequest::Present,
    }
}

pub(super) fn options(args: &FullTextArgs) -> FullTextOptions {
    FullTextOptions { rebuild: args.rebuild_full_text, phrase_index: args.phrase_index }
}
