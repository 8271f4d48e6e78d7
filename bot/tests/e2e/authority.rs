//! Who may do what, on every way in.

use doorman_sandbox::discord::Place;
use doorman_stage::{Stage, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_the_verb_is_told_which_one_it_takes() {
    let stage = Stage::set().await;
    let role = stage.world.discord.facts().operator_role_id;
    for line in
        ["/nat open 30m", "/nat extend duration:10m", "/nat close", "/launch service", "/terminate service"]
    {
        let reply = stage.says("viewer", line).await;
        assert!(text(&reply).contains(&format!("<@&{role}>")), "{line}: {}", text(&reply));
        assert_eq!(reply.private_to.as_deref(), Some("viewer"), "{line} is refused in private");
    }
    let allowed = stage.says("viewer", "/status").await;
    assert_eq!(allowed.private_to, None);
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_and_other_servers_are_refused() {
    let stage = Stage::set().await;
    for (place, words) in [
        (Place::DirectMessage, "does not work in direct messages"),
        (Place::OtherGuild, "is set up for another server"),
    ] {
        let sent = stage.world.discord.slash_from("operator", "/nat open 30m", place).await.expect("typed");
        let reply = stage.reply_to(&sent.interaction_id).await;
        assert!(text(&reply).contains(words), "{}", text(&reply));
    }
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_the_verb_cannot_press_anothers_confirm() {
    let stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    let press = stage.presses("outsider", &card.id, "Confirm").await;
    let told = stage.reply_to(&press).await;
    assert!(text(&told).contains("You need the role"), "{}", text(&told));
    assert_eq!(told.private_to.as_deref(), Some("outsider"));
    let still = stage.world.discord.message(&card.id).expect("the card");
    assert!(text(&still).contains("[Confirm]"), "the card still waits: {}", text(&still));
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_button_does_nothing_and_says_so() {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    let open = stage.reads(&reply.id, "The NAT window is open").await;
    let stale = stage.custom_id(&open, "Extend 30m");
    stage.presses("operator", &reply.id, "Close now").await;
    stage.reads(&reply.id, "nothing of it is left").await;
    for custom_id in ["card:confirm:launch-0123456789abcdef", "nonsense"] {
        stage.world.discord.press_raw("operator", &reply.id, custom_id).await.expect("sent");
        let told = stage.whispered("operator", "is over or was replaced").await;
        let window = stage.world.discord.message(&reply.id).expect("the window's message");
        assert!(text(&window).contains("nothing of it is left"), "{custom_id} changed it: {}", text(&window));
        stage.world.discord.delete_message(&told.id);
    }
    // Pressed on a screen that was not up to date: the message shows how things stand.
    let sent = stage.world.discord.press_raw("operator", &reply.id, &stale).await.expect("sent");
    let told = stage.reply_to(&sent.interaction_id).await;
    assert!(text(&told).contains("nothing of it is left"), "{}", text(&told));
    assert!(stage.ours().is_empty());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completion_tells_an_outsider_nothing() {
    let stage = Stage::set().await;
    let choices =
        stage.world.discord.complete("operator", "/session start instance:my").await.expect("answered");
    assert_eq!(choices.len(), 2, "{choices:?}");
    let choices =
        stage.world.discord.complete("outsider", "/session start instance:my").await.expect("answered");
    assert!(choices.is_empty(), "{choices:?}");
    stage.finish().await;
}
