use doorman_cloud::catalog::Architecture;
use doorman_cloud::failure::FailureKind;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::endpoint::{Endpoint, EndpointState};
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::kinds::interface::Interface;
use doorman_cloud::lease::{CloseReason, Trouble};
use doorman_cloud::store::Taken;
use doorman_config::Locale;

use std::net::Ipv4Addr;

use super::*;
use crate::message::Does;
use crate::testbed::world::{World, ago, person, profile, role, shown, spec};
use crate::testbed::{self, Bot};

fn options(instance_type: &str, image: &str) -> Options {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Options { instance_type: some(instance_type), image: some(image), market: None }
}

fn preview(world: &World) -> Preview {
    let view = world.view();
    Preview::of(&world.scene(&view, Locale::EnUs), &world.observed, LeaseKind::Pair)
}

fn card(world: &World, spec: &PairSpec, locale: Locale) -> String {
    let view = world.view();
    let scene = world.scene(&view, locale);
    shown(&cards::new_pair(&scene, &world.observed, spec, &preview(world)))
}

#[test]
fn what_is_not_typed_comes_from_the_settings() {
    let service = World::empty().settings.stack.service;
    let wanted = Wanted::of(&options("T2.Micro", ""), &service);
    assert_eq!((wanted.instance_type.as_str(), wanted.image.as_str()), ("t2.micro", "ubuntu-24.04"));
    let offer = Offer { image: "ami-9".into(), root: None, architecture: Architecture::X86_64, vcpus: 1 };
    let spec = wanted.spec(offer);
    assert_eq!((spec.image.as_str(), spec.image_name.as_str()), ("ami-9", "ubuntu-24.04"));
}

#[test]
fn a_misspelt_image_gets_the_nearest_and_an_ami_is_left_to_aws() {
    for (typed, near) in
        [("ubunt-2404", "ubuntu-24.04"), ("ubuntu 20.04", "ubuntu-20.04"), ("debian", "ubuntu-24.04")]
    {
        assert_eq!(options("", typed).misspelt_image(), Some((typed, near)));
    }
    for right in ["Ubuntu-22.04", "ami-0123456789abcdef0", ""] {
        assert_eq!(options("", right).misspelt_image(), None, "{right}");
    }
}

