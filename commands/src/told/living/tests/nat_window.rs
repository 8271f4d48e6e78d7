use std::slice::from_ref;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::kinds::address::Address;
use doorman_cloud::kinds::backstop_role::BackstopRole;
use doorman_cloud::kinds::route::Route;
use doorman_cloud::kinds::rule::{Permission, Rule};
use doorman_cloud::kinds::runbook::Runbook;
use doorman_cloud::kinds::schedule::Schedule;
use doorman_cloud::kinds::subnet::Subnet;
use doorman_cloud::lease::{Extension, Made, Person, Trouble};
use doorman_cloud::plan::{Drift, How};
use doorman_cloud::prices::{Billing, Price};
use doorman_cloud::tags::Owner;
use doorman_cloud::{backstop, receipt};

use doorman_cloud::keeper::{Blind, Failing, View};
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::gateway::{GatewayState, NatGateway};
use doorman_cloud::kinds::route::RouteTarget;
use doorman_cloud::kinds::rule::Peer;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Phase};
use doorman_cloud::prices::Prices;
use doorman_cloud::switchboard::Observed;
use doorman_config::{Locale, Settings};

use crate::message::Tone;
use crate::testbed::people::{lease, noon, nothing, read, settings, view};
use crate::told::living::message;
use crate::words::people;

fn t(at: DateTime<Utc>, style: char) -> String {
    format!("<t:{}:{style}>", at.timestamp())
}

/// An address, a gateway in `state`, and the rules.
fn half_open(lease: &Lease, state: GatewayState) -> Observed {
    let owner = Owner::of("main", lease);
    let rule = |id: &str, port| Rule {
        id: id.into(),
        name: "tcp port".to_owned(),
        group: "sg-1".into(),
        lets: Permission::tcp(true, port, Peer::anywhere()),
        owner: owner.clone(),
    };
    let mut observed = nothing();
    for (name, id) in [("my-subnet-private01", "subnet-1"), ("my-subnet-private02", "subnet-2")] {
        let (name, zone, cidr) = (name.to_owned(), String::new(), String::new());
        observed.subnets.put(Subnet { id: id.into(), name, vpc: Some("vpc-1".into()), zone, cidr });
    }
    observed.addresses.put(Address {
        id: "eipalloc-1".into(),
        public_ip: "3.35.1.2".to_owned(),
        associated: true,
        owner: owner.clone(),
    });
    observed.gateways.put(NatGateway {
        id: "nat-1".into(),
        name: "My-NAT".to_owned(),
        state,
        failure_code: None,
        created_at: noon(),
        allocation: Some("eipalloc-1".into()),
        public_ip: Some("3.35.1.2".to_owned()),
        subnet: "subnet-1".into(),
        owner: owner.clone(),
    });
    observed.rules.put(rule("sgr-1", 80));
    observed.rules.put(rule("sgr-2", 443));
    observed.schedules.put(schedule(lease, noon() + TimeDelta::minutes(30)));
    let name = settings().stack.backstop.role.as_str().into();
    observed
        .backstop_roles
        .put(BackstopRole { name, arn: "arn:aws:iam::1:role/doorman-backstop".to_owned() });
    let name = backstop::runbook(LeaseKind::NatWindow).expect("a runbook").name().into();
    observed.runbooks.put(Runbook { name, sound: true });
    observed
}

fn schedule(lease: &Lease, lease_ends_at: DateTime<Utc>) -> Schedule {
    let name = backstop::schedule_name("main", &lease.id, lease_ends_at, &backstop::Parameters::new());
    let (group, owner) = (backstop::GROUP.to_owned(), Owner::of("main", lease));
    Schedule { name, group, lease_ends_at, sound: true, owner }
}

fn open(lease: &Lease) -> Observed {
    let mut observed = half_open(lease, GatewayState::Available);
    let route = Route { target: RouteTarget::NatGateway("nat-1".into()), blackhole: false };
    observed.tables[0].default_route = Some(route);
    observed
}

fn window(phase: Phase) -> Lease {
    Lease { phase, ready_at: None, ..lease(LeaseKind::NatWindow) }
}

fn render(view: &View, lease: &Lease, locale: Locale) -> String {
    read(&message(&settings(), view, lease, locale, noon() + TimeDelta::minutes(1)))
}

fn ana() -> String {
    people::mention(&crate::testbed::people::ana())
}

