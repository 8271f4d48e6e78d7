use chrono::{NaiveDate, TimeDelta};
use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::keeper::{Blind, Failing, View};
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{
    CloseReason, Extension, Lease, LeaseKind, MessageRef, Person, Phase, Receipt, Subject,
};
use doorman_cloud::plan::Plan;
use doorman_cloud::prices::Prices;
use doorman_cloud::receipt;
use doorman_config::Locale;

use super::{forgotten, is_late, relief, trouble, warning, warning_over};
use crate::message::{Button, Does, Message};
use crate::testbed::people::{lease, noon, settings};
use crate::testbed::world::{World, ago, now, person, shown};

fn view(blind: bool) -> View {
    let failure = Failure {
        operation: "DescribeVpcs",
        kind: FailureKind::Away,
        code: "timeout".to_owned(),
        message: String::new(),
    };
    View {
        at: noon(),
        observed: None,
        plan: Plan::default(),
        leases: Vec::new(),
        unknown: Default::default(),
        place: None,
        blind: blind.then(|| Blind { since: noon(), failure }),
        failing: Vec::new(),
        working: Vec::new(),
    }
}

#[test]
fn a_warning_can_be_answered_with_its_buttons() {
    let message = warning(&lease(LeaseKind::NatWindow), 10, Locale::EnUs);
    assert!(message.text.starts_with("⏰ The NAT window closes in 10 minutes, at <t:"), "{}", message.text);
    let ids: Vec<&Does> = message.buttons.iter().map(|button| &button.does).collect();
    let press = |id: &str| Does::Press(id.to_owned());
    assert_eq!(ids, [&press("nat:extend:01k0lease"), &press("nat:close:01k0lease")]);
}

#[test]
fn a_warning_counts_in_words_that_fit() {
    let lease = lease(LeaseKind::NatWindow);
    let text = |minutes, locale| warning(&lease, minutes, locale).text;
    assert!(text(1, Locale::EnUs).contains("closes in 1 minute, at"), "{}", text(1, Locale::EnUs));
    assert!(text(0, Locale::EnUs).contains("closes in less than a minute, at"));
    assert!(text(2, Locale::Ko).contains("NAT 연결이 2분 뒤에 닫힙니다(<t:"), "{}", text(2, Locale::Ko));
    assert!(text(0, Locale::Ko).contains("NAT 연결이 1분 안에 닫힙니다"));
}

#[test]
fn a_warning_calls_who_opened_it_and_who_extended_it_once_each() {
    let person = |id| Person { id, name: "kim".to_owned() };
    let mut lease = lease(LeaseKind::NatWindow);
    let opened_by = lease.opened_by.id;
    for id in [5, opened_by, 5, 0, 6] {
        lease.extensions.push(Extension { by: person(id), at: noon(), until: noon() });
    }
    let message = warning(&lease, 10, Locale::EnUs);
    // Whose id was lost with their tag cannot be called.
    assert_eq!(message.mentions, [opened_by, 5, 6]);
    assert!(message.text.ends_with(&format!("now. <@{opened_by}> <@5> <@6>")), "{}", message.text);
}

#[test]
fn a_warning_says_in_the_end_when_it_was_closed_what_it_cost_and_where_the_receipt_is() {
    let receipt = Receipt {
        closed_at: noon(),
        late_s: 0,
        items: Vec::new(),
        usd: 0.12,
        prices_as_of: NaiveDate::from_ymd_opt(2026, 11, 1),
        looked_at: noon(),
        left: Vec::new(),
        gone: Vec::new(),
    };
    let closed = Lease { phase: Phase::Closed, receipt: Some(receipt), ..lease(LeaseKind::ShellWindow) };
    let (at, guild) = (noon().timestamp(), settings().discord.guild_id.0);
    let place = MessageRef { channel_id: 3, message_id: 6 };
    let over = warning_over(&settings(), &closed, Some(place), Locale::EnUs);
    let link = format!("https://discord.com/channels/{guild}/3/6");
    assert_eq!(
        over,
        Message::text(format!("✅ Shell window closed <t:{at}:t> · $0.12 · [receipt ↑]({link})"))
    );
    let over = warning_over(&settings(), &closed, None, Locale::Ko);
    assert_eq!(over, Message::text(format!("✅ 셸 연결 <t:{at}:t>에 닫힘 · $0.12")));
}

