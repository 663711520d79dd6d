//! A whole night: copy, more writes, copy again, freeze, proof, switch, more rows on PostgreSQL, undo.

use migration_assist::mysql::{Access, Flavour};

use super::own_server::{Site, on_servers_of_both_flavours};
use crate::sample::{Sample, load};
use crate::support::mysql::{open, run as execute};
use crate::support::postgres::Database;

async fn the_night_after_a_rehearsal(flavour: Flavour) {
    let mut site = Site::start(flavour, "").await;
    site.target = Database::create().await;
    let mut administrator = open(&site.server.account(None), Access::Writing).await;
    execute(&mut administrator, "DROP TABLE Posts").await;
    load(&mut administrator, Sample { posts: 1200, awkward: false }).await.expect("a workspace");
    let before = site.configuration();

    site.tool(&["migrate"]).expect(0).says("the target is proven equal");
    let post = "INSERT INTO Posts (Id, CreateAt, UpdateAt, Message, Props)
        VALUES ('writtenaftertherehearsal00', 1, 1, 'late', '{}')";
    execute(&mut administrator, post).await;
    drop(administrator);
    site.cutover(&["--yes"]).expect(1).says("[written-since-proof]");
    site.as_administrator(&["--freeze", "--yes"])
        .expect(0)
        .says("this database was written since it was compared with the target: Posts")
        .says("copy again");
    let plan = site.cutover(&["--plan"]).expect(0).stdout;
    assert!(plan.contains("migration-assist migrate --restart"), "{plan}");
    site.tool(&["copy", "--restart"]).expect(0);
    site.cutover(&["--yes"]).expect(1).says("[copied-since]").says("`--unproven`");
    site.tool(&["verify"]).expect(0).says("the target is proven equal");

    // Only another database was written: that is no reason to copy again.
    let mut blog = open(&site.server.dsn, Access::Writing).await;
    let writable = match flavour {
        Flavour::MySql => "SET GLOBAL super_read_only = OFF",
        Flavour::MariaDb => "SET GLOBAL read_only = OFF",
    };
    execute(&mut blog, &format!("{writable}; CREATE TABLE blog.t (a int)")).await;
    drop(blog);
    site.as_administrator(&["--freeze", "--yes"])
        .expect(0)
        .says("this database was not written since it was compared with the target");

    site.cutover(&["--yes"])
        .expect(0)
        .says("the source was not written since")
        .says("frozen")
        .says("Mattermost will use PostgreSQL from its next start");
    let target = site.target.connect().await;
    let now = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let posts = format!(
        "INSERT INTO public.posts (id, createat, updateat)
         SELECT 'onpostgres' || n, {now}, {now} FROM generate_series(1, 3) n"
    );
    target.batch_execute(&posts).await.expect("posts on PostgreSQL");
    drop(target);
    site.as_administrator(&["--undo"])
        .expect(1)
        .says("as it was before the cutover of 20")
        .says("rows that were written on PostgreSQL since the cutover, and are not in MySQL: 3 (posts 3)")
        .says("nothing was changed");
    site.as_administrator(&["--undo", "--yes"])
        .expect(0)
        .says("not in MySQL: 3 (posts 3)")
        .says("is as it was before the cutover")
        .says("the source accepts writes again");
    assert_eq!(site.configuration(), before);
    assert!(!site.server.is_on("read_only").await);
}

on_servers_of_both_flavours!(the_night_after_a_rehearsal);