#[test]
fn only_where_the_route_table_holds_the_internet_is_said_to_be_reached() {
    let lease = window(Phase::Ready);
    let mut observed = open(&lease);
    observed.tables[0].subnets.pop();
    let text = render(&view(observed.clone(), from_ref(&lease)), &lease, Locale::EnUs);
    assert!(text.contains("`my-subnet-private01` reach the internet on ports 80, 443"), "{text}");
    assert!(text.contains("is not associated with `my-subnet-private02`"), "{text}");
    // As the main table it may hold there, or another one may.
    observed.tables[0].is_main = true;
    let text = render(&view(observed, from_ref(&lease)), &lease, Locale::EnUs);
    assert!(!text.contains("my-subnet-private02"), "{text}");
}

#[test]
fn opening_is_a_list_that_advances() {
    let lease = window(Phase::Opening);
    let steps = |observed: Observed| {
        let text = render(&view(observed, from_ref(&lease)), &lease, Locale::EnUs);
        text.lines()
            .filter_map(|line| line.chars().next())
            .filter(|c| "✅⏳➖".contains(*c))
            .collect::<String>()
    };
    assert_eq!(steps(nothing()), "⏳➖➖⏳");
    let mut address_only = half_open(&lease, GatewayState::Pending);
    address_only.gateways.clear();
    address_only.rules.remove(1);
    assert_eq!(steps(address_only), "✅⏳➖⏳");
    assert_eq!(steps(half_open(&lease, GatewayState::Pending)), "✅⏳➖✅");
    assert_eq!(steps(half_open(&lease, GatewayState::Available)), "✅✅⏳✅");
    assert_eq!(steps(open(&lease)), "✅✅✅✅");
}

#[test]
fn an_opening_window_says_since_when_and_until_when() {
    let lease = window(Phase::Opening);
    let text =
        render(&view(half_open(&lease, GatewayState::Pending), from_ref(&lease)), &lease, Locale::EnUs);
    let (at, end) = (noon(), noon() + TimeDelta::minutes(30));
    assert_eq!(
        text,
        format!(
            "# ⏳ Opening the NAT window\n✅ Elastic IP\n⏳ NAT gateway\n➖ Route to the internet\n\
             ✅ Outbound rules for ports 80, 443\n\n\
             Started {}. The gateway usually takes 2 minutes.\nCloses by itself at **{}** ({})\n\
             -# Safety net: AWS closes it by itself at {}, should doorman be gone.\n\
             [Opened by] {} at {}\n(Close now) nat:close:01k0lease",
            t(at, 'R'),
            t(end, 't'),
            t(end, 'R'),
            t(end + TimeDelta::minutes(5), 't'),
            ana(),
            t(at, 't')
        )
    );
}

#[test]
fn a_ready_window_says_its_end_its_price_and_what_it_opens() {
    let mut lease = window(Phase::Ready);
    let by = Person { id: 7, name: "Bo".to_owned() };
    let (at, until) = (noon() + TimeDelta::minutes(20), noon() + TimeDelta::minutes(60));
    lease.extensions.push(Extension { by, at, until });
    lease.expires_at = Some(until);
    let text = render(&view(open(&lease), from_ref(&lease)), &lease, Locale::Ko);
    assert_eq!(
        text,
        format!(
            "# 🟢 NAT 연결이 열려 있습니다\n**{end}**까지 열려 있습니다({left})\n\
             프라이빗 서브넷에서 80, 443번 포트로 인터넷에 접속할 수 있습니다.\n\
             -# 안전망: doorman이 멈추더라도 {net}에 AWS가 자동으로 닫습니다.\n\
             [연 사람] {ana} 님, {opened}\n[요금] 정가 기준 시간당 $0.064, 트래픽 요금 별도\n\
             [외부에서 보이는 주소] `3.35.1.2`\n[연장] <@7> 님, {at} → {end}까지\n\
             -- 게이트웨이는 1시간 단위로 올림해 과금되므로, 닫았다 다시 여는 것보다 연장하는 편이 저렴합니다. · \
             AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)\n\
             (30분 연장) nat:extend:01k0lease\n(지금 닫기) nat:close:01k0lease",
            end = t(until, 't'),
            left = t(until, 'R'),
            net = t(noon() + TimeDelta::minutes(35), 't'),
            opened = t(noon(), 't'),
            ana = ana(),
            at = t(at, 't'),
        )
    );
}

