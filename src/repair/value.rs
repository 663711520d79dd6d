//! The repair of one cell; pure.

use super::FixOptions;
use crate::check::policy::{self, InvalidAction, Overflow, Override};
use crate::check::{ColumnPair, Probe, Rule, Verdict};
use crate::convert::json::StringList;
use crate::convert::{json, scalar, search_text, text};
use crate::mattermost::is_string_list;
use crate::quarantine::Cell;
use crate::schema::{Kind, Limit};

/// The decision about a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Repair {
    /// The new value in UTF-8, if it changes.
    pub(super) new: Option<Cell>,
    /// The rules that the change satisfies.
    pub(super) reasons: Vec<Rule>,
    /// The rule for which the whole row is deleted.
    pub(super) delete_row: Option<Rule>,
    /// The rule that needs an administrator's decision.
    pub(super) left: Option<Rule>,
}

/// The repair for one rule.
enum Step {
    Write(Option<Vec<u8>>),
    DeleteRow,
    Leave(Rule),
}

/// Applies the probes of a column in the order of the rules, and repairs what each finds.
///
/// `cell` is the text as the server sends it in UTF-8; `None` is NULL.
pub(super) fn repair(probes: &[Probe], options: &FixOptions, cell: Option<&[u8]>) -> Repair {
    let mut value = cell.map(<[u8]>::to_vec);
    let mut repair = Repair::default();
    // First, because the other repairs expect text.
    if let Some(bytes) = cell
        && probes
            .iter()
            .any(|it| it.rule.rule() == Rule::InvalidUtf8 && it.decide(cell) != Verdict::Fits)
    {
        value = Some(text::replace_invalid(bytes).into_owned().into_bytes());
        repair.reasons.push(Rule::InvalidUtf8);
    }
    for probe in probes {
        if probe.decide(value.as_deref()) == Verdict::Fits {
            continue;
        }
        let rule = probe.rule.rule();
        let is_text = value.as_deref().is_none_or(|bytes| text::validate(bytes).is_ok());
        let step = if is_text {
            step(rule, &probe.pair, options, value.as_deref())
        } else {
            Step::Leave(Rule::InvalidUtf8)
        };
        match step {
            Step::Write(new) => {
                value = new;
                repair.reasons.push(rule);
            }
            Step::DeleteRow => {
                return Repair { delete_row: Some(rule), ..Repair::default() };
            }
            Step::Leave(rule) => {
                repair.left = Some(rule);
                break;
            }
        }
    }
    if value.as_deref() != cell {
        repair.new = Some(Cell::from(value));
    }
    repair
}

fn step(rule: Rule, pair: &ColumnPair, options: &FixOptions, value: Option<&[u8]>) -> Step {
    let bytes = value.unwrap_or_default();
    let mut decisions = options.invalid.iter();
    let decision = decisions.rfind(|it| it.is_for(&pair.table, &pair.column));
    if let Some(decision) = decision.filter(|it| it.decides(rule)) {
        return decided(&decision.action, rule, pair, bytes);
    }
    match rule {
        Rule::NulByte => Step::Write(Some(text::remove_nul_bytes(bytes).into_owned())),
        Rule::NulEscape => repaired(json::remove_nul_escapes(bytes), rule),
        // Mattermost itself reads half of a pair as this character (Go, `encoding/json`).
        Rule::LoneSurrogate => repaired(json::replace_lone_surrogates(bytes), rule),
        Rule::EmptyJson => Step::Write(policy::empty_json(pair).map(<[u8]>::to_vec)),
        Rule::JsonNull => Step::Write(Some(b"{}".to_vec())),
        Rule::NullNotAllowed => match policy::instead_of_null(pair) {
            Some(neutral) => Step::Write(Some(neutral.to_vec())),
            None => Step::Leave(rule),
        },
        Rule::NotJsonList => match json::read_string_list(bytes) {
            StringList::Cut(elements) => {
                Step::Write(Some(json::write_string_list(&elements, limit(pair))))
            }
            StringList::Whole(_) | StringList::Other => Step::Leave(rule),
        },
        Rule::TooLong => too_long(pair, &options.overrides, bytes),
        _ => Step::Leave(rule),
    }
}

