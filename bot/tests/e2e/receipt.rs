//! What people are told when closing takes long, at last or not at all; and what can be read back later.

use chrono::{DateTime, Utc};
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Stage, text};

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";
const LATE: &str = "Late: the NAT window is not closed yet";
const RELIEF: &str = "is closed at last, nothing of it is left";
/// The colour of what is wrong.
const RED: u64 = 0xD1_3B_3B;
/// Faster than a stage usually lives: hours have to pass.
const HOURS: f64 = 3_000.0;
/// Slower: Discord knows a post that is repeated for some minutes.
const SECONDS: f64 = 60.0;

/// When what says so was posted, oldest first. The living message is not a post: it says where things stand.
fn posts(stage: &Stage, living: &str, words: &str) -> Vec<DateTime<Utc>> {
    let messages = stage.world.discord.channel().messages.into_iter();
    let posts =
        messages.filter(|view| view.reply_to.as_deref() == Some(living) && text(view).contains(words));
    posts.map(|view| view.created_at).collect()
}

fn is_red(view: &MessageView) -> bool {
    view.embeds.iter().any(|embed| embed["color"] == RED)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_said_in_red_again_and_again_until_it_is_gone() {
    // With the backstop AWS would release it by itself.
    let mut stage = Stage::set_with(|settings| settings.stack.backstop.enabled = false).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    let address = stage.ours().into_iter().find(|item| item.kind == "elastic-ip").expect("an address").id;
    stage.refuse("ReleaseAddress", 100_000, 403, "UnauthorizedOperation");
    stage.presses("operator", &reply.id, "Close now").await;

    let first = stage.posted(LATE).await;
    let told = text(&first);
    for words in
        [address.as_str(), "costs $0.005/h", "`ReleaseAddress` has been failing", "permissions do not"]
    {
        assert!(told.contains(words), "{words} in {told}");
    }
    for secret in ["arn:", "123456789012", "Refused by the test"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert!(!told.contains("nat-"), "the gateway is gone: {told}");
    let page = format!(
        "https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2\
         #ElasticIpDetails:AllocationId={address}"
    );
    assert!(
        serde_json::to_string(&first.components).expect("JSON").contains(&page),
        "{:?}",
        first.components
    );
    assert!(is_red(&first) && first.pings.is_empty(), "{first:?}");
    let living = stage.reads(&reply.id, LATE).await;
    assert!(is_red(&living) && text(&living).contains(&address), "{}", text(&living));
    let again = text(&stage.says("operator", "/nat close").await);
    assert!(again.contains("already being closed. You closed it"), "{again}");

    stage.world.clock.set_rate(HOURS);
    let told = |stage: &Stage, times| (posts(stage, &reply.id, LATE).len() >= times).then_some(());
    stage.see("it told a second time", |stage| told(stage, 2)).await;
    // Nobody is told again because of a restart, and nobody is forgotten: not even if the process dies before it
    // could note that it told. A restart takes seconds, not the hour that it would at this speed.
    stage.world.clock.set_rate(0.0);
    stage.kill_bot().await;
    let tries = |stage: &Stage| {
        stage.world.aws.calls().iter().filter(|call| call.operation == "ReleaseAddress").count()
    };
    let tried = tries(&stage);
    stage.start_bot().await;
    stage.world.clock.set_rate(SECONDS);
    stage.see("it has been round once", |stage| (tries(stage) > tried).then_some(())).await;
    assert_eq!(posts(&stage, &reply.id, LATE).len(), 2, "{}", stage.channel());
    stage.world.clock.set_rate(HOURS);
    stage.see("it told a fifth time", |stage| told(stage, 5)).await;
    let times = posts(&stage, &reply.id, LATE);
    let pauses: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).num_minutes()).collect();
    for (pause, least) in pauses.iter().zip([15, 30, 60, 120]) {
        assert!((least..least + 14).contains(pause), "paused for {pauses:?} minutes");
    }

    // A process that dies before it could note what it told tells it again, and Discord knows it for some minutes.
    stage.world.clock.set_rate(SECONDS);
    stage.world.aws.faults().clear();
    let relief = stage.posted(RELIEF).await;
    let closed = text(&stage.reads(&reply.id, CLOSED).await);
    assert!(closed.contains("**Late:** the last of it that bills was gone at"), "{closed}");
    assert!(text(&relief).contains("after it was due"), "{}", text(&relief));
    stage.nothing_left().await;
    stage.kill_bot().await;
    stage.start_bot().await;
    let history = text(&stage.says("viewer", "/nat history").await);
    assert!(history.contains("closed by <@") && history.contains(" late"), "{history}");
    assert_eq!(posts(&stage, &reply.id, RELIEF).len(), 1, "{}", stage.channel());
    assert_eq!(posts(&stage, &reply.id, LATE).len(), times.len(), "{}", stage.channel());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_aws_is_away_what_is_known_is_said_and_the_rest_is_not_claimed() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    stage.world.aws.faults().away(true);
    stage.presses("operator", &reply.id, "Close now").await;
    let late = text(&stage.posted(LATE).await);
    assert!(late.contains("As far as doorman knows, this is still there"), "{late}");
    assert!(
        late.contains("AWS has not answered since") && late.contains("Begin with the NAT gateway"),
        "{late}"
    );
    stage.world.aws.faults().away(false);
    stage.posted(RELIEF).await;
    stage.reads(&reply.id, CLOSED).await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_what_is_half_open_closing_or_gone_is_answered_as_it_is() {
    let stage = Stage::set().await;
    let never = text(&stage.says("operator", "/nat close").await);
    assert_eq!(never, "No NAT window is open, so there is nothing to close.");

    let reply = stage.says("operator", "/nat open 30m").await;
    let pending = |stage: &Stage| stage.ours().into_iter().find(|item| item.kind == "nat-gateway");
    stage.see("a gateway coming up", pending).await;
    // So that it does not close between what two people say.
    stage.world.clock.set_rate(1.0);
    let half = text(&stage.says("operator", "/nat close").await);
    assert!(half.contains("closing the NAT window before it was complete"), "{half}");
    let again = text(&stage.says("second", "/nat close").await);
    assert!(again.contains("already being closed. <@"), "{again}");
    stage.world.clock.set_rate(SECONDS);
    let closed = text(&stage.reads(&reply.id, CLOSED).await);
    assert!(!closed.contains("Late"), "{closed}");
    stage.nothing_left().await;

    let mine = text(&stage.says("operator", "/nat close").await);
    assert!(mine.contains("You closed the last one: nothing of it was left <t:"), "{mine}");
    let theirs = text(&stage.says("second", "/nat close").await);
    assert!(theirs.contains("<@1180000000000000100> closed the last one: nothing"), "{theirs}");
    let extend = text(&stage.says("second", "/nat extend duration:10m").await);
    assert!(extend.contains("nothing to extend. <@1180000000000000100> closed the last one"), "{extend}");
    let history = text(&stage.says("viewer", "/nat history count:5").await);
    assert!(
        history.contains("**Shown:** 1 window, open for") && history.contains("closed by <@"),
        "{history}"
    );
    let wrong = stage.says("viewer", "/nat history count:99").await;
    assert!(text(&wrong).contains("write a number from 1 to 25"), "{}", text(&wrong));
    assert_eq!(wrong.private_to.as_deref(), Some("viewer"));
    stage.finish().await;
}
