//! Local times of the source: the same instants on both sides, or a finding that stops.

use migration_assist::mattermost::Product;
use migration_assist::migrations::product_sql_at;
use migration_assist::mysql::Flavour;
use migration_assist::secret::Secret;
use migration_assist::sql::Dialect::MySql;

use crate::cutover::own_server::OwnServer;
use crate::dump::program::dump;
use crate::products::plugin_fixture::Site;
use crate::support::mysql::{Source, on_both_flavours};
use crate::support::own_server::on_servers_of_both_flavours;

on_both_flavours!(
    rows_show_the_zone_and_arrive_as_the_same_instants,
    daylight_saving_is_decided_by_the_rows,
    rows_of_several_zones_are_counted,
    a_wrong_zone_is_refused,
    a_zone_that_nothing_shows_is_asked_for,
    a_dump_is_converted_by_its_rows_and_its_setting,
    a_copy_resumes_with_the_zone_that_it_began_with,
);
on_servers_of_both_flavours!(the_zone_of_the_server_is_a_candidate);

/// How far the target's times are from the instants of their rows, at most, in seconds.
const DISTANCE: &str = "SELECT max(abs(extract(epoch FROM insert_at) - update_at / 1000.0))::bigint
    FROM public.focalboard_blocks_history";

async fn with_boards(source: Source) -> Site {
    let site = Site::bare(source).await;
    for sql in product_sql_at(MySql, Product::Boards, "40").expect("a known version") {
        site.sql(sql).await;
    }
    site
}

/// A row whose local time and instant are given; the rest is of no matter.
fn history(id: &str, insert_at: &str, update_at: &str) -> String {
    format!(
        "INSERT INTO focalboard_blocks_history (id, insert_at, parent_id, `schema`, type, title, fields,
            create_at, update_at, delete_at, root_id, modified_by, channel_id, created_by, board_id)
        VALUES ('{id}', {insert_at}, '', 1, 'card', '', '{{}}', 1, {update_at}, 0, '', '', '', '', '');"
    )
}

/// A row as Boards writes it.
fn now(id: &str) -> String {
    history(id, "DEFAULT", "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)")
}

/// A row with a local time, and the instant as seconds since 1970.
fn at(id: &str, local: &str, instant: i64) -> String {
    history(id, &format!("'{local}'"), &(instant * 1000).to_string())
}

async fn distance(site: &Site) -> i64 {
    site.target.connect().await.query_one(DISTANCE, &[]).await.expect("a distance").get(0)
}

async fn rows_show_the_zone_and_arrive_as_the_same_instants(source: Source) {
    let site = with_boards(source).await;
    let member = "INSERT INTO focalboard_board_members_history (board_id, user_id, action)
        VALUES ('b', 'u', 'created')";
    site.sql(&format!("SET time_zone = '+09:00'; {}{}{member}", now("a"), now("b"))).await;
    let evidence = "focalboard_blocks_history.insert_at: written in +09:00 \
        (2 of 2 rows agree with update_at)";
    let members =
        "focalboard_board_members_history.insert_at: written in +09:00, like the other columns";
    site.run(&["mysql", "--force"]).says(evidence).says(members);
    let report = site.run(&["mysql", "--force", "--format", "json"]).stdout;
    assert!(report.contains("\"time_zone\": \"+09:00\""), "{report}");
    site.run(&["migrate"]).expect(0).says(evidence).says("the target is proven equal");
    assert!(distance(&site).await < 60);
    site.run(&["verify"]).expect(0).says(evidence).says("the target is proven equal");
    // The proof compares instants: nine hours are a difference, in a key too.
    let shift = "UPDATE public.focalboard_blocks_history SET insert_at = insert_at + interval '9 h'
        WHERE id = 'a'";
    site.target_sql(shift).await;
    site.run(&["verify"]).expect(1).says("the target is not equal");
}

