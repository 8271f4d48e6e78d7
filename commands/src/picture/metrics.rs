//! How wide each character of a font is, read from the font file itself.
//!
//! Only the three tables that this needs are read: `head` (units per em), `cmap` in format 4 (character to
//! glyph, which covers the Basic Multilingual Plane and so all that our fonts keep) and `hmtx` (widths).
//! Layout: <https://learn.microsoft.com/typography/opentype/spec/otff>.

use std::collections::HashMap;

/// Advance widths by character.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    advances: HashMap<char, f32>,
}

impl Metrics {
    /// The width of a character in em (multiply by the font size), if the font has it.
    pub(super) fn advance(&self, c: char) -> Option<f32> {
        self.advances.get(&c).copied()
    }

    /// Reads an OpenType file; `None` when it is not one, or lacks what we need.
    pub(super) fn parse(file: &[u8]) -> Option<Metrics> {
        let units_per_em = f32::from(u16_at(table(file, b"head")?, 18)?);
        let widths = table(file, b"hmtx")?;
        let full_widths = usize::from(u16_at(table(file, b"hhea")?, 34)?);
        let mut advances = HashMap::new();
        for (code, glyph) in characters(table(file, b"cmap")?)? {
            // Glyphs past the last full entry share its width.
            let entry = usize::from(glyph).min(full_widths.checked_sub(1)?);
            let width = f32::from(u16_at(widths, entry * 4)?) / units_per_em;
            advances.insert(char::from_u32(u32::from(code))?, width);
        }
        Some(Metrics { advances })
    }
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// The bytes of one table, by its tag.
fn table<'a>(file: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(u16_at(file, 4)?);
    let record = (0..count).map(|i| 12 + i * 16).find(|&at| file.get(at..at + 4) == Some(tag))?;
    let start = u32_at(file, record + 8)?;
    file.get(start..start.checked_add(u32_at(file, record + 12)?)?)
}

/// Every character of the `cmap` table with its glyph number.
fn characters(cmap: &[u8]) -> Option<Vec<(u16, u16)>> {
    let count = usize::from(u16_at(cmap, 2)?);
    let subtable = (0..count)
        .filter_map(|i| cmap.get(u32_at(cmap, 4 + i * 8 + 4)?..))
        .find(|subtable| u16_at(subtable, 0) == Some(4))?;
    let segments = usize::from(u16_at(subtable, 6)?) / 2;
    let (ends, starts) = (14, 16 + segments * 2);
    let (deltas, ranges) = (starts + segments * 2, starts + segments * 4);
    let mut found = Vec::new();
    for i in 0..segments {
        let start = u16_at(subtable, starts + i * 2)?;
        let end = u16_at(subtable, ends + i * 2)?;
        let delta = u16_at(subtable, deltas + i * 2)?;
        let range = u16_at(subtable, ranges + i * 2)?;
        // The last segment is the terminator 0xFFFF, which is no character.
        for code in (start..=end).filter(|&code| code != u16::MAX) {
            let glyph = if range == 0 {
                code.wrapping_add(delta)
            } else {
                let at = ranges + i * 2 + usize::from(range) + usize::from(code - start) * 2;
                match u16_at(subtable, at)? {
                    0 => 0,
                    glyph => glyph.wrapping_add(delta),
                }
            };
            if glyph != 0 {
                found.push((code, glyph));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_font_is_refused() {
        assert!(Metrics::parse(b"").is_none());
        assert!(Metrics::parse(b"not a font, but long enough to look into").is_none());
    }

    #[test]
    fn a_font_cut_short_is_refused_without_panicking() {
        let font = include_bytes!("../../assets/DoormanSans-Medium.otf");
        for length in (0..font.len()).step_by(4096) {
            // Whole tables may still be in front of the cut; all that matters is that nothing is read past it.
            let _ = Metrics::parse(&font[..length]);
        }
        assert!(Metrics::parse(&font[..64]).is_none());
    }
}