#[test]
fn drift_of_the_window_is_said_with_a_button_and_that_of_the_pair_is_not() {
    let lease = window(Phase::Ready);
    let mut view = view(half_open(&lease, GatewayState::Available), from_ref(&lease));
    view.plan.drift = vec![
        (
            LeaseKind::NatWindow,
            Drift { kind: Kind::Route, name: "my-route-private".to_owned(), how: How::Missing },
        ),
        (
            LeaseKind::Pair,
            Drift { kind: Kind::Instance, name: "my-service-01".to_owned(), how: How::Missing },
        ),
    ];
    let text = render(&view, &lease, Locale::EnUs);
    assert!(text.starts_with("# ⚠️ The NAT window is damaged\n"), "{text}");
    assert!(text.contains("• `my-route-private` has lost its route to the internet.\n"), "{text}");
    assert!(text.contains("(Repair) repair:01k0lease\n(Extend 30m)"), "{text}");
    assert!(!text.contains("my-service-01") && !text.contains("reach the internet on ports"), "{text}");
}

#[test]
fn a_repair_that_failed_is_said_with_what_to_do() {
    let mut lease = window(Phase::Ready);
    lease.setback = Some(Trouble::Quota { code: "AddressLimitExceeded".to_owned() });
    let text = render(&view(open(&lease), from_ref(&lease)), &lease, Locale::EnUs);
    assert!(
        text.contains("The AWS account has no Elastic IP left in this region.\n→ Remove something"),
        "{text}"
    );
}

#[test]
fn closing_shows_what_is_still_there() {
    let mut lease = window(Phase::Closing);
    lease.closing = Some((noon(), CloseReason::Asked { by: crate::testbed::people::ana() }));
    let text =
        render(&view(half_open(&lease, GatewayState::Deleting), from_ref(&lease)), &lease, Locale::EnUs);
    assert_eq!(
        text,
        format!(
            "# ⏳ Closing the NAT window\nClosed by {} {}.\n\n✅ Route to the internet removed\n\
             ⏳ Outbound rules removed\n⏳ NAT gateway deleted – AWS usually takes a minute or two\n\
             ➖ Elastic IP released – once the gateway is gone\n\n\
             The receipt follows here as soon as nothing is left.",
            ana(),
            t(noon(), 't')
        )
    );
}

#[test]
fn before_the_first_look_nothing_is_called_gone() {
    let mut lease = window(Phase::Closing);
    lease.closing = Some((noon(), CloseReason::Expired));
    let view = View { observed: None, ..view(nothing(), from_ref(&lease)) };
    let text = render(&view, &lease, Locale::EnUs);
    assert!(!text.contains('✅'), "{text}");
}

#[test]
fn while_aws_is_away_the_message_says_so() {
    let lease = window(Phase::Ready);
    let mut view = view(open(&lease), from_ref(&lease));
    let failure = Failure {
        operation: "DescribeVpcs",
        kind: FailureKind::Away,
        code: "dispatch failure".to_owned(),
        message: "arn:aws:iam::123456789012:user/secret".to_owned(),
    };
    view.blind = Some(Blind { since: noon(), failure });
    let failing = |operation, of| Failing {
        operation,
        on: None,
        of,
        kind: FailureKind::Throttled,
        code: "RequestLimitExceeded".to_owned(),
        since: noon(),
    };
    view.failing.push(failing("CreateRoute", LeaseKind::NatWindow));
    view.failing.push(failing("RunInstances", LeaseKind::Pair));
    let text = render(&view, &lease, Locale::EnUs);
    assert!(
        text.contains("⚠️ AWS has not answered since") && text.contains("`CreateRoute` has been failing"),
        "{text}"
    );
    assert!(!text.contains("RunInstances"), "the pair's trouble in the window's message: {text}");
    assert!(!text.contains("123456789012"), "AWS's own text reached people: {text}");
}

fn closed(reason: CloseReason, minutes: i64) -> Lease {
    let mut lease = window(Phase::Closed);
    let (opened, gone) = (noon(), noon() + TimeDelta::minutes(minutes));
    let made = |kind, id: &str, name: &str, price| Made {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        made_at: opened,
        gone_at: Some(gone),
        price,
    };
    let hourly = |usd, by| Price::Hourly { usd, by };
    lease.made = vec![
        made(Kind::Address, "eipalloc-1", "3.35.1.2", hourly(0.005, Billing::Second)),
        made(Kind::NatGateway, "nat-1", "My-NAT", hourly(0.059, Billing::StartedHour)),
        made(Kind::Rule, "sgr-1", "tcp 80", Price::Free),
    ];
    lease.closing = Some((gone, reason));
    lease.receipt = Some(receipt::of(&lease, gone, Prices::shipped("ap-northeast-2")));
    lease
}

