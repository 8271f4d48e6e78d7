//! Stacks and costs to draw in tests, after the reference stack.

use super::*;

/// The words of one language.
pub(super) struct Words {
    pub(super) running: &'static str,
    pub(super) pending: &'static str,
    pub(super) gone: &'static str,
    pub(super) shell_ready: &'static str,
    pub(super) shell_waiting: &'static str,
    pub(super) internet: &'static str,
    pub(super) open: &'static str,
    pub(super) closed: &'static str,
    pub(super) broken: &'static str,
    pub(super) foreign: &'static str,
    pub(super) available: &'static str,
    pub(super) left: &'static str,
    pub(super) when: &'static str,
    pub(super) labels: [&'static str; 4],
}

pub(super) const ENGLISH: Words = Words {
    running: "running",
    pending: "starting",
    gone: "not there",
    shell_ready: "shell ready",
    shell_waiting: "shell not yet",
    internet: "Internet",
    open: "open through My-NAT",
    closed: "no way out",
    broken: "route leads nowhere",
    foreign: "route not made by doorman",
    available: "available",
    left: "12 min left",
    when: "22 Nov 14:30 KST",
    labels: ["shell endpoints", "not found", "no instances", "no network found"],
};

pub(super) const KOREAN: Words = Words {
    running: "실행 중",
    pending: "시작하는 중",
    gone: "없음",
    shell_ready: "셸 준비됨",
    shell_waiting: "셸 대기 중",
    internet: "인터넷",
    open: "My-NAT으로 열림",
    closed: "인터넷 연결 없음",
    broken: "끊긴 라우팅",
    foreign: "doorman이 만들지 않은 라우팅",
    available: "사용 가능",
    left: "12분 남음",
    when: "11월 22일 14:30 KST",
    labels: ["셸 엔드포인트", "찾을 수 없음", "인스턴스 없음", "네트워크를 찾을 수 없음"],
};

pub(super) fn instance(words: &Words, name: &str, address: &str) -> Instance {
    Instance {
        name: name.to_owned(),
        address: address.to_owned(),
        state: words.running.to_owned(),
        tone: Tone::Good,
        shell: words.shell_ready.to_owned(),
        shell_tone: Tone::Good,
        note: Some("t3.micro".to_owned()),
        ghost: false,
    }
}

pub(super) fn ghost(words: &Words, name: &str, address: &str) -> Instance {
    Instance {
        state: words.gone.to_owned(),
        tone: Tone::Bad,
        shell: String::new(),
        shell_tone: Tone::Idle,
        note: None,
        ghost: true,
        ..instance(words, name, address)
    }
}

pub(super) fn starting(words: &Words, name: &str, address: &str) -> Instance {
    Instance {
        state: words.pending.to_owned(),
        tone: Tone::Busy,
        shell: words.shell_waiting.to_owned(),
        shell_tone: Tone::Busy,
        ..instance(words, name, address)
    }
}

pub(super) fn subnet(name: &str, cidr: &str, public: bool) -> Subnet {
    Subnet {
        name: name.to_owned(),
        cidr: cidr.to_owned(),
        public,
        instances: Vec::new(),
        gateway: None,
        missing: false,
    }
}

pub(super) fn gateway(words: &Words) -> Gateway {
    Gateway {
        name: "My-NAT".to_owned(),
        address: Some("203.0.113.20".to_owned()),
        state: words.available.to_owned(),
        tone: Tone::Good,
    }
}

/// The pair runs, the window is closed.
pub(super) fn closed(words: &Words) -> StackPicture {
    let zone = |letter: char, n: u32| {
        let mut private = subnet(&format!("my-subnet-private0{n}"), &format!("10.20.{n}0.0/24"), false);
        private.instances = vec![instance(words, &format!("my-service-0{n}"), &format!("10.20.{n}0.3{n}"))];
        Zone {
            name: format!("ap-northeast-2{letter}"),
            subnets: vec![
                subnet(&format!("my-subnet-public0{n}"), &format!("10.20.1{n}0.0/24"), true),
                private,
            ],
        }
    };
    let [endpoints, missing, no_instances, no_network] = words.labels.map(str::to_owned);
    StackPicture {
        title: "main · My-VPC 10.20.0.0/16".to_owned(),
        subtitle: words.when.to_owned(),
        zones: vec![zone('a', 1), zone('b', 2)],
        internet: Internet {
            label: words.internet.to_owned(),
            route: RouteState::None,
            route_label: words.closed.to_owned(),
        },
        window: None,
        endpoints: ["ssm", "ssmmessages", "ec2messages"]
            .map(|name| EndpointMark {
                name: name.to_owned(),
                tone: Tone::Good,
                subnets: vec!["my-subnet-private01".to_owned(), "my-subnet-private02".to_owned()],
            })
            .into(),
        cost: "$0.092/h".to_owned(),
        labels: Labels { endpoints, missing, no_instances, no_network },
    }
}

/// The same with the route in another state.
pub(super) fn routed(words: &Words, route: RouteState) -> StackPicture {
    let mut picture = closed(words);
    picture.internet.route = route;
    picture.internet.route_label = match route {
        RouteState::None => words.closed,
        RouteState::Active => words.open,
        RouteState::Blackhole => words.broken,
        RouteState::Foreign => words.foreign,
    }
    .to_owned();
    if route == RouteState::Active {
        picture.zones[0].subnets[0].gateway = Some(gateway(words));
        picture.window = Some(Window { label: words.left.to_owned(), fraction_left: 0.4, tone: Tone::Good });
    }
    picture
}

/// Days that cost about `usd` each; the last one is today.
pub(super) fn costs(days: usize, usd: f64) -> CostChart {
    let bars = (0..days)
        .map(|day| Bar {
            label: format!("11/{:02}", day + 1),
            // Some unevenness that is the same every time.
            usd: usd * (0.5 + (day * 37 % 11) as f64 / 10.0),
            today: day + 1 == days,
        })
        .collect();
    CostChart {
        title: "Cost of main, by day".to_owned(),
        currency_label: "USD a day".to_owned(),
        bars,
        note: "estimate from list prices of 2026-11-22".to_owned(),
    }
}
