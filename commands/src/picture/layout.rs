//! Where everything of the stack's picture stands, before anything is drawn.
//!
//! Zones are columns side by side. Subnets are rows in them, public above private, and a row is equally high in
//! all columns. Between the last public and the first private row runs a corridor for the route.

use super::model::{Gateway, Instance, RouteState, StackPicture, Subnet, Zone};
use super::svg::Rect;
use super::theme::{DETAIL, MARK_ROOM, STATE, Tone};

const WIDTH: f32 = 960.0;
/// Columns get no narrower than this; a fourth zone makes the picture wider.
const MIN_COLUMN: f32 = 284.0;
/// Between the card's edge and its content.
pub(super) const MARGIN: f32 = 28.0;
/// Between columns.
const GUTTER: f32 = 24.0;
/// Between a zone's edge and its subnets, and between a subnet's edge and its content.
pub(super) const PAD: f32 = 14.0;
const HEADER: f32 = 86.0;
pub(super) const WINDOW: f32 = 36.0;
const INTERNET: f32 = 76.0;
/// Between the internet and the zones, where the arrow's head shows, or nothing does.
const AIR: f32 = 46.0;
const THIN_AIR: f32 = 24.0;
const ZONE_TITLE: f32 = 44.0;
/// Name and address range of a subnet.
pub(super) const SUBNET_HEAD: f32 = 80.0;
/// Between boxes that follow each other.
pub(super) const GAP: f32 = 12.0;
const CORRIDOR: f32 = 68.0;
pub(super) const LINE: f32 = 36.0;
/// Above the first line of a box and below its last one, together.
pub(super) const BOX_PAD: f32 = 26.0;
/// From a zone's right edge to the line of the route.
const TRUNK: f32 = PAD + 34.0;
/// What a public subnet's head leaves free for the line of the route.
pub(super) const TRUNK_ROOM: f32 = TRUNK - PAD + 8.0;
/// A subnet shows this many instances and counts the rest: Discord scales a tall picture down until nobody can read it.
pub(super) const SHOWN: usize = 6;
const NO_NETWORK: f32 = 150.0;

/// A subnet and its place.
pub(super) struct Cell<'a> {
    pub(super) subnet: &'a Subnet,
    pub(super) rect: Rect,
}

/// A zone and its place.
pub(super) struct Column<'a> {
    pub(super) zone: &'a Zone,
    pub(super) rect: Rect,
    pub(super) public: Vec<Cell<'a>>,
    pub(super) private: Vec<Cell<'a>>,
    /// Where the route's line runs.
    pub(super) trunk: f32,
}

/// The gateway that the route is taken to lead to.
pub(super) struct Exit<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) rect: Rect,
    pub(super) trunk: f32,
}

/// All places.
pub(super) struct Layout<'a> {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) header: Rect,
    pub(super) window: Option<Rect>,
    pub(super) internet: Rect,
    pub(super) columns: Vec<Column<'a>>,
    /// Instead of columns.
    pub(super) no_network: Rect,
    /// Height at which the route runs from column to column.
    pub(super) bus: f32,
    pub(super) exit: Option<Exit<'a>>,
    /// Where a line can pass all boxes on its way to the internet.
    pub(super) bypass: f32,
    pub(super) lines: InstanceLines,
}

