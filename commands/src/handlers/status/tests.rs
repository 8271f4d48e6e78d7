use doorman_cloud::failure::FailureKind;
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::agent::Ping;
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::kinds::route::{Route, RouteTarget};

use doorman_cloud::switchboard::Observed;

use super::*;
use crate::picture::RouteState;
use crate::testbed::world::{World, now, shown};

fn said(world: &World, locale: Locale) -> String {
    let view = world.view();
    shown(&message(&world.scene(&view, locale)))
}

fn away() -> Failure {
    Failure {
        operation: "DescribeVpcs",
        kind: FailureKind::Away,
        code: "timeout".into(),
        message: "dispatch failure to account 123456789012".into(),
    }
}

#[test]
fn with_nothing_running_it_says_so_and_that_it_is_free() {
    let world = World::empty();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Plain] ⚪ Nothing is running · internet closed
    ⚪ No instances
    🔒 NAT window closed

    💵 **$0.00** – nothing of doorman's is billed right now.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Plain] ⚪ 실행 중인 인스턴스 없음 · 인터넷 닫힘
    ⚪ 인스턴스가 없습니다
    🔒 NAT 연결이 닫혀 있습니다

    💵 **$0.00** – 지금 doorman이 만든 리소스로 나가는 요금은 없습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn an_open_window_beside_a_healthy_pair() {
    let mut world = World::with_pair();
    world.open_window();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Good] 🌐 Internet open until 14:50 · 2 instances running · $0.1755/h
    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · running, shell ready · t3.micro · ap-northeast-2b
    🌐 NAT window open until **<t:1795326600:t>** (<t:1795326600:R>), by <@7>

    💵 **$0.1755/h** as of <t:1795325400:t>
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Good] 🌐 인터넷 14:50까지 열림 · 인스턴스 2대 실행 중 · 시간당 $0.1755
    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2b
    🌐 NAT 연결이 **<t:1795326600:t>**까지 열려 있습니다(<t:1795326600:R>), <@7> 님

    💵 <t:1795325400:t> 기준 **시간당 $0.1755**
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn drift_comes_with_a_button_that_repairs_it() {
    let mut world = World::with_pair();
    world.observed.instances[1].state = InstanceState::Stopped;
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Warn] ⚠️ Pair needs attention · internet closed · $0.0985/h
    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    ⚪ **my-service-02** · stopped · t3.micro · ap-northeast-2b
    🔒 NAT window closed

    ⚠️ The instance my-service-02 is stopped. Its volume is still billed.

    💵 **$0.0985/h** as of <t:1795325400:t>
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    (Repair) Success repair:01pair
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Warn] ⚠️ 인스턴스(2대) 확인 필요 · 인터넷 닫힘 · 시간당 $0.0985
    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    ⚪ **my-service-02** · 중지됨 · t3.micro · ap-northeast-2b
    🔒 NAT 연결이 닫혀 있습니다

    ⚠️ my-service-02 인스턴스가 중지되어 있습니다. 볼륨 요금은 계속 나갑니다.

    💵 <t:1795325400:t> 기준 **시간당 $0.0985**
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    (복구) Success repair:01pair
    ");
}

#[test]
fn two_damaged_leases_have_their_buttons_on_their_own_messages() {
    let mut world = World::with_pair();
    world.open_window();
    world.observed.instances[1].state = InstanceState::Stopped;
    world.observed.addresses.clear();
    let view = world.view();
    let message = message(&world.scene(&view, Locale::EnUs));
    assert!(message.buttons.is_empty());
    let body = &message.panel.expect("a panel").body;
    assert_eq!(body.matches("https://discord.com/channels/").count(), 2, "{body}");
}

