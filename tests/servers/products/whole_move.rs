//! The whole move of a workspace that has every plugin, and its configuration in the database.

use migration_assist::mattermost::Product;
use migration_assist::mysql::Dsn;
use migration_assist::sql::Dialect::MySql;

use super::plugin_fixture::{Site, model};
use crate::dump::program::{compressed, dump};
use crate::support::mysql::{Source, on_both_flavours};

on_both_flavours!(
    from_the_first_check_to_the_switch_and_back,
    from_a_dump_to_the_proof_and_no_further,
);

/// The migrations of Mattermost 10.11.0.
const SET: &str = "1-109,111-141";

/// A configuration that names the source.
fn configuration(dsn: &Dsn) -> String {
    let source = serde_json::json!(dsn.render().expose());
    format!(
        "{{\n    \"ServiceSettings\": {{\"SiteURL\": \"https://chat\"}},\n    \"SqlSettings\": {{\n        \
         \"DriverName\": \"mysql\",\n        \"DataSource\": {source},\n        \
         \"DataSourceReplicas\": [{source}],\n        \"AtRestEncryptKey\": \"ü\"\n    }}\n}}"
    )
}

/// Lets the active configuration name the source; returns it.
async fn configure(site: &Site) -> String {
    let configuration = configuration(&site.source.dsn);
    let text = MySql.literal(&configuration);
    site.sql(&format!(
        "UPDATE Configurations SET Value = {text}, SHA = SHA2({text}, 256) WHERE Active"
    ))
    .await;
    configuration
}

async fn from_the_first_check_to_the_switch_and_back(source: Source) {
    let site = Site::of_set(source, SET).await;
    site.add_all().await;
    let before = configure(&site).await;
    site.run(&["migrate", "--fix-in-flight"]).expect(0).says("proven equal");
    site.run(&["verify"]).expect(0).says("the target is proven equal");

    let variables = site.folder().join("variables");
    std::fs::write(variables, "MM_LOGSETTINGS_ENABLEFILE=true").expect("a file");
    let cutover = |more: &[&str]| {
        let start =
            ["cutover", "--config-in-database", "--root", "/nowhere", "--env-file", "variables"];
        site.run(&[&start[..], more].concat())
    };
    let plan = cutover(&["--plan"]).expect(0).stdout;
    assert!(plan.contains("users cannot write for about"), "{plan}");
    cutover(&["--yes"])
        .expect(0)
        .says("both sides were equal at")
        .says("the target has the schema that Mattermost expects")
        .says("will use PostgreSQL from its next start");
    let target = site.target.connect().await;
    let active = "SELECT value, sha = encode(sha256(convert_to(value, 'UTF8')), 'hex'),
            (SELECT count(*) FROM public.configurations)
        FROM public.configurations WHERE active";
    let row = target.query_one(active, &[]).await.expect("one active row");
    let after: String = row.get(0);
    assert!(after.contains("\"DriverName\": \"postgres\"") && !after.contains("tcp("), "{after}");
    assert!(after.contains("\"AtRestEncryptKey\": \"ü\""), "{after}");
    assert_eq!((row.get::<_, bool>(1), row.get::<_, i64>(2)), (true, 4));
    let plugins = [Product::Playbooks, Product::Boards, Product::Calls, Product::UserSurvey];
    site.assert_rows(&plugins.map(model)).await;

    cutover(&["--undo", "--yes"]).expect(0);
    let row = target.query_one(active, &[]).await.expect("one active row");
    assert_eq!((row.get::<_, String>(0), row.get::<_, bool>(1)), (before, true));
}

async fn from_a_dump_to_the_proof_and_no_further(source: Source) {
    let site = Site::of_set(source, SET).await;
    site.add_all().await;
    configure(&site).await;
    let plain = dump(&site.source, &["--hex-blob"]);
    std::fs::write(site.folder().join("mm.sql.zst"), compressed("zstd", &plain)).expect("written");
    let cut = &plain[..plain.len() - 60];
    std::fs::write(site.folder().join("cut.sql"), cut).expect("written");
    site.run(&["migrate", "--dump", "cut.sql"])
        .expect(1)
        .says("[truncated-dump]")
        .says("nothing was written");
    let migrate = ["migrate", "--dump", "mm.sql.zst", "--fix-in-flight"];
    site.run(&migrate)
        .expect(0)
        .says("the target is proven equal")
        .says("if no server is left, `migration-assist cutover ")
        .says("--unproven`");
    let plugins = [Product::Playbooks, Product::Boards, Product::Calls, Product::UserSurvey];
    site.assert_rows(&plugins.map(model)).await;
    site.run(&migrate).expect(0).says("the target is proven equal");

    let variables = site.folder().join("variables");
    std::fs::write(variables, "MM_LOGSETTINGS_ENABLEFILE=true").expect("a file");
    let cutover = ["cutover", "--config-in-database", "--root", "/nowhere", "--yes"];
    let cutover = [&cutover[..], &["--env-file", "variables"]].concat();
    site.run(&cutover)
        .expect(1)
        .says("compared with the dump mm.sql.zst (")
        .says("writes after that dump are not on the target")
        .says("nothing was changed")
        .says("--unproven");
    // The server has nothing more, and that is a proof.
    site.run(&["verify"]).expect(0).says("the target is proven equal");
    site.run(&cutover).expect(0).says("will use PostgreSQL from its next start");
}