impl<'a> Layout<'a> {
    pub(super) fn of(picture: &'a StackPicture) -> Layout<'a> {
        let count = picture.zones.len();
        let columns_wide = count as f32;
        let gutters = GUTTER * (columns_wide - 1.0).max(0.0);
        let width = WIDTH.max(2.0 * MARGIN + MIN_COLUMN * columns_wide + gutters);
        let inner = width - 2.0 * MARGIN;

        let mut y = MARGIN;
        let mut take = |height: f32, gap: f32| {
            let rect = Rect { x: MARGIN, y, w: inner, h: height };
            y += height + gap;
            rect
        };
        let header = take(HEADER, 16.0);
        let window = picture.window.as_ref().map(|_| take(WINDOW, 20.0));
        let routed = picture.internet.route != RouteState::None;
        let internet = take(INTERNET, if routed { AIR } else { THIN_AIR });

        // A line that passes everything needs a lane: between the first two zones, or beside the only one.
        let lane = if count == 1 && routed { 44.0 } else { 0.0 };
        let column = (inner - gutters - lane) / columns_wide.max(1.0);
        let lines = InstanceLines::that_fit(picture, column - 6.0 * PAD);
        let height_of = |subnet: &Subnet| subnet_height(subnet, picture, lines);

        let public_rows = row_heights(&picture.zones, true, height_of);
        let private_rows = row_heights(&picture.zones, false, height_of);
        let corridor = match (public_rows.is_empty(), private_rows.is_empty()) {
            (false, false) | (true, false) if routed => CORRIDOR,
            (false, false) => 2.0 * GAP,
            _ => 0.0,
        };
        let rows_top = y + ZONE_TITLE;
        let (public_height, private_height) = (stacked(&public_rows), stacked(&private_rows));
        let private_top = rows_top + public_height + corridor;
        let bottom = if count == 0 { y + NO_NETWORK } else { private_top + private_height + PAD };

        let columns: Vec<Column<'a>> = (0..count)
            .map(|i| {
                let x = MARGIN + (column + GUTTER) * i as f32;
                let zone = &picture.zones[i];
                let area = |y: f32, h: f32| Rect { x: x + PAD, y, w: column - 2.0 * PAD, h };
                Column {
                    zone,
                    rect: Rect { x, y, w: column, h: bottom - y },
                    public: cells(zone, true, area(rows_top, public_height), &public_rows, height_of),
                    private: cells(zone, false, area(private_top, private_height), &private_rows, height_of),
                    trunk: x + column - TRUNK,
                }
            })
            .collect();
        Layout {
            width,
            height: bottom + MARGIN,
            header,
            window,
            internet,
            no_network: Rect { x: MARGIN, y, w: inner, h: NO_NETWORK },
            bus: rows_top + public_height + corridor / 2.0,
            exit: exit(&columns),
            bypass: MARGIN + column + if count == 1 { lane / 2.0 } else { GUTTER / 2.0 },
            columns,
            lines,
        }
    }

    /// Place of the `index`-th instance in its subnet, or of what follows the last one.
    pub(super) fn instance(&self, cell: &Cell<'_>, index: usize) -> Rect {
        let above = cell.subnet.gateway.as_ref().map_or(0.0, |gateway| gateway_height(gateway) + GAP);
        let height = self.lines.height();
        Rect {
            x: cell.rect.x + PAD,
            y: cell.rect.y + SUBNET_HEAD + above + (height + GAP) * index as f32,
            w: cell.rect.w - 2.0 * PAD,
            h: height,
        }
    }
}

/// Place of the gateway in its subnet.
pub(super) fn gateway_place(cell: Rect, gateway: &Gateway) -> Rect {
    Rect { x: cell.x + PAD, y: cell.y + SUBNET_HEAD, w: cell.w - 2.0 * PAD, h: gateway_height(gateway) }
}

fn gateway_height(gateway: &Gateway) -> f32 {
    BOX_PAD + LINE * if gateway.address.is_some() { 3.0 } else { 2.0 }
}

/// Whether the endpoints have a line in this subnet.
pub(super) fn has_endpoints(subnet: &Subnet, picture: &StackPicture) -> bool {
    !subnet.missing && picture.endpoints.iter().any(|mark| mark.subnets.contains(&subnet.name))
}

/// Whether the subnet says that it is empty. Public ones do not: they rarely hold anything.
pub(super) fn says_empty(subnet: &Subnet) -> bool {
    !subnet.public && !subnet.missing && subnet.instances.is_empty() && subnet.gateway.is_none()
}

fn subnet_height(subnet: &Subnet, picture: &StackPicture, lines: InstanceLines) -> f32 {
    let mut height = SUBNET_HEAD;
    let mut add = |part: f32| height += part + GAP;
    if let Some(gateway) = &subnet.gateway {
        add(gateway_height(gateway));
    }
    for _ in subnet.instances.iter().take(SHOWN) {
        add(lines.height());
    }
    if subnet.instances.len() > SHOWN {
        add(LINE - 4.0);
    }
    // Short texts stand close below the head.
    if subnet.missing || says_empty(subnet) {
        add(LINE - 8.0);
    }
    if has_endpoints(subnet, picture) {
        add(LINE - 4.0);
    }
    height
}

/// The height of each row: that of its highest subnet.
fn row_heights(zones: &[Zone], public: bool, height_of: impl Fn(&Subnet) -> f32) -> Vec<f32> {
    let mut rows: Vec<f32> = Vec::new();
    for zone in zones {
        for (row, subnet) in zone.subnets.iter().filter(|subnet| subnet.public == public).enumerate() {
            let height = height_of(subnet);
            match rows.get_mut(row) {
                Some(highest) => *highest = highest.max(height),
                None => rows.push(height),
            }
        }
    }
    rows
}

/// Height of rows below each other, gaps between them included.
fn stacked(rows: &[f32]) -> f32 {
    rows.iter().sum::<f32>() + GAP * rows.len().saturating_sub(1) as f32
}

/// The subnets of one kind below each other, from the top of `area`.
fn cells<'a>(
    zone: &'a Zone,
    public: bool,
    area: Rect,
    rows: &[f32],
    height_of: impl Fn(&Subnet) -> f32,
) -> Vec<Cell<'a>> {
    let Rect { x, mut y, w, .. } = area;
    zone.subnets
        .iter()
        .filter(|subnet| subnet.public == public)
        .zip(rows)
        .map(|(subnet, &row)| {
            // Public subnets end together, above the corridor; below it each is as high as it needs.
            let h = if public { row } else { height_of(subnet) };
            let rect = Rect { x, y, w, h };
            y += row + GAP;
            Cell { subnet, rect }
        })
        .collect()
}

