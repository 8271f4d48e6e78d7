//! The pictures that doorman posts: the stack as it was observed (`/status`) and what the days cost.
//!
//! Both are written as SVG and rendered to PNG here, with a font of our own: no system font, no file and no
//! network is involved, and the same input gives the same bytes everywhere. Nothing here knows AWS, Discord or
//! languages: every text arrives as it is to be read, and a [`Tone`] says how to take it. A tone is always drawn as
//! a shape as well as a colour, so that the pictures can be read without telling colours apart.
//!
//! Sizes are CSS pixels; the PNG has two pixels for each. Discord shows a picture about 400 wide on a phone,
//! which is why the letters are large and the words few.
//!
//! Rendering takes tens of milliseconds of CPU: call it where blocking is allowed.

mod chart;
#[cfg(test)]
mod fixtures;
mod font;
mod layout;
mod metrics;
mod model;
mod parts;
mod render;
mod route;
mod stack;
mod svg;
#[cfg(test)]
mod tests;
mod theme;

pub use chart::{Bar, CostChart, cost_png};
pub use model::{
    EndpointMark, Gateway, Instance, Internet, Labels, RouteState, StackPicture, Subnet, Window, Zone,
};
pub use stack::stack_png;
pub use theme::Tone;

/// Why there is no picture. The caller sends its message without one.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The SVG that we wrote is not one; a defect of this module.
    #[error("cannot read the drawing")]
    Drawing(#[from] resvg::usvg::Error),
    /// The picture would be larger than memory allows.
    #[error("the picture is too large")]
    Canvas,
    /// The pixels could not be written as PNG.
    #[error("cannot encode the picture: {0}")]
    Encode(String),
    /// The chart could not be drawn.
    #[error("cannot draw the chart: {0}")]
    Chart(String),
}
