//! Windows as people ask for them, on a real store and a clock that stands still. The keeper's loop does
//! not run here: what it makes of a lease is tested where it is.

use doorman_config::ShellMode;

use super::*;
use crate::admit::Admission;
use crate::card;
use crate::message::Does;
use crate::outcome::Ack;
use crate::request::Action;
use crate::table::Name;
use crate::testbed::people::{HELPER, OPERATOR, ana, command, noon, press, request};
use crate::testbed::{Bot, bo, shown, whispered};
use crate::words::buttons;

fn minutes_from_noon(lease: &Lease) -> i64 {
    (lease.expires_at.expect("an end") - noon()).num_minutes()
}

#[tokio::test]
async fn opening_leases_a_window_and_its_reply_becomes_the_living_message() {
    let bot = Bot::start().await;
    let opened = bot.types("/nat open duration:45m").await;
    let lease = bot.lease().await.expect("a window");
    assert_eq!(
        (lease.phase, minutes_from_noon(&lease), lease.opened_by.clone()),
        (Phase::Opening, 45, ana())
    );
    assert_eq!(opened.follow, Some(lease.id));
    let panel = shown(&opened).panel.as_ref().expect("a panel");
    assert_eq!(panel.title, "⏳ Opening the NAT window");
}

#[tokio::test]
async fn opening_what_is_open_extends_it_and_says_so() {
    let bot = Bot::start().await;
    let first = bot.opens("/nat open duration:30m").await;
    let again = bot.does(&bo(), OPERATOR, command("/nat open duration:1h")).await;
    let text = &shown(&again).text;
    assert!(text.contains("already open") && text.contains("extended instead"), "{text}");
    assert!(text.contains("(https://discord.com/channels/100000000000000001/3/6)"), "{text}");
    assert_eq!(again.follow, None, "the first message goes on telling of it");
    let lease = bot.lease().await.expect("a window");
    assert_eq!((&lease.id, minutes_from_noon(&lease)), (&first.id, 60));

    let shorter = bot.types("/nat open duration:10m").await;
    assert!(shown(&shorter).text.contains("Nothing was changed."), "{shorter:?}");
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 60);
    // A second press, or nearly the same again, is no wish for more.
    for (line, end) in [("/nat open duration:62m", 60), ("/nat open duration:63m", 63)] {
        let text = shown(&bot.types(line).await).text.clone();
        assert_eq!(text.contains("Nothing was changed."), end == 60, "{line}: {text}");
        assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), end, "{line}");
    }
}

#[tokio::test]
async fn extending_adds_to_the_end() {
    let bot = Bot::start().await;
    bot.opens("/nat open duration:30m").await;
    let extended = bot.does(&bo(), OPERATOR, command("/nat extend duration:20m")).await;
    assert!(shown(&extended).text.contains("extended the NAT window"), "{extended:?}");
    let lease = bot.lease().await.expect("a window");
    assert_eq!((minutes_from_noon(&lease), lease.extensions.len()), (50, 1));
    assert_eq!(lease.extensions[0].by, bo());
}

#[tokio::test]
async fn an_extension_is_limited_by_what_is_open_in_all() {
    let bot = Bot::start().await;
    bot.opens("/nat open duration:90m").await;
    let refused = bot.types("/nat extend duration:1h").await;
    let text = &shown(&refused).text;
    assert!(text.contains("at most 2h in all") && text.contains("`30m` more is possible"), "{text}");
    // A helper's twenty minutes are long used up by somebody else's window.
    let refused = bot.does(&bo(), HELPER, command("/nat extend duration:5m")).await;
    assert!(shown(&refused).text.contains("cannot be extended any more"), "{refused:?}");
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 90);
    // An hour later there is as much room, and no more.
    bot.clock.advance(TimeDelta::hours(1));
    let refused = bot.types("/nat extend duration:1h").await;
    assert!(shown(&refused).text.contains("`30m` more is possible"), "{refused:?}");
    bot.types("/nat extend duration:30m").await;
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 120);
    let refused = bot.types("/nat extend duration:1m").await;
    assert!(shown(&refused).text.contains("Use `/nat open` for a new one when it is closed."), "{refused:?}");
}

