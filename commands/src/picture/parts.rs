//! The boxes of the stack's picture.

use super::font::Cut;
use super::layout::{
    BOX_PAD, Cell, GAP, InstanceLines, LINE, Layout, PAD, SHOWN, SUBNET_HEAD, TRUNK_ROOM, abreast,
    gateway_place, has_endpoints, says_empty,
};
use super::model::{EndpointMark, Gateway, Instance, RouteState, StackPicture, Window};
use super::route;
use super::svg::{Anchor, Rect, Stroke, Svg, Type};
use super::theme::Tone;
use super::theme::{
    ABSENT, BOX, BOX_EDGE, CARD, CARD_EDGE, COST, DETAIL, MARK, MARK_ROOM, MUTED, NAME, PLACE, PRIVATE,
    PRIVATE_EDGE, PUBLIC, PUBLIC_EDGE, STATE, TITLE, TRACK, ZONE, ZONE_EDGE,
};

/// From a text's baseline up to the middle of its letters, in parts of its size.
const MIDDLE: f32 = 0.355;

/// The ground that everything stands on.
pub(super) fn card(svg: &mut Svg, layout: &Layout<'_>) {
    let whole = Rect { x: 0.0, y: 0.0, w: layout.width, h: layout.height };
    svg.rect(whole.inset(1.0), 24.0, CARD, Some(Stroke::solid(CARD_EDGE, 2.0)));
}

/// A name or a detail, made smaller and then cut to fit into `room`.
fn line(svg: &mut Svg, x: f32, baseline: f32, font: Type, text: &str, room: f32) {
    let font = font.shrunk(text, room);
    svg.text(x, baseline, Anchor::Start, font, &font.fit(text, Cut::Middle, room));
}

/// A tone's mark and the text that it belongs to. Returns how wide both are.
fn marked(svg: &mut Svg, x: f32, baseline: f32, tone: Tone, text: &str, room: f32) -> f32 {
    svg.mark(x + MARK, baseline - STATE.size * MIDDLE, MARK, tone);
    let text = STATE.fit(text, Cut::End, room - MARK_ROOM);
    svg.text(x + MARK_ROOM, baseline, Anchor::Start, STATE.in_colour(tone.colour()), &text);
    MARK_ROOM + STATE.width(&text)
}

/// Title, cost, time of observation, and the time left.
pub(super) fn header(svg: &mut Svg, layout: &Layout<'_>, picture: &StackPicture) {
    let Rect { x, y, w, .. } = layout.header;
    let mut room = w;
    let cost = COST.fit(&picture.cost, Cut::End, w / 2.0);
    if !cost.is_empty() {
        let wide = COST.width(&cost) + 36.0;
        let pill = Rect { x: x + w - wide, y, w: wide, h: 54.0 };
        svg.rect(pill, 27.0, BOX, Some(Stroke::solid(BOX_EDGE, 2.0)));
        svg.text(pill.x + wide / 2.0, y + 38.5, Anchor::Middle, COST, &cost);
        room -= wide + 20.0;
    }
    line(svg, x, y + 37.0, TITLE, &picture.title, room);
    line(svg, x, y + 78.0, DETAIL, &picture.subtitle, room);
    if let (Some(window), Some(place)) = (&picture.window, layout.window) {
        time_left(svg, place, window);
    }
}

/// The clock, the words and the bar that runs out from the right.
fn time_left(svg: &mut Svg, place: Rect, window: &Window) {
    let middle = place.y + place.h / 2.0;
    let colour = window.tone.colour();
    svg.clock(place.x + 15.0, middle, 14.0, colour);
    let font = PLACE.in_colour(colour);
    let label = font.fit(&window.label, Cut::End, place.w * 0.6);
    let label_x = place.x + 40.0;
    svg.text(label_x, middle + font.size * MIDDLE, Anchor::Start, font, &label);
    let bar_x = label_x + font.width(&label) + 20.0;
    let bar = Rect { x: bar_x, y: middle - 10.0, w: place.right() - bar_x, h: 20.0 };
    svg.rect(bar, 10.0, TRACK, None);
    let left = window.fraction_left.clamp(0.0, 1.0);
    // Not so for what is no number, either.
    if left > 0.0 {
        // Never narrower than its round ends: the last seconds must show, too.
        svg.rect(Rect { w: (bar.w * left).max(bar.h), ..bar }, 10.0, colour, None);
    }
}

