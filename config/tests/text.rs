//! The characters that people type, and what they mean.

use doorman_config::WindowLength;
use doorman_config::duration::parse;
use doorman_config::text::{alike, tidy};
use proptest::prelude::*;
use proptest::sample::select;
use unicode_normalization::UnicodeNormalization;

/// Every space of Unicode, and what looks like one.
const SPACES: &[char] = &[
    ' ', '\t', '\u{a0}', '\u{1680}', '\u{2000}', '\u{2002}', '\u{2003}', '\u{2007}', '\u{2009}', '\u{200a}',
    '\u{2028}', '\u{202f}', '\u{205f}', '\u{3000}', '\u{3164}',
];
/// What nobody sees.
const UNSEEN: &[char] = &[
    '\u{ad}',
    '\u{61c}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{202a}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{2069}',
    '\u{feff}',
    '\u{fe0f}',
    '\u{e0001}',
    '\u{0}',
    '\u{7f}',
];

#[test]
fn what_is_typed_is_what_is_meant() {
    for (typed, meant) in [
        ("30분", "30분"),
        ("my-service-01\u{200b}", "my-service-01"),
        ("\u{feff}  my\u{a0}\u{a0}service ", "my service"),
        ("my\u{2011}service\u{2010}０１", "my-service-01"),
        ("\u{2212}5m", "-5m"),
        ("ｔ３．ｍｉｃｒｏ", "t3.micro"),
        ("cafe\u{301}", "café"),
        ("\u{200b}\u{feff}", ""),
    ] {
        assert_eq!(tidy(typed), meant, "{typed:?}");
    }
    assert!(alike("서버-01", &"서버-01".nfd().collect::<String>()));
    assert!(alike("My-Service", "my\u{2011}service\u{200b}"));
    assert!(!alike("my-service-01", "my-service-02"));
}

#[test]
fn the_settings_read_lengths_the_same_way() {
    let decomposed: String = "1시간 30분".nfd().collect();
    assert_eq!(decomposed.parse::<WindowLength>().map(|length| length.to_string()), Ok("1h30m".to_owned()));
}

/// A text as another device writes it: decomposed or not, with other spaces, in wide digits, with signs between that
/// are not seen.
fn as_typed(plain: &'static str) -> impl Strategy<Value = String> {
    let length = plain.nfd().count();
    let signs = proptest::collection::vec(proptest::option::of(select(UNSEEN)), length);
    let spaces = proptest::collection::vec(select(SPACES), length);
    (any::<bool>(), any::<bool>(), signs, spaces).prop_map(move |(decomposed, wide, signs, spaces)| {
        let characters: Vec<char> = if decomposed { plain.nfd().collect() } else { plain.chars().collect() };
        let mut typed = String::from(spaces[0]);
        for (place, c) in characters.into_iter().enumerate() {
            typed.extend(signs[place]);
            typed.push(match c {
                ' ' => spaces[place],
                c if wide && c.is_ascii_graphic() => {
                    char::from_u32(u32::from(c) + 0xFEE0).expect("a wide form")
                }
                c => c,
            });
        }
        typed.push(spaces[length - 1]);
        typed
    })
}

fn lengths_and_names() -> impl Strategy<Value = (&'static str, String)> {
    let plain = [
        "30m",
        "1h 30m",
        "90",
        "1.5h",
        "30분",
        "1시간 30분",
        "두 시간 반",
        "30분 동안",
        "5m5",
        "30 minuts",
        "서버 하나-01",
        "my-service-01",
        "café",
    ];
    select(plain.to_vec()).prop_flat_map(|plain| (Just(plain), as_typed(plain)))
}

proptest! {
    #[test]
    fn however_it_is_typed_it_reads_the_same((plain, typed) in lengths_and_names()) {
        prop_assert_eq!(parse(&typed), parse(plain));
        prop_assert_eq!(tidy(&typed), plain);
    }

    #[test]
    fn what_is_tidy_stays_so_and_no_text_is_too_odd(text in any::<String>()) {
        let tidied = tidy(&text);
        prop_assert_eq!(&tidy(&tidied), &tidied);
        _ = parse(&text);
    }
}
