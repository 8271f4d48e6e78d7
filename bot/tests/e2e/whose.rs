//! The world changes beside the bot: tags, names, settings, the account, the region, the store. What it says stays true,
//! what is its own is closed, and what is not is not touched.

use doorman_stage::{Stage, text};

/// What a window is made of, and bills.
const BILLING: [&str; 2] = ["nat-gateway", "elastic-ip"];

/// A stage with a window that is open.
async fn with_a_window() -> (Stage, String) {
    let stage = Stage::set().await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    (stage, reply.id)
}

/// A stage with the pair up.
async fn with_the_pair() -> (Stage, String) {
    let stage = Stage::set().await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "The service pair is ready").await;
    (stage, card.id)
}

/// Terminates the pair; returns the id of the message that tells how.
async fn terminate(stage: &Stage) -> String {
    let card = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    card.id
}

/// Ids of what is there of these kinds.
pub(crate) fn ids(stage: &Stage, kinds: &[&str]) -> Vec<String> {
    let over = ["deleted", "terminated"];
    let all = stage.world.aws.inventory().into_iter();
    let there = all.filter(|item| kinds.contains(&item.kind) && !over.contains(&item.state.as_str()));
    there.map(|item| item.id).collect()
}

pub(crate) fn tag(stage: &Stage, id: &str, key: &str, value: &str) {
    let parameters = [("ResourceId.1", id), ("Tag.1.Key", key), ("Tag.1.Value", value)];
    stage.world.aws.by_hand().ec2("CreateTags", &parameters).expect("it is there");
}

fn untag(stage: &Stage, id: &str, key: &str) {
    stage
        .world
        .aws
        .by_hand()
        .ec2("DeleteTags", &[("ResourceId.1", id), ("Tag.1.Key", key)])
        .expect("it is there");
}

/// Somebody takes gateway and address over; the bot says so, with ids, price and pages, until they are given back.
#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_taken_is_said_and_neither_touched_nor_called_gone() {
    let (stage, window) = with_a_window().await;
    let taken = ids(&stage, &BILLING);
    assert_eq!(taken.len(), 2);
    taken.iter().for_each(|id| tag(&stage, id, "ManagedBy", "platform-team"));
    stage.says("operator", "/nat close").await;
    let told = stage.reads(&window, "taken the tag").await;
    let said = text(&told);
    assert!(taken.iter().all(|id| said.contains(id)) && said.contains("$0.064/h"), "{said}");
    assert!(said.contains("Open in AWS") || said.contains("["), "pages of the console: {said}");
    stage.later(5);
    assert_eq!(ids(&stage, &BILLING), taken, "not touched");
    let cost = text(&stage.says("operator", "/cost now").await);
    assert!(cost.contains("NAT gateway") && !cost.contains("Nothing"), "{cost}");
    taken.iter().for_each(|id| tag(&stage, id, "ManagedBy", "doorman"));
    stage.reads(&window, "nothing of it is left").await;
    assert_eq!(ids(&stage, &BILLING), Vec::<String>::new());
    stage.finish().await;
}

/// Before it is closed, it is said where it is, and not that it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_taken_is_not_called_gone_while_the_window_is_open() {
    let (stage, window) = with_a_window().await;
    let gateway = ids(&stage, &["nat-gateway"]).remove(0);
    untag(&stage, &gateway, "ManagedBy");
    let said = text(&stage.reads(&window, "taken its tag").await);
    assert!(said.contains(&gateway) && !said.contains("is gone"), "{said}");
    tag(&stage, &gateway, "ManagedBy", "doorman");
    stage.reads(&window, "The NAT window is open").await;
    stage.finish().await;
}