/// Berlin, 2024: an hour is skipped on 31 March and another is repeated on 27 October.
fn berlin() -> String {
    [
        at("winter", "2024-01-15 12:00:00.25", 1_705_316_400),
        at("before", "2024-03-31 01:59:59", 1_711_846_799),
        at("after", "2024-03-31 03:00:00", 1_711_846_800),
        at("summer", "2024-07-01 12:00:00", 1_719_828_000),
        at("first", "2024-10-27 02:30:00", 1_729_989_000),
        at("second", "2024-10-27 02:30:01", 1_729_992_601),
    ]
    .concat()
}

async fn daylight_saving_is_decided_by_the_rows(source: Source) {
    let site = with_boards(source).await;
    site.sql(&berlin()).await;
    let evidence = "written in Europe/Berlin (6 of 6 rows agree with update_at)";
    site.run(&["migrate"]).expect(0).says(evidence).says("the target is proven equal");
    assert!(distance(&site).await < 2);
    // Nothing in these rows decides, and the rows of other zones agree with the others as well.
    site.sql(&at("third", "2024-10-27 02:30:02", 1)).await;
    site.sql(&at("skipped", "2024-03-31 02:30:00", 1)).await;
    let copy = |more: &[&str]| {
        let arguments = ["copy", "--truncate-target", "--restart"];
        site.run(&[&arguments[..], more].concat())
    };
    copy(&[])
        .expect(1)
        .says("the time zone of some values is unknown")
        .says("+02:00: 3")
        .says("without evidence: 2")
        .says("`--source-time-zone Europe/Berlin`");
    let zone = ["--source-time-zone", "Europe/Berlin"];
    copy(&zone)
        .expect(1)
        .says("[ambiguous-time]")
        .says("that the row does not decide: 2")
        .says("`--ambiguous-times later`");
    let later = [&zone[..], &["--ambiguous-times", "later"]].concat();
    copy(&later).expect(0);
    site.run(&[&["verify"], &later[..]].concat()).expect(0).says("the target is proven equal");
    // The ledger has the zone and the choice, and no other is taken for them.
    site.run(&["verify"]).expect(0).says("the target is proven equal");
    site.run(&["verify", "--ambiguous-times", "earlier"])
        .expect(2)
        .says("by another time zone: Europe/Berlin, ambiguous times: later")
        .says("--restart --source-time-zone ZONE`");
    let sql = "SELECT extract(epoch FROM insert_at)::bigint FROM public.focalboard_blocks_history
        WHERE id IN ('skipped', 'third') ORDER BY id";
    let rows = site.target.connect().await.query(sql, &[]).await.expect("rows");
    let instants: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(instants, [1_711_848_600, 1_729_992_602]);
}

async fn rows_of_several_zones_are_counted(source: Source) {
    let site = with_boards(source).await;
    site.sql(&format!("SET time_zone = '+09:00'; {}{}", now("a"), now("b"))).await;
    site.sql(&now("c")).await;
    site.run(&["migrate"])
        .expect(1)
        .says("written in several time zones")
        .says("+09:00: 2, +00:00: 1")
        .says("nothing was written");
    let zone = ["--source-time-zone", "+09:00"];
    site.run(&[&["migrate"], &zone[..]].concat())
        .expect(0)
        .says("the copy converts each row by the offset that it shows")
        .says("the target is proven equal");
    assert!(distance(&site).await < 60);
}

async fn a_wrong_zone_is_refused(source: Source) {
    let site = with_boards(source).await;
    site.sql(&format!("SET time_zone = '+09:00'; {}", now("a"))).await;
    site.run(&["migrate", "--source-time-zone", "UTC"])
        .expect(1)
        .says("not written in UTC")
        .says("`--source-time-zone +09:00`");
    site.run(&["migrate", "--source-time-zone", "Nowhere/Else"])
        .expect(2)
        .says("unrecognised time zone `Nowhere/Else`");
}

