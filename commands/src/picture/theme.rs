//! Colours, letter sizes and the little marks, all in one place.

use super::font::Weight;
use super::svg::{Rect, Stroke, Svg, Type};

/// How to take a piece of news. Each tone has a colour and a mark of its own shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// As it should be: a tick.
    Good,
    /// On its way: a disc that is half full.
    Busy,
    /// Needs a look: a triangle.
    Warn,
    /// Wrong: a cross.
    Bad,
    /// Off, on purpose: a dash.
    Idle,
}

impl Tone {
    /// Larger where it matters more that people see it.
    pub(super) fn gravity(self) -> u8 {
        match self {
            Tone::Idle => 0,
            Tone::Good => 1,
            Tone::Busy => 2,
            Tone::Warn => 3,
            Tone::Bad => 4,
        }
    }

    /// Bright enough on every fill used here for a contrast of 4.5 and more (WCAG AA).
    pub(super) fn colour(self) -> &'static str {
        match self {
            Tone::Good => "#5fe08f",
            Tone::Busy => "#7cb8ff",
            Tone::Warn => "#ffcb47",
            Tone::Bad => "#ff7b7b",
            Tone::Idle => "#aab2c0",
        }
    }
}

/// The card that everything stands on. Dark on both of Discord's themes, with an edge that shows on the dark one.
pub(super) const CARD: &str = "#15171c";
pub(super) const CARD_EDGE: &str = "#3b404c";
pub(super) const ZONE: &str = "#1c1f26";
pub(super) const ZONE_EDGE: &str = "#343945";
/// Public subnets are green and private ones blue, as in AWS's own diagrams.
pub(super) const PUBLIC: &str = "#18281f";
pub(super) const PUBLIC_EDGE: &str = "#3f7a58";
pub(super) const PRIVATE: &str = "#18233a";
pub(super) const PRIVATE_EDGE: &str = "#4a69a3";
pub(super) const BOX: &str = "#2a303c";
pub(super) const BOX_EDGE: &str = "#4a5263";
pub(super) const TRACK: &str = "#323845";
pub(super) const TEXT: &str = "#f4f6f9";
pub(super) const MUTED: &str = "#b4bcc9";
/// For marks upon a bright shape.
pub(super) const INK: &str = "#10131a";

/// Dashes of what is expected but not there.
pub(super) const ABSENT: Stroke = Stroke { colour: "#8f98a8", width: 2.5, dashes: Some("9 7") };

pub(super) const TITLE: Type = Type { size: 36.0, weight: Weight::Bold, colour: TEXT };
pub(super) const COST: Type = Type { size: 32.0, weight: Weight::Bold, colour: TEXT };
pub(super) const NAME: Type = Type { size: 29.0, weight: Weight::Bold, colour: TEXT };
pub(super) const PLACE: Type = Type { size: 25.0, weight: Weight::Bold, colour: TEXT };
pub(super) const STATE: Type = Type { size: 26.0, weight: Weight::Medium, colour: TEXT };
pub(super) const DETAIL: Type = Type { size: 24.0, weight: Weight::Medium, colour: MUTED };

impl Type {
    /// The same letters in another colour.
    pub(super) fn in_colour(self, colour: &'static str) -> Type {
        Type { colour, ..self }
    }
}

/// Radius of a mark beside text.
pub(super) const MARK: f32 = 11.0;
/// From the left edge of a mark to the text that follows it.
pub(super) const MARK_ROOM: f32 = 2.0 * MARK + 9.0;

