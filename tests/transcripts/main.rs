//! What the command line prints, as transcripts.

#[test]
fn transcripts() {
    let cases = trycmd::TestCases::new();
    cases.insert_var("[VERSION]", env!("CARGO_PKG_VERSION")).expect("a variable of trycmd");
    cases.env("COLUMNS", "100").case("tests/transcripts/*.trycmd").case("README.md");
}
