use doorman_cloud::failure::FailureKind;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::backstop_role::BackstopRole;
use doorman_cloud::kinds::runbook::Runbook;
use doorman_cloud::lease::Phase;
use doorman_config::Locale;

use super::*;
use crate::testbed::world::{World, away, endpoint, shown};

/// What somebody is shown who asks for a shell window of so many minutes in that world.
fn asked(world: &World, minutes: i64, locale: Locale) -> String {
    let view = world.view();
    let card = Card {
        scene: world.scene(&view, locale),
        kind: LeaseKind::ShellWindow,
        length: TimeDelta::minutes(minutes),
    };
    match card.message() {
        Ok(message) => shown(&message),
        Err(told) => format!("instead: {}", shown(&told)),
    }
}

#[test]
fn the_card_says_what_would_be_made_and_what_it_costs() {
    let world = World::with_pair_and_shell_windows();
    insta::assert_snapshot!(asked(&world, 60, Locale::EnUs), @"
    [Plain] Open a shell window for 1h? $0.078/h
    **$0.078** for 1h; endpoints are billed by the started hour

    **Will be made:**
    • 3 interface endpoints: ssm, ssmmessages, ec2messages
    • 2 rules in `my-SG-private-service`: port 443 to itself

    It closes by itself 1h after somebody confirms; `/shell extend` keeps it open for longer.
    ⚠️ **No safety net:** there is no role for it in AWS. If doorman is gone for good, this window stays open. The people who run doorman can make one: `doorman check --fix`.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(asked(&world, 60, Locale::Ko), @"
    [Plain] 셸 연결을 1시간 동안 열까요? 시간당 $0.078
    1시간 동안 **$0.078**(엔드포인트는 1시간 단위로 올림해 과금)

    **새로 만들 리소스:**
    • 인터페이스 엔드포인트 3개: ssm, ssmmessages, ec2messages
    • 보안 그룹 `my-SG-private-service`에 규칙 2개(같은 보안 그룹끼리 443번 포트 허용)

    확인을 누르고 1시간 뒤에 자동으로 닫힙니다. `/셸 연장` 명령어로 연장할 수 있습니다.
    ⚠️ **안전망 없음:** AWS에 안전망용 역할이 없습니다. doorman이 복구되지 않으면 열린 채로 남습니다. doorman 운영자가 `doorman check --fix`로 만들 수 있습니다.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

/// What is there when the role of the safety net is, too: nothing of the window, which would wait for its net.
#[test]
fn the_card_says_the_same_where_there_is_a_net() {
    let mut world = World::with_pair_and_shell_windows();
    let without = asked(&world, 60, Locale::EnUs);
    let name = world.settings.stack.backstop.role.as_str().into();
    let arn = "arn:aws:iam::1:role/doorman-backstop".to_owned();
    world.observed.backstop_roles.put(BackstopRole { name, arn });
    let name = doorman_cloud::backstop::runbook(LeaseKind::ShellWindow).expect("covered").name().into();
    world.observed.runbooks.put(Runbook { name, sound: true });
    let with = asked(&world, 60, Locale::EnUs);
    assert!(with.contains("• 3 interface endpoints: ssm, ssmmessages, ec2messages"), "{with}");
    let without: Vec<&str> = without.lines().filter(|line| !line.contains("No safety net")).collect();
    assert_eq!(with, without.join("\n"));
}

#[test]
fn started_hours_are_counted_in_full() {
    let world = World::with_pair_and_shell_windows();
    for (minutes, usd) in [(10, "**$0.078** for 10m"), (60, "**$0.078** for 1h"), (61, "**$0.156** for 1h1m")]
    {
        let text = asked(&world, minutes, Locale::EnUs);
        assert!(text.contains(usd), "{usd}: {text}");
    }
}

#[test]
fn endpoints_made_by_hand_are_used_and_not_paid_twice() {
    let mut world = World::with_pair_and_shell_windows();
    for service in ["ssm", "ssmmessages"] {
        world.observed.endpoints.put(endpoint(service, 1, None));
    }
    let text = asked(&world, 60, Locale::EnUs);
    assert!(
        text.contains("• interface endpoint: ec2messages") && text.contains("**$0.026** for 1h"),
        "{text}"
    );
    assert!(text.contains("used as it is:**\n• 2 interface endpoints: ssm, ssmmessages"), "{text}");
}

#[test]
fn without_a_pair_it_says_that_there_is_nobody_to_reach() {
    let mut world = World::empty();
    world.settings.stack.shell.mode = doorman_config::ShellMode::Window;
    assert!(asked(&world, 60, Locale::EnUs).contains("The service pair is not launched"));
    world.lease_pair(Phase::Opening, 1);
    assert!(!asked(&world, 60, Locale::EnUs).contains("The service pair is not launched"));
}

#[test]
fn what_stands_in_the_way_is_said_instead() {
    let mut world = World::with_pair_and_shell_windows();
    world.observed.groups.clear();
    let text = asked(&world, 60, Locale::EnUs);
    assert!(text.starts_with("instead: [Bad] ❌ The shell window cannot be opened like this"), "{text}");
    assert!(text.contains("my-SG-private-service") && text.ends_with("Nothing was made."), "{text}");
}

#[test]
fn what_could_not_be_looked_at_is_neither_called_missing_nor_there() {
    let mut world = World::with_pair_and_shell_windows();
    world.observed.hide(Kind::Endpoint, away());
    let text = asked(&world, 60, Locale::EnUs);
    let why = sentence::failure(Locale::EnUs, FailureKind::Away).what;
    assert!(text.starts_with("instead:") && text.contains(&why), "{text}");
}