/// Presses Extend every five minutes for as long as the window is open; how long that is.
async fn held(bot: &Bot, kind: LeaseKind, role: u64) -> TimeDelta {
    let lease = bot.lease_of(kind).await.expect("a window");
    let id = format!("nat:extend:{}", lease.id);
    loop {
        bot.does(&bo(), role, press(&id)).await;
        let now = bot.lease_of(kind).await.expect("a window");
        if now.expires_at.expect("an end") <= bot.clock.now() {
            return now.expires_at.expect("an end") - now.opened_at;
        }
        assert!(bot.clock.now() - noon() < TimeDelta::days(1), "held for ever");
        bot.clock.advance(TimeDelta::minutes(5));
    }
}

#[tokio::test]
async fn nobody_holds_a_window_for_ever() {
    let bot = Bot::start().await;
    bot.does(&bo(), HELPER, command("/nat open duration:20m")).await;
    assert_eq!(held(&bot, LeaseKind::NatWindow, HELPER).await, TimeDelta::minutes(20));

    let bot = with_shell_windows().await;
    let id = shell_card(&bot, 30).await;
    bot.does(&ana(), OPERATOR, press(&id)).await;
    assert_eq!(held(&bot, LeaseKind::ShellWindow, OPERATOR).await, TimeDelta::hours(2));

    // One that was found by its tags, made long before doorman knew of it.
    let bot = Bot::start().await;
    let opened_at = noon() - TimeDelta::minutes(80);
    let found = Lease {
        phase: Phase::Ready,
        expires_at: Some(noon() + TimeDelta::minutes(20)),
        ready_at: Some(noon()),
        ..Lease::new("01k0found".into(), LeaseKind::NatWindow, bo(), opened_at, Locale::EnUs)
    };
    bot.app.context().keeper().store().put_lease(&found).await.expect("the store");
    let refused = bot.types("/nat extend duration:30m").await;
    assert!(shown(&refused).text.contains("`20m` more is possible"), "{refused:?}");
    assert_eq!(held(&bot, LeaseKind::NatWindow, OPERATOR).await, TimeDelta::minutes(100));
}

#[tokio::test]
async fn opening_again_makes_no_window_longer_than_it_may_be() {
    let bot = Bot::start().await;
    bot.does(&bo(), HELPER, command("/nat open duration:20m")).await;
    bot.clock.advance(TimeDelta::minutes(15));
    let again = bot.does(&bo(), HELPER, command("/nat open duration:20m")).await;
    let text = &shown(&again).text;
    assert!(text.contains("already open") && text.contains("at most 20m in all"), "{text}");
    let again = bot.types("/nat open duration:2h").await;
    let text = &shown(&again).text;
    assert!(text.contains("2h from now would be more than the 2h in all"), "{text}");
    assert!(text.contains("`1h40m` more is possible."), "{text}");
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 20);
    bot.types("/nat open duration:1h44m").await;
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 119);
}

#[tokio::test]
async fn extending_or_closing_nothing_is_said_truthfully() {
    let bot = Bot::start().await;
    let extended = bot.types("/nat extend duration:30m").await;
    let text = &shown(&extended).text;
    assert_eq!(text, "No NAT window is open, so there is nothing to extend. Use `/nat open` to open one.");
    let closed = bot.types("/nat close").await;
    assert_eq!(shown(&closed).text, "No NAT window is open, so there is nothing to close.");
}

#[tokio::test]
async fn the_second_to_close_is_told_who_was_first() {
    let bot = Bot::start().await;
    bot.opens("/nat open").await;
    let first = bot.does(&bo(), OPERATOR, command("/nat close")).await;
    assert!(shown(&first).text.contains("is closing the NAT window"), "{first:?}");
    let second = bot.types("/nat close").await;
    let text = &shown(&second).text;
    assert!(text.contains("already being closed") && text.contains(&people::mention(&bo())), "{text}");
    let pressed = bot.does(&ana(), OPERATOR, press(&close_id(&bot).await)).await;
    assert!(whispered(&pressed).contains("already being closed"), "{pressed:?}");
    // The same person again is told the same, not that it began anew.
    let again = bot.does(&bo(), OPERATOR, command("/nat close")).await;
    let text = &shown(&again).text;
    assert!(text.contains("already being closed. You closed it <t:"), "{text}");
}