#[test]
fn closing_is_late_after_ten_minutes_or_two_while_aws_is_away() {
    let open = lease(LeaseKind::NatWindow);
    let end = open.expires_at.expect("an end");
    let closing = Lease { phase: Phase::Closing, closing: Some((end, CloseReason::Expired)), ..open.clone() };
    for (lease, blind, seconds, late) in [
        (&open, false, -1, false),
        (&open, true, 119, false),
        (&open, true, 120, true),
        (&closing, false, 599, false),
        (&closing, false, 600, true),
    ] {
        let now = end + TimeDelta::seconds(seconds);
        let told = trouble(&settings(), &view(blind), lease, Locale::EnUs, now);
        assert_eq!(told.is_some(), late, "{seconds} s, blind: {blind}");
    }
    let closed = Lease { phase: Phase::Closed, ..closing };
    assert!(!is_late(&view(true), &closed, end + TimeDelta::days(1)));
}

/// The world of [`World::open_window`], closing since its end twenty minutes ago, with only its address left.
fn stuck() -> World {
    let mut world = World::empty();
    world.open_window();
    world.leases[0].expires_at = Some(ago(20));
    world.leases[0].phase = Phase::Closing;
    world.leases[0].closing = Some((ago(20), CloseReason::Expired));
    world.leases[0].message = Some(MessageRef { channel_id: 3, message_id: 6 });
    world.observed.gateways.clear();
    world.observed.rules.clear();
    world.observed.tables[0].default_route = None;
    world
}

fn refused() -> Failing {
    Failing {
        operation: "ReleaseAddress",
        on: Some(Subject { kind: Kind::Address, name: "203.0.113.20".into() }),
        of: LeaseKind::NatWindow,
        kind: FailureKind::AccessDenied,
        code: "UnauthorizedOperation".into(),
        since: ago(18),
    }
}

fn told(world: &World, view: &View, locale: Locale) -> Option<String> {
    trouble(&world.settings, view, &world.leases[0], locale, now()).as_ref().map(shown)
}

