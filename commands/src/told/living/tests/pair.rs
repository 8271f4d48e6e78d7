use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::keeper::{Blind, Failing, View};
use doorman_cloud::kinds::endpoint::EndpointState;
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::lease::Trouble;

use doorman_cloud::lease::{CloseReason, LeaseKind, MessageRef, Phase};
use doorman_config::Locale;

use crate::message::{Message, Tone};
use crate::testbed::world::{World, ago, now, person, shown};
use crate::told::living::{message as render, moved};

fn message(world: &World, locale: Locale) -> Message {
    render(&world.settings, &world.view(), &world.leases[0], locale, now())
}

fn said(world: &World, locale: Locale) -> String {
    shown(&message(world, locale))
}

/// Three minutes into a launch: two of three endpoints are there, no instance yet.
fn opening() -> World {
    let mut world = World::empty();
    world.lease_pair(Phase::Opening, 3);
    world.build_shell(2);
    world.observed.endpoints[2].state = EndpointState::Pending;
    world
}

#[test]
fn opening_is_a_checklist_with_what_takes_long() {
    let world = opening();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Busy] ⏳ Launching the service pair
    ✅ IAM role and instance profile
    ⏳ Interface endpoints (2 of 3)
    ✅ Security group rules
    ➖ Instances running (0 of 2)
    ➖ Shell answers (0 of 2)

    Started <t:1795325220:R>.
    AWS usually takes a minute or two for the endpoints. The instances wait for them: one that boots without them goes to sleep for many minutes.
    | Launched by: <@7>, <t:1795325220:f>
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Busy] ⏳ 서비스 인스턴스(2대)를 실행하는 중입니다
    ✅ IAM 역할과 인스턴스 프로파일
    ⏳ 인터페이스 엔드포인트(3개 중 2개)
    ✅ 보안 그룹 규칙
    ➖ 인스턴스 실행(2대 중 0대)
    ➖ 셸 응답(2대 중 0대)

    <t:1795325220:R>에 시작했습니다.
    엔드포인트는 보통 1~2분 걸립니다. 엔드포인트 없이 부팅한 인스턴스는 몇 분씩 응답하지 않으므로, 엔드포인트가 준비된 뒤에 인스턴스를 띄웁니다.
    | 실행한 사람: <@7> 님, <t:1795325220:f>
    ");
}

#[test]
fn opening_advances_to_the_agents() {
    let mut world = opening();
    world.observed.endpoints[2].state = EndpointState::Available;
    assert!(said(&world, Locale::EnUs).contains("⏳ Instances running (0 of 2)"));
    world.build_instances(1);
    world.observed.agents.clear();
    world.observed.instances[1].state = InstanceState::Pending;
    assert!(said(&world, Locale::EnUs).contains("⏳ Instances running (1 of 2)\n⏳ Shell answers (0 of 2)"));
    world.observed.instances[1].state = InstanceState::Running;
    let text = said(&world, Locale::EnUs);
    assert!(text.contains("✅ Instances running (2 of 2)\n⏳ Shell answers (0 of 2)"), "{text}");
    assert!(text.contains("silent for 6 minutes is rebooted once"), "{text}");
}

