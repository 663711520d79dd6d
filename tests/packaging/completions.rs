//! Completions of shells.

use std::fs;

use crate::support::{program, tool, visible_flags};

#[test]
fn every_visible_flag_is_in_the_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = program(&["completions", shell]);
        for flag in visible_flags().into_iter().flat_map(|(_, flags)| flags) {
            // fish names long flags by `-l`.
            let named = if shell == "fish" {
                format!(" -l {}", flag.trim_start_matches('-'))
            } else {
                flag.clone()
            };
            assert!(script.contains(&named), "{shell}: {flag}");
        }
    }
}

#[test]
fn bash_completes_every_visible_flag_of_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("migration-assist.bash");
    fs::write(&script, program(&["completions", "bash"])).expect("written");
    for (path, flags) in visible_flags() {
        let typed = format!("migration-assist {path}").trim().to_owned();
        let words: Vec<&str> = typed.split(' ').chain(["--"]).collect();
        let ask = format!(
            "source {}; COMP_WORDS=({}); COMP_CWORD={}; _migration__assist migration-assist -- {}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            script.display(),
            words.join(" "),
            words.len() - 1,
            words[words.len() - 2],
        );
        let answer = tool("bash", &["-c", &ask]);
        let offered = String::from_utf8(answer.stdout).expect("UTF-8");
        for flag in flags {
            assert!(offered.lines().any(|line| line == flag), "{typed}: {flag}: {offered}");
        }
    }
}

#[test]
fn shells_parse_their_completions() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh"] {
        let script = folder.path().join(shell);
        fs::write(&script, program(&["completions", shell])).expect("written");
        let parsed = tool(shell, &["-n", script.to_str().expect("UTF-8")]);
        let said = String::from_utf8_lossy(&parsed.stderr);
        assert!(parsed.status.success() && said.is_empty(), "{shell}: {said}");
    }
}
