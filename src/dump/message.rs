//! Messages of a program in a dump, whose standard error was written to the same file.

use std::ops::Range;

use memchr::memmem;

/// The programs that write dumps, or through which such a file may pass.
const PROGRAMS: [&str; 7] =
    ["mysqldump", "mariadb-dump", "mysqlpump", "mysqlsh", "mysql", "mariadb", "mydumper"];
/// Prompts that programs print without a line break.
const PROMPTS: [&str; 2] = ["enter password:", "enter your password:"];
/// Statements and steps of the dump programs that do not concern the rows of tables.
const WITHOUT_ROWS: [&str; 16] = [
    "tablespace",
    "logfile_group",
    "column_statistics",
    "show events",
    "show triggers",
    "show procedure status",
    "show function status",
    "show package",
    "show create event",
    "show create trigger",
    "show create procedure",
    "show create function",
    "gtid",
    "ndbinfo",
    "show master status",
    "show binary log status",
];
/// Steps that keep the rows unchanged while they are read.
const LOCKS: [&str; 6] = [
    "lock tables",
    "flush tables",
    "flush /*",
    "tables with read lock",
    "consistent snapshot",
    "reload",
];
/// Words that make a line of another program an error.
const FAILURES: [&str; 12] = [
    "error",
    "fail",
    "denied",
    "lost connection",
    "killed",
    "terminated",
    "cannot",
    "can't",
    "couldn't",
    "could not",
    "unable",
    "no space",
];
/// The maximum length of a message: it quotes at most one statement of the program.
const LONGEST: usize = 8192;

/// The kind of a line that is not SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A warning or a note.
    Warning,
    /// A prompt of that many bytes; the rest of the line may be the first line of the dump.
    Prompt(usize),
    /// An error.
    Error(ReportedError),
    /// Something else.
    Foreign,
}

/// An error that a program reported in the dump.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReportedError {
    /// The line of the file, from 1.
    pub line: u64,
    /// The number of the server's or the program's error.
    pub code: Option<u32>,
    /// The table in the message.
    pub table: Option<String>,
    /// The loss.
    pub cost: Cost,
}

/// What an error lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cost {
    /// Rows or tables, or it is unknown.
    #[default]
    Rows,
    /// The lock or the snapshot that makes the rows consistent.
    Lock,
    /// Nothing in a table.
    Nothing,
}

/// Finds a message of a dump program that interrupts a statement, with the line break at its end.
///
/// The programs write their output in blocks and their messages at once, so that a message may be in the
/// middle of a word. They write each line break of a value as `\n`: a real line break within a statement is
/// between lines of the statement, or ends such a message. The program's name is within this many bytes.
pub(super) fn find(text: &[u8], within: usize) -> Option<Range<usize>> {
    const STARTS: [&[u8]; 6] =
        [b"[Warning] ", b"[ERROR] ", b"Error ", b"Error: ", b"Got error", b"Couldn't "];
    memmem::find_iter(&text[..within.min(text.len())], b"dump").find_map(|place| {
        let name =
            ["mysql", "mariadb-"].iter().find(|it| text[..place].ends_with(it.as_bytes()))?;
        let behind = &text[place + 4..];
        let behind = behind.strip_prefix(b".exe").unwrap_or(behind);
        let said = behind.strip_prefix(b": ")?;
        let end =
            text.len() - said.len() + memchr::memchr(b'\n', &said[..said.len().min(LONGEST)])? + 1;
        let start = path_start(text, place - name.len());
        let is_line = start == 0 || text[start - 1] == b'\n';
        (is_line || STARTS.iter().any(|it| said.starts_with(it))).then_some(start..end)
    })
}

/// The start of the path before a program's name; a single slash may be the end of the interrupted text.
fn path_start(text: &[u8], name: usize) -> usize {
    let is_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"/\\.:_-".contains(byte);
    let length = text[..name].iter().rev().take_while(|byte| is_path(byte)).count();
    let path = &text[name - length..name];
    let slashes: Vec<usize> = memchr::memchr_iter(b'/', path).collect();
    match (path, &slashes[..]) {
        ([drive, b':', b'\\', ..], _) if drive.is_ascii_alphabetic() => name - length,
        (_, [first, _, ..]) => name - length + first,
        _ => name,
    }
}

/// Reads a line that is not SQL.
pub(super) fn read(line: &str) -> Line {
    let lower = line.to_ascii_lowercase();
    if let Some(prompt) = PROMPTS.iter().find(|prompt| lower.starts_with(**prompt)) {
        return Line::Prompt(prompt.len());
    }
    if let Some(said) = of_program(line) {
        if is_warning(&said.to_ascii_lowercase()) {
            return Line::Warning;
        }
        // A message that is not known to be harmless may mean lost rows.
        return Line::Error(reported(said));
    }
    if is_warning(&lower) {
        Line::Warning
    } else if FAILURES.iter().any(|word| lower.contains(word)) {
        Line::Error(reported(line))
    } else {
        Line::Foreign
    }
}

/// The message of a program whose name starts the line.
fn of_program(line: &str) -> Option<&str> {
    let (head, said) = line.split_once(": ").or_else(|| line.trim_end().split_once(':'))?;
    let name = head.rsplit(['/', '\\']).next()?.trim_matches(['"', '\'']).to_ascii_lowercase();
    let is_known = PROGRAMS.iter().any(|program| {
        name.strip_prefix(*program).is_some_and(|rest| {
            rest.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_'))
        })
    });
    let is_path =
        head.len() == name.len() || head.contains(['/', '\\']) || head.starts_with(['"', '\'']);
    (is_known && is_path).then_some(said)
}

