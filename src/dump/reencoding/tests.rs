//! Texts of many languages, correct and re-encoded.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GBK, IBM866, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1256,
};

use super::{CONSOLES, CodePages, Reencoding};

const SIMPLIFIED: &str = "大家好，今天下午三点在小会议室开会，请先看一下数据库的迁移计划。小学校长说没有问题，\
    谢谢你的帮助！联通的网络又断了，录音和图片都没有上传。服务器已经重新启动，所有频道恢复正常。";
const TRADITIONAL: &str = "各位早安，昨天晚上的備份已經完成，請確認頻道裡的檔案是否齊全。\
    如果有任何問題，請在這個討論串回覆，我們會儘快處理。謝謝大家的耐心等候！";
const JAPANESE: &str = "お疲れさまです。サーバーの移行は今夜二十二時から始めます。作業中はメッセージを送信できません。\
    ﾃｽﾄ用のチャンネルで確認してください。日本語の検索も後で試します。";
const KOREAN: &str = "안녕하세요. 오늘 밤에 서버를 이전합니다. 작업 중에는 글을 쓸 수 없습니다. \
    왜? 가나다라 순서로 정렬해 주세요. 문제가 있으면 이 채널에 알려 주시기 바랍니다.";
const RUSSIAN: &str = "Привет, мир! Сегодня вечером мы переносим сервер — сообщения временно не отправляются. \
    Чай, хан, цена: всё это «слова». СССР… ЁЖ № 5";
const UKRAINIAN: &str =
    "Привіт! Її повідомлення надійшло вчора, ґанок уже полагодили. Є ще питання?";
const GERMAN: &str =
    "Größere Änderungen müssen geübt werden – „Übung“ macht den Meister. CAFÉ… JÄ… STRAẞE ß";
const FRENCH: &str =
    "Voilà, l’été déjà ! « Où êtes-vous ? » À bientôt, cœur naïf… POR QUÉ? MANHÃ… AÇÃO";
const POLISH: &str = "Zażółć gęślą jaźń, proszę. Część kanałów już przeniesiono.";
const GREEK: &str = "Καλημέρα, το σύστημα μεταφέρεται απόψε. Ό,τι θέλετε, «ρωτήστε» Άννα.";
const ARABIC: &str = "مرحبا، سننقل الخادم هذا المساء. هل لديكم سؤال؟ آب";
const THAI: &str = "สวัสดีครับ วันนี้จะย้ายเซิร์ฟเวอร์ รถ สก";

const NATURAL: [&str; 12] = [
    SIMPLIFIED,
    TRADITIONAL,
    JAPANESE,
    KOREAN,
    RUSSIAN,
    UKRAINIAN,
    GERMAN,
    FRENCH,
    POLISH,
    GREEK,
    ARABIC,
    THAI,
];

/// The text after a program has read its bytes in this encoding, with `mark` for those that it cannot read.
fn mangled(text: &str, encoding: &'static Encoding, mark: &str) -> String {
    encoding.decode_without_bom_handling(text.as_bytes()).0.replace('\u{fffd}', mark)
}

#[test]
fn natural_text_is_never_taken_for_reencoded_text() {
    for text in NATURAL {
        let characters: Vec<char> = text.chars().collect();
        // Messages of every length: a chance match is likelier in a short one.
        for length in (1..=12).chain([characters.len()]) {
            for window in characters.windows(length) {
                let message: String = window.iter().collect();
                let found = Reencoding::of(&message).shown.map(super::CodePage::name);
                assert_eq!(found, None, "{message}");
            }
        }
    }
    for text in [
        "小学校",
        "联通",
        "茅台",
        "Mr. 茅",
        "录",
        "CAFÉ…",
        "왜?가?",
        "?가",
        "日本語 🎉",
        "❤\u{fe0f}",
    ] {
        assert_eq!(Reencoding::of(text).shown, None, "{text}");
    }
}

#[test]
fn text_that_was_read_in_an_encoding_of_east_asia_is_recognised() {
    for encoding in [GBK, BIG5, SHIFT_JIS, EUC_KR] {
        for text in [SIMPLIFIED, TRADITIONAL, JAPANESE, KOREAN, RUSSIAN, "你好，世界", "こんにちは"]
        {
            for mark in ["\u{fffd}", "?"] {
                let mangled = mangled(text, encoding, mark);
                let found = Reencoding::of(&mangled);
                assert!(found.shown.is_some(), "{} with `{mark}`: {mangled}", encoding.name());
            }
        }
    }
}

#[test]
fn text_that_was_read_in_a_code_page_of_one_byte_is_recognised() {
    let pages =
        [WINDOWS_1252, WINDOWS_1251, WINDOWS_1250, WINDOWS_1253, WINDOWS_1256, WINDOWS_874, IBM866];
    for encoding in pages {
        for text in [SIMPLIFIED, JAPANESE, KOREAN, RUSSIAN, UKRAINIAN, GREEK, ARABIC, THAI] {
            let mangled = mangled(text, encoding, "?");
            assert!(Reencoding::of(&mangled).shown.is_some(), "{}: {mangled}", encoding.name());
        }
    }
    for (page, upper) in CONSOLES {
        let characters: Vec<char> = upper.chars().collect();
        assert_eq!(characters.len(), 128, "{page}");
        for text in ["größer – „Ü“", "Привет, мир", "日本語 🎉"] {
            let read = |byte: u8| match byte {
                0x80.. => characters[usize::from(byte - 0x80)],
                _ => char::from(byte),
            };
            let mangled: String = text.bytes().map(read).collect();
            assert_eq!(Reencoding::of(&mangled).shown.map(super::CodePage::name), Some(page));
        }
    }
    for mangled in ["cafÃ©", "VoilÃ\u{a0} !", "â€œjaâ€\u{9d} – Ã©"] {
        let name = Reencoding::of(mangled).shown.map(super::CodePage::name);
        assert_eq!(name, (!mangled.contains('–')).then_some("Windows-1252"), "{mangled}");
    }
}

#[test]
fn a_short_text_rules_out_code_pages_without_showing_one() {
    // One character is no evidence, and fits what was read in GBK.
    let short = Reencoding::of(&mangled("é", GBK, "?"));
    let long = Reencoding::of(&mangled(SIMPLIFIED, GBK, "?"));
    let page = long.shown.expect("a code page");
    assert_eq!((short.shown, short.possible.contains(page)), (None, true));
    assert!(CodePages::ALL.and(long.possible).contains(page));
    assert!(!long.possible.and(Reencoding::of(SIMPLIFIED).possible).contains(page));
}
