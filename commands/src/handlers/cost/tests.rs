use chrono::TimeDelta;
use doorman_cloud::keeper::View;
use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::lease::Phase;

use super::*;
use crate::testbed::world::{World, ago, lease, made, now, shown};

fn said(world: &World, locale: Locale) -> String {
    let view = world.view();
    shown(&message(&world.scene(&view, locale), &world.leases))
}

#[test]
fn everything_that_runs_has_its_price_and_its_age() {
    let mut world = World::with_pair();
    world.open_window();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Plain] $0.1755/h right now
    **$81.39/month** if what has no end keeps running
    The NAT window will have cost **$0.0607** when it closes at <t:1795326600:t> (<t:1795326600:R>)

    • Instance **my-service-01** (t3.micro) · $0.013/h · started <t:1795314900:R>
    • Instance **my-service-02** (t3.micro) · $0.013/h · started <t:1795314900:R>
    • Volume 30 GiB gp3 · $0.0037/h · started <t:1795314900:R>
    • Volume 30 GiB gp3 · $0.0037/h · started <t:1795314900:R>
    • NAT gateway **My-NAT** · $0.059/h · started <t:1795324800:R>
    • Elastic IP **203.0.113.20** (IPv4) · $0.005/h · started <t:1795324800:R>
    • Interface endpoint **ssm** (2 AZ) · $0.026/h · started <t:1795314720:R>
    • Interface endpoint **ssmmessages** (2 AZ) · $0.026/h · started <t:1795314720:R>
    • Interface endpoint **ec2messages** (2 AZ) · $0.026/h · started <t:1795314720:R>

    Spent today: **$0.3907**
    For the service pair, since <t:1795314600:t> (<t:1795314600:R>): **$0.3317**
    For the NAT window, since <t:1795324800:t> (<t:1795324800:R>): **$0.059**
    -# As of <t:1795325400:t>
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Plain] 지금 시간당 $0.1755
    끝나는 시간이 없는 리소스를 계속 실행하면 **월 $81.39**
    NAT 연결: <t:1795326600:t> (<t:1795326600:R>)에 닫힐 때까지 모두 **$0.0607**

    • 인스턴스 **my-service-01** (t3.micro) · 시간당 $0.013 · <t:1795314900:R> 시작
    • 인스턴스 **my-service-02** (t3.micro) · 시간당 $0.013 · <t:1795314900:R> 시작
    • 볼륨 30 GiB gp3 · 시간당 $0.0037 · <t:1795314900:R> 시작
    • 볼륨 30 GiB gp3 · 시간당 $0.0037 · <t:1795314900:R> 시작
    • NAT 게이트웨이 **My-NAT** · 시간당 $0.059 · <t:1795324800:R> 시작
    • 탄력적 IP **203.0.113.20** (IPv4) · 시간당 $0.005 · <t:1795324800:R> 시작
    • 인터페이스 엔드포인트 **ssm** (2 AZ) · 시간당 $0.026 · <t:1795314720:R> 시작
    • 인터페이스 엔드포인트 **ssmmessages** (2 AZ) · 시간당 $0.026 · <t:1795314720:R> 시작
    • 인터페이스 엔드포인트 **ec2messages** (2 AZ) · 시간당 $0.026 · <t:1795314720:R> 시작

    오늘 쓴 금액: **$0.3907**
    <t:1795314600:t> (<t:1795314600:R>)부터 서비스 인스턴스(2대): **$0.3317**
    <t:1795324800:t> (<t:1795324800:R>)부터 NAT 연결: **$0.059**
    -# <t:1795325400:t> 기준
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn what_closes_by_itself_costs_nothing_a_month_but_something_by_its_end() {
    let mut world = World::empty();
    world.open_window();
    let text = said(&world, Locale::EnUs);
    assert!(!text.contains("month"), "{text}");
    assert!(text.contains("The NAT window will have cost **$0.0607** when it closes at <t:"), "{text}");
    assert!(said(&world, Locale::Ko).contains("닫힐 때까지 모두 **$0.0607**"));
    // Made a moment ago, and not on record yet.
    for lease in &mut world.leases {
        lease.made.clear();
    }
    assert!(said(&world, Locale::EnUs).contains("will have cost **$0.0615** when it closes"));
    // It ends sooner than it says.
    for lease in &mut world.leases {
        lease.phase = Phase::Closing;
    }
    let text = said(&world, Locale::EnUs);
    assert!(!text.contains("will have cost") && !text.contains("month"), "{text}");
}

