//! The stories of the fault test with moto in the place of AWS, through a proxy that refuses, delays and drops:
//! fewer cases, the same end.

use doorman_stage::{Stage, text};

use super::proxy::{Aim, Fault, Proxy};
use super::server::Moto;
use super::{CLOSED, OPEN, WINDOW, counted, made};

/// Every call by which a window is opened and closed, and two by which it is seen.
const CALLS: [&str; 10] = [
    "AuthorizeSecurityGroupEgress",
    "AllocateAddress",
    "CreateNatGateway",
    "CreateRoute",
    "DeleteRoute",
    "RevokeSecurityGroupEgress",
    "DeleteNatGateway",
    "ReleaseAddress",
    "DescribeAddresses",
    "DescribeNatGateways",
];
/// Of how many calls one goes wrong: a look is 15 calls, so each look loses some, and never the same.
const EVERY: [usize; 2] = [4, 7];

async fn gateways_ever(moto: &Moto) -> usize {
    // Deleted ones stay in the answer.
    moto.ec2("DescribeNatGateways", &[]).await.all("natGatewayId").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_leaves_nothing_whichever_call_goes_wrong() {
    let mut stories = Vec::new();
    // What the SDK repeats by itself goes wrong as often as it tries.
    for (fault, times) in
        [(Fault::Refused, 3), (Fault::DroppedBefore, 3), (Fault::DroppedAfter, 1), (Fault::Delayed, 1)]
    {
        let Some(moto) = Moto::with_reference_network().await else { return };
        stories.push(tokio::spawn(async move {
            for call in CALLS {
                opened_and_closed(&moto, call, fault, times).await;
            }
        }));
    }
    for story in stories {
        story.await.expect("nothing is left");
    }
}

async fn opened_and_closed(moto: &Moto, call: &'static str, fault: Fault, times: usize) {
    let before = gateways_ever(moto).await;
    let proxy = Proxy::start(moto, Aim::First(times, call, fault)).await;
    let stage = Stage::set_against(proxy.aws_options(moto)).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    assert_eq!(counted(&made(moto).await), WINDOW, "{call} {fault:?}");
    stage.says("operator", "/nat close").await;
    let receipt = text(&stage.reads(&reply.id, CLOSED).await);
    assert!(receipt.contains("Nothing keeps billing"), "{call} {fault:?}: {receipt}");
    assert_eq!(made(moto).await, Vec::<String>::new(), "{call} {fault:?}");
    assert_eq!(gateways_ever(moto).await, before + 1, "{call} {fault:?}: there never was a second gateway");
    assert_eq!(proxy.met(), times, "{call} {fault:?}: it went wrong");
    stage.finish().await;
}

/// What is told of windows, one after the other in one world.
#[derive(Clone, Copy, Debug)]
enum Story {
    Expires,
    ExtendedAndClosedEarly,
    TwoAtOnce,
    ExpiresWhileAwsIsAway,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_of_a_window_has_the_same_end_when_calls_keep_going_wrong() {
    let mut worlds = Vec::new();
    for nth in EVERY {
        let Some(moto) = Moto::with_reference_network().await else { return };
        worlds.push(tokio::spawn(async move {
            for story in [
                Story::Expires,
                Story::ExtendedAndClosedEarly,
                Story::TwoAtOnce,
                Story::ExpiresWhileAwsIsAway,
            ] {
                told(&moto, story, nth).await;
            }
        }));
    }
    for world in worlds {
        world.await.expect("nothing is left");
    }
}

async fn told(moto: &Moto, story: Story, nth: usize) {
    let before = gateways_ever(moto).await;
    let proxy = Proxy::start(moto, Aim::Every(nth)).await;
    let stage = Stage::set_against(proxy.aws_options(moto)).await;
    let window = match story {
        Story::TwoAtOnce => {
            tokio::join!(stage.says("operator", "/nat open 30m"), stage.says("second", "/nat open 30m"));
            stage.posted(OPEN).await
        }
        Story::Expires | Story::ExtendedAndClosedEarly | Story::ExpiresWhileAwsIsAway => {
            let reply = stage.says("operator", "/nat open 30m").await;
            stage.reads(&reply.id, OPEN).await
        }
    };
    assert_eq!(counted(&made(moto).await), WINDOW, "{story:?}, one call of {nth}");
    match story {
        Story::Expires => stage.later(31),
        Story::ExtendedAndClosedEarly => {
            stage.says("operator", "/nat extend 15m").await;
            stage.reads(&window.id, "Extended by").await;
            stage.says("operator", "/nat close").await;
        }
        Story::TwoAtOnce => {
            tokio::join!(stage.says("operator", "/nat close"), stage.says("second", "/nat close"));
        }
        Story::ExpiresWhileAwsIsAway => {
            proxy.away(true);
            stage.later(31);
            stage.reads(&window.id, "AWS has not answered since").await;
            proxy.away(false);
        }
    }
    let receipt = text(&stage.reads(&window.id, CLOSED).await);
    assert!(receipt.contains("Nothing keeps billing"), "{story:?}, one call of {nth}: {receipt}");
    assert_eq!(made(moto).await, Vec::<String>::new(), "{story:?}, one call of {nth}");
    assert_eq!(gateways_ever(moto).await, before + 1, "{story:?}, one call of {nth}");
    assert!(proxy.met() > 10, "{story:?}, one call of {nth}: {} went wrong", proxy.met());
    stage.finish().await;
}

/// moto ignores client tokens, but not that an address is taken; so a second instance cannot come to be, and a
/// second endpoint can: it goes with the first.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_and_a_window_opened_meanwhile_have_the_same_end_when_calls_keep_going_wrong() {
    let mut worlds = Vec::new();
    for nth in EVERY {
        // Addresses of terminated instances stay taken, so each pair has a world of its own.
        let Some(moto) = Moto::with_reference_network().await else { return };
        worlds.push(tokio::spawn(async move { pair(&moto, nth).await }));
    }
    for world in worlds {
        world.await.expect("nothing is left");
    }
}

async fn pair(moto: &Moto, nth: usize) {
    let image = moto.ec2("DescribeImages", &[("Owner.1", "099720109477")]).await.one("imageId");
    let proxy = Proxy::start(moto, Aim::Every(nth)).await;
    let stage = Stage::set_against(proxy.aws_options(moto)).await;
    let card = stage.says("operator", &format!("/launch service image:{image}")).await;
    // What the card is made from is twenty calls: some are bound to go wrong, and then it says so.
    while text(&stage.reads(&card.id, "Cancel").await).contains("Try again") {
        let answer = stage.presses("operator", &card.id, "Try again").await;
        stage.reply_to(&answer).await;
    }
    stage.presses("operator", &card.id, "Confirm").await;
    let window = stage.says("second", "/nat open 30m").await;
    stage.reads(&window.id, OPEN).await;
    stage.reads(&card.id, "Instances running (2 of 2)").await;
    // The window is over; and nobody can be asked whether the agents answer, so the pair is handed over now.
    stage.later(31);
    stage.reads(&card.id, "The service pair is ready").await;
    stage.reads(&window.id, CLOSED).await;
    let left = made(moto).await;
    let left = counted(&left);
    assert!(left.contains(&("instance", 2)) && !left.iter().any(|(kind, _)| *kind == "gateway"), "{left:?}");

    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    let receipt = text(&stage.reads(&ask.id, "Service pair terminated, nothing of it is left").await);
    assert!(receipt.contains("Nothing keeps billing"), "one call of {nth}: {receipt}");
    assert_eq!(made(moto).await, Vec::<String>::new(), "one call of {nth}");
    assert!(proxy.met() > 10, "one call of {nth}: {} went wrong", proxy.met());
    stage.finish().await;
}