/// The internet, with the words about the way to it.
pub(super) fn internet(svg: &mut Svg, layout: &Layout<'_>, picture: &StackPicture) {
    let place = layout.internet;
    let tone = route::tone(layout, picture.internet.route);
    let edge = match picture.internet.route {
        RouteState::None => ABSENT,
        _ => Stroke::solid(tone.colour(), 3.0),
    };
    svg.rect(place, 18.0, ZONE, Some(edge));
    let middle = place.y + place.h / 2.0;
    let colour = if picture.internet.route == RouteState::None { MUTED } else { tone.colour() };
    svg.globe(place.x + 40.0, middle, 20.0, colour);
    let (x, baseline) = (place.x + 76.0, middle + NAME.size * MIDDLE);
    let label = NAME.fit(&picture.internet.label, Cut::End, place.w / 2.0);
    svg.text(x, baseline, Anchor::Start, NAME, &label);
    if !picture.internet.route_label.is_empty() {
        let room = place.right() - 24.0 - (x + NAME.width(&label) + 32.0) - MARK_ROOM;
        let text = STATE.fit(&picture.internet.route_label, Cut::End, room);
        let start = place.right() - 24.0 - MARK_ROOM - STATE.width(&text);
        marked(svg, start, middle + STATE.size * MIDDLE, tone, &text, room + MARK_ROOM);
    }
}

/// All zones, or the word that there are none.
pub(super) fn zones(svg: &mut Svg, layout: &Layout<'_>, picture: &StackPicture) {
    if layout.columns.is_empty() {
        let place = layout.no_network;
        svg.rect(place, 18.0, "none", Some(ABSENT));
        let text = NAME.fit(&picture.labels.no_network, Cut::End, place.w - 2.0 * PAD);
        let baseline = place.y + place.h / 2.0 + NAME.size * MIDDLE;
        svg.text(place.x + place.w / 2.0, baseline, Anchor::Middle, NAME.in_colour(MUTED), &text);
    }
    for column in &layout.columns {
        svg.rect(column.rect, 18.0, ZONE, Some(Stroke::solid(ZONE_EDGE, 2.0)));
        let room = column.rect.w - 2.0 * PAD - TRUNK_ROOM;
        line(svg, column.rect.x + PAD + 4.0, column.rect.y + 31.0, DETAIL, &column.zone.name, room);
        for cell in column.public.iter().chain(&column.private) {
            subnet(svg, layout, cell, picture);
        }
    }
}

fn subnet(svg: &mut Svg, layout: &Layout<'_>, cell: &Cell<'_>, picture: &StackPicture) {
    let Cell { subnet, rect } = cell;
    let (fill, edge) = if subnet.public { (PUBLIC, PUBLIC_EDGE) } else { (PRIVATE, PRIVATE_EDGE) };
    let (fill, stroke) = if subnet.missing { ("none", ABSENT) } else { (fill, Stroke::solid(edge, 2.0)) };
    svg.rect(*rect, 14.0, fill, Some(stroke));

    let x = rect.x + PAD;
    let room = rect.w - 2.0 * PAD - if subnet.public { TRUNK_ROOM } else { 0.0 };
    let icon_y = rect.y + 36.0 - PLACE.size * MIDDLE;
    let name = if subnet.missing { PLACE.in_colour(MUTED) } else { PLACE };
    if subnet.public {
        svg.globe(x + MARK, icon_y, MARK, MUTED);
    } else {
        svg.lock(x + MARK, icon_y, MARK, MUTED);
    }
    line(svg, x + MARK_ROOM, rect.y + 36.0, name, &subnet.name, room - MARK_ROOM);
    line(svg, x + MARK_ROOM, rect.y + 67.0, DETAIL, &subnet.cidr, room - MARK_ROOM);

    if let Some(gateway) = &subnet.gateway {
        gateway_box(svg, gateway_place(*rect, gateway), gateway);
    }
    let (shown, hidden) = subnet.instances.split_at(subnet.instances.len().min(SHOWN));
    for (index, instance) in shown.iter().enumerate() {
        instance_box(svg, layout.instance(cell, index), instance, layout.lines);
    }
    let inner = rect.w - 2.0 * PAD;
    let mut below = layout.instance(cell, shown.len()).y;
    let tones = hidden.iter().flat_map(|instance| [instance.tone, instance.shell_tone]);
    if let Some(worst) = tones.max_by_key(|tone| tone.gravity()) {
        marked(svg, x, below + 21.0, worst, &format!("+{}", hidden.len()), inner);
        below += LINE - 4.0 + GAP;
    }
    if subnet.missing {
        marked(svg, x, below + 21.0, Tone::Bad, &picture.labels.missing, inner);
    } else if says_empty(subnet) {
        let text_y = rect.y + SUBNET_HEAD + 21.0;
        marked(svg, x, text_y, Tone::Idle, &picture.labels.no_instances, inner);
    }
    if has_endpoints(subnet, picture) {
        let marks: Vec<_> =
            picture.endpoints.iter().filter(|mark| mark.subnets.contains(&subnet.name)).collect();
        endpoints(svg, x, rect.bottom() - GAP - 10.0, inner, &marks, &picture.labels.endpoints);
    }
}

