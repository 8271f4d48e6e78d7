//! The process dies, the store is lost: what was opened is closed all the same, and no message goes on saying what
//! is not so.

use doorman_stage::{Stage, text};

/// Everything the bot may do in its channel but reading what is there.
const WITHOUT_HISTORY: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15;

/// Waits until the bot knows that this message tells of the window.
async fn notes(stage: &Stage, message: &str) {
    let link = format!("/{message})");
    for _ in 0..20 {
        // Shorter than what is open: the answer is where to look.
        if text(&stage.says("operator", "/nat open 5m").await).contains(&link) {
            return;
        }
    }
    panic!("never noted: {message}\n{}", stage.channel());
}

/// Kills the bot, and starts one that has no store.
async fn lose_store(stage: &mut Stage) {
    stage.kill_bot().await;
    stage.lose_store();
    stage.start_bot().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_window_is_closed_as_soon_as_the_bot_is_back() {
    // With the backstop AWS would have closed it by itself.
    let mut stage = Stage::set_with(|settings| settings.stack.backstop.enabled = false).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.kill_bot().await;
    stage.later(120);
    assert_eq!(stage.billing(), ["elastic-ip associated", "nat-gateway available"]);
    stage.start_bot().await;
    let closed = text(&stage.reads(&reply.id, "nothing of it is left").await);
    assert!(closed.contains("**Late:**"), "lateness is on the receipt: {closed}");
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_found_only_by_its_tags_is_adopted_and_closed_on_time() {
    let mut stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    let end = stage.until_of(&reply);
    lose_store(&mut stage).await;
    stage.nothing_left().await;
    assert!(stage.world.clock.now() >= end, "not before its time");
    stage.reads(&reply.id, "nothing of it is left").await;
    assert_eq!(stage.titled().len(), 1, "told in the one message: {}", stage.channel());
    stage.finish().await;
}

/// Version 0.1 did not write for which kind of lease a thing was made.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_and_a_pair_of_version_0_1_are_told_apart_also_without_a_store() {
    let mut stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "The service pair is ready").await;
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    let of_ec2 = ["i-", "vol-", "nat-", "eipalloc-", "vpce-", "sgr-"];
    let ids: Vec<String> = stage.ours().into_iter().map(|item| item.id).collect();
    let ids: Vec<&String> = ids.iter().filter(|id| of_ec2.iter().any(|kind| id.starts_with(kind))).collect();
    assert_eq!(
        ids.len(),
        13,
        "two of each of the pair, three endpoints, and what a window is made of: {ids:?}"
    );
    for id in ids {
        let tags = [("ResourceId.1", id.as_str()), ("Tag.1.Key", "doorman:kind"), ("Tag.1.Value", "")];
        stage.world.aws.by_hand().ec2("CreateTags", &tags).expect("it is there");
    }
    lose_store(&mut stage).await;
    let of_the_window = |stage: &Stage| {
        let ours = stage.ours().into_iter().map(|item| item.id);
        ours.filter(|id| id.starts_with("nat-") || id.starts_with("eipalloc-")).count()
    };
    stage.see("the window is gone", |stage| (of_the_window(stage) == 0).then_some(())).await;
    stage.reads(&reply.id, "nothing of it is left").await;
    // What the pair is made of was not taken for a part of the window.
    let left = |kind: &str| stage.ours().iter().filter(|item| item.id.starts_with(kind)).count();
    assert_eq!((left("i-"), left("vol-"), left("vpce-"), left("sgr-")), (2, 2, 3, 2));
    let asked = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &asked.id, "Confirm").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_which_nothing_was_made_and_no_record_is_left_is_said_to_be_nothing() {
    let mut stage = Stage::set().await;
    for operation in ["AllocateAddress", "AuthorizeSecurityGroupEgress", "CreateSchedule"] {
        stage.refuse(operation, usize::MAX, 503, "RequestLimitExceeded");
    }
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, "Opening the NAT window").await;
    assert!(stage.ours().is_empty(), "{:?}", stage.ours());
    lose_store(&mut stage).await;
    let told = stage.reads(&reply.id, "Nothing of this is left in AWS").await;
    assert!(told.components.is_empty() && told.content.is_empty(), "{}", text(&told));
    // Said once: the next start has nothing to say.
    stage.kill_bot().await;
    stage.start_bot().await;
    stage.world.aws.faults().clear();
    let again = stage.says("operator", "/nat open 1h").await;
    stage.reads(&again.id, "The NAT window is open").await;
    assert_eq!(text(&stage.world.discord.message(&reply.id).expect("a message")), text(&told));
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_sent_and_not_noted_is_the_living_one_after_a_restart() {
    let mut stage = Stage::set().await;
    // The reply arrives, and its answer never: so the bot does not know which message it is.
    stage.world.discord.faults().lose_answer("PATCH", "/messages/@original", usize::MAX);
    let reply = stage.says("operator", "/nat open 1h").await;
    stage.reads(&reply.id, "Opening the NAT window").await;
    stage.kill_bot().await;
    stage.world.discord.faults().clear();
    stage.start_bot().await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.says("operator", "/nat close").await;
    stage.reads(&reply.id, "nothing of it is left").await;
    assert_eq!(stage.titled().len(), 1, "told in the one message: {}", stage.channel());
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_to_read_a_new_message_tells_and_the_old_one_points_to_it_later() {
    let mut stage = Stage::set().await;
    let old = stage.says("operator", "/nat open 2h").await;
    stage.reads(&old.id, "The NAT window is open").await;
    // Two starts, each with the herald's patience in real time: that is not to use the window up.
    stage.world.clock.set_rate(30.0);
    stage.world.discord.faults().permissions(WITHOUT_HISTORY);
    lose_store(&mut stage).await;
    let new =
        stage.see("a second message", |stage| stage.titled().into_iter().find(|m| m.id != old.id)).await;
    notes(&stage, &new.id).await;
    stage.kill_bot().await;
    stage.world.discord.faults().clear();
    stage.start_bot().await;
    let moved = text(&stage.reads(&old.id, "This goes on in").await);
    assert!(moved.contains(&new.id) && !moved.contains("[Close now]"), "{moved}");
    stage.says("operator", "/nat close").await;
    stage.reads(&new.id, "nothing of it is left").await;
    stage.nothing_left().await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_of_a_pair_is_found_again_when_the_store_is_lost() {
    let mut stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "Launching the service pair").await;
    stage.see("instances", |stage| (stage.instances().len() == 2).then_some(())).await;
    lose_store(&mut stage).await;
    stage.see("it goes on", |stage| (!text(&stage.titled()[0]).contains('⏳')).then_some(())).await;
    let asked = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &asked.id, "Confirm").await;
    stage.nothing_left().await;
    stage
        .see("the pair's end in one message", |stage| {
            let titled = stage.titled();
            (titled.len() == 1 && text(&titled[0]).contains("nothing of it is left")).then_some(())
        })
        .await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_may_die_at_any_time_while_opening() {
    for after in ["AllocateAddress", "CreateNatGateway", "CreateRoute"] {
        let mut stage = Stage::set().await;
        let reply = stage.says("operator", "/nat open 30m").await;
        stage
            .see(&format!("{after} made"), |stage| {
                stage.world.aws.calls().iter().any(|call| call.operation == after).then_some(())
            })
            .await;
        stage.kill_bot().await;
        stage.start_bot().await;
        stage.reads(&reply.id, "nothing of it is left").await;
        stage.nothing_left().await;
        stage.assert_only_one_ever();
        stage.finish().await;
    }
}
