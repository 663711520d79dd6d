//! Tests of whole pages.

use serde_json::{Value, json};

use super::page;
use crate::render::SavedReport;

fn report(command: &str, body: &Value) -> SavedReport {
    let text = json!({"version": 1, "command": command, "report": body}).to_string();
    SavedReport::parse(&text).expect("a report")
}

/// The page between its style and its end.
fn body(reports: &[SavedReport]) -> String {
    let page = page(reports);
    page.split_once("</head>").expect("a head").1.trim().to_owned()
}

fn proven(tables: usize) -> Value {
    let names: Vec<String> = (0..tables).map(|it| format!("SomeTableOfAPlugin{it:04}")).collect();
    let checked = |name: &String| json!({"table": name, "product": "mattermost", "fate": "copied", "rows": 1_234_567, "counted": false, "bytes": 314_572_800});
    let copied = |name: &String| {
        json!({"source": name, "target": name.to_lowercase(), "resumed": false, "rows_read": 1_234_567,
        "rows_written": 1_234_567, "rows_quarantined": 0, "bytes": 314_572_800, "seconds": 12.345_678_9, "changes": {}})
    };
    let compared = |name: &String| {
        json!({"table": name, "source_rows": 1_234_567, "target_rows": 1_234_567, "missing": 0,
        "extra": 0, "different": 0, "altered": 0, "unsettled": false})
    };
    let built = |name: &String| {
        let index = |place: u32| json!({"table": name.to_lowercase(), "name": format!("idx_{}_{place}", name.to_lowercase()), "seconds": 0.123_456_789});
        (0..3).map(index).collect::<Vec<_>>()
    };
    json!({
        "checks": {"server": "MariaDB 10.11.19", "release": "10.11.5", "products": {"boards": "40"}, "findings": [],
            "tables": names.iter().map(checked).collect::<Vec<_>>()},
        "copy": {"tables": names.iter().map(copied).collect::<Vec<_>>(), "total": {"rows_written": 7, "rows_quarantined": 0},
            "built": names.iter().flat_map(built).collect::<Vec<_>>(), "seconds": 20.0},
        "verify": {"source": "MariaDB 10.11.19", "target": "PostgreSQL 15.18", "schema": "public", "consistency": "position",
            "tables": names.iter().map(compared).collect::<Vec<_>>(), "difference_count": 0, "proof": true, "seconds": 5.0},
        "phases": [{"phase": "check", "seconds": 5.0}, {"phase": "copy", "seconds": 20.0}, {"phase": "verify", "seconds": 5.0}],
    })
}

