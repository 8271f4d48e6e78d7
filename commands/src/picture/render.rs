//! From SVG text to PNG bytes.

use resvg::{tiny_skia, usvg};

use super::{PictureError, font};

/// Pixels per CSS pixel: Discord shows the picture small first, and people zoom in on a phone.
pub(super) const SCALE: f32 = 2.0;

/// Renders an SVG document, with our font only and without any access to files or the network.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let pixmap = pixmap(svg)?;
    pixmap
        .encode_png()
        .map_err(|error| PictureError::Encode(error.to_string()))
}

/// Renders an SVG document to pixels.
pub(super) fn pixmap(svg: &str) -> Result<tiny_skia::Pixmap, PictureError> {
    let options = usvg::Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: font::database(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .ok_or(PictureError::Canvas)?;
    let mut pixmap = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or(PictureError::Canvas)?;
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(SCALE, SCALE),
        &mut pixmap.as_mut(),
    );
    Ok(pixmap)
}