#[test]
fn a_closed_window_is_its_receipt() {
    let lease = closed(CloseReason::Expired, 30);
    let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
    let gone = noon() + TimeDelta::minutes(30);
    assert_eq!(
        text,
        format!(
            "# ✅ NAT window closed, nothing of it is left: $0.0615\n\
             Opened by {ana} · {from} – {to} (30m)\nClosed because its time was over at {to}.\n\n\
             • Elastic IP `3.35.1.2` · 30m · $0.0025\n• NAT gateway `My-NAT` · 30m, billed as 1 h · $0.059\n\
             **Total $0.0615** at list price, without traffic\n\n\
             ✅ Looked for in AWS again at {to}, and gone: NAT gateway, Elastic IP, route, rules. \
             Nothing keeps billing.\n\
             -- AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits",
            ana = ana(),
            from = t(noon(), 't'),
            to = t(gone, 't'),
        )
    );
}

#[test]
fn how_late_it_was_is_said_and_a_few_seconds_are_not() {
    let text = |seconds: i64| {
        let mut lease = closed(CloseReason::Expired, 30);
        let gone = noon() + TimeDelta::minutes(30) + TimeDelta::seconds(seconds);
        lease.made.iter_mut().for_each(|made| made.gone_at = Some(gone));
        lease.receipt = Some(receipt::of(&lease, gone, Prices::shipped("ap-northeast-2")));
        let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
        let line = text.lines().find(|line| line.contains("The last of it") || line.contains("Late"));
        line.map(|line| line.replace(&t(gone, 't'), "GONE"))
    };
    assert_eq!(text(6), None);
    let usual = "The last of it that bills was gone at GONE, 1m after that.";
    assert_eq!(text(75).as_deref(), Some(usual));
    let late = "⚠️ **Late:** the last of it that bills was gone at GONE, 11m after that. Up to 3m is usual.";
    assert_eq!(text(11 * 60).as_deref(), Some(late));
}

#[test]
fn every_extension_is_on_the_receipt() {
    let mut lease = closed(CloseReason::Asked { by: crate::testbed::people::ana() }, 30);
    let extend = |by| Extension { by: Person { id: by, name: String::new() }, at: noon(), until: noon() };
    lease.extensions = (1..=3).map(extend).collect();
    let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
    for by in ["<@1>", "<@2>", "<@3>"] {
        assert!(text.contains(&format!("Extended by {by} at <t:")), "{text}");
    }
    lease.extensions = (1..=12).map(extend).collect();
    let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
    assert!(text.contains("Extended 2 times before that\nExtended by <@3>"), "{text}");
}

#[test]
fn a_window_late_to_close_is_red_and_names_what_is_left() {
    let mut lease = window(Phase::Closing);
    lease.expires_at = Some(noon() - TimeDelta::minutes(15));
    lease.closing = Some((noon(), CloseReason::Expired));
    let observed = half_open(&lease, GatewayState::Deleting);
    let view = view(observed, from_ref(&lease));
    let message = message(&settings(), &view, &lease, Locale::EnUs, noon());
    let panel = message.panel.as_ref().expect("a panel");
    assert_eq!((panel.tone, panel.title.as_str()), (Tone::Bad, "🔴 Late: the NAT window is not closed yet"));
    for words in ["• NAT gateway `nat-1`", "• Elastic IP `eipalloc-1`", "doorman goes on trying"] {
        assert!(panel.body.contains(words), "{words} in {}", panel.body);
    }
    let urls = message.buttons.iter().filter(|button| matches!(button.does, crate::message::Does::Open(_)));
    assert_eq!(urls.count(), 3, "{:?}", message.buttons);
}