/// Does to the window what the keeper does when AWS shows it complete, or gone.
async fn keeps(bot: &Bot, change: impl FnOnce(&mut Lease)) {
    let mut lease = bot.lease().await.expect("a window");
    change(&mut lease);
    bot.app.context().keeper().store().save_lease(&lease).await.expect("the store");
}

#[tokio::test]
async fn closing_and_extending_what_is_half_open_say_so() {
    let bot = Bot::start().await;
    bot.opens("/nat open").await;
    let told = bot.types("/nat extend duration:10m").await;
    assert!(shown(&told).text.contains("extended the NAT window, which is still being opened."), "{told:?}");
    let told = bot.does(&bo(), OPERATOR, command("/nat close")).await;
    let text = &shown(&told).text;
    assert!(text.contains("closing the NAT window before it was complete."), "{text}");
    assert_eq!(bot.lease().await.expect("a window").phase, Phase::Closing);

    let bot = Bot::start().await;
    let lease = bot.opens("/nat open").await;
    keeps(&bot, |lease| (lease.phase, lease.ready_at) = (Phase::Ready, Some(lease.opened_at))).await;
    let told = bot.types("/nat extend duration:10m").await;
    assert!(shown(&told).text.contains("extended the NAT window. It is open until"), "{told:?}");
    // Being repaired, it was complete once.
    bot.app.context().keeper().repair(&lease.id).await.expect("the store");
    let told = bot.types("/nat close").await;
    assert!(shown(&told).text.contains("is closing the NAT window. The receipt"), "{told:?}");
}

#[tokio::test]
async fn closing_and_extending_what_is_gone_say_when_and_by_whom() {
    let trouble = doorman_cloud::lease::Trouble::Credentials;
    for (reason, words) in [
        (CloseReason::Asked { by: ana() }, "You closed the last one: nothing of it was left <t:"),
        (
            CloseReason::Asked { by: bo() },
            "<@400000000000000002> closed the last one: nothing of it was left <t:",
        ),
        (CloseReason::Expired, "The last one closed when its time was over: nothing of it was left <t:"),
        (CloseReason::Failed { trouble }, "The last one could not be opened: nothing of it was left <t:"),
    ] {
        let bot = Bot::start().await;
        let id = bot.opens("/nat open").await.id;
        keeps(&bot, |lease| {
            lease.phase = Phase::Closed;
            lease.closing = Some((noon(), reason));
            lease.receipt = Some(doorman_cloud::receipt::of(lease, noon(), None));
        })
        .await;
        for line in ["/nat close", "/nat extend duration:30m"] {
            let told = bot.types(line).await;
            let text = &shown(&told).text;
            assert!(text.starts_with("No NAT window is open, so there is nothing to"), "{line}: {text}");
            assert!(text.contains(words), "{line}: {text}");
            assert!(
                text.contains("[Receipt](https://discord.com/channels/100000000000000001/3/6)"),
                "{text}"
            );
        }
        let pressed = bot.does(&ana(), OPERATOR, press(&format!("nat:close:{id}"))).await;
        assert!(whispered(&pressed).contains(words), "{pressed:?}");
    }
}

async fn close_id(bot: &Bot) -> String {
    format!("nat:close:{}", bot.lease().await.expect("a window").id)
}

#[tokio::test]
async fn a_closing_window_is_neither_extended_nor_opened_again() {
    let bot = Bot::start().await;
    bot.opens("/nat open").await;
    bot.types("/nat close").await;
    let end = bot.lease().await.expect("a window").expires_at;
    for line in ["/nat extend duration:30m", "/nat open duration:2h"] {
        let told = bot.types(line).await;
        let text = &shown(&told).text;
        assert!(text.contains("clos") && text.contains("You closed it"), "{line}: {text}");
    }
    assert_eq!(bot.lease().await.expect("a window").expires_at, end);
}

#[tokio::test]
async fn a_window_past_its_end_is_closing_even_before_the_keeper_says_so() {
    let bot = Bot::start().await;
    bot.opens("/nat open duration:30m").await;
    bot.clock.advance(TimeDelta::minutes(30));
    let told = bot.types("/nat extend duration:30m").await;
    assert!(shown(&told).text.contains("cannot be extended any more. Its time was over."), "{told:?}");
    let told = bot.types("/nat open duration:30m").await;
    assert!(shown(&told).text.contains("still being closed"), "{told:?}");
}