#[test]
fn a_late_notice_names_what_is_left_why_and_where_to_remove_it() {
    let world = stuck();
    let view = View { failing: vec![refused()], ..world.view() };
    insta::assert_snapshot!(told(&world, &view, Locale::EnUs).expect("late"), @r"
    [Bad] 🔴 Late: the NAT window is not closed yet
    It should have been gone at <t:1795324200:t> (<t:1795324200:R>).

    **This is still there and costs $0.005/h:**
    • Elastic IP `eipalloc-1` (203.0.113.20)
    `ReleaseAddress` has been failing since <t:1795324320:t> (<t:1795324320:R>): doorman's AWS permissions do not allow `ReleaseAddress` on Elastic IP `203.0.113.20`.
    → The people who run doorman have to allow it; `doorman policy` prints the policies it needs.

    doorman goes on trying for as long as it takes, and says here when nothing is left.
    If it cannot wait, remove it by hand: the buttons lead to the right pages.
    (Elastic IP in the AWS console) Secondary https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2#ElasticIpDetails:AllocationId=eipalloc-1
    ");
    insta::assert_snapshot!(told(&world, &view, Locale::Ko).expect("late"), @r"
    [Bad] 🔴 지연: NAT 연결이 아직 닫히지 않았습니다
    <t:1795324200:t>에 모두 삭제되었어야 합니다(<t:1795324200:R>).

    **아직 남아 있는 리소스(시간당 $0.005 과금 중):**
    • 탄력적 IP `eipalloc-1` (203.0.113.20)
    <t:1795324320:t> (<t:1795324320:R>)부터 `ReleaseAddress` 호출이 계속 실패하고 있습니다. doorman의 AWS 권한으로는 `ReleaseAddress` 호출을 할 수 없습니다: 탄력적 IP `203.0.113.20`
    → doorman 운영자가 권한을 허용해야 합니다. 필요한 정책은 `doorman policy`로 출력할 수 있습니다.

    남은 것이 없을 때까지 doorman이 계속 시도하고, 모두 없어지면 여기에 알립니다.
    급하면 아래 버튼으로 콘솔을 열어 직접 삭제해 주세요.
    (AWS 콘솔: 탄력적 IP) Secondary https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2#ElasticIpDetails:AllocationId=eipalloc-1
    ");
}

#[test]
fn while_aws_is_away_it_is_said_that_this_is_what_was_last_known() {
    let mut world = stuck();
    let view = View { blind: view(true).blind, ..world.view() };
    let text = told(&world, &view, Locale::EnUs).expect("late");
    assert!(
        text.contains("As far as doorman knows") && text.contains("`eipalloc-1` (203.0.113.20)"),
        "{text}"
    );
    assert!(text.contains("AWS cannot be reached"), "{text}");
    // Started anew while AWS is away: what was made is all that is known.
    let view = View { observed: None, ..view };
    let text = told(&world, &view, Locale::EnUs).expect("late");
    assert!(text.contains("costs $0.064/h") && text.contains("• NAT gateway `nat-1` (My-NAT)"), "{text}");
    // Nothing was left when AWS answered last: not proved, so not silent.
    world.observed.addresses.clear();
    let view = View { blind: view.blind, ..world.view() };
    let text = told(&world, &view, Locale::EnUs).expect("late");
    assert!(text.contains("that is not proved before AWS can be looked at again"), "{text}");
    assert!(!text.contains("by hand") && !text.contains("in the AWS console"), "{text}");
}

#[test]
fn nothing_left_is_not_late_however_long_ago_it_was_due() {
    let mut world = stuck();
    world.observed.addresses.clear();
    assert_eq!(told(&world, &world.view(), Locale::EnUs), None);
}

#[test]
fn every_thing_that_can_be_left_has_its_page() {
    let mut world = World::empty();
    world.open_window();
    let window = &mut world.leases[0];
    (window.expires_at, window.phase) = (Some(ago(30)), Phase::Closing);
    let pages = |world: &World, view: &View| {
        let message = trouble(&world.settings, view, &world.leases[0], Locale::EnUs, now()).expect("late");
        let url = |button: Button| match button.does {
            Does::Open(url) => {
                url.split_once("region=ap-northeast-2").map_or(url.clone(), |(_, page)| page.into())
            }
            Does::Press(id) => panic!("{id} is no link"),
        };
        message.buttons.into_iter().map(url).collect::<Vec<String>>()
    };
    assert_eq!(
        pages(&world, &world.view()),
        [
            "#NatGatewayDetails:natGatewayId=nat-1",
            "#ElasticIpDetails:AllocationId=eipalloc-1",
            "#RouteTableDetails:RouteTableId=rtb-1",
            "#SecurityGroup:groupId=sg-1",
        ]
    );
    let mut world = World::with_pair();
    world.leases[0].phase = Phase::Closing;
    world.leases[0].closing = Some((ago(30), CloseReason::Asked { by: person(8) }));
    world.observed.instances.remove(1);
    assert_eq!(
        pages(&world, &world.view()),
        [
            "#InstanceDetails:instanceId=i-1",
            "#Volumes:",
            "#Endpoints:",
            "#SecurityGroup:groupId=sg-1",
            "https://console.aws.amazon.com/iam/home#/roles/details/MySSMRoleForServiceInstance",
        ]
    );
}

#[test]
fn a_late_pair_is_named_thing_by_thing() {
    let mut world = World::with_pair();
    world.leases[0].phase = Phase::Closing;
    world.leases[0].closing = Some((ago(30), CloseReason::Asked { by: person(8) }));
    insta::assert_snapshot!(told(&world, &world.view(), Locale::EnUs).expect("late"), @"
    [Bad] 🔴 Late: the service pair is not terminated yet
    It should have been gone at <t:1795323600:t> (<t:1795323600:R>).

    **This is still there and costs $0.1115/h:**
    • Instance `i-1` (my-service-01)
    • Instance `i-2` (my-service-02)
    • Volume `vol-1`
    • Volume `vol-2`
    • Interface endpoint `vpce-ssm` (ssm)
    • Interface endpoint `vpce-ssmmessages` (ssmmessages)
    • Interface endpoint `vpce-ec2messages` (ec2messages)
    • Security group rule `sgr-false` (tcp 443)
    • Security group rule `sgr-true` (tcp 443)
    • IAM role `MySSMRoleForServiceInstance`
    • Instance profile `MySSMRoleForServiceInstance`

    doorman goes on trying for as long as it takes, and says here when nothing is left.
    If it cannot wait, remove it by hand: the buttons lead to the right pages.
    (Instance in the AWS console) Secondary https://ap-northeast-2.console.aws.amazon.com/ec2/home?region=ap-northeast-2#Instances:
    (Volume in the AWS console) Secondary https://ap-northeast-2.console.aws.amazon.com/ec2/home?region=ap-northeast-2#Volumes:
    (Interface endpoint in the AWS console) Secondary https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2#Endpoints:
    (Security group rule in the AWS console) Secondary https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2#SecurityGroup:groupId=sg-1
    (IAM role in the AWS console) Secondary https://console.aws.amazon.com/iam/home#/roles/details/MySSMRoleForServiceInstance
    ");
}

#[test]
fn closed_at_last_is_one_sentence_with_the_way_to_the_receipt() {
    let mut world = stuck();
    assert_eq!(relief(&world.settings, &world.leases[0], Locale::EnUs), None, "not closed yet");
    let window = &mut world.leases[0];
    window.made.iter_mut().for_each(|made| made.gone_at = Some(ago(1)));
    window.receipt = Some(receipt::of(window, world.observed.at, Prices::shipped("ap-northeast-2")));
    window.phase = Phase::Closed;
    let text = |locale| relief(&world.settings, &world.leases[0], locale).expect("closed").text;
    insta::assert_snapshot!(text(Locale::EnUs), @r"✅ The NAT window is closed at last, nothing of it is left. The last of it that bills was gone at <t:1795325340:t>, 19m after it was due. [Receipt](https://discord.com/channels/100000000000000001/3/6)");
    insta::assert_snapshot!(text(Locale::Ko), @r"✅ NAT 연결이 뒤늦게 닫혔고 남은 리소스가 없습니다. 과금되는 마지막 리소스는 예정보다 19분 늦은 <t:1795325340:t>에 없어졌습니다. [정산 내역](https://discord.com/channels/100000000000000001/3/6)");
}

#[test]
fn a_pair_without_an_end_is_late_only_once_it_closes() {
    let mut pair = Lease { expires_at: None, ..lease(LeaseKind::Pair) };
    let now = noon() + TimeDelta::days(30);
    assert!(!is_late(&view(true), &pair, now));
    pair.closing = Some((now, CloseReason::Expired));
    pair.phase = Phase::Closing;
    assert!(is_late(&view(true), &pair, now + TimeDelta::minutes(2)));
}

#[test]
fn what_is_forgotten_says_what_was_looked_for_and_when() {
    let said = |locale| shown(&forgotten(&lease(LeaseKind::NatWindow).id, noon(), locale));
    insta::assert_snapshot!(said(Locale::EnUs), @r"
    [Plain] ✅ Nothing of this is left in AWS
    doorman has lost its record of what this message told of: its store was deleted, or restored from an earlier time. When it looked at AWS, <t:1790000000:f>, nothing that costs money carried the tag `doorman:lease=01k0lease`. If it is still needed, ask for it again.
    ");
    insta::assert_snapshot!(said(Locale::Ko), @r"
    [Plain] ✅ AWS에 남은 것이 없습니다
    이 메시지가 알리던 작업의 기록이 doorman에 없습니다. 저장소가 삭제되었거나 이전 시점으로 복원되었습니다. <t:1790000000:f>에 AWS를 조회한 결과, `doorman:lease=01k0lease` 태그가 달린 과금 리소스는 없습니다. 아직 필요하면 다시 요청해 주세요.
    ");
}