/// The record says for which lease a thing was made, whatever else became of its tags.
#[tokio::test(flavor = "multi_thread")]
async fn other_tags_that_are_lost_or_rewritten_keep_nothing_from_being_closed() {
    for (key, value) in [
        ("doorman:lease", Some("01k000000000000000000000zz")),
        ("doorman:lease", None),
        ("doorman:stack", Some("another")),
        ("doorman:stack", None),
        ("doorman:kind", Some("pair")),
        ("doorman:installation", Some("1")),
        ("doorman:expires-at", None),
        ("Name", Some("")),
    ] {
        let (stage, window) = with_a_window().await;
        for id in ids(&stage, &BILLING) {
            match value {
                Some(value) => tag(&stage, &id, key, value),
                None => untag(&stage, &id, key),
            }
        }
        stage.says("operator", "/nat close").await;
        stage.reads(&window, "nothing of it is left").await;
        assert_eq!(ids(&stage, &BILLING), Vec::<String>::new(), "{key} {value:?}");
        stage.finish().await;
    }
}

/// Settings say what is wanted; what is there is found whatever they name.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_settings_no_longer_name_is_closed_all_the_same() {
    let (mut stage, _) = with_the_pair().await;
    stage.stop_bot().await;
    stage.settings.stack.shell.endpoints.retain(|endpoint| endpoint.service != "ec2messages");
    stage.settings.stack.service.instances.truncate(1);
    stage.start_bot().await;
    terminate(&stage).await;
    stage.posted("nothing of it is left").await;
    assert_eq!(ids(&stage, &["vpc-endpoint", "instance", "iam-role"]).len(), 0, "{:?}", stage.ours());
    stage.finish().await;
}

/// A name that cannot be resolved is no proof that nothing is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_found_whatever_its_table_and_vpc_are_called() {
    for (name, twice) in [("my-route-private", false), ("My-VPC", false), ("my-route-private", true)] {
        let (stage, window) = with_a_window().await;
        let hands = stage.world.aws.by_hand();
        if twice {
            let vpc = stage.id_of("My-VPC");
            let made = hands.ec2("CreateRouteTable", &[("VpcId", &vpc)]).expect("a twin");
            let id =
                made.split("<routeTableId>").nth(1).and_then(|rest| rest.split('<').next()).expect("an id");
            tag(&stage, id, "Name", name);
        } else {
            hands.rename(name, "renamed").expect("it is there");
        }
        stage.says("operator", "/nat close").await;
        stage.reads(&window, "nothing of it is left").await;
        assert_eq!(
            stage.world.aws.inventory().iter().filter(|item| item.detail.contains("blackhole")).count(),
            0
        );
        assert_eq!(stage.default_route(), None, "{name}");
        let why = "the test renamed something, or made a twin";
        stage.finish_except(&[(doorman_stage::Promise::NobodyElsesChanged, why)]).await;
    }
}

/// Nothing is judged by a look somewhere else.
#[tokio::test(flavor = "multi_thread")]
async fn in_another_region_or_account_nothing_is_judged_and_it_is_said() {
    for region in [true, false] {
        let (mut stage, window) = with_a_window().await;
        let there = ids(&stage, &BILLING);
        stage.stop_bot().await;
        let home = stage.settings.aws.region.clone();
        if region {
            stage.settings.aws.region = "us-west-2".to_owned();
        } else {
            stage.moves_account(true);
        }
        stage.start_bot().await;
        stage.says("operator", "/nat close").await;
        let said = text(&stage.reads(&window, "somewhere else").await);
        stage.posted("has started somewhere else").await;
        assert!(!said.contains("123456789012") && !said.contains("210987654321"), "no account ids: {said}");
        stage.later(20);
        assert!(!stage.channel().contains("closed, nothing of it is left"), "{}", stage.channel());
        assert_eq!(ids(&stage, &BILLING), there);
        stage.stop_bot().await;
        stage.settings.aws.region = home;
        stage.moves_account(false);
        stage.start_bot().await;
        stage.reads(&window, "nothing of it is left").await;
        stage.finish().await;
    }
}

