//! Rows that are written between any two steps of a switch are found before the next one.

use migration_assist::mysql::{Access, Flavour};

use super::own_server::{Site, on_servers_of_both_flavours};
use crate::sample::{Sample, load};
use crate::support::mysql::{open, run as execute};
use crate::support::postgres::Database;

/// Writes a post to the source, as an administrator who lifts the freeze if there is one.
async fn write(site: &Site, flavour: Flavour, id: &str) {
    let mut administrator = open(&site.server.account(None), Access::Writing).await;
    let frozen = site.server.is_on("read_only").await;
    let set = |value: &str| match flavour {
        Flavour::MySql => format!(
            "SET GLOBAL super_read_only = {value}; SET GLOBAL read_only = {value}; \
             SET GLOBAL super_read_only = {value}"
        ),
        Flavour::MariaDb => format!("SET GLOBAL read_only = {value}"),
    };
    if frozen {
        execute(&mut administrator, &set("OFF")).await;
    }
    let post = format!(
        "INSERT INTO Posts (Id, CreateAt, UpdateAt, Message, Props)
         VALUES ('{id:0<26}', 1, 1, 'late', '{{}}')"
    );
    execute(&mut administrator, &post).await;
    if frozen {
        execute(&mut administrator, &set("ON")).await;
    }
}

async fn rows_written_between_any_two_steps_are_found(flavour: Flavour) {
    let mut site = Site::start(flavour, "").await;
    site.target = Database::create().await;
    let mut administrator = open(&site.server.account(None), Access::Writing).await;
    execute(&mut administrator, "DROP TABLE Posts").await;
    load(&mut administrator, Sample { posts: 1200, awkward: false }).await.expect("a workspace");
    drop(administrator);
    let before = site.configuration();

    // Between copy and proof.
    site.tool(&["migrate"]).expect(0);
    site.tool(&["copy", "--restart"]).expect(0);
    write(&site, flavour, "betweencopyandproof").await;
    site.tool(&["verify"]).expect(1).says("the target is not equal");
    site.cutover(&["--yes"]).expect(1);
    assert_eq!(site.configuration(), before);

    // Between proof and freeze.
    site.tool(&["copy", "--restart"]).expect(0);
    site.tool(&["verify"]).expect(0);
    write(&site, flavour, "betweenproofandfreeze").await;
    site.as_administrator(&["--freeze", "--yes"])
        .expect(0)
        .says("this database was written since it was compared with the target: Posts")
        .says("copy again: `migration-assist copy ")
        .says(" --restart`");
    site.cutover(&["--yes"]).expect(1).says("[written-since-proof]");

    // Between freeze and copy: an administrator writes all the same; the copy takes it.
    write(&site, flavour, "betweenfreezeandcopy").await;
    site.tool(&["copy", "--restart"]).expect(0);
    site.tool(&["verify"]).expect(0).says("the target is proven equal");

    // Between proof and switch, under the freeze.
    write(&site, flavour, "betweenproofandswitch").await;
    site.cutover(&["--yes"]).expect(1).says("[written-since-proof]").says("`Posts` (rows then: ");
    assert_eq!(site.configuration(), before);

    // With nothing written since, the switch is made.
    site.tool(&["copy", "--restart"]).expect(0);
    site.tool(&["verify"]).expect(0);
    site.cutover(&["--yes"]).expect(0);

    // Between switch and undo: counted. The source has no row of these.
    let target = site.target.connect().await;
    let now = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let posts = format!(
        "INSERT INTO public.posts (id, createat, updateat) VALUES ('afterswitch', {now}, {now})"
    );
    target.batch_execute(&posts).await.expect("a post on PostgreSQL");
    drop(target);
    site.as_administrator(&["--undo", "--yes"])
        .expect(0)
        .says("not in MySQL: 1 (posts 1)")
        .says("the source accepts writes again");
    assert_eq!(site.configuration(), before);

    // Between undo and the next switch: neither the new row of the source nor that of the target is lost.
    write(&site, flavour, "betweenundoandnextmove").await;
    site.cutover(&["--yes"]).expect(1).says("[written-since-proof]");
    site.tool(&["copy", "--restart"]).expect(1).says("rows that no copy wrote: 1");
    site.tool(&["copy", "--restart", "--delete-target-rows", "posts=1"]).expect(0);
    site.tool(&["verify"]).expect(0).says("the target is proven equal");
    site.cutover(&["--yes", "--accept-running"]).expect(0);
}

on_servers_of_both_flavours!(rows_written_between_any_two_steps_are_found);
