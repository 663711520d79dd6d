//! How a line looks: its label, its colour, and where it breaks.

use console::{Style, Term};
use textwrap::{Options, WordSplitter, WrapAlgorithm};

use crate::transcript::{Line, LineKind};

/// The stream on which a line is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Error,
    Output,
}

/// Keeps the words of a command together where a line is broken.
const JOINED: char = '\u{a0}';

/// The columns of a terminal; `None` if the stream is not one.
fn width(stream: Stream) -> Option<usize> {
    let terminal = match stream {
        Stream::Error => Term::stderr(),
        Stream::Output => Term::stdout(),
    };
    terminal.is_term().then(|| terminal.size_checked()).flatten().map(|(_, columns)| columns.into())
}

/// Whether this program has set the line breaks in lines of that kind.
pub(super) fn is_laid_out(kind: LineKind) -> bool {
    use LineKind::{Blocks, Changes, Remark, Task, Text};
    matches!(kind, Text | Task | Blocks | Changes | Remark)
}

/// The label of a kind, and its colour; of a finding, the colour of its rule.
fn label(kind: LineKind) -> (&'static str, Style) {
    let plain = Style::new();
    match kind {
        LineKind::Title => ("", plain.bold()),
        LineKind::Text | LineKind::Task | LineKind::Detail => ("", plain),
        LineKind::Ok => ("ok", plain.green()),
        LineKind::Note => ("note", plain.cyan()),
        LineKind::Warning => ("warning", plain.yellow().bold()),
        LineKind::Error => ("error", plain.red().bold()),
        LineKind::Cause => ("  caused by", plain),
        LineKind::Hint => ("hint", plain.cyan()),
        LineKind::Blocks => ("", plain.red().bold()),
        LineKind::Changes => ("", plain.yellow()),
        LineKind::Remark => ("", plain.cyan()),
    }
}

/// The line as it is printed, without the line break at its end.
pub(super) fn render(line: &Line, stream: Stream) -> String {
    render_in(line, stream, width(stream))
}

/// The line without colours and breaks of its own.
pub(super) fn plain(line: &Line) -> String {
    let (label, _) = label(line.kind);
    if label.is_empty() { line.text.clone() } else { format!("{label}: {}", line.text) }
}

fn render_in(line: &Line, stream: Stream, width: Option<usize>) -> String {
    let (label, style) = label(line.kind);
    let style = if stream == Stream::Error { style.for_stderr() } else { style.for_stdout() };
    let text = plain(line);
    let text = width.map_or_else(|| text.clone(), |width| broken(&text, width));
    match line.kind {
        LineKind::Title => format!("\n{}", style.apply_to(text)),
        LineKind::Hint => format!("\n{}{}", style.apply_to(label), &text[label.len()..]),
        LineKind::Blocks | LineKind::Changes | LineKind::Remark => match rule(&text) {
            Some((before, rule, after)) => format!("{before}{}{after}", style.apply_to(rule)),
            None => text,
        },
        _ => format!("{}{}", style.apply_to(label), &text[label.len()..]),
    }
}

/// The text before the rule in brackets, the rule, and the rest.
fn rule(text: &str) -> Option<(&str, &str, &str)> {
    let (from, to) = (text.find('[')?, text.find(']')? + 1);
    (from < to).then(|| (&text[..from], &text[from..to], &text[to..]))
}

/// Breaks long lines at spaces, except in commands, statements and tables.
fn broken(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| {
        if console::measure_text_width(line) <= width || is_kept(line) {
            return line.to_owned();
        }
        let indent = " ".repeat(line.len() - line.trim_start().len());
        let options = Options::new(width)
            .break_words(false)
            .subsequent_indent(&indent)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        textwrap::wrap(&joined(line), options).join("\n").replace(JOINED, " ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a line is there to be pasted, or its columns are aligned.
fn is_kept(line: &str) -> bool {
    let line = line.trim_start();
    let is_command =
        ["migration-assist ", "fix: migration-assist "].iter().any(|it| line.starts_with(it));
    is_command || line.ends_with(';') || line.contains("   ")
}

/// The line with the spaces between backticks kept from breaking.
fn joined(line: &str) -> String {
    let mut is_code = false;
    let join = |character| {
        is_code ^= character == '`';
        if is_code && character == ' ' { JOINED } else { character }
    };
    line.chars().map(join).collect()
}

#[cfg(test)]
mod tests {
    use super::{Stream, broken, render_in};
    use crate::transcript::{Line, LineKind};

    #[test]
    fn a_text_breaks_at_words_and_a_command_does_not() {
        let text = "fix the problems and run `migration-assist migrate --fix-in-flight` again\n    \
                    migration-assist mysql --fix-varchar --fix-unicode --fix-json";
        insta::assert_snapshot!(broken(text, 40), @r"
        fix the problems and run
        `migration-assist migrate --fix-in-flight`
        again
            migration-assist mysql --fix-varchar --fix-unicode --fix-json
        ");
    }

    #[test]
    fn each_kind_has_its_label() {
        let shown = |kind, text| render_in(&Line::new(kind, text), Stream::Error, Some(60));
        assert_eq!(shown(LineKind::Warning, "no rows"), "warning: no rows");
        assert_eq!(shown(LineKind::Cause, "no disk"), "  caused by: no disk");
        assert_eq!(shown(LineKind::Hint, "run it"), "\nhint: run it");
        assert_eq!(shown(LineKind::Blocks, "\n  [too-long] Posts"), "\n  [too-long] Posts");
    }
}
