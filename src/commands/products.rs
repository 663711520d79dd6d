//! Versions of plugins on both sides.

use super::failure::hinted;
use super::models::SourceModels;
use crate::postgres::{Connection, product_versions};
use crate::release::MigrationSet;

/// Refuses a target whose plugin has a newer schema than the source's: the copy would leave columns at
/// their defaults that the plugin's own migration would have filled.
pub(super) async fn refuse_newer(
    connection: &Connection,
    schema: &str,
    models: &SourceModels,
) -> anyhow::Result<()> {
    let on_target = product_versions(connection, schema).await?;
    for (product, source) in models.known_versions() {
        let Some(target) = on_target.get(&product).filter(|target| is_newer(target, source)) else {
            continue;
        };
        let message = format!(
            "the target's tables of {product} are of version {target}, newer than the source's {source}"
        );
        let hint = format!(
            "start the target's version of the plugin once on MySQL, which upgrades its tables there; or \
             drop the plugin's tables in schema `{schema}`, which the copy then makes; or leave the \
             plugin behind with `--products`"
        );
        return Err(hinted(message, hint).into());
    }
    Ok(())
}

/// Whether the first version has something that the second one lacks.
fn is_newer(target: &str, source: &str) -> bool {
    if target.is_empty() {
        return false;
    }
    match (target.parse::<MigrationSet>(), source.parse::<MigrationSet>()) {
        (Ok(_), Ok(_)) => {
            let all = |version: &str| {
                let upto = format!("1-{version}");
                let set = if version.contains(['-', ',']) { version } else { &upto };
                set.parse::<MigrationSet>().unwrap_or_default()
            };
            !all(target).without(&all(source)).is_empty()
        }
        _ => numbers(target) > numbers(source),
    }
}

/// The numbers of a version such as `0.64.0`.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_are_compared_as_the_products_write_them() {
        assert!(is_newer("0.65.0", "0.64.0"));
        assert!(is_newer("0.100.0", "0.64.0"));
        assert!(!is_newer("0.63.0", "0.64.0"));
        assert!(!is_newer("0.64.0", "0.64.0"));
        assert!(is_newer("40", "1-38, 40"));
        assert!(!is_newer("1-38, 40", "40"));
        assert!(is_newer("41", "40"));
        assert!(!is_newer("", "40"));
    }
}