#[test]
fn ready_says_how_to_get_in_and_what_it_costs() {
    let world = World::with_pair();
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Good] 🟢 The service pair is ready
    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · running, shell ready · t3.micro · ap-northeast-2b

    Get in with `/session start`.
    It keeps running, and billing, until somebody sends `/terminate service`.
    | Launched by: <@7>, <t:1795314600:f>
    | Costs: $0.1115/h · $81.39/month
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Good] 🟢 서비스 인스턴스(2대)가 준비되었습니다
    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    🟢 **my-service-02** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2b

    `/세션 시작` 명령어로 접속할 수 있습니다.
    `/종료 서비스` 명령어로 종료할 때까지 계속 실행되고 요금이 나갑니다.
    | 실행한 사람: <@7> 님, <t:1795314600:f>
    | 요금: 시간당 $0.1115 · 월 $81.39
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn drift_has_a_repair_button_and_a_setback_its_remedy() {
    let mut world = World::with_pair();
    world.observed.instances.remove(1);
    world.observed.volumes.remove(1);
    world.leases[0].setback = Some(Trouble::NoCapacity { instance: "my-service-02".into() });
    insta::assert_snapshot!(said(&world, Locale::EnUs), @r"
    [Warn] ⚠️ The service pair needs attention
    🟢 **my-service-01** · running, shell ready · t3.micro · ap-northeast-2a
    🔴 **my-service-02** · gone · ap-northeast-2b

    • The instance my-service-02 is gone.
    doorman does not rebuild what was ready once without being asked: press **Repair**.

    Get in with `/session start`.
    It keeps running, and billing, until somebody sends `/terminate service`.

    The last repair did not work:
    AWS has no room for my-service-02 in its zone right now.
    → Try again later, or choose another type in `/launch service`.
    | Launched by: <@7>, <t:1795314600:f>
    | Costs: $0.0947/h · $69.17/month
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    (Repair) Success repair:01pair
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @r"
    [Warn] ⚠️ 서비스 인스턴스(2대)에 문제가 있습니다
    🟢 **my-service-01** · 실행 중, 셸 준비됨 · t3.micro · ap-northeast-2a
    🔴 **my-service-02** · 없음 · ap-northeast-2b

    • my-service-02 인스턴스가 없어졌습니다.
    한 번 준비된 리소스는 요청 없이 다시 만들지 않습니다. **복구** 버튼을 눌러 주세요.

    `/세션 시작` 명령어로 접속할 수 있습니다.
    `/종료 서비스` 명령어로 종료할 때까지 계속 실행되고 요금이 나갑니다.

    지난번 복구는 실패했습니다.
    지금 이 가용 영역에는 my-service-02 인스턴스를 띄울 여유 용량이 없습니다.
    → 나중에 다시 시도하거나, `/실행 서비스` 명령어에서 다른 유형을 골라 주세요.
    | 실행한 사람: <@7> 님, <t:1795314600:f>
    | 요금: 시간당 $0.0947 · 월 $69.17
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    (복구) Success repair:01pair
    ");
}

#[test]
fn closing_counts_down_what_is_left() {
    let mut world = World::with_pair();
    world.leases[0].phase = Phase::Closing;
    world.leases[0].closing = Some((ago(1), CloseReason::Asked { by: person(8) }));
    world.observed.instances.remove(0);
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    [Busy] ⏳ Terminating the service pair
    Asked for by <@8> <t:1795325340:R>.

    ⏳ instances: 1 left
    ⏳ volumes: 2 left
    ⏳ endpoints: 3 left
    ⏳ rules: 2 left
    ⏳ role: 1 left
    ⏳ instance profile: 1 left
    AWS usually takes a few minutes to delete endpoints.

    The receipt follows here as soon as nothing is left.
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    [Busy] ⏳ 서비스 인스턴스(2대)를 종료하는 중입니다
    <@8> 님이 <t:1795325340:R>에 종료를 요청했습니다.

    ⏳ 인스턴스: 1개 남음
    ⏳ 볼륨: 2개 남음
    ⏳ 엔드포인트: 3개 남음
    ⏳ 규칙: 2개 남음
    ⏳ 역할: 1개 남음
    ⏳ 인스턴스 프로파일: 1개 남음
    엔드포인트를 삭제하는 데는 보통 몇 분 걸립니다.

    모두 정리되면 이 메시지에 정산 내역이 표시됩니다.
    ");
}

#[test]
fn closed_is_a_receipt() {
    let mut world = World::with_pair();
    world.close_pair(CloseReason::Asked { by: person(8) });
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    <@7>
    [Plain] ✅ Service pair terminated, nothing of it is left: $0.3311
    Launched by <@7> · <t:1795314600:t> – <t:1795325400:t> (3h)
    Terminated by <@8> at <t:1795325100:t>.
    The last of it that bills was gone at <t:1795325340:t>, 4m after that.

    • Instance `my-service-01` · 2h54m · $0.0377
    • Instance `my-service-02` · 2h54m · $0.0377
    • Volume `vol-1` · 2h54m · $0.0109
    • Volume `vol-2` · 2h54m · $0.0109
    • Interface endpoint `ssm` · 2h57m, billed as 3 h · $0.078
    • Interface endpoint `ssmmessages` · 2h57m, billed as 3 h · $0.078
    • Interface endpoint `ec2messages` · 2h57m, billed as 3 h · $0.078
    **Total $0.3311** at list price, without traffic

    ✅ Looked for in AWS again at <t:1795325400:t>, and gone: instances, volumes, endpoints, rules, role, instance profile. Nothing keeps billing.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    <@7>
    [Plain] ✅ 서비스 인스턴스(2대)를 종료했고 남은 리소스가 없습니다 · $0.3311
    <@7> 님이 실행 · <t:1795314600:t> – <t:1795325400:t> (3시간)
    <@8> 님이 <t:1795325100:t>에 종료했습니다.
    과금되는 마지막 리소스는 4분 뒤인 <t:1795325340:t>에 없어졌습니다.

    • 인스턴스 `my-service-01` · 2시간 54분 · $0.0377
    • 인스턴스 `my-service-02` · 2시간 54분 · $0.0377
    • 볼륨 `vol-1` · 2시간 54분 · $0.0109
    • 볼륨 `vol-2` · 2시간 54분 · $0.0109
    • 인터페이스 엔드포인트 `ssm` · 2시간 57분(3시간으로 과금) · $0.078
    • 인터페이스 엔드포인트 `ssmmessages` · 2시간 57분(3시간으로 과금) · $0.078
    • 인터페이스 엔드포인트 `ec2messages` · 2시간 57분(3시간으로 과금) · $0.078
    **합계 $0.3311** (정가 기준, 트래픽 제외)

    ✅ <t:1795325400:t>에 AWS를 다시 조회해 모두 없어진 것을 확인했습니다: 인스턴스, 볼륨, 엔드포인트, 규칙, 역할, 인스턴스 프로파일. 더 이상 과금되지 않습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn failed_says_what_stood_in_the_way_and_that_nothing_is_left() {
    let mut world = World::empty();
    world.lease_pair(Phase::Opening, 10);
    world.build_shell(9);
    world.record();
    world.close_pair(CloseReason::Failed { trouble: Trouble::Quota { code: "VcpuLimitExceeded".into() } });
    insta::assert_snapshot!(said(&world, Locale::EnUs), @"
    <@7>
    [Bad] ❌ The service pair could not be launched, nothing of it is left: $0.078
    The AWS account may run no more vCPUs of this instance family.
    → Remove something of that kind that nobody needs, or ask AWS for more in the Service Quotas console.

    Launched by <@7> · <t:1795324800:t> – <t:1795325400:t> (10m)
    Given up at <t:1795325100:t>.
    The last of it that bills was gone at <t:1795325340:t>, 4m after that.

    • Interface endpoint `ssm` · 8m, billed as 1 h · $0.026
    • Interface endpoint `ssmmessages` · 8m, billed as 1 h · $0.026
    • Interface endpoint `ec2messages` · 8m, billed as 1 h · $0.026
    **Total $0.078** at list price, without traffic

    ✅ Looked for in AWS again at <t:1795325400:t>, and gone: instances, volumes, endpoints, rules, role, instance profile. Nothing keeps billing.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(said(&world, Locale::Ko), @"
    <@7>
    [Bad] ❌ 서비스 인스턴스(2대)를 실행하지 못했고 남은 리소스가 없습니다 · $0.078
    이 인스턴스 패밀리의 vCPU 할당량을 모두 썼습니다.
    → 쓰지 않는 같은 종류의 리소스를 정리하거나, Service Quotas 콘솔에서 할당량 증가를 요청해 주세요.

    <@7> 님이 실행 · <t:1795324800:t> – <t:1795325400:t> (10분)
    <t:1795325100:t>에 중단하고 정리했습니다.
    과금되는 마지막 리소스는 4분 뒤인 <t:1795325340:t>에 없어졌습니다.

    • 인터페이스 엔드포인트 `ssm` · 8분(1시간으로 과금) · $0.026
    • 인터페이스 엔드포인트 `ssmmessages` · 8분(1시간으로 과금) · $0.026
    • 인터페이스 엔드포인트 `ec2messages` · 8분(1시간으로 과금) · $0.026
    **합계 $0.078** (정가 기준, 트래픽 제외)

    ✅ <t:1795325400:t>에 AWS를 다시 조회해 모두 없어진 것을 확인했습니다: 인스턴스, 볼륨, 엔드포인트, 규칙, 역할, 인스턴스 프로파일. 더 이상 과금되지 않습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn hindrances_are_said_and_a_ready_pair_seen_long_ago_is_not_green() {
    let world = World::with_pair();
    let failure = Failure {
        operation: "DescribeInstances",
        kind: FailureKind::Away,
        code: "timeout".into(),
        message: "arn:aws:ec2:ap-northeast-2:123456789012:secret".into(),
    };
    let view = View {
        blind: Some(Blind { since: ago(4), failure }),
        failing: vec![Failing {
            operation: "RunInstances",
            on: None,
            of: LeaseKind::Pair,
            kind: FailureKind::Throttled,
            code: "RequestLimitExceeded".into(),
            since: ago(2),
        }],
        ..world.view()
    };
    let message = render(&world.settings, &view, &world.leases[0], Locale::EnUs, now());
    assert_eq!(message.panel.as_ref().map(|panel| panel.tone), Some(Tone::Warn));
    let text = shown(&message);
    assert!(
        text.contains("AWS has not answered since") && text.contains("`RunInstances` has been failing"),
        "{text}"
    );
    assert!(!text.contains("123456789012"), "{text}");
}

#[test]
fn before_the_first_look_nothing_is_claimed() {
    let world = opening();
    let view = View { observed: None, ..world.view() };
    let text = shown(&render(&world.settings, &view, &world.leases[0], Locale::EnUs, now()));
    assert!(text.contains("AWS has not been looked at yet") && !text.contains("✅"), "{text}");
}

#[test]
fn every_state_fits_into_a_message() {
    let mut worlds = vec![opening(), World::with_pair()];
    let mut closed = World::with_pair();
    closed.close_pair(CloseReason::Asked { by: person(8) });
    worlds.push(closed);
    for world in &worlds {
        for locale in Locale::ALL {
            let panel = message(world, locale).panel.expect("a panel");
            assert!(panel.title.chars().count() <= 256 && panel.body.chars().count() <= 4096);
            assert!(panel.footer.chars().count() <= 2048);
        }
    }
}

#[test]
fn an_earlier_message_points_to_the_later_one() {
    let world = World::with_pair();
    let to = MessageRef { channel_id: 3, message_id: 9 };
    let text = shown(&moved(&world.settings, to, Locale::EnUs));
    assert!(text.contains("(https://discord.com/channels/100000000000000001/3/9)"), "{text}");
}

#[test]
fn it_says_whose_message_it_is_until_that_is_over() {
    let mut world = World::with_pair();
    for (phase, over) in
        [(Phase::Opening, false), (Phase::Ready, false), (Phase::Closing, false), (Phase::Closed, true)]
    {
        world.leases[0].phase = phase;
        let tells_of = message(&world, Locale::EnUs).tells_of;
        assert_eq!(tells_of, (!over).then(|| world.leases[0].id.clone()), "{phase:?}");
    }
}
