//! The one font of the pictures, and how wide a text in it is.
//!
//! The font travels inside the program, so a picture looks the same on every machine and never depends on what
//! is installed there. Texts that come from AWS may hold any character: what the font lacks is replaced before
//! layout by a square of known width, so that what was measured is what is drawn.

use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb;

use super::metrics::Metrics;

/// Family name inside both font files.
pub(super) const FAMILY: &str = "Doorman Sans";

const MEDIUM: &[u8] = include_bytes!("../../assets/DoormanSans-Medium.otf");
const BOLD: &[u8] = include_bytes!("../../assets/DoormanSans-Bold.otf");

/// Stands for a character that the font lacks.
const SUBSTITUTE: char = '□';

/// The two weights that the pictures use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Plain text.
    Medium,
    /// Names and figures.
    Bold,
}

impl Weight {
    /// The CSS number.
    pub(super) fn css(self) -> u16 {
        match self {
            Weight::Medium => 500,
            Weight::Bold => 700,
        }
    }

    fn metrics(self) -> &'static Metrics {
        static TABLES: OnceLock<[Metrics; 2]> = OnceLock::new();
        // A font that is compiled in either always parses or never does; `metrics_read_both_fonts` shows that
        // it does. An empty table would draw squares and no text, which is still better than no status at all.
        let [medium, bold] =
            TABLES.get_or_init(|| [MEDIUM, BOLD].map(|data| Metrics::parse(data).unwrap_or_default()));
        match self {
            Weight::Medium => medium,
            Weight::Bold => bold,
        }
    }
}

/// The font database of the renderer: our two files and nothing of the system's. Loaded once.
pub(super) fn database() -> Arc<fontdb::Database> {
    static DATABASE: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    Arc::clone(DATABASE.get_or_init(|| {
        let mut database = fontdb::Database::new();
        for data in [MEDIUM, BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
        }
        Arc::new(database)
    }))
}

/// The text as it can be drawn: on one line, without invisible characters, unknown ones replaced.
pub(super) fn drawable(text: &str) -> String {
    let metrics = Weight::Medium.metrics();
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            // U+00A0 and line breaks alike: one line, one kind of space, no runs of them.
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c.is_control() || is_invisible(c) {
            // Draws nothing by itself, and would be a lonely square.
        } else if metrics.advance(c).is_some() {
            out.push(c);
        } else {
            out.push(SUBSTITUTE);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Joiners, direction marks, variation selectors and the like.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Width of a drawable text in CSS pixels, before kerning (which only ever moves it by a pixel or two).
pub(super) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    let metrics = weight.metrics();
    text.chars().map(|c| metrics.advance(c).unwrap_or(1.0)).sum::<f32>() * size
}

/// Where a text that is too long loses letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// At its end: sentences.
    End,
    /// In its middle: names, which often differ only in their last letters.
    Middle,
}

/// The text made drawable, and cut with an ellipsis when it is wider than `room` CSS pixels.
pub(super) fn fit(text: &str, size: f32, weight: Weight, cut: Cut, room: f32) -> String {
    let text = drawable(text);
    if width(&text, size, weight) <= room {
        return text;
    }
    let letters: Vec<char> = text.chars().collect();
    let wide = |c: char| width(c.encode_utf8(&mut [0; 4]), size, weight);
    let mut room = room - wide('…');
    let (mut head, mut tail) = (0, 0);
    while head + tail < letters.len() {
        // Letters are taken from the front, or from the front and the back in turn.
        let from_tail = cut == Cut::Middle && tail < head;
        let next = if from_tail { letters[letters.len() - 1 - tail] } else { letters[head] };
        room -= wide(next);
        if room < 0.0 {
            break;
        }
        if from_tail { tail += 1 } else { head += 1 }
    }
    let head: String = letters[..head].iter().collect();
    let tail: String = letters[letters.len() - tail..].iter().collect();
    format!("{}…{}", head.trim_end(), tail.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_holds_our_two_weights_and_nothing_else() {
        let database = database();
        let mut weights: Vec<u16> = database.faces().map(|face| face.weight.0).collect();
        weights.sort_unstable();
        assert_eq!(weights, [500, 700]);
        assert!(database.faces().all(|face| face.families[0].0 == FAMILY));
    }

    #[test]
    fn metrics_read_both_fonts() {
        for weight in [Weight::Medium, Weight::Bold] {
            for c in "Aa9$·…□→×₩가힝한글ㄱ".chars() {
                let advance = weight.metrics().advance(c).unwrap_or_else(|| panic!("no {c:?} in {weight:?}"));
                assert!((0.1..=1.2).contains(&advance), "{c:?} is {advance} em wide");
            }
            assert_eq!(weight.metrics().advance('漢'), None);
        }
    }

    #[test]
    fn all_syllables_of_the_standard_set_are_there() {
        // The syllables outside KS X 1001 are 8,822 of 11,172.
        let kept = ('가'..='힣').filter(|&c| Weight::Bold.metrics().advance(c).is_some()).count();
        assert_eq!(kept, 2350);
    }

    #[test]
    fn unknown_characters_become_squares_and_invisible_ones_vanish() {
        assert_eq!(drawable("漢字 web\u{200D}-\u{202E}01 👩‍🚀\u{FE0F}"), "□□ web-01 □□");
        assert_eq!(drawable("  a\n\tb\u{0}c  "), "a bc");
        assert_eq!(drawable("뷁"), "□");
    }

    #[test]
    fn fit_keeps_what_fits_and_says_when_it_cut() {
        let fit = |text, cut, room| super::fit(text, 28.0, Weight::Bold, cut, room);
        assert_eq!(fit("my-service-01", Cut::End, 400.0), "my-service-01");
        let long = "my-service-with-a-name-nobody-would-choose-02";
        for (cut, tail) in [(Cut::End, "…"), (Cut::Middle, "-02")] {
            let text = fit(long, cut, 200.0);
            assert!(text.starts_with("my-s") && text.contains('…') && text.ends_with(tail), "{text}");
            let wide = width(&text, 28.0, Weight::Bold);
            assert!((160.0..=200.0).contains(&wide), "{text} is {wide} wide");
        }
        assert_eq!(fit("my-service", Cut::Middle, 0.0), "…");
        assert_eq!(fit("my-service", Cut::End, -5.0), "…");
        assert_eq!(fit("", Cut::End, 0.0), "");
    }

    #[test]
    fn bold_and_hangul_are_wider_than_medium_and_narrow_letters() {
        assert!(width("service", 20.0, Weight::Bold) > width("service", 20.0, Weight::Medium));
        assert!(width("한글", 20.0, Weight::Medium) > width("il", 20.0, Weight::Medium));
    }
}