impl Svg {
    /// The mark of a tone, centred at (x, y), of radius `r`.
    pub(super) fn mark(&mut self, x: f32, y: f32, r: f32, tone: Tone) {
        let colour = tone.colour();
        let ink = |width: f32| Stroke::solid(INK, width * r);
        match tone {
            Tone::Good => {
                self.circle(x, y, r, colour, None);
                let (a, b, c) = (x - 0.45 * r, x - 0.1 * r, x + 0.5 * r);
                let tick = format!(
                    "M{a:.1} {:.1}L{b:.1} {:.1}L{c:.1} {:.1}",
                    y + 0.05 * r,
                    y + 0.4 * r,
                    y - 0.35 * r
                );
                self.stroke(&tick, ink(0.26));
            }
            Tone::Busy => {
                self.circle(x, y, r * 0.88, "none", Some(Stroke::solid(colour, 0.24 * r)));
                let (top, bottom, half) = (y - 0.6 * r, y + 0.6 * r, 0.6 * r);
                self.fill(&format!("M{x:.1} {top:.1}A{half:.1} {half:.1} 0 0 0 {x:.1} {bottom:.1}Z"), colour);
            }
            Tone::Warn => {
                let (top, base) = (y - r, y + 0.85 * r);
                let triangle =
                    format!("M{x:.1} {top:.1}L{:.1} {base:.1}L{:.1} {base:.1}Z", x + 1.1 * r, x - 1.1 * r);
                self.fill(&triangle, colour);
                self.stroke(&format!("M{x:.1} {:.1}L{x:.1} {:.1}", y - 0.35 * r, y + 0.2 * r), ink(0.24));
                self.circle(x, y + 0.58 * r, 0.14 * r, INK, None);
            }
            Tone::Bad => {
                self.circle(x, y, r, colour, None);
                self.cross(x, y, 0.38 * r, ink(0.26));
            }
            Tone::Idle => {
                self.circle(x, y, r * 0.88, "none", Some(Stroke::solid(colour, 0.24 * r)));
                self.stroke(
                    &format!("M{:.1} {y:.1}L{:.1} {y:.1}", x - 0.4 * r, x + 0.4 * r),
                    Stroke::solid(colour, 0.24 * r),
                );
            }
        }
    }

    /// Two strokes across each other, reaching `reach` from the centre both ways.
    pub(super) fn cross(&mut self, x: f32, y: f32, reach: f32, stroke: Stroke) {
        let (l, t, r, b) = (x - reach, y - reach, x + reach, y + reach);
        self.stroke(&format!("M{l:.1} {t:.1}L{r:.1} {b:.1}M{r:.1} {t:.1}L{l:.1} {b:.1}"), stroke);
    }

    /// A globe: the internet, and subnets that are open to it.
    pub(super) fn globe(&mut self, x: f32, y: f32, r: f32, colour: &'static str) {
        let stroke = Stroke::solid(colour, (0.16 * r).max(2.0));
        self.circle(x, y, r, "none", Some(stroke));
        let (top, bottom, left, right) = (y - r, y + r, x - r, x + r);
        let half = 0.45 * r;
        self.stroke(
            &format!(
                "M{left:.1} {y:.1}L{right:.1} {y:.1}\
                 M{x:.1} {top:.1}A{half:.1} {r} 0 0 1 {x:.1} {bottom:.1}A{half:.1} {r} 0 0 1 {x:.1} {top:.1}"
            ),
            stroke,
        );
    }

    /// A padlock: subnets that are closed to the internet.
    pub(super) fn lock(&mut self, x: f32, y: f32, r: f32, colour: &'static str) {
        self.rect(Rect { x: x - 0.8 * r, y: y - 0.1 * r, w: 1.6 * r, h: 1.1 * r }, 2.5, colour, None);
        let (left, right, foot, arm) = (x - 0.48 * r, x + 0.48 * r, y - 0.1 * r, 0.48 * r);
        let shoulder = y - 0.45 * r;
        self.stroke(
            &format!(
                "M{left:.1} {foot:.1}L{left:.1} {shoulder:.1}A{arm:.1} {arm:.1} 0 0 1 {right:.1} {shoulder:.1}\
                 L{right:.1} {foot:.1}"
            ),
            Stroke::solid(colour, 0.22 * r),
        );
    }

    /// A clock: time left.
    pub(super) fn clock(&mut self, x: f32, y: f32, r: f32, colour: &'static str) {
        let stroke = Stroke::solid(colour, 0.18 * r);
        self.circle(x, y, r, "none", Some(stroke));
        self.stroke(
            &format!("M{x:.1} {:.1}L{x:.1} {y:.1}L{:.1} {:.1}", y - 0.6 * r, x + 0.42 * r, y + 0.25 * r),
            stroke,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of `#rrggbb`, as WCAG 2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let c = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_text_colour_stands_out_on_every_fill() {
        let tones = [Tone::Good, Tone::Busy, Tone::Warn, Tone::Bad, Tone::Idle].map(Tone::colour);
        for text in tones.into_iter().chain([TEXT, MUTED]) {
            for fill in [CARD, ZONE, PUBLIC, PRIVATE, BOX] {
                let contrast = (luminance(text) + 0.05) / (luminance(fill) + 0.05);
                assert!(contrast >= 4.5, "{text} on {fill}: {contrast:.1}");
            }
        }
    }
}
