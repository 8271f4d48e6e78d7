use chrono::TimeDelta;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::lease::{CloseReason, LeaseKind, Phase};
use doorman_config::Locale;

use crate::testbed::people::view;
use crate::testbed::world::{World, ago, now, person, shown};
use crate::told::living::message;

/// What the message of the shell window in that world says.
fn said(world: &World, locale: Locale) -> String {
    let lease = world.lease(LeaseKind::ShellWindow);
    shown(&message(&world.settings, &world.view(), lease, locale, now()))
}

/// A pair without access of its own, and a shell window that was opened ten minutes ago.
fn open() -> World {
    let mut world = World::with_pair_and_shell_windows();
    world.open_shell(Phase::Ready, 10);
    world.record();
    world
}

#[test]
fn opening_is_a_checklist_with_its_end() {
    let mut world = open();
    let lease = world.leases.iter_mut().find(|lease| lease.kind == LeaseKind::ShellWindow).expect("it");
    (lease.phase, lease.ready_at) = (Phase::Opening, None);
    world.observed.endpoints[2].state = EndpointState::Pending;
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    [Busy] ⏳ Opening the shell window
    ⏳ Interface endpoints (2 of 3)
    ✅ Security group rules

    Started <t:1795324800:R>. AWS usually takes a minute or two for the endpoints.
    Closes by itself at **<t:1795326600:t>** (<t:1795326600:R>)
    ⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window stays open. The people who run doorman can make one: `doorman check --fix`.
    | Opened by: <@7> at <t:1795324800:t>
    (Close now) Danger nat:close:01shell
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    [Busy] ⏳ 셸 연결을 여는 중입니다
    ⏳ 인터페이스 엔드포인트(3개 중 2개)
    ✅ 보안 그룹 규칙

    <t:1795324800:R>에 시작했습니다. 엔드포인트는 보통 1~2분 걸립니다.
    **<t:1795326600:t>**에 자동으로 닫힙니다(<t:1795326600:R>)
    ⚠️ **안전망 없음:** AWS에 안전망용 역할이 없습니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman 운영자가 `doorman check --fix`로 만들 수 있습니다.
    | 연 사람: <@7> 님, <t:1795324800:t>
    (지금 닫기) Danger nat:close:01shell
    ");
}

#[test]
fn open_it_says_who_can_be_reached_until_when_and_for_how_much() {
    let world = open();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    [Good] 🟢 The shell window is open
    Open until **<t:1795326600:t>** (<t:1795326600:R>)

    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · running, shell ready · t3.micro · ap-northeast-2b
    Get in with `/session start`.
    ⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window stays open. The people who run doorman can make one: `doorman check --fix`.
    | Opened by: <@7> at <t:1795324800:t>
    | Costs: $0.078/h at list price, plus traffic
    _Endpoints are billed by the started hour, so extending costs less than closing and opening again. · AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    (Extend 30m) Primary nat:extend:01shell
    (Close now) Danger nat:close:01shell
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    [Good] 🟢 셸 연결이 열려 있습니다
    **<t:1795326600:t>**까지 열려 있습니다(<t:1795326600:R>)

    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2b
    `/세션 시작` 명령어로 접속할 수 있습니다.
    ⚠️ **안전망 없음:** AWS에 안전망용 역할이 없습니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman 운영자가 `doorman check --fix`로 만들 수 있습니다.
    | 연 사람: <@7> 님, <t:1795324800:t>
    | 요금: 정가 기준 시간당 $0.078, 트래픽 요금 별도
    _엔드포인트는 1시간 단위로 올림해 과금되므로, 닫았다 다시 여는 것보다 연장하는 편이 저렴합니다. · AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    (30분 연장) Primary nat:extend:01shell
    (지금 닫기) Danger nat:close:01shell
    ");
}

#[test]
fn open_with_nobody_to_reach_it_says_so() {
    let mut world = open();
    world.observed.agents.clear();
    assert!(
        said(&world, Locale::EnUs).contains("No instance answers yet."),
        "{}",
        said(&world, Locale::EnUs)
    );
    world.leases.retain(|lease| lease.kind == LeaseKind::ShellWindow);
    world.observed.instances.clear();
    assert!(said(&world, Locale::EnUs).contains("The service pair is not launched, so there is nobody"));
}

#[test]
fn damaged_it_offers_to_repair_extend_and_close() {
    let mut world = open();
    world.observed.endpoints.remove(0);
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    [Warn] ⚠️ The shell window is damaged
    Open until **<t:1795326600:t>** (<t:1795326600:R>)

    • The interface endpoint `ssm` is gone or does not work.
    Until it is repaired, sessions may not start. It is billed all the same.

    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · running, shell ready · t3.micro · ap-northeast-2b
    ⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window stays open. The people who run doorman can make one: `doorman check --fix`.
    | Opened by: <@7> at <t:1795324800:t>
    | Costs: $0.078/h at list price, plus traffic
    _Endpoints are billed by the started hour, so extending costs less than closing and opening again. · AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    (Repair) Success repair:01shell
    (Extend 30m) Primary nat:extend:01shell
    (Close now) Danger nat:close:01shell
    ");
}

