//! The pictures as a whole: what they say, and that it can be seen.

use std::time::Instant;

use resvg::{tiny_skia, usvg};

use super::chart::cost_svg;
use super::fixtures::{
    ENGLISH, KOREAN, Words, closed, costs, gateway, ghost, instance, routed, starting, subnet,
};
use super::layout::Layout;
use super::stack::stack_svg;
use super::*;

/// The gateway is starting, one instance too, the other one is not there.
fn opening(words: &Words) -> StackPicture {
    let mut picture = routed(words, RouteState::Active);
    let gateway = picture.zones[0].subnets[0].gateway.as_mut().unwrap();
    gateway.tone = Tone::Busy;
    gateway.state = words.pending.to_owned();
    gateway.address = None;
    picture.internet.route = RouteState::None;
    picture.internet.route_label = words.closed.to_owned();
    picture.zones[0].subnets[1].instances = vec![starting(words, "my-service-01", "10.20.10.31")];
    picture.zones[1].subnets[1].instances = vec![ghost(words, "my-service-02", "10.20.20.32")];
    picture.endpoints[1].tone = Tone::Busy;
    picture.window = Some(Window { label: words.left.to_owned(), fraction_left: 0.05, tone: Tone::Warn });
    picture
}

/// One zone, a missing subnet, a subnet more.
fn lopsided(words: &Words) -> StackPicture {
    let mut picture = routed(words, RouteState::Foreign);
    picture.zones.truncate(1);
    picture.zones[0].subnets[0].missing = true;
    picture.zones[0].subnets.push(subnet("my-subnet-private03", "10.20.30.0/24", false));
    picture
}

/// Three zones, up to nine instances, long and strange names.
fn crowded(words: &Words) -> StackPicture {
    let mut picture = routed(words, RouteState::Active);
    picture.title = "a-stack-with-quite-a-long-name · My-VPC-of-many-words 10.20.0.0/16".to_owned();
    picture.zones.push(picture.zones[1].clone());
    picture.zones[2].name = "ap-northeast-2c-of-a-zone-with-a-long-name".to_owned();
    picture.zones[0].subnets.push(subnet("my-subnet-private03", "10.20.30.0/24", false));
    picture.zones[1].subnets[0].missing = true;
    let many = &mut picture.zones[1].subnets[1].instances;
    many.push(starting(words, "my-service-with-a-long-name", "10.20.20.33"));
    many.push(ghost(words, "한글 이름 <b>&\"漢字", "10.20.20.34"));
    for last in 5..=10 {
        many.push(starting(words, &format!("i-0123456789abcde{last:02}"), &format!("10.20.20.3{last}")));
    }
    picture.endpoints[0].tone = Tone::Bad;
    picture
}

fn without_network(words: &Words) -> StackPicture {
    StackPicture { zones: Vec::new(), ..closed(words) }
}

fn all_stacks(words: &Words) -> Vec<(&'static str, StackPicture)> {
    vec![
        ("closed", closed(words)),
        ("open", routed(words, RouteState::Active)),
        ("blackhole", routed(words, RouteState::Blackhole)),
        ("foreign", routed(words, RouteState::Foreign)),
        ("opening", opening(words)),
        ("lopsided", lopsided(words)),
        ("crowded", crowded(words)),
        ("no-network", without_network(words)),
    ]
}

fn all_charts() -> Vec<(&'static str, CostChart)> {
    vec![
        ("cost-31", costs(31, 12.0)),
        ("cost-14", costs(14, 1.7)),
        ("cost-7", costs(7, 0.62)),
        ("cost-1", costs(1, 0.9)),
        ("cost-tiny", costs(7, 0.0008)),
        ("cost-zero", costs(7, 0.0)),
        ("cost-none", costs(0, 0.0)),
    ]
}

/// Writes every kind of picture to the temporary directory and prints how long each takes:
/// `cargo test -p doorman-commands gallery -- --ignored --nocapture`.
#[test]
#[ignore = "writes pictures for people to look at"]
fn gallery() {
    let folder = std::env::temp_dir().join("doorman-pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, draw: &dyn Fn() -> Vec<u8>| {
        let start = Instant::now();
        let png = draw();
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let path = folder.join(format!("{name}.png"));
        println!("{ms:>6.1} ms {:>4} KiB {}", png.len() / 1024, path.display());
        std::fs::write(path, png).unwrap();
    };
    for (language, words) in [("en", ENGLISH), ("ko", KOREAN)] {
        for (name, picture) in all_stacks(&words) {
            write(&format!("{language}-{name}"), &|| stack_png(&picture).unwrap());
        }
    }
    for (name, chart) in all_charts() {
        write(name, &|| cost_png(&chart).unwrap());
    }
}

