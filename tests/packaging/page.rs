//! The HTML report in a browser.

use std::fs;
use std::path::Path;

use migration_assist::render::{SavedReport, page};
use serde_json::{Value, json};

use crate::support::{program, tool};

/// Flags of a browser that asks nothing of the network, run as root.
const BROWSER: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=10000",
];

/// A report with long names, a finding with a long command, and every kind of table.
fn report() -> Value {
    let long = "AVeryLongNameOfATableOfSomePluginThatNobodyWouldTypeByHand0123";
    let table = |name: &str, rows: u64| {
        json!({"source": name, "target": name.to_lowercase(), "rows_read": rows, "rows_written": rows,
        "rows_quarantined": rows % 2, "bytes": rows * 300, "seconds": 12.5})
    };
    let compared = |name: &str, missing: u64| {
        json!({"table": name, "source_rows": 7, "target_rows": 7, "missing": missing,
        "extra": 0, "different": 0})
    };
    json!({"version": 1, "command": "migrate", "report": {
        "checks": {"server": "MariaDB 10.11.19", "release": "10.11.5", "findings": [
            {"id": "too-long", "severity": "blocks", "table": long, "column": "Hashtags", "count": 1_234_567, "message": "too long",
                "action": "the copy stops at the row",
                "choices": [{"effect": "cut at a word boundary", "command": format!("migration-assist mysql --fix-varchar --on-overflow {long}.Hashtags=truncate-words")}]},
            {"id": "<b>markup</b>", "severity": "note", "count": 1, "message": "\u{202e}reversed", "action": ""},
        ]},
        "copy": {"tables": [table("Posts", 1_234_567), table(long, 4_000), table("Teams", 3)], "seconds": 100.0},
        "verify": {"source": "MariaDB 10.11.19", "target": "PostgreSQL 15.18", "schema": "public", "difference_count": 3, "proof": false,
            "tables": [compared("Posts", 0), compared(long, 3), compared("Teams", 0)], "seconds": 20.0},
        "phases": [{"phase": "check", "seconds": 30.0}, {"phase": "copy", "seconds": 100.0}, {"phase": "verify", "seconds": 20.0}],
    }})
}

/// What a browser shows of a page: with all parts unfolded, at a width and in a colour scheme.
fn look(page: &str, width: u32, scheme: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    // The page runs no scripts; one around it measures it.
    let frame = page.replace('&', "&amp;").replace('"', "&quot;");
    let outer = format!(
        r#"<!doctype html><meta charset="utf-8"><iframe id="f" width="{width}" height="800" style="border:0" srcdoc="{frame}"></iframe>
<pre id="result"></pre><script>
const f = document.getElementById('f');
f.onload = () => {{
  const inner = f.contentDocument, root = inner.documentElement;
  inner.querySelectorAll('details').forEach(it => it.open = true);
  const verdict = inner.querySelector('.verdict h2'), box = verdict.getBoundingClientRect();
  const wide = [...inner.querySelectorAll('body *')].filter(it => !it.closest('.scroll') && it.getBoundingClientRect().right > {width} + 0.5);
  const colour = name => getComputedStyle(name === 'page' ? inner.body : verdict)[name === 'page' ? 'backgroundColor' : 'color'];
  document.getElementById('result').textContent = JSON.stringify({{
    width: f.contentWindow.innerWidth, inner: root.clientWidth, content: root.scrollWidth, wide: wide.map(it => it.tagName),
    verdict: verdict.textContent, top: box.top, bottom: box.bottom, height: box.height,
    page: colour('page'), text: colour('text'), rows: inner.querySelectorAll('tr').length,
    scripts: inner.scripts.length, bold: [...inner.querySelectorAll('b')].some(it => it.textContent === 'markup'),
    names: [...inner.querySelectorAll('summary b')].map(it => it.textContent),
    dark: f.contentWindow.matchMedia('(prefers-color-scheme: dark)').matches }});
}};
</script>"#
    );
    let file = folder.path().join("outer.html");
    fs::write(&file, outer).expect("written");
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(scheme == "light"));
    let address = format!("file://{}", file.display());
    let arguments = [&BROWSER[..], &[&profile, &scheme, "--dump-dom", &address]].concat();
    let shown = String::from_utf8(tool("chromium", &arguments).stdout).expect("UTF-8");
    let result = shown.split("<pre id=\"result\">").nth(1).and_then(|it| it.split("</pre>").next());
    let result = result.unwrap_or_else(|| panic!("no result: {shown}"));
    let result = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {result}"))
}

#[test]
fn a_browser_shows_the_verdict_in_both_colour_schemes_and_at_the_width_of_a_phone() {
    let report = SavedReport::parse(&report().to_string()).expect("a report");
    let page = page(&[report]);
    let mut backgrounds = Vec::new();
    for (width, scheme) in [(390, "light"), (390, "dark"), (1200, "light")] {
        let shown = look(&page, width, scheme);
        assert_eq!(shown["dark"], scheme == "dark", "{shown}");
        assert_eq!(shown["width"], width, "{shown}");
        assert_eq!(shown["content"], shown["inner"], "wider than the window: {shown}");
        assert_eq!(shown["wide"], json!([]), "{shown}");
        assert_eq!(
            shown["verdict"],
            "the target is not proven equal: rows that differ: 3, of 21 rows of 3 tables"
        );
        let (top, bottom) = (shown["top"].as_f64(), shown["bottom"].as_f64());
        assert!(
            top >= Some(0.0) && bottom <= Some(400.0) && shown["height"].as_f64() > Some(10.0),
            "{shown}"
        );
        assert_ne!(shown["page"], shown["text"], "{shown}");
        assert_eq!(shown["scripts"], 0);
        assert_eq!(shown["bold"], false, "a name became markup: {shown}");
        assert!(
            shown["names"].as_array().is_some_and(|it| it.contains(&"<b>markup</b>".into())),
            "{shown}"
        );
        assert_eq!(shown["rows"], 4, "{shown}");
        backgrounds.push(shown["page"].clone());
    }
    assert_ne!(backgrounds[0], backgrounds[1], "both schemes look the same");
}

#[test]
fn report_writes_the_page_and_refuses_what_is_no_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (saved, written, notes) = (path("migrate.json"), path("page.html"), path("notes.txt"));
    fs::write(&saved, report().to_string()).expect("written");
    program(&["report", "--html", &written, &saved]);
    let text = fs::read_to_string(&written).expect("a page");
    assert!(text.starts_with("<!doctype html>"));
    // A page replaces an older page; nothing else without being asked.
    program(&["report", "--html", &written, &saved]);
    assert_eq!(fs::read_to_string(&written).expect("a page"), text);

    fs::write(&notes, "notes\n").expect("written");
    let binary = env!("CARGO_BIN_EXE_migration-assist");
    for arguments in
        [["report", "--html", &notes, &saved], ["report", "--html", &path("other.html"), &notes]]
    {
        assert_eq!(tool(binary, &arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(&notes).expect("notes"), "notes\n");
    assert!(!Path::new(&path("other.html")).exists());
}
