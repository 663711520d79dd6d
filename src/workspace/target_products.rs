//! The versions of the products on the target, compared with those of the source.

use super::{Error, SourceModels};
use crate::postgres::{Connection, product_versions};
use crate::release::MigrationSet;

/// Refuses a target whose plugin has a newer schema than the source's: the copy would leave columns at their
/// defaults that the plugin's own migration would have filled.
pub(crate) async fn refuse_newer_products(
    connection: &Connection,
    schema: &str,
    models: &SourceModels,
) -> Result<(), Error> {
    let on_target = product_versions(connection, schema).await?;
    for (product, source) in models.known_versions() {
        let Some(target) = on_target.get(&product).filter(|target| is_newer(target, source)) else {
            continue;
        };
        let (target, source) = (target.clone(), source.to_owned());
        return Err(Error::NewerProduct {
            product,
            target,
            source_version: source,
            schema: schema.to_owned(),
        });
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