#[tokio::test]
async fn the_extend_button_adds_half_an_hour_to_the_living_message() {
    let bot = Bot::start().await;
    let lease = bot.opens("/nat open duration:30m").await;
    let id = format!("nat:extend:{}", lease.id);
    let pressed = bot.does(&bo(), OPERATOR, press(&id)).await;
    let fields = &shown(&pressed).panel.as_ref().expect("the living message").fields;
    assert!(fields.iter().any(|field| field.value.contains(&people::mention(&bo()))), "{fields:?}");
    assert_eq!(minutes_from_noon(&bot.lease().await.expect("a window")), 60);

    // A helper may have 20 minutes: more than that is open already.
    let pressed = bot.does(&bo(), HELPER, press(&id)).await;
    assert!(whispered(&pressed).contains("at most 20m in all"), "{pressed:?}");
}

#[tokio::test]
async fn a_button_on_a_warning_leaves_a_sentence_and_no_buttons() {
    let bot = Bot::start().await;
    let lease = bot.opens("/nat open duration:30m").await;
    let on_warning = |what: &str| Action::Press {
        custom_id: format!("nat:{what}:{}", lease.id),
        message: MessageRef { channel_id: 3, message_id: 7 },
    };
    for (what, said) in [("extend", "extended the NAT window"), ("close", "is closing the NAT window")] {
        let pressed = bot.does(&ana(), OPERATOR, on_warning(what)).await;
        let message = shown(&pressed);
        assert!(
            message.text.contains(said) && message.panel.is_none() && message.buttons.is_empty(),
            "{message:?}"
        );
    }
}

#[tokio::test]
async fn a_button_of_an_earlier_window_does_not_touch_the_present_one() {
    let bot = Bot::start().await;
    let lease = bot.opens("/nat open").await;
    for id in ["nat:close:01k0earlier", "nat:extend:01k0earlier", "repair:01k0earlier"] {
        let pressed = bot.does(&ana(), OPERATOR, press(id)).await;
        assert!(
            whispered(&pressed).starts_with("This button belongs to something that is over"),
            "{pressed:?}"
        );
    }
    assert_eq!(bot.lease().await, Some(lease));
}

#[tokio::test]
async fn pressing_close_shows_the_closing_in_place() {
    let bot = Bot::start().await;
    bot.opens("/nat open").await;
    let pressed = bot.does(&ana(), OPERATOR, press(&close_id(&bot).await)).await;
    let message = shown(&pressed);
    assert_eq!(message.panel.as_ref().expect("the living message").title, "⏳ Closing the NAT window");
    assert!(message.buttons.is_empty(), "{message:?}");
    assert_eq!(bot.lease().await.expect("a window").phase, Phase::Closing);
}

#[tokio::test]
async fn repairing_what_is_being_built_is_said_to_be_under_way() {
    let bot = Bot::start().await;
    let lease = bot.opens("/nat open").await;
    let pressed = bot.does(&ana(), OPERATOR, press(&format!("repair:{}", lease.id))).await;
    assert!(whispered(&pressed).starts_with("It is already being repaired"), "{pressed:?}");
}

#[tokio::test]
async fn presses_change_the_message_they_are_on() {
    let bot = Bot::start().await;
    let lease = bot.opens("/nat open").await;
    let request = request(&[OPERATOR], press(&format!("nat:extend:{}", lease.id)));
    assert!(matches!(bot.app.admit(&request), Admission::Work { ack: Ack::Update, .. }));
}

#[tokio::test]
async fn the_store_failing_is_one_sentence_with_a_number() {
    let bot = Bot::start().await;
    bot.app.context().keeper().store().close().await;
    for line in ["/nat open", "/nat extend duration:30m", "/nat close"] {
        let told = bot.types(line).await;
        let text = &shown(&told).text;
        assert!(text.starts_with("Something went wrong") && text.ends_with("500000000000000001."), "{text}");
    }
}

/// A card for a shell window of so many minutes; the id of its Confirm.
async fn shell_card(bot: &Bot, minutes: i64) -> String {
    let request = request(&[OPERATOR], command("/shell open"));
    let todo = serde_json::json!({ "kind": "shell-window", "length_s": 60 * minutes });
    let (cx, card) = (bot.app.context(), Message::text("Sure?"));
    let put = card::put(cx, &request, Name::ShellOpen, &todo, buttons::confirm, card).await;
    match &put.expect("the store").buttons[0].does {
        Does::Press(id) => id.clone(),
        Does::Open(url) => panic!("a link: {url}"),
    }
}