/// The gateway that works, or else the first there is.
fn exit<'a>(columns: &[Column<'a>]) -> Option<Exit<'a>> {
    let mut exits: Vec<Exit<'a>> = Vec::new();
    for column in columns {
        for cell in &column.public {
            if let Some(gateway) = &cell.subnet.gateway {
                let rect = gateway_place(cell.rect, gateway);
                exits.push(Exit { gateway, rect, trunk: column.trunk });
            }
        }
    }
    let best = exits.iter().position(|exit| exit.gateway.tone == Tone::Good).unwrap_or(0);
    (best < exits.len()).then(|| exits.swap_remove(best))
}

/// How the lines of all instances are divided: alike, so that they can be compared at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InstanceLines {
    /// The machine's and the shell's state share a line.
    pub(super) states_abreast: bool,
    /// Address and note share a line.
    pub(super) note_abreast: bool,
}

impl InstanceLines {
    /// One line wherever all instances fit into `room`.
    fn that_fit(picture: &StackPicture, room: f32) -> InstanceLines {
        let states_fit = |instance: &Instance| {
            let shell =
                if instance.shell.is_empty() { 0.0 } else { 20.0 + MARK_ROOM + STATE.width(&instance.shell) };
            MARK_ROOM + STATE.width(&instance.state) + shell <= room
        };
        let note_fits = |instance: &Instance| match &instance.note {
            Some(note) => DETAIL.width(&abreast(&instance.address, note)) <= room,
            None => true,
        };
        let all = |fits: &dyn Fn(&Instance) -> bool| {
            picture.zones.iter().flat_map(|zone| &zone.subnets).flat_map(|subnet| &subnet.instances).all(fits)
        };
        InstanceLines { states_abreast: all(&states_fit), note_abreast: all(&note_fits) }
    }

    fn height(self) -> f32 {
        let count = 3.0 + f32::from(u8::from(!self.states_abreast)) + f32::from(u8::from(!self.note_abreast));
        BOX_PAD + LINE * count
    }
}

/// Two details on one line.
pub(super) fn abreast(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { format!("{first} · {second}") }
}
