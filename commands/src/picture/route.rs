//! The way from the private subnets to the internet, drawn as far as it really leads.

use super::layout::{Exit, Layout};
use super::model::RouteState;
use super::svg::{Anchor, Stroke, Svg};
use super::theme::Tone;
use super::theme::{INK, PLACE};

const WIDE: f32 = 6.0;
/// Length and half breadth of an arrow's head.
const HEAD: f32 = 18.0;
/// Radius of what ends or marks a line.
const BADGE: f32 = 20.0;

/// How to take the way out as a whole. A route to a gateway that does not work yet, or no longer, is no way out.
pub(super) fn tone(layout: &Layout<'_>, route: RouteState) -> Tone {
    match route {
        RouteState::None => Tone::Idle,
        RouteState::Active => layout.exit.as_ref().map_or(Tone::Warn, |exit| exit.gateway.tone),
        RouteState::Blackhole => Tone::Bad,
        RouteState::Foreign => Tone::Warn,
    }
}

/// Draws the route, if there is one.
pub(super) fn draw(svg: &mut Svg, layout: &Layout<'_>, route: RouteState) {
    let colour = tone(layout, route).colour();
    match (route, &layout.exit) {
        (RouteState::None, _) => {}
        (RouteState::Active, Some(exit)) => {
            if collect(svg, layout, exit.trunk, Stroke::solid(colour, WIDE)) {
                arrow(svg, exit.trunk, layout.bus, exit.rect.bottom(), Stroke::solid(colour, WIDE));
            }
            onward(svg, layout, exit);
        }
        (RouteState::Blackhole, exit) => {
            let end = exit.as_ref().map(|exit| exit.trunk).or(layout.columns.first().map(|c| c.trunk));
            let Some(end) = end else { return };
            let broken = Stroke { colour, width: WIDE, dashes: Some("14 14") };
            if collect(svg, layout, end, broken) {
                svg.circle(end, layout.bus, BADGE, colour, None);
                svg.cross(end, layout.bus, 8.0, Stroke::solid(INK, 5.0));
            }
        }
        // A route to a gateway that nobody has seen is as unknown as one that somebody else made.
        (RouteState::Active, None) | (RouteState::Foreign, _) => {
            let broken = Stroke { colour, width: WIDE, dashes: Some("3 13") };
            if collect(svg, layout, layout.bypass, broken) {
                arrow(svg, layout.bypass, layout.bus, layout.internet.bottom(), broken);
                svg.circle(layout.bypass, layout.bus, BADGE, colour, None);
                let font = PLACE.in_colour(INK);
                svg.text(layout.bypass, layout.bus + 9.0, Anchor::Middle, font, "?");
            }
        }
    }
}

/// From the gateway to the internet: only a gateway that works carries anything.
fn onward(svg: &mut Svg, layout: &Layout<'_>, exit: &Exit<'_>) {
    if exit.gateway.tone == Tone::Good {
        let stroke = Stroke::solid(exit.gateway.tone.colour(), WIDE);
        arrow(svg, exit.trunk, exit.rect.y, layout.internet.bottom(), stroke);
    }
}

/// Lines from all private subnets to (`end`, bus). False when there is none to start from.
fn collect(svg: &mut Svg, layout: &Layout<'_>, end: f32, stroke: Stroke) -> bool {
    let (mut left, mut right) = (end, end);
    let mut any = false;
    for column in &layout.columns {
        // From each subnet to the one above it, and from the first one to the bus.
        let mut to = layout.bus;
        for cell in column.private.iter().filter(|cell| !cell.subnet.missing) {
            svg.stroke(&format!("M{0:.1} {1:.1}L{0:.1} {to:.1}", column.trunk, cell.rect.y), stroke);
            left = left.min(column.trunk);
            right = right.max(column.trunk);
            any = true;
            to = cell.rect.bottom();
        }
    }
    if any && left < right {
        svg.stroke(&format!("M{left:.1} {0:.1}L{right:.1} {0:.1}", layout.bus), stroke);
    }
    any
}

/// A line upwards at `x`, with its head at `to`.
fn arrow(svg: &mut Svg, x: f32, from: f32, to: f32, stroke: Stroke) {
    svg.stroke(&format!("M{x:.1} {from:.1}L{x:.1} {:.1}", to + HEAD), stroke);
    let base = to + HEAD + 2.0;
    svg.fill(
        &format!("M{x:.1} {:.1}L{:.1} {base:.1}L{:.1} {base:.1}Z", to + 2.0, x + HEAD * 0.8, x - HEAD * 0.8),
        stroke.colour,
    );
}
