//! The decision for each state of the evidence.

use super::{Acceptable, judge_switch};
use crate::cutover::evidence::testing::{evidence, state};
use crate::cutover::{
    ChangedTable, Issue, MattermostProcess, ProcessConfiguration, ProofStatus, SinceProof,
    SourceEvidence, SourceState, SwitchEvidence,
};
use crate::mysql::OpenSession;

fn asked(change: impl FnOnce(&mut SourceState)) -> SwitchEvidence {
    let mut state = state();
    change(&mut state);
    evidence(SourceEvidence::Asked(Box::new(state)))
}

fn found(evidence: &SwitchEvidence) -> Vec<(&'static str, Option<Acceptable>)> {
    judge_switch(evidence).into_iter().map(|it| (it.id, it.acceptable)).collect()
}

fn session(user: &str) -> OpenSession {
    OpenSession {
        id: 7,
        user: user.to_owned(),
        host: "10.0.0.5".to_owned(),
        database: Some("chat".to_owned()),
        is_active: false,
        seconds: 12,
    }
}

#[test]
fn a_proof_and_a_source_without_later_writes_are_enough() {
    assert_eq!(found(&asked(|_| ())), []);
    assert_eq!(found(&asked(|it| it.frozen = false)), []);
}

#[test]
fn each_state_of_the_source_has_the_flag_that_accepts_it() {
    let tables =
        vec![ChangedTable { table: "Posts".to_owned(), rows_then: Some(3), rows_now: Some(4) }];
    let written = asked(|it| it.since_proof = SinceProof::TablesChanged { tables });
    assert_eq!(found(&written), [("written-since-proof", Some(Acceptable::Written))]);
    let message = &judge_switch(&written)[0].message;
    assert!(message.ends_with("`Posts` (rows then: 3, now: 4)"), "{message}");
    let (then, now) = ("0-1-7".to_owned(), "0-1-9".to_owned());
    let moved = asked(|it| it.since_proof = SinceProof::PositionChanged { then, now });
    assert_eq!(found(&moved), [("log-moved-since-proof", Some(Acceptable::Written))]);
    let unknown = asked(|it| it.since_proof = SinceProof::Unknown { reason: "no log" });
    assert_eq!(found(&unknown), [("unknown-since-proof", Some(Acceptable::Unproven))]);
    let unreachable = SourceEvidence::Unreachable { address: "db".into(), reason: "no".into() };
    let unreachable = found(&evidence(unreachable));
    assert_eq!(unreachable, [("source-unreachable", Some(Acceptable::Unreachable))]);
    let unnamed = found(&evidence(SourceEvidence::Unnamed));
    assert_eq!(unnamed, [("source-unnamed", Some(Acceptable::Unreachable))]);
}

#[test]
fn sessions_count_unless_the_freeze_holds_them_and_they_are_not_mattermost() {
    let with = |user: &str, frozen: bool| {
        asked(|it| {
            it.frozen = frozen;
            it.sessions.sessions.push(session(user));
        })
    };
    let running = [("sessions", Some(Acceptable::Running))];
    assert_eq!(found(&with("mm", true)), running);
    assert_eq!(found(&with("backup", false)), running);
    assert_eq!(found(&with("backup", true)), []);
    let message = &judge_switch(&with("backup", false))[0].message;
    assert!(message.contains("backup from 10.0.0.5 in `chat`, idle for 12 s"), "{message}");
}

#[test]
fn a_target_without_tables_or_rows_is_accepted_by_no_flag() {
    let mut evidence = asked(|_| ());
    for id in ["no-tables", "owner"] {
        let (message, hint) = (String::new(), String::new());
        evidence.acceptance.obstacles.push(Issue { id, message, hint });
    }
    assert_eq!(found(&evidence), [("no-tables", None), ("owner", Some(Acceptable::Unproven))]);
    evidence.acceptance.obstacles[0].id = "no-rows";
    assert_eq!(found(&evidence), [("owner", Some(Acceptable::Unproven))], "proven to have none");
    evidence.proof.status = ProofStatus::Different;
    assert_eq!(found(&evidence)[0], ("no-rows", None));
}

#[test]
fn a_process_is_named_with_its_variables_that_name_mysql() {
    let mut evidence = asked(|_| ());
    evidence.processes.push(MattermostProcess {
        pid: 42,
        configuration: ProcessConfiguration::This { path: "/opt/mm/config.json".into() },
        variables: Some(vec!["MM_SQLSETTINGS_DRIVERNAME=mysql".to_owned()]),
    });
    assert_eq!(found(&evidence), [("running", Some(Acceptable::Running))]);
    let message = &judge_switch(&evidence)[0].message;
    assert!(message.contains("process 42, with /opt/mm/config.json; its variables"), "{message}");
    assert!(message.ends_with(": MM_SQLSETTINGS_DRIVERNAME=mysql"), "{message}");
}