/// A bot where shell access has windows of its own.
async fn with_shell_windows() -> Bot {
    Bot::start_with(|settings| settings.stack.shell.mode = ShellMode::Window).await
}

#[tokio::test]
async fn a_shell_window_is_leased_when_its_card_is_confirmed_and_for_as_long_from_then() {
    let bot = with_shell_windows().await;
    let id = shell_card(&bot, 45).await;
    bot.clock.advance(TimeDelta::minutes(10));
    let confirmed = bot.does(&bo(), OPERATOR, press(&id)).await;
    let lease = bot.lease_of(LeaseKind::ShellWindow).await.expect("a window");
    assert_eq!((minutes_from_noon(&lease), lease.opened_by.clone()), (55, bo()));
    assert_eq!(confirmed.follow, Some(lease.id));
    assert_eq!(shown(&confirmed).panel.as_ref().expect("a panel").title, "⏳ Opening the shell window");
}

#[tokio::test]
async fn whoever_confirms_needs_the_length_themselves_and_settings_that_still_have_windows() {
    let bot = with_shell_windows().await;
    let id = shell_card(&bot, 8 * 60).await;
    let refused = bot.does(&ana(), OPERATOR, press(&id)).await;
    assert!(shown(&refused).text.contains("your roles allow a window of at most `2h`"), "{refused:?}");
    let bot = Bot::start().await;
    let id = shell_card(&bot, 10).await;
    let refused = bot.does(&ana(), OPERATOR, press(&id)).await;
    assert!(shown(&refused).text.starts_with("Shell access is always there here"), "{refused:?}");
    assert_eq!(bot.lease_of(LeaseKind::ShellWindow).await, None);
}

#[tokio::test]
async fn a_shell_window_is_extended_and_closed_like_any_other_and_beside_it() {
    let bot = with_shell_windows().await;
    let id = shell_card(&bot, 30).await;
    bot.does(&ana(), OPERATOR, press(&id)).await;
    let nat = bot.opens("/nat open duration:30m").await;
    let shell = bot.lease_of(LeaseKind::ShellWindow).await.expect("a window");
    let told = bot.types("/shell extend duration:20m").await;
    assert!(shown(&told).text.contains("extended the shell window, which is still"), "{told:?}");
    let again = bot.types("/shell open duration:1h").await;
    assert!(shown(&again).text.contains("The shell window was already open"), "{again:?}");
    let pressed = bot.does(&bo(), OPERATOR, press(&format!("nat:extend:{}", shell.id))).await;
    assert_eq!(shown(&pressed).panel.as_ref().expect("a panel").title, "⏳ Opening the shell window");
    let lease = bot.lease_of(LeaseKind::ShellWindow).await.expect("a window");
    assert_eq!((minutes_from_noon(&lease), lease.extensions.len()), (90, 3));
    // The other window has nothing to do with it.
    assert_eq!(bot.lease().await.and_then(|lease| lease.expires_at), nat.expires_at);
    bot.types("/shell close").await;
    assert_eq!(bot.lease_of(LeaseKind::ShellWindow).await.map(|lease| lease.phase), Some(Phase::Closing));
    assert_eq!(bot.lease().await.map(|lease| lease.phase), Some(Phase::Opening));
    let told = bot.types("/shell open").await;
    assert!(shown(&told).text.starts_with("The last shell window is still being closed."), "{told:?}");
}

#[tokio::test]
async fn whoever_may_open_windows_on_the_internet_may_not_press_for_a_shell() {
    let bot = with_shell_windows().await;
    let id = shell_card(&bot, 30).await;
    bot.does(&ana(), OPERATOR, press(&id)).await;
    let shell = bot.lease_of(LeaseKind::ShellWindow).await.expect("a window");
    // The keeper has not been told of the lease yet: the first gate lets them in, the second does not.
    let pressed = bot.does(&bo(), HELPER, press(&format!("nat:close:{}", shell.id))).await;
    assert!(whispered(&pressed).contains("verb `shell`"), "{pressed:?}");
    assert_eq!(bot.lease_of(LeaseKind::ShellWindow).await.map(|lease| lease.phase), Some(Phase::Opening));
}
