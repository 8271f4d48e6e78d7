use doorman_config::Locale;

use super::*;
use crate::message::Does;
use crate::testbed::people::{OPERATOR, ana, press};
use crate::testbed::world::{World, shown, spec};
use crate::testbed::{self, Bot};

fn card(world: &World, locale: Locale) -> String {
    let view = world.view();
    shown(&question(&world.scene(&view, locale), &world.leases[0]))
}

#[test]
fn the_card_says_what_goes_what_stays_and_what_it_cost() {
    let mut world = World::with_pair();
    world.open_window();
    insta::assert_snapshot!(card(&world, Locale::EnUs), @r"
    [Warn] Terminate the service pair?
    What is on the instances is lost for good.

    **Will go:**
    • instance **my-service-01** (`t3.micro`)
    • instance **my-service-02** (`t3.micro`)
    • their 2 volumes, with all data on them
    • 3 interface endpoints: ssm, ssmmessages, ec2messages
    • 2 rules in `my-SG-private-service`
    • IAM role and instance profile `MySSMRoleForServiceInstance`

    **Stays:**
    • the network: `My-VPC` with its subnets, route tables and security groups
    • The NAT window stays open until **<t:1795326600:t>** (<t:1795326600:R>).

    Launched by <@7> <t:1795314600:R>.
    It has cost **$0.3317** so far.
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(card(&world, Locale::Ko), @r"
    [Warn] 서비스 인스턴스(2대)를 종료할까요?
    인스턴스에 있는 데이터는 영구적으로 삭제됩니다.

    **삭제할 리소스:**
    • **my-service-01** 인스턴스(`t3.micro`)
    • **my-service-02** 인스턴스(`t3.micro`)
    • 볼륨 2개와 그 안의 모든 데이터
    • 인터페이스 엔드포인트 3개: ssm, ssmmessages, ec2messages
    • 보안 그룹 `my-SG-private-service`의 규칙 2개
    • IAM 역할과 인스턴스 프로파일 `MySSMRoleForServiceInstance`

    **그대로 두는 리소스:**
    • 네트워크: `My-VPC`의 서브넷, 라우팅 테이블, 보안 그룹
    • NAT 연결은 **<t:1795326600:t>**까지 열려 있습니다(<t:1795326600:R>).

    <@7> 님이 <t:1795314600:R>에 실행했습니다.
    누적 금액: **$0.3317**
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn what_people_made_by_hand_stays() {
    let mut world = World::with_pair();
    world.observed.endpoints[0].owner = None;
    world.observed.roles[0].owner = None;
    let text = card(&world, Locale::EnUs);
    let (goes, stays) = text.split_once("**Stays:**").expect("both lists");
    assert!(goes.contains("2 interface endpoints: ssmmessages, ec2messages"), "{goes}");
    assert!(stays.contains("endpoints made by hand: ssm\n") && stays.contains("made by hand"), "{stays}");
}

#[test]
fn what_belongs_to_another_lease_is_not_in_the_list() {
    let mut world = World::with_pair();
    world.observed.instances[1].owner.lease = "01other".into();
    let text = card(&world, Locale::EnUs);
    assert!(text.contains("my-service-01") && !text.contains("my-service-02"), "{text}");
}

#[test]
fn without_a_look_it_still_says_that_all_of_it_goes() {
    let world = World::with_pair();
    let view = doorman_cloud::keeper::View { observed: None, ..world.view() };
    let text = shown(&question(&world.scene(&view, Locale::EnUs), &world.leases[0]));
    assert!(text.contains("• everything doorman made for the pair"), "{text}");
}

#[test]
fn with_nothing_leased_it_says_so_and_what_else_is_open() {
    let mut world = World::empty();
    let view = world.view();
    assert_eq!(
        shown(&nothing(&world.scene(&view, Locale::EnUs))),
        "No service pair is leased; there is nothing to terminate."
    );
    world.open_window();
    let view = world.view();
    assert!(shown(&nothing(&world.scene(&view, Locale::EnUs))).contains("The NAT window stays open until"));
}

/// Asks for the pair, as a confirmed card would, and gives the custom ids of the terminate card's buttons.
async fn pair_and_card(bot: &Bot) -> (String, String) {
    let asked = bot.app.context().keeper().launch(&ana(), Locale::EnUs, spec()).await;
    asked.expect("the store");
    let card = bot.types("/terminate service").await;
    let ids: Vec<String> = testbed::shown(&card)
        .buttons
        .iter()
        .map(|button| match &button.does {
            Does::Press(id) => id.clone(),
            Does::Open(url) => panic!("a link: {url}"),
        })
        .collect();
    let [confirm, cancel] = ids.try_into().expect("two buttons");
    (confirm, cancel)
}

async fn phase(bot: &Bot) -> Option<Phase> {
    let open = bot.app.context().keeper().store().open_leases().await.expect("the store");
    open.first().map(|lease| lease.phase)
}

#[tokio::test]
async fn the_first_confirm_closes_the_lease_even_while_aws_is_away() {
    let bot = Bot::start().await;
    let (confirm, cancel) = pair_and_card(&bot).await;
    assert_eq!(phase(&bot).await, Some(Phase::Opening), "a card changes nothing");
    let closed = bot.does(&ana(), OPERATOR, press(&confirm)).await;
    assert!(closed.follow.is_some());
    assert!(shown(testbed::shown(&closed)).contains("Terminating the service pair"), "{closed:?}");
    assert_eq!(phase(&bot).await, Some(Phase::Closing));
    let late = bot.does(&testbed::bo(), OPERATOR, press(&cancel)).await;
    assert!(testbed::whispered(&late).contains("was first"), "{late:?}");
}

#[tokio::test]
async fn cancel_changes_nothing() {
    let bot = Bot::start().await;
    let (confirm, cancel) = pair_and_card(&bot).await;
    let cancelled = bot.does(&ana(), OPERATOR, press(&cancel)).await;
    assert!(testbed::shown(&cancelled).text.starts_with("Cancelled by"), "{cancelled:?}");
    let late = bot.does(&testbed::bo(), OPERATOR, press(&confirm)).await;
    assert!(testbed::whispered(&late).contains("was first"), "{late:?}");
    assert_eq!(phase(&bot).await, Some(Phase::Opening));
}

#[tokio::test]
async fn an_old_card_does_not_terminate_a_pair_launched_after_it() {
    let bot = Bot::start().await;
    let (confirm, _) = pair_and_card(&bot).await;
    let (keeper, store) = (bot.app.context().keeper(), bot.app.context().keeper().store());
    let first = keeper.close(LeaseKind::Pair, &ana()).await.expect("the store").expect("a pair");
    let gone = Lease { phase: Phase::Closed, ..first };
    store.save_lease(&gone).await.expect("the store");
    bot.clock.advance(chrono::TimeDelta::minutes(1));
    keeper.launch(&testbed::bo(), Locale::EnUs, spec()).await.expect("the store");
    let pressed = bot.does(&ana(), OPERATOR, press(&confirm)).await;
    assert!(testbed::shown(&pressed).text.contains("another was launched since"), "{pressed:?}");
    assert_eq!(phase(&bot).await, Some(Phase::Opening));
}