/// What the user decided for values of the column that do not fit.
fn decided(action: &InvalidAction, rule: Rule, pair: &ColumnPair, bytes: &[u8]) -> Step {
    match (action, pair.target.kind()) {
        (InvalidAction::Null, _) => Step::Write(None),
        (InvalidAction::Value(value), _) => Step::Write(Some(value.clone().into_bytes())),
        (InvalidAction::Delete, _) => Step::DeleteRow,
        (InvalidAction::Nearest, Kind::Integer { bytes: size, .. }) => {
            Step::Write(Some(scalar::nearest_integer(bytes, *size)))
        }
        (InvalidAction::Shorten, _) => {
            match std::str::from_utf8(bytes).ok().and_then(search_text::shorten) {
                Some(shorter) => Step::Write(Some(shorter.as_bytes().to_vec())),
                None => Step::Leave(rule),
            }
        }
        (InvalidAction::MarkNul, _) if rule == Rule::KeysMerge => {
            repaired(json::mark_nul_escapes(bytes), rule)
        }
        _ => Step::Leave(rule),
    }
}

fn repaired(repaired: Result<json::Repaired, json::Invalid>, rule: Rule) -> Step {
    match repaired {
        Ok(repaired) if repaired.merges_keys => Step::Leave(Rule::KeysMerge),
        Ok(repaired) => Step::Write(Some(repaired.text)),
        Err(_) => Step::Leave(rule),
    }
}

fn too_long(pair: &ColumnPair, overrides: &[Override], bytes: &[u8]) -> Step {
    let limit = limit(pair);
    let Ok(long) = std::str::from_utf8(bytes) else { return Step::Leave(Rule::InvalidUtf8) };
    let overflow = policy::decide(&pair.table, &pair.column, overrides).overflow;
    if !policy::allowed(pair).contains(&overflow) {
        return Step::Leave(Rule::TooLong);
    }
    let cut = match overflow {
        Overflow::Truncate if is_string_list(&pair.table, &pair.column) => {
            return match json::read_string_list(bytes) {
                StringList::Whole(elements) | StringList::Cut(elements) => {
                    Step::Write(Some(json::write_string_list(&elements, limit)))
                }
                StringList::Other => Step::Leave(Rule::TooLong),
            };
        }
        Overflow::Truncate => text::truncate(long, limit).to_owned(),
        Overflow::TruncateName => text::truncate_name(long, limit),
        Overflow::TruncateWords => text::truncate_words(long, limit).to_owned(),
        Overflow::Empty => String::new(),
        Overflow::Null => return Step::Write(None),
        Overflow::Delete => return Step::DeleteRow,
        Overflow::Keep => return Step::Leave(Rule::TooLong),
    };
    Step::Write(Some(cut.into_bytes()))
}