#[test]
fn with_nothing_running_what_was_spent_today_is_still_told() {
    let mut world = World::empty();
    let mut closed = lease(LeaseKind::NatWindow, "01old", Phase::Closed, 120);
    closed.made = vec![made(Kind::NatGateway, 120, 90, 0.059), made(Kind::Address, 120, 60, 0.005)];
    world.leases.push(closed);
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Plain] $0.00 right now
    Nothing of doorman's is running.

    Spent today: **$0.064**
    -# As of <t:1795325400:t>
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Plain] 지금 나가는 요금은 $0.00입니다
    doorman이 실행한 리소스는 없습니다.

    오늘 쓴 금액: **$0.064**
    -# <t:1795325400:t> 기준
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn what_people_made_by_hand_is_apart_from_the_sum() {
    let mut world = World::with_pair();
    for endpoint in &mut world.observed.endpoints {
        endpoint.owner = None;
    }
    let text = said(&world, Locale::EnUs);
    assert!(text.contains("] $0.0335/h right now"), "{text}");
    assert!(text.contains("**Made by hand, not doorman's, but billed:** $0.078/h"), "{text}");
    world.observed.endpoints[0].state = EndpointState::Failed;
    assert!(said(&world, Locale::EnUs).contains("but billed:** $0.052/h"));
}

#[test]
fn a_type_that_is_not_in_the_list_is_unknown_and_never_free() {
    let mut world = World::with_pair();
    for instance in &mut world.observed.instances {
        instance.instance_type = "u7i-12tb.224xlarge".to_owned();
    }
    world.record();
    let text = said(&world, Locale::EnUs);
    assert!(text.contains("(u7i-12tb.224xlarge) · price not in the list"), "{text}");
    assert!(text.contains("at least $0.0855/h right now"), "{text}");
    assert!(text.contains("no list price for u7i-12tb.224xlarge"), "{text}");
    assert!(text.contains("Spent today: **at least $"), "{text}");
}

#[test]
fn spot_is_named_as_shown_at_the_on_demand_price() {
    let mut world = World::with_pair();
    world.observed.instances[0].spot = true;
    let text = said(&world, Locale::EnUs);
    assert!(
        text.contains("(t3.micro spot) · $0.013/h") && text.contains("spot is shown at the on-demand price"),
        "{text}"
    );
}

#[test]
fn a_region_without_a_list_gets_no_figures() {
    let mut world = World::with_pair();
    world.settings.aws.region = "eu-west-1".to_owned();
    let text = said(&world, Locale::EnUs);
    assert!(text.contains("no list prices for eu-west-1") && text.contains("Instance × 2"), "{text}");
    assert!(!text.contains('$'), "{text}");
}

#[test]
fn a_day_is_billed_what_started_in_it() {
    let midnight = day_start(now(), chrono_tz::Tz::Asia__Seoul);
    assert_eq!(midnight, "2026-11-21T15:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time"));
    // Begun yesterday at 23:30, closed today at 00:15: one hour is billed, and it was started yesterday.
    let minutes = |at: chrono::DateTime<chrono::Utc>| (now() - at).num_minutes();
    let (from, to) = (midnight - TimeDelta::minutes(30), midnight + TimeDelta::minutes(15));
    let mut window = lease(LeaseKind::NatWindow, "01old", Phase::Closed, minutes(from));
    window.made = vec![made(Kind::NatGateway, minutes(from), minutes(to), 0.059)];
    let today = spent_between(&[window.clone()], midnight, now());
    assert!(today.usd.abs() < 1e-9, "{today:?}");
    let yesterday = spent_between(&[window], ago(60 * 24 * 2), midnight);
    assert!((yesterday.usd - 0.059).abs() < 1e-9, "{yesterday:?}");
}

#[test]
fn before_the_first_look_nothing_is_claimed() {
    let world = World::empty();
    let view = View { observed: None, ..world.view() };
    assert!(!shown(&message(&world.scene(&view, Locale::EnUs), &[])).contains('$'));
}