/// One mark for each endpoint; then the common word, or the names of those that are not as they should be.
fn endpoints(svg: &mut Svg, x: f32, baseline: f32, room: f32, marks: &[&EndpointMark], label: &str) {
    let step = 2.0 * MARK + 6.0;
    for (index, mark) in marks.iter().enumerate() {
        svg.mark(x + MARK + step * index as f32, baseline - DETAIL.size * MIDDLE, MARK, mark.tone);
    }
    let odd: Vec<&EndpointMark> = marks.iter().copied().filter(|mark| mark.tone != Tone::Good).collect();
    let alike = marks.iter().all(|mark| mark.tone == marks[0].tone);
    let (text, colour) = if alike {
        (label.to_owned(), if odd.is_empty() { MUTED } else { odd[0].tone.colour() })
    } else {
        let names: Vec<&str> = odd.iter().map(|mark| mark.name.as_str()).collect();
        (names.join(", "), odd[0].tone.colour())
    };
    let start = step * marks.len() as f32 + 6.0;
    line(svg, x + start, baseline, DETAIL.in_colour(colour), &text, room - start);
}

fn gateway_box(svg: &mut Svg, place: Rect, gateway: &Gateway) {
    svg.rect(place, 12.0, BOX, Some(Stroke::solid(gateway.tone.colour(), 3.0)));
    let (x, room) = (place.x + PAD + 4.0, place.w - 2.0 * PAD - 8.0);
    let first = place.y + BOX_PAD / 2.0 + 26.0;
    line(svg, x, first, NAME, &gateway.name, room);
    marked(svg, x, first + LINE, gateway.tone, &gateway.state, room);
    if let Some(address) = &gateway.address {
        line(svg, x, first + 2.0 * LINE, DETAIL, address, room);
    }
}

fn instance_box(svg: &mut Svg, place: Rect, instance: &Instance, lines: InstanceLines) {
    let name = if instance.ghost {
        svg.rect(place, 12.0, "none", Some(ABSENT));
        NAME.in_colour(MUTED)
    } else {
        svg.rect(place, 12.0, BOX, Some(Stroke::solid(BOX_EDGE, 2.0)));
        NAME
    };
    let (x, room) = (place.x + PAD, place.w - 2.0 * PAD);
    let mut baseline = place.y + BOX_PAD / 2.0 + 26.0;
    line(svg, x, baseline, name, &instance.name, room);
    baseline += LINE;
    let used = marked(svg, x, baseline, instance.tone, &instance.state, room);
    if !instance.shell.is_empty() {
        if lines.states_abreast {
            let shift = used + 20.0;
            marked(svg, x + shift, baseline, instance.shell_tone, &instance.shell, room - shift);
        } else {
            baseline += LINE;
            marked(svg, x, baseline, instance.shell_tone, &instance.shell, room);
        }
    }
    baseline += LINE;
    match &instance.note {
        Some(note) if lines.note_abreast => {
            line(svg, x, baseline, DETAIL, &abreast(&instance.address, note), room);
        }
        Some(note) => {
            line(svg, x, baseline, DETAIL, &instance.address, room);
            line(svg, x, baseline + LINE, DETAIL, note, room);
        }
        None => line(svg, x, baseline, DETAIL, &instance.address, room),
    }
}