#[test]
fn the_card_says_what_is_made_what_is_used_and_what_it_costs() {
    let world = World::empty();
    insta::assert_snapshot!(card(&world, &spec(), Locale::EnUs), @r"
    [Plain] Launch the service pair? $0.1115/h
    **$0.1115/h** while it runs, **$81.39/month** if nobody terminates it

    **Will be made:** 2 instances, `t3.micro`, `ubuntu-24.04`, on-demand
    • **my-service-01** · ap-northeast-2a · 10.20.10.31
    • **my-service-02** · ap-northeast-2b · 10.20.20.32
    • a 30 GiB gp3 volume for each new instance, deleted with it
    • IAM role and instance profile `MySSMRoleForServiceInstance`
    • 3 interface endpoints: ssm, ssmmessages, ec2messages
    • 2 rules in `my-SG-private-service`: port 443 to itself

    **Already there, used as it is:**
    • network: `My-VPC`, `my-subnet-private01`, `my-subnet-private02`, `my-SG-private-service`
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(card(&world, &spec(), Locale::Ko), @r"
    [Plain] 서비스 인스턴스(2대)를 실행할까요? 시간당 $0.1115
    실행하는 동안 **시간당 $0.1115**, 종료하지 않고 두면 **월 $81.39**

    **새로 만들 리소스:** 인스턴스 2대, `t3.micro`, `ubuntu-24.04`, 온디맨드
    • **my-service-01** · ap-northeast-2a · 10.20.10.31
    • **my-service-02** · ap-northeast-2b · 10.20.20.32
    • 새 인스턴스마다 30GiB gp3 볼륨 하나(인스턴스와 함께 삭제됨)
    • IAM 역할과 인스턴스 프로파일 `MySSMRoleForServiceInstance`
    • 인터페이스 엔드포인트 3개: ssm, ssmmessages, ec2messages
    • 보안 그룹 `my-SG-private-service`에 규칙 2개(같은 보안 그룹끼리 443번 포트 허용)

    **이미 있어서 그대로 쓰는 리소스:**
    • 네트워크: `My-VPC`, `my-subnet-private01`, `my-subnet-private02`, `my-SG-private-service`
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn what_people_made_is_used_and_not_made_again() {
    let mut world = World::empty();
    world.observed.roles.put(role(None));
    world.observed.profiles.put(profile(None));
    world.observed.endpoints.put(Endpoint {
        id: "vpce-hand".into(),
        service: "ssm".into(),
        vpc: Some("vpc-1".into()),
        state: EndpointState::Available,
        private_dns: true,
        subnets: vec!["subnet-1".into(), "subnet-2".into()],
        groups: Vec::new(),
        others_let: Vec::new(),
        created_at: ago(9000),
        owner: None,
    });
    let preview = preview(&world);
    assert!(!preview.role);
    assert_eq!(preview.endpoints, ["ssmmessages", "ec2messages"]);
    let text = card(&world, &spec(), Locale::EnUs);
    assert!(text.contains("• 2 interface endpoints: ssmmessages, ec2messages"), "{text}");
    let (_, used) = text.split_once("Already there").expect("what is used");
    assert!(used.contains("IAM role") && used.contains("• interface endpoint: ssm\n"), "{used}");
}

#[test]
fn an_old_release_spot_and_an_unknown_price_are_mentioned() {
    let spec = PairSpec {
        image_name: "ubuntu-20.04".into(),
        market: Market::Spot,
        instance_type: "m9.mega".into(),
        ..spec()
    };
    let text = card(&World::empty(), &spec, Locale::EnUs);
    assert!(text.contains("-# Ubuntu 20.04 has been without standard support since 31 May 2025"), "{text}");
    assert!(text.contains("spot is shown at the on-demand price"), "{text}");
    assert!(text.contains("? at least $0.0855/h") && text.contains("no list price for m9.mega"), "{text}");
}

/// An interface in the private subnet with that address, of that instance.
fn held_by(address: Ipv4Addr, instance: &str) -> Interface {
    Interface {
        id: "eni-1".into(),
        vpc: Some("vpc-1".into()),
        instance: Some(instance.to_owned()),
        addresses: vec![address],
    }
}

#[test]
fn what_stands_in_the_way_is_what_the_keeper_would_find() {
    let mut world = World::empty();
    assert_eq!(preview(&world).troubles, []);
    let address = world.settings.stack.service.instances[0].private_ip;
    world.observed.interfaces.put(held_by(address, "i-foreign"));
    let taken = Trouble::AddressTaken {
        address: "10.20.10.31".into(),
        holder: "i-foreign".into(),
        wanted_for: "my-service-01".into(),
    };
    assert_eq!(preview(&world).troubles, [taken]);
    world.observed.vpcs.clear();
    let missing = Trouble::Missing { what: "vpc".into(), name: "My-VPC".into() };
    assert!(preview(&world).troubles.contains(&missing));
    let told: Vec<_> =
        preview(&world).troubles.iter().map(|trouble| sentence::trouble(Locale::EnUs, trouble)).collect();
    let text = shown(&cards::blocked(Locale::EnUs, &told));
    assert!(text.contains("`My-VPC` does not exist") && text.ends_with("Nothing was made."), "{text}");
}

#[test]
fn an_address_that_our_own_instance_holds_is_free() {
    let mut world = World::with_pair();
    let address = world.settings.stack.service.instances[0].private_ip;
    world.observed.interfaces.put(held_by(address, "i-1"));
    assert_eq!(preview(&world).troubles, []);
}

#[test]
fn a_damaged_pair_gets_a_card_with_the_repair_only() {
    let mut world = World::with_pair();
    world.observed.instances.remove(1);
    world.observed.volumes.remove(1);
    world.observed.instances[0].state = InstanceState::Stopped;
    world.observed.endpoints.remove(2);
    let view = world.view();
    let repair = |locale| {
        let scene = world.scene(&view, locale);
        shown(&cards::repair(&scene, &spec(), &preview(&world), Some(&spec())))
    };
    insta::assert_snapshot!(repair(Locale::EnUs), @"
    [Warn] Repair the service pair?
    ⚠️ The interface endpoint `ec2messages` is gone or does not work.
    ⚠️ The instance my-service-01 is stopped. Its volume is still billed.
    ⚠️ The instance my-service-02 is gone.

    **Will be repaired:**
    • **my-service-02** · ap-northeast-2b · 10.20.20.32
    • a 30 GiB gp3 volume for each new instance, deleted with it
    • **my-service-01** is started, or given back its instance profile
    • interface endpoint: ec2messages

    What is right stays untouched.
    Adds **$0.0427/h** to what runs now.
    What runs (`t3.micro`, `ubuntu-24.04`, on-demand) stays as it is. For another one, send `/terminate service` first.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits · gateways and endpoints are billed by the started hour_
    ");
    insta::assert_snapshot!(repair(Locale::Ko), @"
    [Warn] 서비스 인스턴스(2대)를 복구할까요?
    ⚠️ 인터페이스 엔드포인트(`ec2messages`)가 없거나 동작하지 않습니다.
    ⚠️ my-service-01 인스턴스가 중지되어 있습니다. 볼륨 요금은 계속 나갑니다.
    ⚠️ my-service-02 인스턴스가 없어졌습니다.

    **복구할 내용:**
    • **my-service-02** · ap-northeast-2b · 10.20.20.32
    • 새 인스턴스마다 30GiB gp3 볼륨 하나(인스턴스와 함께 삭제됨)
    • **my-service-01** 인스턴스를 다시 시작하거나 인스턴스 프로파일을 다시 연결합니다
    • 인터페이스 엔드포인트 1개: ec2messages

    정상인 리소스는 건드리지 않습니다.
    추가 요금: **시간당 $0.0427**
    지금 실행 중인 구성(`t3.micro`, `ubuntu-24.04`, 온디맨드)은 그대로 둡니다. 다른 구성으로 바꾸려면 먼저 `/종료 서비스` 명령어로 종료해 주세요.
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외) · 게이트웨이와 엔드포인트는 1시간 단위로 올림해 과금_
    ");
}

#[test]
fn a_silent_agent_alone_is_repaired_by_a_reboot() {
    let mut world = World::with_pair();
    world.observed.agents.clear();
    let view = world.view();
    let text = shown(&cards::repair(&world.scene(&view, Locale::EnUs), &spec(), &preview(&world), None));
    assert!(text.contains("• instances that do not answer are rebooted once"), "{text}");
    assert!(!text.contains("Adds"), "{text}");
}

#[test]
fn a_complete_pair_needs_nothing_and_another_type_does_not_change_it() {
    let world = World::with_pair();
    let view = world.view();
    let scene = world.scene(&view, Locale::EnUs);
    assert!(!options("t3.micro", "ubuntu-24.04").differs_from(&spec()));
    assert!(!options("", "ami-1").differs_from(&spec()));
    for other in [options("t3.small", ""), options("", "ubuntu-22.04")] {
        assert!(other.differs_from(&spec()), "{other:?}");
    }
    assert!(Options { market: Some(Market::Spot), ..Options::default() }.differs_from(&spec()));
    insta::assert_snapshot!(shown(&cards::nothing_to_do(&scene, &world.leases[0], Some(&spec()))), @r"
    ✅ The service pair is complete; there is nothing to do. Launched by <@7> <t:1795314600:R>. `/session start` gets you in.
    What runs (`t3.micro`, `ubuntu-24.04`, on-demand) stays as it is. For another one, send `/terminate service` first.
    ");
}

#[test]
fn while_it_is_built_or_taken_down_there_is_no_card() {
    let mut world = World::with_pair();
    world.leases[0].phase = Phase::Opening;
    let busy = |world: &World| {
        let view = world.view();
        shown(&cards::busy(&world.scene(&view, Locale::EnUs), &world.leases[0]))
    };
    let text = busy(&world);
    assert!(
        text.contains("is being built already (asked for by <@7>") && text.contains("its message"),
        "{text}"
    );
    world.leases[0].phase = Phase::Closing;
    world.leases[0].closing = Some((ago(2), CloseReason::Asked { by: person(8) }));
    assert!(busy(&world).contains("is being taken down since"));
}

#[test]
fn zones_are_known_only_when_every_subnet_is() {
    let mut world = World::empty();
    let stack = &world.settings.stack;
    assert_eq!(world.observed.zones(stack), Some(vec!["ap-northeast-2a".into(), "ap-northeast-2b".into()]));
    world.observed.subnets.remove(2);
    assert_eq!(world.observed.zones(stack), None);
}

fn failed(operation: &'static str, kind: FailureKind) -> Failure {
    Failure { kind, operation, code: "Code".to_owned(), message: "Refused by the test".to_owned() }
}

#[test]
fn what_could_not_be_looked_at_is_said_by_call_with_each_remedy_once() {
    let mut world = World::empty();
    assert!(preview::not_seen(&world.observed, LeaseKind::Pair).is_empty());
    for (unseen, operation, kind) in [
        (Kind::Subnet, "DescribeSubnets", FailureKind::Away),
        (Kind::Rule, "DescribeSecurityGroups", FailureKind::Throttled),
        (Kind::Role, "GetRole", FailureKind::AccessDenied),
        // None of these is needed for a pair.
        (Kind::Agent, "DescribeInstanceInformation", FailureKind::Away),
        (Kind::NatGateway, "DescribeNatGateways", FailureKind::Away),
    ] {
        world.observed.hide(unseen, failed(operation, kind));
    }
    let not_seen = preview::not_seen(&world.observed, LeaseKind::Pair);
    insta::assert_snapshot!(shown(&cards::unseen(Locale::EnUs, &not_seen, 7)), @"
    [Bad] ❌ Not all that the service pair rests on could be looked at
    `DescribeSecurityGroups` brought no answer: AWS asks doorman to call less often.
    `GetRole` brought no answer: doorman's AWS permissions do not allow this call.
    `DescribeSubnets` brought no answer: AWS cannot be reached, or has a problem of its own.
    → Usually this passes by itself; try again in a minute.
    → The people who run doorman have to allow it; `doorman policy` prints the policies it needs.

    Nothing was made.
    -# Reference 7
    ");
    insta::assert_snapshot!(shown(&cards::unseen(Locale::Ko, &not_seen, 7)), @"
    [Bad] ❌ 서비스 인스턴스(2대) 실행에 필요한 AWS 상태를 다 확인하지 못했습니다
    `DescribeSecurityGroups` 조회 실패: AWS의 API 호출 제한에 걸렸습니다.
    `GetRole` 조회 실패: doorman의 AWS 권한으로는 이 호출을 할 수 없습니다.
    `DescribeSubnets` 조회 실패: AWS에 연결할 수 없거나 AWS 내부에 문제가 있습니다.
    → 대개 저절로 풀리니 1분쯤 뒤에 다시 시도해 주세요.
    → doorman 운영자가 권한을 허용해야 합니다. 필요한 정책은 `doorman policy`로 출력할 수 있습니다.

    아무것도 만들지 않았습니다.
    -# 참조 번호 7
    ");
}

#[tokio::test]
async fn while_aws_is_away_nothing_is_leased_and_a_button_asks_the_same_again() {
    let bot = Bot::start().await;
    let refused = bot.types("/launch service type:t3.small market:spot").await;
    let text = shown(testbed::shown(&refused));
    for said in ["try again in a minute", "Nothing was made.", "Reference"] {
        assert!(text.contains(said), "{text}");
    }
    let [again, _] = &testbed::shown(&refused).buttons[..] else { panic!("{text}") };
    let Does::Press(id) = &again.does else { panic!("{text}") };
    let card = id.strip_prefix("card:confirm:").expect("a card");
    let taken = bot.app.context().keeper().store().take_card(card, &person(7), bot.clock.now()).await;
    let Ok(Taken::Now(card)) = taken else { panic!("{taken:?}") };
    let asked = Options { market: Some(Market::Spot), ..options("t3.small", "") };
    let confirmed = Confirmed::read(card).expect("a card of ours");
    assert_eq!((confirmed.name, confirmed.todo()), (Name::LaunchService, Some(ToDo::Again(asked))));
    assert_eq!(bot.app.context().keeper().store().open_leases().await.expect("the store"), []);
}

#[tokio::test]
async fn a_misspelt_image_is_answered_without_asking_aws() {
    let bot = Bot::start().await;
    let refused = bot.types("/launch service image:ubuntu-2404").await;
    assert!(testbed::shown(&refused).text.contains("Did you mean `ubuntu-24.04`?"), "{refused:?}");
    assert_eq!(bot.app.context().keeper().aws().calls(), 0);
}