async fn a_zone_that_nothing_shows_is_asked_for(source: Source) {
    let mut site = Site::bare(source).await;
    site.sql(
        "CREATE TABLE plugin_visits (id int PRIMARY KEY, seen datetime(3));
        INSERT INTO plugin_visits VALUES (1, '2024-06-01 09:00:00.125'), (2, NULL)",
    )
    .await;
    // Mattermost's sessions ask for another zone than that of the server, which is UTC.
    site.source.dsn.others.push(("time_zone".to_owned(), Secret::new("'+09:00'")));
    let migrate = ["migrate", "--copy-unknown"];
    site.run(&migrate)
        .expect(1)
        .says("plugin_visits.seen: the time zone of the values is unknown, and no row shows it")
        .says("`--source-time-zone +09:00`");
    let zone = ["--source-time-zone", "Asia/Tokyo"];
    site.run(&[&migrate[..], &zone].concat()).expect(0).says("the target is proven equal");
    let sql = "SELECT extract(epoch FROM seen)::float8 FROM public.plugin_visits WHERE id = 1";
    let row = site.target.connect().await.query_one(sql, &[]).await.expect("a row");
    assert!((row.get::<_, f64>(0) - 1_717_200_000.125).abs() < 0.0001);
    // The ledger has the zone: it need not be named again, and no other is taken for it.
    let proven = "the target is proven equal";
    site.run(&["verify"]).expect(0).says("as the ledger of the copy records").says(proven);
    site.run(&[&["verify"], &zone[..]].concat()).expect(0).says(proven);
    let other = ["--source-time-zone", "Europe/Berlin"];
    site.run(&[&["verify"], &other[..]].concat())
        .expect(2)
        .says("column `seen` of table `plugin_visits` by another time zone: Asia/Tokyo");
    site.run(&migrate).expect(0).says(proven);
    site.run(&[&migrate[..], &other].concat())
        .expect(2)
        .says("an earlier run converted column `seen` by another time zone (Asia/Tokyo; now Europe/Berlin)")
        .says("--restart --source-time-zone ZONE`");
    let restart = ["copy", "--copy-unknown", "--restart"];
    site.run(&restart).expect(1).says("the time zone of the values is unknown");
    let report = site.run(&[&restart[..], &other, &["--format=json"]].concat()).expect(0).json();
    assert_eq!(report["report"]["time_zones"][0]["table"], "plugin_visits", "{report}");
    site.run(&["verify"]).expect(0).says("written in Europe/Berlin").says(proven);
    // A table that stays behind is not read, however large it is.
    site.target_sql("DROP TABLE public.plugin_visits").await;
    let leave = ["copy", "--leave-behind", "plugin_visits", "--format=json"];
    let report = site.run(&leave).expect(0).json();
    assert_eq!(report["report"]["time_zones"], serde_json::Value::Null, "{report}");
}

async fn a_dump_is_converted_by_its_rows_and_its_setting(source: Source) {
    let site = with_boards(source).await;
    site.sql(&berlin()).await;
    site.sql(
        "CREATE TABLE plugin_stamps (id int PRIMARY KEY, at timestamp NULL, update_at bigint);
        INSERT INTO plugin_stamps VALUES (1, '2024-06-01 09:00:00', 1717232400000)",
    )
    .await;
    let text = String::from_utf8(dump(&site.source, &["--hex-blob"])).expect("UTF-8");
    let utc = "TIME_ZONE='+00:00'";
    assert_eq!(text.matches(utc).count(), 1);
    // In this dump the clock of 9 o'clock is that of Tokyo; a `datetime` is as it was written.
    let tokyo = text.replace(utc, "TIME_ZONE='+09:00'");
    std::fs::write(site.folder().join("tokyo.sql"), tokyo).expect("written");
    let evidence = "written in Europe/Berlin (6 of 6 rows agree with update_at)";
    let migrate = ["migrate", "--copy-unknown", "--dump", "tokyo.sql"];
    site.run(&migrate)
        .expect(0)
        .says(evidence)
        .says("plugin_stamps.at: written in +09:00, the `TIME_ZONE` of the dump")
        .says("the target is proven equal");
    assert!(distance(&site).await < 2);
    let sql = "SELECT extract(epoch FROM at)::bigint FROM public.plugin_stamps";
    let row = site.target.connect().await.query_one(sql, &[]).await.expect("a row");
    assert_eq!(row.get::<_, i64>(0), 1_717_232_400 - 9 * 3600);
    site.run(&["mysql", "--dump", "tokyo.sql", "--force"]).says(evidence);
    // Without the setting, the rows show the zone, and it is not that of the copy.
    let unset = text.replace(utc, "@any=1");
    std::fs::write(site.folder().join("unset.sql"), unset).expect("written");
    site.run(&["verify", "--dump", "unset.sql"]).expect(1).says(
        "plugin_stamps.at: not written in +09:00 (rows by their offset from update_at: +00:00: 1)",
    );
}