fn is_warning(lower: &str) -> bool {
    const WORDS: [&str; 6] = ["[warning]", "warning", "[note]", "note:", "[system]", "deprecated"];
    let front: String = lower.chars().take(80).collect();
    starts_with_any(lower, &WORDS)
        || front.contains("[warning]")
        || front.contains(": warning:")
        || lower.contains("deprecated")
        || lower.contains("can be insecure")
}

fn starts_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

fn reported(said: &str) -> ReportedError {
    let lower = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let cost = if has(&WITHOUT_ROWS) {
        Cost::Nothing
    } else if has(&LOCKS) {
        Cost::Lock
    } else {
        Cost::Rows
    };
    ReportedError { line: 0, code: code(&lower), table: table(said), cost }
}

/// The number after `error`, or the one in parentheses at the end.
fn code(lower: &str) -> Option<u32> {
    let behind = lower.find("error").map(|place| lower[place + 5..].trim_start_matches([':', ' ']));
    let digits = |text: &str| -> Option<u32> {
        let length = text.bytes().take_while(u8::is_ascii_digit).count();
        text[..length].parse().ok()
    };
    behind.and_then(digits).or_else(|| {
        let (_, last) = lower.trim_end().strip_suffix(')')?.rsplit_once('(')?;
        last.parse().ok()
    })
}

/// The table in a message: the last part of a name in backticks, or in quotes after `table`.
fn table(said: &str) -> Option<String> {
    let lower = said.to_ascii_lowercase();
    for front in ["dumping table `", "table `", "from `", "tables `"] {
        if let Some(place) = lower.find(front) {
            return last_part(&said[place + front.len()..], '`');
        }
    }
    ["table '", "table: \"", "table \"", "view '", "like '"].iter().find_map(|front| {
        let place = lower.find(front)? + front.len();
        last_part(&said[place..], front.chars().last()?)
    })
}

fn last_part(text: &str, quote: char) -> Option<String> {
    let (mut name, rest) = text.split_once(quote)?;
    let second = rest.strip_prefix('.').and_then(|rest| rest.strip_prefix(quote));
    if let Some((table, _)) = second.and_then(|rest| rest.split_once(quote)) {
        name = table;
    } else if quote != '`' {
        name = name.rsplit('.').next()?;
    }
    (!name.is_empty() && name.len() <= 64 * 4).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Cost, Line, find, read};

    #[test]
    fn warnings_and_prompts_are_known_in_every_spelling() {
        for line in [
            "mysqldump: [Warning] Using a password on the command line interface can be insecure.",
            "/usr/bin/mysqldump: Deprecated program name. It will be removed in a future release, use '/usr/bin/mariadb-dump' instead",
            r"C:\Program Files\MySQL\bin\mysqldump.exe: [Warning] Using a password on the command line interface can be insecure.",
            "mysqldump.exe: Warning: Using unique option prefix pass instead of password",
            "Warning: mariadb-dump: unknown variable 'loose-set-gtid-purged=OFF'",
            "WARNING: Forcing protocol to  TCP  due to option specification.",
            "mariadb-dump: Deprecated program name",
            "perl: warning: Setting locale failed.",
            "2024-05-01T12:00:00.000000Z 0 [Warning] [MY-000000] something",
        ] {
            assert_eq!(read(line), Line::Warning, "{line}");
        }
        assert_eq!(read("Enter password: -- MySQL dump 10.13"), Line::Prompt(15));
        assert_eq!(read("stdin: is not a tty"), Line::Foreign);
    }

    #[test]
    fn errors_name_their_table_and_what_they_cost() {
        for (line, code, table, cost) in [
            (
                "mysqldump: Error 2013: Lost connection to server during query when dumping table `Posts` at row: 5",
                Some(2013),
                Some("Posts"),
                Cost::Rows,
            ),
            (
                "mysqldump: Couldn't execute 'SHOW FIELDS FROM `mm`.`Reactions`': Table 'mm.Reactions' doesn't exist in engine (1932)",
                Some(1932),
                Some("Reactions"),
                Cost::Rows,
            ),
            (
                "mariadb-dump: Got error: 1146: \"Table 'mm.Posts' doesn't exist\" when using LOCK TABLES",
                Some(1146),
                Some("Posts"),
                Cost::Lock,
            ),
            (
                "mysqldump: Error: 'Access denied; you need (at least one of) the PROCESS privilege(s) for this operation' when trying to dump tablespaces",
                None,
                None,
                Cost::Nothing,
            ),
            ("mysqldump: Couldn't find table: \"Postz\"", None, Some("Postz"), Cost::Rows),
            ("mysqldump: Got errno 28 on write", None, None, Cost::Rows),
            ("ERROR 1045 (28000): Access denied for user", Some(1045), None, Cost::Rows),
            ("command terminated with exit code 137", None, None, Cost::Rows),
        ] {
            let Line::Error(error) = read(line) else { panic!("{line}") };
            assert_eq!(
                (error.code, error.table.as_deref(), error.cost),
                (code, table, cost),
                "{line}"
            );
        }
    }

    #[test]
    fn a_message_is_found_wherever_it_interrupts_a_statement() {
        for (text, left) in [
            ("('a','b/usr/bin/mysqldump: [Warning] it's insecure\nc')", "('a','bc')"),
            ("(1),\nmariadb-dump: Deprecated program name\n(2)", "(1),\n(2)"),
            ("(17mysqldump.exe: Error 2013: Lost\r\n00)", "(1700)"),
            (r"('see mysqldump: Error 2013: x\n')", r"('see mysqldump: Error 2013: x\n')"),
            ("('a mysqldump: b\n')", "('a mysqldump: b\n')"),
        ] {
            let found = find(text.as_bytes(), text.len()).unwrap_or_default();
            assert_eq!([&text[..found.start], &text[found.end..]].concat(), left);
        }
    }
}