#[test]
fn without_aws_it_shows_the_last_known_state_and_its_age_and_no_picture() {
    let mut world = World::with_pair();
    world.open_window();
    let view = world.view();
    let message = last_known(&world.scene(&view, Locale::EnUs), &away());
    assert_eq!(message.picture, None);
    assert!(!shown(&message).contains("123456789012"));
    insta::assert_snapshot!(shown(&message), @r"
    [Warn] ⚠️ AWS cannot be asked right now
    AWS cannot be reached, or has a problem of its own.
    → Usually this passes by itself; try again in a minute.

    **Last known state, from <t:1795325400:R>:**
    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · running, shell ready · t3.micro · ap-northeast-2b
    🌐 NAT window open until **<t:1795326600:t>** (<t:1795326600:R>), by <@7>

    💵 **$0.1755/h** as of <t:1795325400:t>
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(shown(&last_known(&world.scene(&view, Locale::Ko), &away())), @r"
    [Warn] ⚠️ 지금은 AWS 상태를 조회할 수 없습니다
    AWS에 연결할 수 없거나 AWS 내부에 문제가 있습니다.
    → 대개 저절로 풀리니 1분쯤 뒤에 다시 시도해 주세요.

    **마지막으로 확인한 상태(<t:1795325400:R>):**
    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2b
    🌐 NAT 연결이 **<t:1795326600:t>**까지 열려 있습니다(<t:1795326600:R>), <@7> 님

    💵 <t:1795325400:t> 기준 **시간당 $0.1755**
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn without_any_look_it_still_knows_the_window() {
    let mut world = World::empty();
    world.open_window();
    let view = View { observed: None, ..world.view() };
    let text = shown(&last_known(&world.scene(&view, Locale::EnUs), &away()));
    assert!(
        text.contains("AWS has not been looked at yet") && text.contains("NAT window open until"),
        "{text}"
    );
    assert!(!text.contains("No instances"), "{text}");
}

#[test]
fn an_agent_that_went_silent_is_told_apart_from_one_that_never_spoke() {
    let mut world = World::with_pair();
    world.observed.agents[0].ping = Ping::Lost;
    world.observed.agents.remove(1);
    let text = said(&world, Locale::EnUs);
    assert!(text.contains("**my-service-01** · running, shell not answering"), "{text}");
    assert!(text.contains("**my-service-02** · running, shell not ready yet"), "{text}");
    world.observed.hide(Kind::Agent, away());
    assert!(said(&world, Locale::EnUs).contains("running, shell unknown"));
}

#[test]
fn the_picture_shows_what_was_observed() {
    let mut world = World::with_pair();
    world.open_window();
    world.observed.instances.remove(1);
    let view = world.view();
    let picture = picture::of(&world.scene(&view, Locale::EnUs));
    assert_eq!(picture.title, "main · My-VPC 10.20.0.0/16");
    assert_eq!(picture.subtitle, "22 Nov 14:30 KST");
    let zones: Vec<_> = picture.zones.iter().map(|zone| (zone.name.as_str(), zone.subnets.len())).collect();
    assert_eq!(zones, [("ap-northeast-2a", 2), ("ap-northeast-2b", 1)]);
    let instances: Vec<_> =
        picture.zones.iter().flat_map(|zone| &zone.subnets).flat_map(|subnet| &subnet.instances).collect();
    assert_eq!(instances.len(), 2);
    assert!(!instances[0].ghost && instances[0].shell == "shell ready", "{:?}", instances[0]);
    assert!(instances[1].ghost && instances[1].state == "gone", "{:?}", instances[1]);
    assert_eq!(picture.internet.route, RouteState::Active);
    let window = picture.window.expect("it is open");
    assert_eq!(window.label, "20m left");
    assert!((window.fraction_left - 2.0 / 3.0).abs() < 0.01);
    assert_eq!(picture.endpoints.len(), 3);
    assert_eq!(picture.endpoints[0].subnets, ["my-subnet-private01", "my-subnet-private02"]);
}

#[test]
fn a_route_is_drawn_as_whose_it_is() {
    let route_of = |target: RouteTarget, blackhole| {
        let mut world = World::with_pair();
        world.open_window();
        world.observed.tables[0].default_route = Some(Route { target, blackhole });
        let view = world.view();
        picture::of(&world.scene(&view, Locale::Ko)).internet.route
    };
    assert_eq!(route_of(RouteTarget::NatGateway("nat-1".into()), true), RouteState::Blackhole);
    assert_eq!(route_of(RouteTarget::NatGateway("nat-2".into()), false), RouteState::Foreign);
    assert_eq!(route_of(RouteTarget::Other("tgw-1".into()), false), RouteState::Foreign);
}

#[test]
fn a_network_that_is_not_there_is_drawn_as_missing() {
    let mut world = World::empty();
    let draw = |world: &World| {
        let view = world.view();
        picture::of(&world.scene(&view, Locale::Ko))
    };
    world.observed.subnets.remove(2);
    let picture = draw(&world);
    assert!(picture.zones[0].subnets.iter().any(|subnet| subnet.missing), "{picture:?}");
    let observed = Observed::empty(now());
    let world = World { observed, ..world };
    let picture = draw(&world);
    assert!(picture.zones.is_empty());
    assert!(stack_png(&picture).expect("a picture").starts_with(b"\x89PNG"));
    assert_eq!(picture.subtitle, "11월 22일 14:30 KST");
    assert_eq!(now().to_rfc3339(), "2026-11-22T05:30:00+00:00");
}
