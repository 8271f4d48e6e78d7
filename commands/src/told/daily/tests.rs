use chrono::TimeDelta;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::lease::{CloseReason, LeaseKind, Phase, Trouble};
use doorman_config::Locale;

use super::*;
use crate::testbed::world::{World, ago, lease, made, now, person, shown};

fn yesterday() -> Snapshot {
    Snapshot { at: now() - TimeDelta::days(1), drift: Vec::new() }
}

fn said(world: &World, locale: Locale, before: Option<&Snapshot>) -> String {
    let view = world.view();
    let scene = world.scene(&view, locale);
    let costs = days(&scene, &world.leases);
    shown(&render(&scene, Some(&world.leases), Some(&costs), before))
}

#[test]
fn a_quiet_day_reads_well() {
    let world = World::empty();
    insta::assert_snapshot!(said(&world, Locale::EnUs, Some(&yesterday())), @r"
    [Plain] ☀️ 22 Nov: nothing is running
    Yesterday **$0.00** · last 14 days **$0.00**

    No instances, no NAT window: nothing of doorman's is billed.

    **Since <t:1795239000:f>:**
    No change.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko, Some(&yesterday())), @r"
    [Plain] ☀️ 11월 22일 실행 중인 리소스 없음
    어제 **$0.00** · 최근 14일 **$0.00**

    인스턴스도 NAT 연결도 없습니다. doorman이 만든 리소스로 나가는 요금은 없습니다.

    **<t:1795239000:f> 이후 바뀐 점:**
    없습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn a_busy_day_tells_who_did_what_and_what_it_costs_if_left() {
    let mut world = World::with_pair();
    world.open_window();
    let mut old = lease(LeaseKind::NatWindow, "01old", Phase::Closed, 60 * 20);
    old.made = vec![made(Kind::NatGateway, 60 * 20, 60 * 20 - 45, 0.059)];
    old.closing = Some((ago(60 * 20 - 45), CloseReason::Expired));
    old.receipt = Some(doorman_cloud::receipt::of(&old, ago(60 * 20 - 45), None));
    world.leases.push(old);
    world.observed.instances[1].state = InstanceState::Stopped;
    insta::assert_snapshot!(said(&world, Locale::EnUs, Some(&yesterday())), @r"
    [Warn] ☀️ 22 Nov: what is running
    Yesterday **$0.059** · last 14 days **$0.4497**

    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    ⚪ **my-service-02** · stopped · t3.micro · ap-northeast-2b
    🌐 NAT window open until **<t:1795326600:t>** (<t:1795326600:R>), by <@7>

    ⚠️ The instance my-service-02 is stopped. Its volume is still billed.
    → The **Repair** button is on [its message](https://discord.com/channels/100000000000000001/3/4).

    💵 **$0.1625/h** as of <t:1795325400:t>
    If what has no end keeps running: **$71.90/month**
    The NAT window will have cost **$0.0607** when it closes at <t:1795326600:t> (<t:1795326600:R>)

    **Since <t:1795239000:f>:**
    • <@7> launched the service pair (<t:1795314600:f>)
    • 2 NAT windows, 55m in all
    • New: The instance my-service-02 is stopped. Its volume is still billed.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko, Some(&yesterday())), @r"
    [Warn] ☀️ 11월 22일 실행 현황
    어제 **$0.059** · 최근 14일 **$0.4497**

    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    ⚪ **my-service-02** · 중지됨 · t3.micro · ap-northeast-2b
    🌐 NAT 연결이 **<t:1795326600:t>**까지 열려 있습니다(<t:1795326600:R>), <@7> 님

    ⚠️ my-service-02 인스턴스가 중지되어 있습니다. 볼륨 요금은 계속 나갑니다.
    → [진행 메시지](https://discord.com/channels/100000000000000001/3/4)의 **복구** 버튼으로 복구할 수 있습니다.

    💵 <t:1795325400:t> 기준 **시간당 $0.1625**
    끝나는 시간이 없는 리소스를 계속 실행하면 **월 $71.90**
    NAT 연결: <t:1795326600:t> (<t:1795326600:R>)에 닫힐 때까지 모두 **$0.0607**

    **<t:1795239000:f> 이후 바뀐 점:**
    • <@7> 님이 서비스 인스턴스(2대)를 실행했습니다(<t:1795314600:f>)
    • NAT 연결 2회, 모두 55분
    • 새로 생긴 문제: my-service-02 인스턴스가 중지되어 있습니다. 볼륨 요금은 계속 나갑니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn what_went_and_what_failed_is_told() {
    let mut world = World::with_pair();
    world.close_pair(CloseReason::Failed { trouble: Trouble::TimedOut });
    let text = said(&world, Locale::EnUs, Some(&yesterday()));
    assert!(text.contains("• A launch failed: It did not become ready in time."), "{text}");
    let mut world = World::with_pair();
    world.close_pair(CloseReason::Asked { by: person(8) });
    let text = said(&world, Locale::EnUs, Some(&yesterday()));
    assert!(text.contains("• <@8> terminated the service pair"), "{text}");
    assert!(text.contains("nothing is running"), "{text}");
}

#[test]
fn problems_are_new_once_and_solved_once() {
    let mut world = World::with_pair();
    world.observed.instances[1].state = InstanceState::Stopped;
    let view = world.view();
    let today = Snapshot::of(&world.scene(&view, Locale::EnUs));
    let next = said(&world, Locale::EnUs, Some(&today));
    assert!(!next.contains("• New:") && next.contains("No change."), "{next}");
    world.observed.instances[1].state = InstanceState::Running;
    let mended = said(&world, Locale::EnUs, Some(&today));
    assert!(mended.contains("• 1 problem is solved"), "{mended}");
}

#[test]
fn the_first_summary_compares_with_nothing() {
    let text = said(&World::with_pair(), Locale::EnUs, None);
    assert!(!text.contains("**Since"), "{text}");
}

#[test]
fn without_history_the_state_is_told_all_the_same() {
    let world = World::with_pair();
    let view = world.view();
    let text = shown(&render(&world.scene(&view, Locale::EnUs), None, None, None));
    assert!(text.contains("could not be read") && text.contains("my-service-01"), "{text}");
}

#[test]
fn the_chart_has_a_bar_a_day_and_today_is_open() {
    let world = World::with_pair();
    let view = world.view();
    let scene = world.scene(&view, Locale::Ko);
    let costs = days(&scene, &world.leases);
    let chart = chart(&scene, &costs);
    assert_eq!(chart.bars.len(), 14);
    assert_eq!((chart.bars[0].label.as_str(), chart.bars[13].label.as_str()), ("11/9", "11/22"));
    assert!(chart.bars[13].today && !chart.bars[12].today);
    // Launched at 11:30 in Seoul: all of it falls on today.
    assert!(chart.bars[13].usd > 0.3 && chart.bars[12].usd == 0.0, "{:?}", chart.bars);
    assert!(cost_png(&chart).expect("a picture").starts_with(b"\x89PNG"));
}

#[test]
fn a_snapshot_reads_back() {
    let snapshot = Snapshot { drift: vec!["x".into()], ..yesterday() };
    let json = serde_json::to_string(&snapshot).expect("JSON");
    assert_eq!(serde_json::from_str::<Snapshot>(&json).expect("read back"), snapshot);
}
