//! From SVG text to PNG bytes.

use resvg::{tiny_skia, usvg};

use super::{PictureError, font};

/// Pixels per CSS pixel: Discord shows the picture small first, and people zoom in on a phone.
const SCALE: f32 = 2.0;
/// No picture gets higher or wider than this, so that it cannot eat the memory; it gets coarser instead.
const MAX_PIXELS: f32 = 8192.0;

/// Renders an SVG document, with our font only and without any access to files or the network.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    pixmap(&tree(svg)?, SCALE)?.encode_png().map_err(|error| PictureError::Encode(error.to_string()))
}

/// Reads an SVG document and lays its texts out.
pub(super) fn tree(svg: &str) -> Result<usvg::Tree, PictureError> {
    let options = usvg::Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: font::database(),
        // Nothing of ours refers to an image; nothing that slipped in may.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    Ok(usvg::Tree::from_str(svg, &options)?)
}

/// Renders a drawing to pixels, `scale` of them for each CSS pixel.
pub(super) fn pixmap(tree: &usvg::Tree, scale: f32) -> Result<tiny_skia::Pixmap, PictureError> {
    let longest = tree.size().width().max(tree.size().height());
    let scale = scale.min(MAX_PIXELS / longest);
    let size = tree.size().to_int_size().scale_by(scale).ok_or(PictureError::Canvas)?;
    let mut pixmap = tiny_skia::Pixmap::new(size.width(), size.height()).ok_or(PictureError::Canvas)?;
    resvg::render(tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}
