//! Values of 16 MiB take no more memory than expected.

use super::workspace::Pair;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::program::{command, finish_and_measure};

on_both_flavours!(values_of_16_mebibytes_take_less_than_192_mebibytes);

/// How many values.
const VALUES: u32 = 6;
/// The pattern that each repeats until its column takes no more.
const PATTERN: &str = "00ff5c";
const REPEATS: u32 = ((16 << 20) - 1) / 3;

async fn values_of_16_mebibytes_take_less_than_192_mebibytes(source: Source) {
    let pair = Pair::empty(source).await;
    for number in 0..VALUES {
        let row = format!("'p', 'k{number}', REPEAT(X'{PATTERN}', {REPEATS}), 0");
        pair.sql(&format!("INSERT INTO PluginKeyValueStore VALUES ({row})")).await;
    }
    let mut command = command(["copy", "--tables", "PluginKeyValueStore", "--quarantine"]);
    command
        .arg(pair.quarantine())
        .env("MIGRATION_ASSIST_MYSQL_DSN", pair.source.dsn.render().expose())
        .env("MIGRATION_ASSIST_POSTGRES_DSN", pair.target.dsn.render());
    let (run, peak) = finish_and_measure(command);
    run.expect(0);
    assert!(peak < 192 << 10, "{peak} KiB");
    let arrived = format!(
        "SELECT count(*) FROM public.pluginkeyvaluestore
         WHERE pvalue = decode(repeat('{PATTERN}', {REPEATS}), 'hex')"
    );
    assert_eq!(pair.count(&arrived).await, i64::from(VALUES));
}
