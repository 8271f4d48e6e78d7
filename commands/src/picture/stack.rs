//! The picture of a stack, put together.

use super::layout::Layout;
use super::model::StackPicture;
use super::svg::Svg;
use super::{PictureError, parts, render, route};

/// Draws the stack as a PNG, 1920 pixels wide (wider from the fourth zone on) and as high as it needs.
///
/// # Errors
/// When the picture would be too large for memory, or by a defect of this module.
pub fn stack_png(picture: &StackPicture) -> Result<Vec<u8>, PictureError> {
    render::png(&stack_svg(picture))
}

/// The same as an SVG document.
pub(super) fn stack_svg(picture: &StackPicture) -> String {
    let layout = Layout::of(picture);
    let mut svg = Svg::default();
    parts::card(&mut svg, &layout);
    parts::header(&mut svg, &layout, picture);
    parts::internet(&mut svg, &layout, picture);
    parts::zones(&mut svg, &layout, picture);
    route::draw(&mut svg, &layout, picture.internet.route);
    svg.finish(layout.width, layout.height)
}
