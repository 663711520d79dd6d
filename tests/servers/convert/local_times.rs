//! Local times, with PostgreSQL as the judge of what clocks show.

use migration_assist::convert::{
    AmbiguousTimes, ColumnZone, Events, LocalTimes, Originals, Policy, TablePlan, TimeZones,
};
use migration_assist::schema::{Catalog, Column, ColumnType, Table};
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Oracle, check};

/// Zones whose rules have not changed lately, so that both databases of zones know the same.
const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "+09:00",
];

fn plan(zone: &str, target_type: &str) -> TablePlan {
    let table = |types: [ColumnType; 2]| {
        let columns = ["insert_at", "update_at"].into_iter().zip(types);
        let columns = columns.map(|(name, data_type)| Column::of(name, data_type)).collect();
        Table { name: "t".to_owned(), columns, ..Table::default() }
    };
    let source = table(["datetime(6)", "bigint"].map(ColumnType::mysql));
    let target = table([target_type, "bigint"].map(ColumnType::postgres));
    let mut zones = TimeZones::default();
    let times = LocalTimes {
        zone: zone.parse().expect("a time zone"),
        ambiguous: AmbiguousTimes::Fail,
        by_row: false,
    };
    zones.insert("t", "insert_at", ColumnZone::Known(times));
    TablePlan::new(&source, &target, &Catalog::default(), |_| Policy::default())
        .and_then(|plan| plan.with_time_zones(&zones))
        .expect("a plan")
}

/// The instant, near a change of the clock in half of the cases: in 2024 those of Berlin, New York and
/// Lord Howe.
fn instant() -> impl Strategy<Value = i64> {
    const CHANGES: [i64; 4] = [1_711_846_800, 1_729_990_800, 1_710_054_000, 1_712_415_600];
    let near =
        (prop::sample::select(&CHANGES[..]), -7200..=7200_i64).prop_map(|(at, off)| at + off);
    prop_oneof![near.boxed(), (946_684_800..1_760_000_000_i64).boxed()]
}

#[test]
fn a_local_time_with_its_instant_arrives_as_that_instant() {
    let oracle = Oracle::new();
    check(&vec(instant(), 40), |instants| {
        for zone in ZONES {
            let setting = zone.parse::<migration_assist::time_zone::TimeZone>().expect("a zone");
            let sql = "SELECT to_char(to_timestamp(given) AT TIME ZONE $2::text, 'YYYY-MM-DD HH24:MI:SS.US')
                FROM unnest($1::bigint[]) WITH ORDINALITY AS given (given, place) ORDER BY place";
            let shown = oracle.texts(sql, &instants, &setting.postgres_setting());
            for target in ["timestamp with time zone", "timestamp without time zone"] {
                let plan = plan(zone, target);
                let mut lines = Vec::new();
                for (local, instant) in shown.iter().zip(&instants) {
                    let update_at = (instant * 1000 - 1500).to_string();
                    let cells = [Some(local.as_bytes()), Some(update_at.as_bytes())];
                    let mut line = Vec::new();
                    let mut events = Events::new(&plan, Originals::Drop);
                    plan.convert_row(cells, &mut line, &mut events).expect("it fits");
                    let line = String::from_utf8(line).expect("UTF-8");
                    lines.push(line.split('\t').next().expect("a field").to_owned());
                }
                let read = oracle.instants(&lines);
                prop_assert_eq!(&read, &instants, "{} {} {:?}", zone, target, lines);
            }
        }
        Ok(())
    });
}