#[test]
fn a_window_that_could_not_be_opened_says_why_and_that_nothing_is_left() {
    let trouble = Trouble::ForeignRoute { table: "my-route-private".to_owned(), target: "igw-1".to_owned() };
    let mut lease = closed(CloseReason::Failed { trouble }, 3);
    let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
    assert!(
        text.starts_with(
            "# ❌ The NAT window could not be opened, nothing of it is left: $0.0592\nThe route table"
        ),
        "{text}"
    );
    assert!(text.contains("`igw-1`") && text.contains("\n→ If nobody needs that route"), "{text}");
    assert!(text.contains("Nothing keeps billing."), "{text}");
    assert!(!text.contains("nat:"), "a button is left: {text}");

    lease.made.clear();
    lease.receipt = Some(receipt::of(&lease, noon(), None));
    let text = render(&view(nothing(), from_ref(&lease)), &lease, Locale::EnUs);
    assert!(text.contains("Nothing that costs money was made."), "{text}");
}

#[test]
fn it_says_whose_message_it_is_until_that_is_over() {
    for (phase, over) in
        [(Phase::Opening, false), (Phase::Ready, false), (Phase::Closing, false), (Phase::Closed, true)]
    {
        let lease = window(phase);
        let message = message(&settings(), &view(nothing(), from_ref(&lease)), &lease, Locale::EnUs, noon());
        assert_eq!(message.tells_of, (!over).then(|| lease.id.clone()), "{phase:?}");
    }
}

/// The line about the safety net in a message `seconds` after building began.
fn net(lease: &Lease, seen: &Observed, settings: &Settings, seconds: i64) -> Option<String> {
    let now = lease.building_since + TimeDelta::seconds(seconds);
    let text = read(&message(settings, &view(seen.clone(), from_ref(lease)), lease, Locale::EnUs, now));
    let line = text.lines().find(|line| line.to_lowercase().contains("safety net"));
    line.map(str::to_owned)
}

#[test]
fn a_window_without_a_net_says_so_and_why() {
    let (opening, ready) = (window(Phase::Opening), window(Phase::Ready));
    let (settings, mut off) = (settings(), settings());
    off.stack.backstop.enabled = false;
    let no_role = "⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window \
                   stays open. The people who run doorman can make one: `doorman check --fix`.";
    let missing = "⚠️ **No safety net:** it cannot be armed in AWS at the moment. If doorman is gone for good, this \
                   window stays open. doorman goes on trying; the people who run it find out why with \
                   `doorman check`.";

    let armed = open(&ready);
    let fires_at = t(noon() + TimeDelta::minutes(35), 't');
    let line = format!("-# Safety net: AWS closes it by itself at {fires_at}, should doorman be gone.");
    assert_eq!(net(&ready, &armed, &settings, 300), Some(line));

    let mut unarmed = armed.clone();
    unarmed.schedules.clear();
    let mut without_role = unarmed.clone();
    without_role.backstop_roles.clear();
    without_role.runbooks.clear();
    for lease in [&opening, &ready] {
        assert_eq!(net(lease, &without_role, &settings, 1).as_deref(), Some(no_role));
        assert_eq!(net(lease, &without_role, &off, 300), None);
    }

    let no_runbook = "⚠️ **No safety net:** its runbook is missing in AWS, or is not the one that doorman writes. If \
                      doorman is gone for good, this window stays open. The people who run doorman can put it \
                      right: `doorman check --fix`.";
    let mut without_runbook = unarmed.clone();
    without_runbook.runbooks.clear();
    assert_eq!(net(&ready, &without_runbook, &settings, 1).as_deref(), Some(no_runbook));
    let mut theirs = unarmed.clone();
    theirs.runbooks.iter_mut().for_each(|runbook| runbook.sound = false);
    assert_eq!(net(&ready, &theirs, &settings, 1).as_deref(), Some(no_runbook));

    // A moment passes before it can be there.
    assert_eq!(net(&opening, &unarmed, &settings, 30), None);
    assert_eq!(net(&opening, &unarmed, &settings, 31).as_deref(), Some(missing));
    assert_eq!(net(&ready, &unarmed, &settings, 1).as_deref(), Some(missing));
    // What could not be looked at is not known to be missing its role.
    let failure = Failure {
        operation: "GetRole",
        kind: FailureKind::Away,
        code: "Timeout".to_owned(),
        message: String::new(),
    };
    let mut unseen = unarmed.clone();
    unseen.backstop_roles.clear();
    unseen.hide(Kind::BackstopRole, failure);
    assert_eq!(net(&ready, &unseen, &settings, 1).as_deref(), Some(missing));

    let mut closing = window(Phase::Closing);
    closing.closing = Some((noon(), CloseReason::Expired));
    assert_eq!(net(&closing, &unarmed, &settings, 300), None);
}
