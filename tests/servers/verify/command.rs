//! `verify` as a user runs it.

use super::workspace::build;
use crate::support::mysql::Source;
use crate::support::program::run;
use migration_assist::mysql::Flavour;

#[tokio::test]
async fn the_status_is_whether_both_sides_are_equal() {
    let pair = build(Source::create(Flavour::MySql).await).await;
    let (source, target) = (pair.source.dsn.render(), pair.target.dsn.render());
    let arguments = ["verify", "--mysql", source.expose(), "--postgres", target.as_str()];
    let ran = run(arguments);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("the target is proven equal"), "{}", ran.stderr);
    pair.change(
        "UPDATE posts SET message = message || 'secret' WHERE id = (SELECT min(id) FROM posts)",
    )
    .await;
    let ran = run(arguments.into_iter().chain(["--format", "json"]));
    assert_eq!(ran.status, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("different\n    Message\n"), "{}", ran.stderr);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let report = &json["report"];
    assert_eq!(report["difference_count"], 1);
    assert_eq!(report["differences"][0]["columns"][0]["column"], "Message");
    assert_eq!(report["proof"], false);
    assert!(!ran.stdout.contains("secret") && !ran.stderr.contains("secret"));
    let ran = run(arguments.into_iter().chain(["--tables", "Channels,Teams"]));
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("no proof of the whole"), "{}", ran.stderr);
    let ran = run(arguments.into_iter().chain(["--exclude", "nonsense"]));
    assert_eq!(ran.status, 2, "{}", ran.stderr);
    let without_effect = arguments.into_iter().chain(["--leave-behind", "Chanels"]);
    run(without_effect).expect(2).says("Chanels");
}
