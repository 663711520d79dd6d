//! The walkthrough of the README: a workspace goes from MariaDB to PostgreSQL by the four commands and
//! the real pgloader, and every value is compared.

use std::process::Command;

use migration_assist::migrations;
use migration_assist::mysql::Flavour;

use crate::compare::compare;
use crate::sample::{Sample, load};
use crate::support::mysql::Source;
use crate::support::postgres::Database;
use crate::support::program::{Run, command_in, finish};

/// The decisions about the sample's overlong lists, roles and addresses, which no fix cuts
/// unasked.
const DECISIONS: [&str; 16] = [
    "ChannelMembers.Roles=truncate",
    "Drafts.Props=null",
    "FileInfo.Path=truncate",
    "OAuthApps.Homepage=truncate",
    "OutgoingWebhooks.CallbackURLs=null",
    "Posts.FileIds=null",
    "Posts.Filenames=null",
    "RemoteClusters.Topics=truncate",
    "ScheduledPosts.props=null",
    "Sessions.Roles=delete",
    "Systems.Value=truncate",
    "TeamMembers.Roles=truncate",
    "Teams.AllowedDomains=truncate",
    "Tokens.Extra=delete",
    "Users.Roles=truncate",
    "Posts.Hashtags=truncate",
];

struct Site {
    source: Source,
    target: Database,
    folder: tempfile::TempDir,
}

impl Site {
    /// Runs a command of the walkthrough, the DSNs in the environment.
    fn run(&self, arguments: &[&str]) -> Run {
        finish(command_in(self.folder.path(), (&self.source.dsn, &self.target.dsn), arguments))
            .never_shows(self.source.dsn.password.expose())
    }
}

#[tokio::test]
async fn every_value_arrives_by_the_walkthrough() {
    let source = Source::create(Flavour::MariaDb).await;
    let mut connection = source.connect().await;
    load(&mut connection, Sample { posts: 1500, awkward: true }).await.expect("a workspace");
    let site = Site {
        source,
        target: Database::create().await,
        folder: tempfile::tempdir().expect("a folder"),
    };

    site.run(&["mysql"]).expect(1).says("fix: migration-assist mysql --fix-unicode");
    let fixes = ["mysql", "--fix-artifacts", "--fix-unicode", "--fix-varchar"];
    site.run(&fixes).expect(1).says("left for a decision");
    let decided: Vec<&str> =
        DECISIONS.iter().flat_map(|decision| ["--on-overflow", decision]).collect();
    site.run(&[&["mysql", "--fix-varchar"][..], &decided].concat()).expect(0);
    site.run(&["postgres", "--run-migrations", "--applied-migrations", "mysql.output"]).expect(0);
    site.run(&["pgloader", "--output", "migration.load"]).expect(0);
    let loaded = Command::new("pgloader")
        .args(["migration.load"])
        .current_dir(site.folder.path())
        .output()
        .expect("pgloader runs");
    assert!(loaded.status.success(), "{}", String::from_utf8_lossy(&loaded.stdout));
    site.run(&["post-migrate", "--create-indexes"]).expect(0);

    let model =
        migrations::target_model(&migrations::target().iter().map(|it| it.number).collect());
    let model = model.expect("a model");
    let target = site.target.connect().await;
    let tables = compare(&mut connection, &target, "public", &model).await;
    assert_eq!(tables.len(), model.tables.len());
    for table in &tables {
        assert!(table.source_rows > 0, "{} is empty: nothing is proven of it", table.table);
        assert_eq!(table.source_rows, table.target_rows, "rows of {}", table.table);
        assert!(table.differences.is_empty(), "{table:#?}");
    }
    // Every index of the migrations is back.
    let live =
        migration_assist::postgres::read_catalog(&target, "public").await.expect("a catalog");
    for index in model.indexes() {
        assert!(live.indexes().any(|it| it.name == index.name), "{} is missing", index.name);
    }
    // And what was done to the source can be taken back.
    site.run(&["mysql", "--undo", "quarantine.jsonl"]).expect(0);
    site.run(&["mysql"]).expect(1).says("leftover-table");
}
