//! Writing SVG: the few shapes that the pictures use, with every text escaped.

use std::fmt::Write as _;

use super::font::{self, Cut, Weight};

/// What the given x of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
}

/// How much smaller letters may get before a text is cut instead.
const SMALLEST: f32 = 0.8;

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    /// Font size in CSS pixels.
    pub(super) size: f32,
    pub(super) weight: Weight,
    /// `#rrggbb`.
    pub(super) colour: &'static str,
}

impl Type {
    /// Width of the text in this type, once made drawable.
    pub(super) fn width(self, text: &str) -> f32 {
        font::width(&font::drawable(text), self.size, self.weight)
    }

    /// The text made drawable, and cut when it is wider than `room`.
    pub(super) fn fit(self, text: &str, cut: Cut, room: f32) -> String {
        font::fit(text, self.size, self.weight, cut, room)
    }

    /// The same type in a size in which the text fits into `room`, though no smaller than is readable.
    pub(super) fn shrunk(self, text: &str, room: f32) -> Type {
        let wide = self.width(text);
        if wide <= room {
            return self;
        }
        // Half pixels are as fine as anyone sees.
        let size = (self.size * room / wide * 2.0).floor() / 2.0;
        Type { size: size.max((self.size * SMALLEST).ceil()), ..self }
    }
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) w: f32,
    pub(super) h: f32,
}

impl Rect {
    pub(super) fn right(self) -> f32 {
        self.x + self.w
    }

    pub(super) fn bottom(self) -> f32 {
        self.y + self.h
    }

    /// The same rectangle, smaller by `by` on every side.
    pub(super) fn inset(self, by: f32) -> Rect {
        Rect { x: self.x + by, y: self.y + by, w: self.w - 2.0 * by, h: self.h - 2.0 * by }
    }
}

/// How an outline or a line looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) colour: &'static str,
    pub(super) width: f32,
    /// SVG's `stroke-dasharray`; none for a solid line.
    pub(super) dashes: Option<&'static str>,
}

impl Stroke {
    pub(super) fn solid(colour: &'static str, width: f32) -> Stroke {
        Stroke { colour, width, dashes: None }
    }

    fn attributes(self) -> String {
        let mut out = format!(r#"stroke="{}" stroke-width="{}""#, self.colour, self.width);
        if let Some(dashes) = self.dashes {
            let _ = write!(out, r#" stroke-dasharray="{dashes}""#);
        }
        out
    }
}

/// An SVG document being written.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

impl Svg {
    /// The whole document, `width` by `height` CSS pixels.
    pub(super) fn finish(self, width: f32, height: f32) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{}\">\n{}</svg>\n",
            font::FAMILY,
            self.body
        )
    }

    /// A rectangle with rounded corners; `fill` is a colour or `none`.
    pub(super) fn rect(&mut self, at: Rect, radius: f32, fill: &str, stroke: Option<Stroke>) {
        let Rect { x, y, w, h } = at;
        let stroke = stroke.map(|s| format!(" {}", s.attributes())).unwrap_or_default();
        self.line_of(&format!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{w:.1}" height="{h:.1}" rx="{radius}" fill="{fill}"{stroke}/>"#
        ));
    }

    /// A text whose baseline starts at (x, y), or is centred there. It is made drawable, but not cut.
    pub(super) fn text(&mut self, x: f32, y: f32, anchor: Anchor, font: Type, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        self.line_of(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{}" font-weight="{}" fill="{}">{}</text>"#,
            font.size,
            font.weight.css(),
            font.colour,
            escape(&font::drawable(text))
        ));
    }

    /// An open line along the path data `d`, with round ends and joins.
    pub(super) fn stroke(&mut self, d: &str, stroke: Stroke) {
        self.line_of(&format!(
            r#"<path d="{d}" fill="none" stroke-linecap="round" stroke-linejoin="round" {}/>"#,
            stroke.attributes()
        ));
    }

    /// A filled shape with the path data `d`.
    pub(super) fn fill(&mut self, d: &str, colour: &str) {
        self.line_of(&format!(r#"<path d="{d}" fill="{colour}"/>"#));
    }

    /// A circle; `fill` is a colour or `none`.
    pub(super) fn circle(&mut self, x: f32, y: f32, r: f32, fill: &str, stroke: Option<Stroke>) {
        let stroke = stroke.map(|s| format!(" {}", s.attributes())).unwrap_or_default();
        self.line_of(&format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{r}" fill="{fill}"{stroke}/>"#));
    }

    /// A whole SVG document that somebody else wrote, in its own size at the top left.
    pub(super) fn nested(&mut self, document: &str) {
        self.line_of(document);
    }

    fn line_of(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }
}

/// Text made safe inside an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Type = Type { size: 20.0, weight: Weight::Medium, colour: "#ffffff" };

    #[test]
    fn text_cannot_leave_its_element() {
        let mut svg = Svg::default();
        svg.text(0.0, 20.0, Anchor::Start, PLAIN, r#"</text><image href="x"/>&'"#);
        insta::assert_snapshot!(svg.finish(10.0, 30.0), @r##"
        <svg xmlns="http://www.w3.org/2000/svg" width="10" height="30" viewBox="0 0 10 30" font-family="Doorman Sans">
        <text x="0.0" y="20.0" text-anchor="start" font-size="20" font-weight="500" fill="#ffffff">&lt;/text&gt;&lt;image href=&quot;x&quot;/&gt;&amp;&#39;</text>
        </svg>
        "##);
    }
}