/// The store says that another pair is open, which is long gone. The one that runs is nobody's to take down.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_a_restored_store_does_not_know_is_said_and_not_taken_down() {
    let (mut stage, _) = with_the_pair().await;
    stage.copy_store();
    terminate(&stage).await;
    stage.posted("nothing of it is left").await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "The service pair is ready").await;
    let running = ids(&stage, &["instance"]);
    assert_eq!(running.len(), 2);
    stage.stop_bot().await;
    stage.restore_store();
    stage.start_bot().await;
    let status = stage.says("operator", "/status").await;
    let said = text(&status);
    assert!(said.contains("not in doorman's store"), "{said}");
    stage.later(10);
    assert_eq!(ids(&stage, &["instance"]), running, "unasked, nothing is taken down");
    // What the store knows is closed first, and the other one is taken over then.
    let message = terminate(&stage).await;
    stage.reads(&message, "nothing of it is left").await;
    for _ in 0..20 {
        let card = stage.says("operator", "/terminate service").await;
        if !doorman_stage::buttons(&card).is_empty() {
            stage.presses("operator", &card.id, "Confirm").await;
            break;
        }
        stage.later(1);
    }
    stage.nothing_left().await;
    stage.finish().await;
}

/// What another doorman made in this account is its own, also under the same name of the stack.
#[tokio::test(flavor = "multi_thread")]
async fn the_pair_of_another_doorman_is_not_taken_over_told_of_or_taken_down() {
    let (mut stage, _) = with_the_pair().await;
    let ours: Vec<String> = stage.ours().into_iter().map(|item| item.id).collect();
    let of_ec2 = |id: &&String| ["i-", "vol-", "vpce-", "sgr-"].iter().any(|kind| id.starts_with(kind));
    for id in ours.iter().filter(of_ec2) {
        tag(&stage, id, "doorman:installation", "999999999999999999");
    }
    let role = "MySSMRoleForServiceInstance";
    for (operation, name) in [("TagRole", "RoleName"), ("TagInstanceProfile", "InstanceProfileName")] {
        let tags =
            [(name, role), ("Tags.member.1.Key", "doorman:installation"), ("Tags.member.1.Value", "9")];
        stage.world.aws.by_hand().iam(operation, &tags).expect("it is there");
    }
    stage.kill_bot().await;
    stage.lose_store();
    stage.start_bot().await;
    let status = text(&stage.says("operator", "/status").await);
    assert!(!status.contains("my-service-01** · running"), "{status}");
    let card = text(&stage.says("operator", "/terminate service").await);
    assert!(!card.contains("Will go"), "{card}");
    stage.later(10);
    let mut still: Vec<String> = stage.ours().into_iter().map(|item| item.id).collect();
    still.retain(|id| ours.contains(id));
    assert_eq!(still.len(), ours.len(), "not touched");
    let why = "another doorman's pair runs on";
    stage.finish_except(&[(doorman_stage::Promise::NothingLeft, why)]).await;
}

/// A window that only its tags tell of ends, whatever they say.
#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_window_ends_in_time_whatever_its_tags_say() {
    for end in ["never", "9999-12-31T23:59:59Z", "soon", "2026-11-23T03:00:00Z"] {
        let (mut stage, window) = with_a_window().await;
        let of_ec2 = |id: &String| ["nat-", "eipalloc-", "sgr-"].iter().any(|kind| id.starts_with(kind));
        for id in stage.ours().into_iter().map(|item| item.id).filter(of_ec2) {
            tag(&stage, &id, "doorman:expires-at", end);
        }
        stage.kill_bot().await;
        stage.lose_store();
        let opened = stage.world.clock.now();
        stage.start_bot().await;
        stage.reads(&window, "nothing of it is left").await;
        let took = stage.world.clock.now() - opened;
        // Four hours is the longest that a window may be.
        assert!(took < chrono::TimeDelta::hours(5), "{end}: {took}");
        stage.finish().await;
    }
}

