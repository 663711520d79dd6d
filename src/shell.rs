//! Words of a command line, quoted for a shell.

/// A text as one word for a shell.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-.,:/@%+=".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_shell_reads_a_word_back() {
        for word in [
            "Posts.FileIds=null",
            "",
            "a b",
            "a'b",
            "$(x)",
            "a|b;c&d",
            "`x`",
            "\"",
            "\n",
            "~",
            "é*",
        ] {
            let script = format!("printf %s {}", shell_word(word));
            let shell = std::process::Command::new("sh").args(["-c", &script]).output();
            assert_eq!(shell.expect("a shell").stdout, word.as_bytes(), "{word}");
        }
    }
}