/// Pixels of a picture, one for each CSS pixel.
struct Seen(tiny_skia::Pixmap);

impl Seen {
    fn of(svg: &str) -> Seen {
        Seen(render::pixmap(&render::tree(svg).unwrap(), 1.0).unwrap())
    }

    /// `#rrggbb` at a point.
    fn at(&self, x: f32, y: f32) -> String {
        let colour = self.0.pixel(x as u32, y as u32).unwrap().demultiply();
        format!("#{:02x}{:02x}{:02x}", colour.red(), colour.green(), colour.blue())
    }

    /// How many points of a horizontal line have this colour.
    fn count(&self, from: f32, to: f32, y: f32, colour: &str) -> usize {
        (from as u32..to as u32).filter(|&x| self.at(x as f32, y) == colour).count()
    }
}

/// Every text of a document with the box that its letters fill.
fn texts(svg: &str) -> Vec<(String, usvg::Rect)> {
    fn walk(group: &usvg::Group, found: &mut Vec<(String, usvg::Rect)>) {
        for node in group.children() {
            match node {
                usvg::Node::Group(group) => walk(group, found),
                usvg::Node::Text(text) => {
                    let words: String = text.chunks().iter().map(|chunk| chunk.text()).collect();
                    if !words.trim().is_empty() {
                        found.push((words, text.abs_bounding_box()));
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(render::tree(svg).unwrap().root(), &mut found);
    found
}

fn says(svg: &str, words: &str) -> bool {
    texts(svg).iter().any(|(text, _)| text.trim() == words)
}

fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(&png[12..16], b"IHDR");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn the_pngs_have_two_pixels_for_each_of_css() {
    let picture = routed(&KOREAN, RouteState::Active);
    let height = Layout::of(&picture).height;
    assert_eq!(png_size(&stack_png(&picture).unwrap()), (1920, (height * 2.0) as u32));
    assert_eq!(png_size(&cost_png(&costs(31, 2.0)).unwrap()), (1920, 1160));
}

#[test]
fn a_picture_that_would_be_huge_gets_coarser() {
    let svg = svg::Svg::default().finish(960.0, 40_000.0);
    let pixmap = render::pixmap(&render::tree(&svg).unwrap(), 2.0).unwrap();
    assert_eq!(pixmap.height(), 8192);
}

#[test]
fn names_are_shown_letter_by_letter_and_never_run() {
    let name = r#"<b>&"'</b>"#;
    let mut picture = closed(&ENGLISH);
    picture.title = name.to_owned();
    picture.zones[0].subnets[1].instances[0].name = format!("{name}<image href=\"/etc/passwd\"/>");
    picture.zones[0].subnets[1].name = "]]>\u{0}\u{1b}[31m&amp;".to_owned();
    let svg = stack_svg(&picture);
    assert!(says(&svg, name));
    assert!(says(&svg, "]]>[31m&amp;"));
    assert!(!svg.contains("<image") && !svg.contains("<b>"));

    let mut chart = costs(3, 1.0);
    chart.title = name.to_owned();
    chart.bars[2].label = "<&\"".to_owned();
    let svg = cost_svg(&chart).unwrap();
    assert!(says(&svg, name) && says(&svg, "<&\""));
}

/// No text over another, none outside the picture, in any language and however crowded.
#[test]
fn texts_keep_their_distance() {
    let mut drawings = Vec::new();
    for (language, words) in [("en", ENGLISH), ("ko", KOREAN)] {
        for (name, picture) in all_stacks(&words) {
            let layout = Layout::of(&picture);
            drawings.push((format!("{language}-{name}"), layout.width, layout.height, stack_svg(&picture)));
        }
    }
    for (name, chart) in all_charts() {
        drawings.push((name.to_owned(), 960.0, 580.0, cost_svg(&chart).unwrap()));
    }
    for (name, width, height, svg) in drawings {
        let texts = texts(&svg);
        assert!(texts.len() > 2, "{name} says nothing");
        for (index, (text, place)) in texts.iter().enumerate() {
            assert!(
                place.left() >= 20.0 && place.right() <= width - 20.0,
                "{name}: {text:?} leaves the card"
            );
            assert!(
                place.top() >= 20.0 && place.bottom() <= height - 20.0,
                "{name}: {text:?} leaves the card"
            );
            for (other, place_of_other) in &texts[..index] {
                let apart = place.left() >= place_of_other.right()
                    || place.right() <= place_of_other.left()
                    || place.top() >= place_of_other.bottom()
                    || place.bottom() <= place_of_other.top();
                assert!(apart, "{name}: {text:?} stands on {other:?}");
            }
        }
    }
}

#[test]
fn texts_stay_in_their_zone() {
    for words in [ENGLISH, KOREAN] {
        let picture = crowded(&words);
        let layout = Layout::of(&picture);
        for (text, place) in texts(&stack_svg(&picture)) {
            for pair in layout.columns.windows(2) {
                let (edge, next) = (pair[0].rect.right(), pair[1].rect.x);
                let below = place.top() > layout.columns[0].rect.y;
                assert!(!below || place.right() <= edge || place.left() >= next, "{text:?} leaves its zone");
            }
        }
    }
}

/// The renderer must find letters as wide as our own reading of the font says.
#[test]
fn measured_width_is_drawn_width() {
    for weight in [font::Weight::Medium, font::Weight::Bold] {
        let font = svg::Type { size: 40.0, weight, colour: "#ffffff" };
        for text in ["my-service-01", "10.20.110.0/24 · t3.micro", "인터넷 연결 없음", "WAVE To Y."] {
            let mut svg = svg::Svg::default();
            svg.text(10.0, 60.0, svg::Anchor::Start, font, text);
            let (_, place) = &texts(&svg.finish(1000.0, 100.0))[0];
            let (drawn, measured) = (place.width(), font.width(text));
            // Kerning only draws letters together: what was measured to fit does.
            let expected = 0.93 * measured..measured + 0.5;
            assert!(expected.contains(&drawn), "{text}: {drawn} drawn, {measured} measured");
        }
    }
}

#[test]
fn the_route_is_drawn_as_far_as_it_leads() {
    let look = |picture: &StackPicture| {
        let layout = Layout::of(picture);
        let seen = Seen::of(&stack_svg(picture));
        let [first, second] = [layout.columns[0].trunk, layout.columns[1].trunk];
        let colour = route::tone(&layout, picture.internet.route).colour();
        let along = seen.count(first + 30.0, second - 30.0, layout.bus, colour);
        // Inside an arrow's head, if there is one.
        let air = layout.internet.bottom() + 14.0;
        let onward = seen.at(first, air) == colour;
        let past = seen.at(layout.bypass, air) == colour;
        (colour, along as f32 / (second - first - 60.0), onward, past)
    };
    let (colour, along, onward, past) = look(&routed(&ENGLISH, RouteState::Active));
    assert_eq!((colour, onward, past), (Tone::Good.colour(), true, false));
    assert!(along > 0.98, "the line is not whole: {along}");

    let (colour, along, onward, past) = look(&routed(&ENGLISH, RouteState::Blackhole));
    assert_eq!((colour, onward, past), (Tone::Bad.colour(), false, false));
    assert!((0.3..0.8).contains(&along), "the line is not broken: {along}");

    let (colour, along, onward, past) = look(&routed(&ENGLISH, RouteState::Foreign));
    assert_eq!((colour, onward, past), (Tone::Warn.colour(), false, true));
    assert!((0.05..0.6).contains(&along), "the line is not dotted: {along}");

    let (_, along, onward, past) = look(&closed(&ENGLISH));
    assert_eq!((along, onward, past), (0.0, false, false));

    // A route to a gateway that does not work yet ends at the gateway.
    let mut early = routed(&ENGLISH, RouteState::Active);
    early.zones[0].subnets[0].gateway.as_mut().unwrap().tone = Tone::Busy;
    let (colour, along, onward, _) = look(&early);
    assert_eq!((colour, onward), (Tone::Busy.colour(), false));
    assert!(along > 0.98);

    // A route to a gateway that nobody has seen is not drawn as open.
    let mut unseen = routed(&ENGLISH, RouteState::Active);
    unseen.zones[0].subnets[0].gateway = None;
    assert_eq!(look(&unseen).0, Tone::Warn.colour());
}

#[test]
fn the_route_leads_to_the_gateway_that_works() {
    let mut picture = routed(&ENGLISH, RouteState::Active);
    picture.zones[0].subnets[0].gateway.as_mut().unwrap().tone = Tone::Idle;
    picture.zones[1].subnets[0].gateway = Some(gateway(&ENGLISH));
    let layout = Layout::of(&picture);
    let seen = Seen::of(&stack_svg(&picture));
    let air = layout.internet.bottom() + 30.0;
    assert_eq!(seen.at(layout.columns[1].trunk, air), Tone::Good.colour());
    assert_ne!(seen.at(layout.columns[0].trunk, air), Tone::Good.colour());
}

#[test]
fn a_ghost_is_an_outline_and_an_instance_is_a_body() {
    let real = closed(&ENGLISH);
    let mut picture = real.clone();
    picture.zones[1].subnets[1].instances[0] = ghost(&ENGLISH, "my-service-02", "10.20.20.32");
    let layout = Layout::of(&picture);
    let place = layout.instance(&layout.columns[1].private[0], 0);
    let seen = Seen::of(&stack_svg(&picture));
    let seen_real = Seen::of(&stack_svg(&real));
    let (x, y) = (place.right() - 12.0, place.y + place.h / 2.0);
    assert_eq!(seen.at(x, y), theme::PRIVATE);
    assert_eq!(seen_real.at(x, y), theme::BOX);
    // Its edge is interrupted, that of the other is whole.
    let (left, right) = (place.x + 20.0, place.right() - 20.0);
    let edge = seen.count(left, right, place.y, theme::PRIVATE) as f32 / (right - left);
    assert!((0.2..0.7).contains(&edge), "the edge is not dashed: {edge}");
    assert_eq!(seen_real.count(left, right, place.y, theme::PRIVATE), 0);
}

/// Who cannot tell the colours apart tells the shapes apart.
#[test]
fn every_tone_has_a_shape_of_its_own() {
    let shapes = [Tone::Good, Tone::Busy, Tone::Warn, Tone::Bad, Tone::Idle].map(|tone| {
        let mut svg = svg::Svg::default();
        svg.mark(20.0, 20.0, theme::MARK, tone);
        let seen = Seen::of(&svg.finish(40.0, 40.0));
        // Bright or not is all that is left without colour.
        let lit = seen
            .0
            .pixels()
            .iter()
            .map(|p| u32::from(p.red()) + u32::from(p.green()) + u32::from(p.blue()) > 300);
        (tone, lit.collect::<Vec<bool>>())
    });
    for (index, (tone, shape)) in shapes.iter().enumerate() {
        for (other, other_shape) in &shapes[..index] {
            let different = shape.iter().zip(other_shape).filter(|(a, b)| a != b).count();
            let lit = shape.iter().filter(|lit| **lit).count();
            assert!(different * 6 > lit, "{tone:?} looks like {other:?}: {different} of {lit}");
        }
    }
}

#[test]
fn the_bar_shows_the_time_left() {
    let filled = |fraction_left: f32| {
        let mut picture = routed(&ENGLISH, RouteState::Active);
        picture.window.as_mut().unwrap().fraction_left = fraction_left;
        let place = Layout::of(&picture).window.unwrap();
        let seen = Seen::of(&stack_svg(&picture));
        // The bar is the right part of the row; the clock and the words are left of it.
        let (from, y) = (place.right() - 600.0, place.y + place.h / 2.0);
        seen.count(from, place.right(), y, Tone::Good.colour())
    };
    assert_eq!(filled(0.0), 0);
    assert_eq!(filled(f32::NAN), 0);
    assert!(filled(0.5) > 150 && filled(0.5) < 450);
    assert!(filled(1.0) > 590);
    assert_eq!(filled(7.0), filled(1.0));
}

#[test]
fn a_stack_without_a_network_says_so() {
    let svg = stack_svg(&without_network(&KOREAN));
    assert!(says(&svg, KOREAN.labels[3]));
    assert!(!svg.contains("ap-northeast"));
    stack_png(&without_network(&KOREAN)).unwrap();
}

#[test]
fn what_is_missing_or_empty_is_said() {
    let svg = stack_svg(&lopsided(&ENGLISH));
    assert!(says(&svg, "not found") && says(&svg, "no instances"));
    let svg = stack_svg(&closed(&ENGLISH));
    assert!(!says(&svg, "not found") && !says(&svg, "no instances"));
}

#[test]
fn instances_beyond_the_sixth_are_counted_with_their_worst_news() {
    let mut picture = closed(&ENGLISH);
    let instances = &mut picture.zones[0].subnets[1].instances;
    *instances = (1..=9).map(|n| instance(&ENGLISH, &format!("web-{n}"), "10.20.10.40")).collect();
    instances[7].shell_tone = Tone::Warn;
    let svg = stack_svg(&picture);
    assert!(says(&svg, "web-6") && !says(&svg, "web-7") && says(&svg, "+3"));
    let counted = svg.lines().find(|line| line.contains(">+3<")).unwrap();
    assert!(counted.contains(Tone::Warn.colour()), "{counted}");
}

#[test]
fn endpoints_that_differ_are_named() {
    let mut picture = closed(&ENGLISH);
    assert!(says(&stack_svg(&picture), "shell endpoints"));
    picture.endpoints[1].tone = Tone::Bad;
    let svg = stack_svg(&picture);
    assert!(says(&svg, "ssmmessages") && !says(&svg, "shell endpoints"));
    // Those that stand nowhere are not drawn.
    picture.endpoints.iter_mut().for_each(|mark| mark.subnets.clear());
    assert!(!says(&stack_svg(&picture), "ssmmessages"));
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    let picture = closed(&KOREAN);
    assert_eq!(stack_png(&picture).unwrap(), stack_png(&picture).unwrap());
}
