//! What people type, as they meant it.
//!
//! A phone, a Mac and a page that something was copied from write the same word in different characters: Hangul as
//! letters or as syllables, spaces that do not break, digits as wide as a syllable, and signs that nobody sees.
//! Whatever is typed is [tidied](tidy) before it is read or compared.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The same text in composed characters (NFC), without what is not seen, with plain spaces one at a time and none
/// around it, with plain hyphens, and with Latin letters and digits of the usual width. Tidying what is tidy changes
/// nothing.
///
/// What is compared with something that was typed is tidied, too: a name may have been given on another device.
#[must_use]
pub fn tidy(text: &str) -> String {
    let plain: String = text.chars().filter_map(plain).nfc().collect();
    plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether both are the same to whoever reads them; capitals make no difference.
#[must_use]
pub fn alike(one: &str, other: &str) -> bool {
    tidy(one).to_lowercase() == tidy(other).to_lowercase()
}

/// A character as a plain keyboard writes it; `None`: it is not seen.
fn plain(c: char) -> Option<char> {
    Some(match c {
        // Before anything else, because the ends of lines are control characters.
        c if c.is_whitespace() => ' ',
        // Look like a space and are letters, or a symbol: the fillers of Hangul, and Braille without a dot.
        '\u{3164}' | '\u{FFA0}' | '\u{2800}' => ' ',
        // Say how the character before them is drawn.
        '\u{34F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => return None,
        // The hyphens that are not the one on the keyboard, and the minus sign.
        '\u{2010}' | '\u{2011}' | '\u{2212}' => '-',
        // Full-width forms, as an East Asian keyboard writes them, lie at a fixed distance from ASCII.
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        c => match c.general_category() {
            GeneralCategory::Format | GeneralCategory::Control => return None,
            _ => c,
        },
    })
}