#[test]
fn closing_counts_down_and_the_receipt_proves_it() {
    let mut world = open();
    let lease = world.leases.iter_mut().find(|lease| lease.kind == LeaseKind::ShellWindow).expect("it");
    (lease.phase, lease.closing) = (Phase::Closing, Some((ago(1), CloseReason::Asked { by: person(8) })));
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    [Busy] ⏳ Closing the shell window
    Closed by <@8> <t:1795325340:t>.

    ⏳ endpoints: 3 left
    ⏳ rules: 2 left
    AWS usually takes a few minutes to delete endpoints.

    The receipt follows here as soon as nothing is left.
    ");
    world.close_shell(CloseReason::Asked { by: person(8) });
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    <@7>
    [Plain] ✅ Shell window closed, nothing of it is left: $0.078
    Opened by <@7> · <t:1795324800:t> – <t:1795325400:t> (10m)
    Closed by <@8> at <t:1795325100:t>.
    The last of it that bills was gone at <t:1795325340:t>, 4m after that.

    • Interface endpoint `ssm` · 9m, billed as 1 h · $0.026
    • Interface endpoint `ssmmessages` · 9m, billed as 1 h · $0.026
    • Interface endpoint `ec2messages` · 9m, billed as 1 h · $0.026
    **Total $0.078** at list price, without traffic

    ✅ Looked for in AWS again at <t:1795325400:t>, and gone: endpoints, rules. Nothing keeps billing.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    <@7>
    [Plain] ✅ 셸 연결을 닫았고 남은 리소스가 없습니다 · $0.078
    <@7> 님이 엶 · <t:1795324800:t> – <t:1795325400:t> (10분)
    <@8> 님이 <t:1795325100:t>에 닫았습니다.
    과금되는 마지막 리소스는 4분 뒤인 <t:1795325340:t>에 없어졌습니다.

    • 인터페이스 엔드포인트 `ssm` · 9분(1시간으로 과금) · $0.026
    • 인터페이스 엔드포인트 `ssmmessages` · 9분(1시간으로 과금) · $0.026
    • 인터페이스 엔드포인트 `ec2messages` · 9분(1시간으로 과금) · $0.026
    **합계 $0.078** (정가 기준, 트래픽 제외)

    ✅ <t:1795325400:t>에 AWS를 다시 조회해 모두 없어진 것을 확인했습니다: 엔드포인트, 규칙. 더 이상 과금되지 않습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn late_it_names_what_is_left() {
    let mut world = open();
    let lease = world.leases.iter_mut().find(|lease| lease.kind == LeaseKind::ShellWindow).expect("it");
    lease.expires_at = Some(ago(30));
    (lease.phase, lease.closing) = (Phase::Closing, Some((ago(30), CloseReason::Expired)));
    let text = said(&world, Locale::EnUs);
    assert!(text.starts_with("[Bad] 🔴 Late: the shell window is not closed yet"), "{text}");
    assert!(text.contains("• Interface endpoint `vpce-ssm`"), "{text}");
}

#[test]
fn the_pair_without_a_window_says_how_to_open_one() {
    let mut world = World::with_pair_and_shell_windows();
    // The agents that answered a moment ago cannot any more.
    world.observed.endpoints.clear();
    let pair = |world: &World| {
        shown(&message(&world.settings, &world.view(), &world.leases[0], Locale::EnUs, now()))
    };
    let text = pair(&world);
    assert!(text.contains("🟢 **my-service-01** · running, shell closed"), "{text}");
    assert!(text.contains("Shell access is closed; `/shell open` opens it for a while."), "{text}");
    assert!(text.starts_with("[Good] 🟢 The service pair is ready"), "{text}");
    world.open_shell(Phase::Ready, 10);
    let text = pair(&world);
    assert!(
        text.contains("running, shell ready") && text.contains("Get in with `/session start`."),
        "{text}"
    );
}

#[test]
fn the_receipt_of_what_never_was_there_is_nothing() {
    let mut world = World::with_pair_and_shell_windows();
    world.observed.endpoints.clear();
    world.open_shell(Phase::Opening, 1);
    world.close_shell(CloseReason::Asked { by: person(8) });
    assert!(world.lease(LeaseKind::ShellWindow).made.iter().all(|made| made.kind != Kind::Instance));
    let seen = view(world.observed.clone(), &world.leases);
    let lease = world.lease(LeaseKind::ShellWindow);
    let text = shown(&message(&world.settings, &seen, lease, Locale::EnUs, now() + TimeDelta::minutes(1)));
    assert!(text.contains("Nothing that costs money was made."), "{text}");
}