/// What was opened under another name of the stack ends in time, and it is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_a_stack_that_was_renamed_ends_in_time_and_is_said() {
    let (mut stage, window) = with_a_window().await;
    let before = stage.settings.stack.name.clone();
    stage.stop_bot().await;
    stage.settings.stack.name = "another".to_owned();
    stage.start_bot().await;
    let said = text(&stage.posted("with another stack").await);
    assert!(said.contains(&before), "{said}");
    stage.reads(&window, "nothing of it is left").await;
    assert_eq!(ids(&stage, &BILLING), Vec::<String>::new());
    stage.settings.stack.name = before;
    stage.finish().await;
}

/// An instance of another stack beside one of ours, as another doorman launches it.
fn of_another_stack(stage: &Stage, name: &str, address: &str) -> String {
    of_another_lease(stage, "other", name, address)
}

/// An instance of a lease that is not in the store, beside one of ours.
fn of_another_lease(stage: &Stage, stack: &str, name: &str, address: &str) -> String {
    let like = stage.id_of("my-service-01");
    let tags = [
        ("Name", name),
        ("ManagedBy", "doorman"),
        ("doorman:stack", stack),
        ("doorman:lease", "01m00000000000000000000000"),
        ("doorman:kind", "pair"),
        ("doorman:expires-at", "never"),
        ("doorman:opened-by", "1"),
    ];
    stage.world.aws.by_hand().run_another(&like, address, &tags).expect("it runs")
}

/// Two stacks in one VPC: what the instances of the other one need stays until they are gone, and it is said what it
/// costs; another pair uses it meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_stack_s_instances_use_stays_until_they_are_gone() {
    let (stage, _) = with_the_pair().await;
    let other = of_another_stack(&stage, "other-01", "10.20.10.99");
    let endpoints = ids(&stage, &["vpc-endpoint"]);
    assert_eq!(endpoints.len(), 3);
    let message = terminate(&stage).await;
    let receipt = text(&stage.reads(&message, "what others use of it bills on").await);
    assert!(receipt.contains("Stays and bills $0.078/h"), "{receipt}");
    assert!(
        receipt.contains("Interface endpoint `ssm` is used by `other-01` of the stack `other`"),
        "{receipt}"
    );
    assert!(!receipt.contains("Nothing keeps billing"), "{receipt}");
    assert_eq!(ids(&stage, &["vpc-endpoint"]), endpoints);
    // Another pair is built beside it, and closed again.
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, "The service pair is ready").await;
    assert_eq!(ids(&stage, &["vpc-endpoint"]), endpoints);
    let again = terminate(&stage).await;
    stage.reads(&again, "what others use of it bills on").await;
    assert_eq!(ids(&stage, &["vpc-endpoint"]), endpoints);
    let cost = text(&stage.says("operator", "/cost now").await);
    assert!(cost.contains("$0.078/h right now"), "{cost}");
    stage.world.aws.by_hand().terminate_instance(&other).expect("it is there");
    stage.nothing_left().await;
    stage.finish().await;
}

/// A pair that only its tags tell of stands beside one that is open, so it is only reported. What the open one made for
/// shell access is not taken from it.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_pair_uses_that_is_only_reported_stays_until_it_is_gone() {
    let (stage, before) = with_the_pair().await;
    let other = of_another_lease(&stage, "main", "my-service-01", "10.20.10.99");
    let endpoints = ids(&stage, &["vpc-endpoint"]);
    assert_eq!(endpoints.len(), 3);
    let message = terminate(&stage).await;
    stage.reads(&message, "what others use of it bills on").await;
    assert_eq!(ids(&stage, &["vpc-endpoint"]), endpoints);
    assert!(ids(&stage, &["instance"]).contains(&other));
    stage.reads(&before, "goes on in").await;
    let told =
        |stage: &Stage| stage.titles().iter().any(|title| title.starts_with(['🟢', '⚠'])).then_some(());
    stage.see("it is taken over, and told", told).await;
    assert_eq!(ids(&stage, &["vpc-endpoint"]), endpoints);
    terminate(&stage).await;
    stage.nothing_left().await;
    stage.finish().await;
}
