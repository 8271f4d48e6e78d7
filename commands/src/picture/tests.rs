use std::time::Instant;

use super::fixtures::{ENGLISH, KOREAN, closed, costs, ghost, routed, starting, subnet};
use super::*;

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
        let path = folder.join(format!("{name}.png"));
        println!(
            "{:>6.1} ms {:>4} KiB {}",
            start.elapsed().as_secs_f64() * 1e3,
            png.len() / 1024,
            path.display()
        );
        std::fs::write(path, png).unwrap();
    };
    for (language, words) in [("en", ENGLISH), ("ko", KOREAN)] {
        let stack = |name: &str, picture: StackPicture| {
            write(&format!("{language}-{name}"), &|| stack_png(&picture).unwrap());
        };
        for (name, route) in [
            ("closed", RouteState::None),
            ("open", RouteState::Active),
            ("blackhole", RouteState::Blackhole),
            ("foreign", RouteState::Foreign),
        ] {
            stack(name, routed(&words, route));
        }
        stack("open-again", routed(&words, RouteState::Active));

        let mut pending = routed(&words, RouteState::Active);
        let opening = pending.zones[0].subnets[0].gateway.as_mut().unwrap();
        opening.tone = Tone::Busy;
        opening.state = words.pending.to_owned();
        opening.address = None;
        pending.internet.route = RouteState::None;
        pending.internet.route_label = words.closed.to_owned();
        pending.zones[0].subnets[1].instances = vec![starting(&words, "my-service-01", "10.20.10.31")];
        pending.zones[1].subnets[1].instances = vec![ghost(&words, "my-service-02", "10.20.20.32")];
        pending.endpoints[1].tone = Tone::Busy;
        pending.window = Some(Window {
            label: words.left.to_owned(),
            fraction_left: 0.05,
            tone: Tone::Warn,
        });
        stack("pending-ghost", pending);

        let mut empty = closed(&words);
        empty.zones.clear();
        stack("empty", empty);

        let mut missing = routed(&words, RouteState::Foreign);
        missing.zones.truncate(1);
        missing.zones[0].subnets[0].missing = true;
        missing.zones[0]
            .subnets
            .push(subnet("my-subnet-private03", "10.20.30.0/24", false));
        stack("one-zone", missing);

        let mut crowd = routed(&words, RouteState::Active);
        crowd.title = "a-stack-with-quite-a-long-name · My-VPC-of-many-words 10.20.0.0/16".to_owned();
        let more = crowd.zones[1].clone();
        crowd.zones.push(more);
        crowd.zones[2].name = "ap-northeast-2c".to_owned();
        crowd.zones[0]
            .subnets
            .push(subnet("my-subnet-private03", "10.20.30.0/24", false));
        crowd.zones[1].subnets[0].missing = true;
        let many = &mut crowd.zones[1].subnets[1].instances;
        many.push(starting(&words, "my-service-with-a-long-name", "10.20.20.33"));
        many.push(ghost(&words, "한글 이름 <b>&\"漢字", "10.20.20.34"));
        many.push(starting(&words, "i-0123456789abcdef0", "10.20.20.35"));
        stack("crowd", crowd);
    }
    let cost = |name: &str, chart: CostChart| write(name, &|| cost_png(&chart).unwrap());
    cost("cost-14", costs(14, 1.7));
    cost("cost-31", costs(31, 12.0));
    cost("cost-1", costs(1, 0.9));
    cost("cost-7", costs(7, 0.62));
    cost("cost-tiny", costs(7, 0.0008));
    cost("cost-zero", costs(7, 0.0));
    cost("cost-none", costs(0, 0.0));
}