async fn a_copy_resumes_with_the_zone_that_it_began_with(source: Source) {
    let site = Site::bare(source).await;
    site.sql(
        "CREATE TABLE plugin_visits (id int PRIMARY KEY, seen datetime);
        INSERT INTO plugin_visits VALUES (1, '2024-06-01 09:00:00')",
    )
    .await;
    site.build_target();
    let copy = ["copy", "--copy-unknown"];
    let zone = |zone| [&copy[..], &["--source-time-zone", zone]].concat();
    site.run(&zone("Asia/Tokyo")).expect(0);
    // As a run leaves it that ends before the table's first part does.
    let interrupted = "DELETE FROM public.plugin_visits;
        UPDATE migration_assist.copied_parts SET finished = false, rows_written = 0
        WHERE table_name = 'plugin_visits'";
    site.target_sql(interrupted).await;
    site.run(&zone("UTC"))
        .expect(2)
        .says("an earlier run converted column `seen` by another time zone (Asia/Tokyo; now UTC)");
    site.run(&copy).expect(0).says("as the ledger of the copy records");
    let sql = "SELECT extract(epoch FROM seen)::bigint FROM public.plugin_visits";
    let row = site.target.connect().await.query_one(sql, &[]).await.expect("a row");
    assert_eq!(row.get::<_, i64>(0), 1_717_200_000);
    // Versions of this tool without a record took all local times for UTC.
    site.target_sql("DELETE FROM migration_assist.copied_time_zones").await;
    site.run(&zone("Asia/Tokyo")).expect(2).says("(UTC; now Asia/Tokyo)");
}

async fn the_zone_of_the_server_is_a_candidate(flavour: Flavour) {
    // The machine's zone is that of Berlin, by its rules: so no file of zones is needed.
    let server = OwnServer::start_with(flavour, &[("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")]);
    let site = with_boards(Source::create_on(flavour, server.dsn.clone()).await).await;
    // One row shows the offset of the winter, and a row of the summer shows none.
    let winter = now("winter");
    let summer = history("summer", "DEFAULT", "1");
    let at = |instant: i64, insert: &str| {
        format!("SET time_zone = @@global.time_zone; SET timestamp = {instant}; {insert};")
    };
    site.sql(&at(1_705_316_400, &winter)).await;
    site.sql(&at(1_719_828_000, &summer)).await;
    site.run(&["migrate"])
        .expect(0)
        .says("written in Europe/Berlin (1 of 2 rows agree with update_at)")
        .says("the target is proven equal");
    assert_eq!(instant(&site, "summer").await, 1_719_828_000);

    // The server is set to another zone now, and rows of both are there.
    site.sql("SET GLOBAL time_zone = '+09:00'").await;
    site.sql(&at(1_719_828_000, &now("tokyo"))).await;
    site.run(&["mysql", "--force"])
        .says("rows by their offset from update_at: +01:00: 1, +09:00: 1, without evidence: 1");
    site.sql("DELETE FROM focalboard_blocks_history WHERE id <> 'tokyo'").await;
    site.sql(&at(1_705_316_400, &history("silent", "DEFAULT", "1"))).await;
    site.run(&["copy", "--restart"])
        .expect(0)
        .says("written in +09:00 (1 of 2 rows agree with update_at)");
    assert_eq!(instant(&site, "silent").await, 1_705_316_400);
}

/// The time of a row, as seconds since 1970.
async fn instant(site: &Site, id: &str) -> i64 {
    let sql = format!(
        "SELECT extract(epoch FROM insert_at)::bigint FROM public.focalboard_blocks_history
        WHERE id = '{id}'"
    );
    site.target.connect().await.query_one(&sql, &[]).await.expect("a row").get(0)
}