#[test]
fn a_proof_is_stated_first_with_the_next_command() {
    insta::assert_snapshot!(body(&[report("migrate", &proven(1))]), @r#"
    <body>
    <main>
    <h1>Migration of a Mattermost workspace</h1>
    <section class="verdict good">
    <h2>the target is proven equal: 1,234,567 rows of 1 table</h2>
    <p class="label">Next</p>
    <ul class="next">
    <li>print the steps of the switch: <code>migration-assist cutover --config /opt/mattermost/config/config.json --plan</code></li>
    </ul>
    </section>
    <h2>Findings</h2>
    <p>None.</p>
    <h2>Tables</h2>
    <div class="scroll"><table>
    <tr><th>table<th>rows<th>size<th>seconds<th>quarantined<th>proof
    <tr><td class="name">SomeTableOfAPlugin0000<i style="width:100%"></i><td>1,234,567<td>300 MiB<td>12.3<td><td class="good">equal
    </table></div>
    <h2>Phases</h2>
    <h3>migrate</h3>
    <ol class="phases">
    <li><span>check</span><span class="track"><i style="margin-left:0%;width:16%"></i></span><span>5.0 s</span></li>
    <li><span>copy</span><span class="track"><i style="margin-left:16%;width:66%"></i></span><span>20.0 s</span></li>
    <li><span>verify</span><span class="track"><i style="margin-left:83%;width:16%"></i></span><span>5.0 s</span></li>
    </ol>
    <h2>Environment</h2>
    <dl>
    <dt>Mattermost<dd>10.11.5
    <dt>product<dd>boards 40
    <dt>source<dd>MariaDB 10.11.19
    <dt>target<dd>PostgreSQL 15.18
    <dt>schema<dd>public
    <dt>snapshot<dd>position
    <dt>page made by<dd>migration-assist 0.9.0
    </dl>
    <h2>Reports</h2>
    <p>Without keys of rows, values of cells, passwords and addresses. Long lists name their fields once.</p>
    <details><summary>migrate</summary>
    <pre class="json">{
     "version": 1,
     "command": "migrate",
     "report": {
      "checks": {
       "server": "MariaDB 10.11.19",
       "release": "10.11.5",
       "products": {"boards":"40"},
       "findings": [],
       "tables": [
        {"table":"SomeTableOfAPlugin0000","product":"mattermost","fate":"copied","rows":1234567,"counted":false,"bytes":314572800}
       ]
      },
      "copy": {
       "tables": [
        {"source":"SomeTableOfAPlugin0000","target":"sometableofaplugin0000","resumed":false,"rows_read":1234567,"rows_written":1234567,"rows_quarantined":0,"bytes":314572800,"seconds":12.3456789,"changes":{}}
       ],
       "total": {"rows_written":7,"rows_quarantined":0},
       "built": [
        {"table":"sometableofaplugin0000","name":"idx_sometableofaplugin0000_0","seconds":0.123456789},
        {"table":"sometableofaplugin0000","name":"idx_sometableofaplugin0000_1","seconds":0.123456789},
        {"table":"sometableofaplugin0000","name":"idx_sometableofaplugin0000_2","seconds":0.123456789}
       ],
       "seconds": 20.0
      },
      "verify": {
       "source": "MariaDB 10.11.19",
       "target": "PostgreSQL 15.18",
       "schema": "public",
       "consistency": "position",
       "tables": [
        {"table":"SomeTableOfAPlugin0000","source_rows":1234567,"target_rows":1234567,"missing":0,"extra":0,"different":0,"altered":0,"unsettled":false}
       ],
       "difference_count": 0,
       "proof": true,
       "seconds": 5.0
      },
      "phases": [
       {"phase":"check","seconds":5.0},
       {"phase":"copy","seconds":20.0},
       {"phase":"verify","seconds":5.0}
      ]
     }
    }</pre></details>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn findings_come_worst_first_with_their_commands() {
    let findings = json!({"server": "MySQL 8.4.3", "findings": [
        {"id": "login-plugin", "severity": "note", "count": 1, "message": "the account logs in by `x`", "action": ""},
        {"id": "too-long", "severity": "blocks", "table": "Posts", "column": "Hashtags", "count": 1234,
            "keys": [["y1kq8mfjwpnz3hb9xtgr5cdeoa"]], "message": "too long", "action": "the copy stops",
            "choices": [{"effect": "cut at a word boundary", "command": "migration-assist mysql --fix-varchar"}]},
    ]});
    insta::assert_snapshot!(body(&[report("mysql", &findings)]), @r#"
    <body>
    <main>
    <h1>Migration of a Mattermost workspace</h1>
    <section class="verdict bad">
    <h2>findings that stop the copy, or need a decision: 1</h2>
    <p class="label">Next</p>
    <ul class="next">
    <li>decide about the findings below that have no repair: 1</li>
    </ul>
    </section>
    <h2>Findings</h2>
    <p class="counts"><span class="bad">stops: 1</span> <span class="warning">changes: 0</span> <span class="note">worth knowing: 1</span></p>
    <details class="bad" open><summary><b>too-long</b> <span class="name">Posts.Hashtags</span> <span class="count">1,234</span></summary>
    <p>too long<br>the copy stops</p>
    <p class="label">cut at a word boundary</p><pre>migration-assist mysql --fix-varchar</pre>
    <p class="origin">mysql</p></details>
    <details class="note"><summary><b>login-plugin</b> <span class="count">1</span></summary>
    <p>the account logs in by <code>x</code></p>
    <p class="origin">mysql</p></details>
    <h2>Environment</h2>
    <dl>
    <dt>source<dd>MySQL 8.4.3
    <dt>page made by<dd>migration-assist 0.9.0
    </dl>
    <h2>Reports</h2>
    <p>Without keys of rows, values of cells, passwords and addresses. Long lists name their fields once.</p>
    <details><summary>mysql</summary>
    <p>Left out: keys</p>
    <pre class="json">{
     "version": 1,
     "command": "mysql",
     "report": {
      "server": "MySQL 8.4.3",
      "findings": [
       {"id":"login-plugin","severity":"note","count":1,"message":"the account logs in by `x`","action":""},
       {"id":"too-long","severity":"blocks","table":"Posts","column":"Hashtags","count":1234,"message":"too long","action":"the copy stops","choices":[{"effect":"cut at a word boundary","command":"migration-assist mysql --fix-varchar"}]}
      ]
     }
    }</pre></details>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn a_failure_is_stated_with_its_causes_and_hint() {
    let text = json!({"version": 1, "command": "copy", "error": {"message": "cannot copy table `Posts`",
        "causes": ["connection lost to postgres://mm:secret@db/mm"], "hint": "run `migration-assist copy` again"}});
    let failed = SavedReport::parse(&text.to_string()).expect("a report");
    insta::assert_snapshot!(body(&[failed]), @r#"
    <body>
    <main>
    <h1>Migration of a Mattermost workspace</h1>
    <section class="verdict bad">
    <h2><code>copy</code> failed: cannot copy table <code>Posts</code></h2>
    <p>caused by: connection lost to postgres://…@db/mm</p>
    <p class="label">Next</p>
    <ul class="next">
    <li>run <code>migration-assist copy</code> again</li>
    </ul>
    </section>
    <h2>Findings</h2>
    <p>None.</p>
    <h2>Environment</h2>
    <dl>
    <dt>page made by<dd>migration-assist 0.9.0
    </dl>
    <h2>Reports</h2>
    <p>Without keys of rows, values of cells, passwords and addresses. Long lists name their fields once.</p>
    <details><summary>copy</summary>
    <pre class="json">{
     "version": 1,
     "command": "copy",
     "error": {
      "message": "cannot copy table `Posts`",
      "causes": ["connection lost to postgres://…@db/mm"],
      "hint": "run `migration-assist copy` again"
     }
    }</pre></details>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn following_states_what_stopped_it_and_what_is_missing() {
    let stopped = report(
        "follow",
        &json!({"outcome": "stopped", "reason": "a statement alters table `Posts`",
        "hint": "copy again: `migration-assist copy --live --restart`", "position": "bin.000007:4711",
        "rejected": {"Posts": 3}, "unknown_tables": ["Extra"], "seconds": 12.5}),
    );
    let page = body(&[stopped]);
    for part in [
        "<h2>following the source's log stopped: a statement alters table <code>Posts</code></h2>",
        "<li>copy again: <code>migration-assist copy --live --restart</code></li>",
        "<b>rejected</b> <span class=\"name\">Posts</span> <span class=\"count\">3</span>",
        "<span class=\"name\">Extra</span>",
        "<span>12.5 s</span>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[test]
fn hostile_names_are_text() {
    let name = "<script>alert(1)</script>\u{202e}\u{1b}[2J\n\"'&";
    let mut migrate = proven(1);
    migrate["verify"]["tables"][0]["table"] = name.into();
    migrate["checks"]["server"] = name.into();
    migrate["checks"]["findings"] = json!([{"id": name, "severity": "blocks", "table": name, "count": 1,
        "message": name, "action": name, "fix": name}]);
    let page = page(&[report("migrate", &migrate)]);
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}\\u{1b}[2J\\n\"'&amp;"));
    let is_hidden = |it: char| it != '\n' && (it.is_control() || it == '\u{202e}');
    assert!(!page.contains(is_hidden));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let page = page(&[report("migrate", &proven(3))]);
    for markup in [
        "<script",
        "<link",
        "<img",
        "<iframe",
        " src=",
        " href=",
        "url(",
        "@import",
        "javascript:",
        "onclick",
    ] {
        assert!(!page.contains(markup), "{markup}");
    }
}

#[test]
fn keys_values_and_passwords_do_not_occur() {
    let verify = json!({"source": "MariaDB", "target": "PostgreSQL", "tables": [{"table": "T", "missing": 1}], "difference_count": 1,
        "address": "db.example:3306", "proof": false, "differences": [{"table": "T", "kind": "missing",
        "key": [["Id", "KEYVALUE"]], "columns": [{"column": "Props", "expected": "CELLVALUE", "found": "CELLVALUE"}]}]});
    let error = json!({"version": 1, "command": "copy", "error": {"message": "no login", "causes": ["mm:SECRET@tcp(db)/mm"]}});
    let failed = SavedReport::parse(&error.to_string()).expect("a report");
    let page = page(&[report("verify", &verify), failed]);
    for secret in ["KEYVALUE", "CELLVALUE", "SECRET", "db.example"] {
        assert!(!page.contains(secret), "{secret}");
    }
}

#[test]
fn equal_reports_give_equal_bytes_in_any_order() {
    let (migrate, mysql) =
        (report("migrate", &proven(2)), report("mysql", &json!({"findings": []})));
    let first = page(&[migrate.clone(), mysql.clone()]);
    assert_eq!(first, page(&[mysql, migrate]));
}

#[test]
fn five_hundred_tables_fit_300_kilobytes() {
    let page = page(&[report("migrate", &proven(500))]);
    assert!(page.matches("<tr><td").count() == 500);
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn the_page_can_be_made_again_from_its_own_json() {
    let text = super::json(&report("migrate", &proven(50)).to_json());
    let again = SavedReport::parse(&text).expect("a report");
    let tables = |page: &str| {
        page.split("<h2>Tables").nth(1).map(|it| it.split("<h2>").next().map(str::to_owned))
    };
    assert_eq!(tables(&page(&[again])), tables(&page(&[report("migrate", &proven(50))])));
}

#[test]
fn the_time_line_marks_when_the_source_is_read_only() {
    let reports = [
        json!({"state": "done", "mode": "read-only", "already": false, "recorded": true,
            "effect": "effective", "other_databases": [], "seconds": 3.0}),
        json!({"outcome": "done", "objections": [], "seconds": 1.0}),
        json!({"objections": [], "source": {"state": "released"}}),
    ]
    .map(|it| report("cutover", &it));
    let page = body(&reports[..1]);
    assert!(page.contains("<h2>the source is frozen</h2>"), "{page}");
    let page = body(&reports);
    let (_, line) = page.split_once("<h3>cutover</h3>\n").expect("a time line");
    let (line, _) = line.split_once("</ol>").expect("its end");
    insta::assert_snapshot!(line, @r#"
    <ol class="phases">
    <li class="mark"><span>freeze</span><span class="track"><i style="margin-left:0%;width:75%"></i></span><span>3.0 s</span></li>
    <li><span>switch</span><span class="track"><i style="margin-left:75%;width:25%"></i></span><span>1.0 s</span></li>
    <li class="mark"><span>release</span><span class="track"><i style="margin-left:100%;width:1%"></i></span><span>0.0 s</span></li>
    "#);
    let blocked = json!({"state": "blocked", "sessions": {}, "other_databases": []});
    assert!(body(&[report("cutover", &blocked)]).contains("<h2>the source is not frozen</h2>"));
}