/// The maximum number of characters of the target's column.
fn limit(pair: &ColumnPair) -> usize {
    match pair.target.text_limit() {
        Some(Limit::Characters(limit)) => usize::try_from(limit).unwrap_or(usize::MAX),
        _ => usize::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::{Repair, repair};
    use crate::check::{ColumnPair, Probe, Rule};
    use crate::mysql::Flavour;
    use crate::quarantine::Cell;
    use crate::repair::FixOptions;
    use crate::schema::ColumnType;

    fn pair(table: &str, column: &str, source: &str, target: &str) -> ColumnPair {
        ColumnPair {
            table: table.to_owned(),
            column: column.to_owned(),
            flavour: Flavour::MariaDb,
            source: ColumnType::mysql(source),
            character_set: Some("utf8mb4".to_owned()),
            source_not_null: false,
            target: ColumnType::postgres(target),
            target_not_null: false,
            labels: None,
            full_text: false,
            in_tree: false,
        }
    }

    fn asked(pair: ColumnPair, overrides: &[&str], cell: Option<&[u8]>) -> Repair {
        let overrides = overrides.iter().map(|it| it.parse().expect("it")).collect();
        let options = FixOptions { overrides, ..FixOptions::default() };
        repair(&Probe::of_column(pair), &options, cell)
    }

    fn written(repair: Repair) -> String {
        assert_eq!((repair.left, repair.delete_row), (None, None));
        let new = repair.new.expect("a change");
        String::from_utf8(new.bytes().expect("a value").to_vec()).expect("UTF-8")
    }

    #[test]
    fn only_real_escapes_go_and_no_keys_merge() {
        let props = || pair("Posts", "Props", "json", "jsonb");
        let json = |text: &str| asked(props(), &[], Some(text.as_bytes()));
        assert_eq!(
            written(json(r#"{"a":"x\u0000", "b":"C:\\u0000"}"#)),
            r#"{"a":"x", "b":"C:\\u0000"}"#
        );
        assert_eq!(written(json(r#"{"k\u0000":"\ud83d"}"#)), r#"{"k":"\ufffd"}"#);
        let merged = json(r#"{"k\u0000":1,"k":2}"#);
        assert_eq!((merged.left, merged.new), (Some(Rule::KeysMerge), None));
        assert_eq!(json(r#"{"a":1}"#), Repair::default());
    }

    #[test]
    fn json_that_is_none_becomes_an_object_or_null_or_is_left() {
        let at = |table, column, cell: &[u8]| {
            asked(pair(table, column, "json", "jsonb"), &[], Some(cell))
        };
        assert_eq!(written(at("Users", "Props", b"")), "{}");
        assert_eq!(written(at("Users", "Props", b" null ")), "{}");
        assert_eq!(at("Threads", "Participants", b"").new, Some(Cell::Null));
        let broken = at("Jobs", "Data", b"{");
        assert_eq!((broken.left, broken.new), (Some(Rule::InvalidJson), None));
    }

    #[test]
    fn text_is_cut_or_left_or_the_row_goes() {
        let at = |table, column, limit, asking: &[&str], cell: &str| {
            let target = format!("character varying({limit})");
            asked(pair(table, column, "text", &target), asking, Some(cell.as_bytes()))
        };
        assert_eq!(written(at("Channels", "Header", 2, &[], "日本語")), "日本");
        assert_eq!(written(at("Channels", "Header", 2, &[], "日\0本語")), "日本");
        assert_eq!(written(at("FileInfo", "Name", 8, &[], "überlang.pdf")), "über.pdf");
        assert_eq!(written(at("Commands", "IconURL", 2, &[], "http")), "");
        assert_eq!(at("Posts", "FileIds", 2, &[], "[\"a\"]").left, Some(Rule::TooLong));
        assert_eq!(
            at("Posts", "FileIds", 2, &["Posts.FileIds=null"], "[\"a\"]").new,
            Some(Cell::Null)
        );
        let row = at("LinkMetadata", "URL", 2, &[], "http");
        assert_eq!((row.delete_row, row.new), (Some(Rule::TooLong), None));
        assert_eq!(
            at("LinkMetadata", "URL", 2, &["linkmetadata.url=keep"], "http").left,
            Some(Rule::TooLong)
        );
        let half = at("Posts", "FileIds", 3, &[], "a\0bcd");
        assert_eq!(
            (half.new, half.left),
            (Some(Cell::Bytes(b"abcd".to_vec())), Some(Rule::TooLong))
        );
    }

    #[test]
    fn lists_lose_whole_elements_and_objects_are_never_cut() {
        let at = |table, column, limit, asking: &[&str], cell: &str| {
            let target = format!("character varying({limit})");
            asked(pair(table, column, "text", &target), asking, Some(cell.as_bytes()))
        };
        let list = |cell| at("Posts", "FileIds", 12, &["Posts.FileIds=truncate"], cell);
        assert_eq!(written(list(r#"["abc","def","g"]"#)), r#"["abc"]"#);
        assert_eq!(written(list(r#"["abc","d","efg"#)), r#"["abc","d"]"#);
        assert_eq!(written(list(r#"["abc","d"#)), r#"["abc"]"#, "cut before");
        assert_eq!(written(list("")), "[]");
        assert_eq!(list(r#"{"abc":"defgh"}"#).left, Some(Rule::TooLong));
        assert_eq!(list("{}").left, Some(Rule::NotJsonList));
        assert_eq!(list(r#"["abc"]"#), Repair::default());
        let object = at("Drafts", "Props", 3, &["Drafts.Props=truncate"], r#"{"a":1}"#);
        assert_eq!((object.left, object.new), (Some(Rule::TooLong), None));
    }

    #[test]
    fn what_is_not_text_is_made_text_where_that_is_asked() {
        let pair = pair("Posts", "Hashtags", "text", "character varying(4)");
        let broken =
            asked(pair.clone(), &["Posts.Hashtags=truncate"], Some(b"\0#a\xff\xe6\x97 #b"));
        assert_eq!(broken.reasons, [Rule::InvalidUtf8, Rule::NulByte, Rule::TooLong]);
        assert_eq!(written(broken), "#a\u{fffd}\u{fffd}");
        let mut probes = Probe::of_column(pair);
        probes.retain(|probe| probe.rule.rule() == Rule::TooLong);
        let left = repair(&probes, &FixOptions::default(), Some(b"#abcd\xff"));
        assert_eq!((left.left, left.new), (Some(Rule::InvalidUtf8), None));
    }

    #[test]
    fn null_becomes_nothing_of_its_type() {
        let not_null = |source, target| {
            let pair = pair("PropertyFields", "CreateAt", source, target);
            asked(ColumnPair { target_not_null: true, ..pair }, &[], None)
        };
        assert_eq!(written(not_null("bigint", "bigint")), "0");
        assert_eq!(not_null("json", "jsonb").left, Some(Rule::NullNotAllowed));
    }
}
