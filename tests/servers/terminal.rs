//! What a terminal shows, by a pseudo terminal and what it makes of the bytes.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use migration_assist::mysql::Flavour;
use regex::Regex;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::sample::Sample;
use crate::support::mysql::Source;
use crate::support::postgres::Database;
use crate::support::program::{Watchdog, command_in};
use crate::workspace::load;

/// Rows enough for all that a command prints.
const ROWS: u16 = 1200;

/// A terminal of that width.
struct Terminal {
    master: File,
    width: u16,
}

impl Terminal {
    /// Starts a command with its standard error on a new terminal.
    fn start(mut command: Command, width: u16) -> (Self, Child) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("its rights");
        unlockpt(&master).expect("its lock");
        let size = Winsize { ws_row: 50, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("its size");
        let name = ptsname(&master, Vec::new()).expect("its name");
        let name = name.to_str().expect("a path");
        let own = OpenOptions::new().read(true).write(true).open(name).expect("the other side");
        command
            .env("TERM", "xterm-256color")
            .stdout(Stdio::piped())
            .stderr(Stdio::from(OwnedFd::from(own)));
        let child = command.spawn().expect("the binary runs");
        (Self { master: File::from(master), width }, child)
    }

    /// All bytes up to `end`, or up to the end of the program.
    fn read(&mut self, mut is_enough: impl FnMut(&str) -> bool) -> Vec<u8> {
        let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
        // Reading fails when the other side is closed.
        while let Ok(read @ 1..) = self.master.read(&mut buffer) {
            bytes.extend_from_slice(&buffer[..read]);
            if is_enough(&String::from_utf8_lossy(&bytes)) {
                break;
            }
        }
        bytes
    }

    /// The lines that stay on the screen; a line that the terminal breaks is one.
    fn shown(&self, bytes: &[u8]) -> Vec<String> {
        let mut parser = vt100::Parser::new(ROWS, self.width, 0);
        parser.process(bytes);
        let screen = parser.screen();
        let mut lines: Vec<String> = Vec::new();
        for (row, text) in screen.rows(0, self.width).enumerate() {
            let row = u16::try_from(row).expect("a row");
            let continues = row > 0 && screen.row_wrapped(row - 1);
            match lines.last_mut().filter(|_| continues) {
                Some(line) => line.push_str(&text),
                None => lines.push(text),
            }
        }
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }
}

async fn site() -> (Source, Database, tempfile::TempDir) {
    let source = Source::create(Flavour::MariaDb).await;
    load(&source, Sample { posts: 3000, awkward: false }).await;
    (source, Database::create().await, tempfile::tempdir().expect("a folder"))
}

fn migrate((source, target, folder): &(Source, Database, tempfile::TempDir)) -> Command {
    command_in(
        folder.path(),
        (&source.dsn, &target.dsn),
        ["migrate", "--restart", "--color", "always", "--log", "run.log"],
    )
}

#[tokio::test]
async fn bars_disappear_and_texts_break_at_words() {
    let site = site().await;
    let percent = Regex::new(r"(\d+) %").expect("sound");
    for width in [60, 80, 200] {
        let (mut terminal, child) = Terminal::start(migrate(&site), width);
        let _watchdog = Watchdog::over(child.id());
        let bytes = terminal.read(|_| false);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&bytes));
        let raw = String::from_utf8_lossy(&bytes);
        assert!(raw.contains('░') || raw.contains('█'), "no bar was drawn");
        for found in percent.captures_iter(&raw) {
            assert!(found[1].parse::<u32>().is_ok_and(|it| it <= 100), "{}", &found[0]);
        }
        let lines = terminal.shown(&bytes);
        let text = lines.join("\n");
        assert!(!text.contains('░') && !text.contains('█'), "a bar stays:\n{text}");
        for line in &lines {
            // What can be copied stays in one line: commands and statements.
            let is_whole = line.contains('`') || line.ends_with(';');
            assert!(is_whole || line.chars().count() <= width.into(), "too long: {line}");
        }
        for phase in ["check", "schema", "copy", "indexes", "verify"] {
            let ended = format!("{phase}: done in ");
            assert_eq!(text.matches(&ended).count(), 1, "{phase}:\n{text}");
        }
        for counted in [
            r"(?m)^all tables: [\d,]+ rows \(",
            r"(?m)^all indexes: [\d.]+ s$",
            r"(?m)^analyze: \d+ tables in ",
        ] {
            assert!(Regex::new(counted).expect("sound").is_match(&text), "{counted}:\n{text}");
        }
        // The comparison counts a row once, although it reads it on both sides.
        let rows = |pattern: &str| {
            let found =
                Regex::new(pattern).expect("sound").captures(&text).map(|it| it[1].to_owned());
            found.unwrap_or_else(|| panic!("{pattern}:\n{text}"))
        };
        let compared = rows(r"(?m)^all tables: ([\d,]+) rows in ");
        assert_eq!(compared, rows(r"proven equal: ([\d,]+) rows"));
        let end = &text[text.rfind("total: ").expect("a total")..];
        assert!(end.contains("rows/s") && end.contains("log: run.log"), "{end}");
        assert!(end.contains("cutover --config"), "{end}");
    }
}

#[tokio::test]
async fn the_sentence_of_an_interruption_is_the_last_line() {
    let site = site().await;
    for (width, step) in [(60, "3. "), (80, "3. "), (120, "4. "), (200, "5. ")] {
        let (mut terminal, child) = Terminal::start(migrate(&site), width);
        let _watchdog = Watchdog::over(child.id());
        let mut bytes = terminal.read(|text| text.contains(step));
        let process = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill").success());
        bytes.extend(terminal.read(|_| false));
        let output = child.wait_with_output().expect("it ends");
        let lines = terminal.shown(&bytes);
        assert_eq!(output.status.code(), Some(130), "{}", lines.join("\n"));
        let from = lines.len().saturating_sub(2);
        let end = lines[from..].join(" ");
        assert!(
            end.ends_with("run the same command again to resume; finished work is kept"),
            "{end}"
        );
    }
}
