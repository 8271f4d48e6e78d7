//! `doorman plan --by-hand`: what it prints is run with the AWS CLI, a client of the sandbox that nobody here wrote, and
//! the bot has nothing to do beside it. And the other way round.
//!
//! Without the program the tests are skipped, and say so; with `DOORMAN_REQUIRE_TOOLS=1` they fail.

mod cli;

use std::time::Duration;

use doorman_config::Verb;
use doorman_sandbox::aws::Timing;
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Promise, Stage, Time, text};

use self::cli::plan;
use crate::DOORMAN;

const WINDOW: [&str; 2] = ["--by-hand", "nat-window"];
const PAIR: [&str; 2] = ["--by-hand", "pair"];
const OPEN: &str = "The NAT window is open";
const READY: &str = "The service pair is ready";
/// Often enough to find out that there is nothing to do.
const SWEEPS: usize = 3;

/// A stage in the machine's time, which the AWS CLI has, where AWS is quick. Nobody knows a profile at once.
async fn quick() -> Stage {
    let stage = Stage::builder().time(Time::Machine(1.0)).set_without_bot().await;
    let second = Duration::from_secs(1);
    stage.world.aws.set_timing(Timing {
        nat_pending: second,
        nat_deleting: second,
        address_lock_after_delete: 3 * second,
        endpoint_pending: second,
        instance_pending: second,
        agent_registration: second,
        profile_propagation: 3 * second,
        ..Timing::instant()
    });
    stage
}

/// Calls that changed something, by name.
fn changes(stage: &Stage) -> Vec<String> {
    let calls = stage.world.aws.calls().into_iter().filter(|call| call.mutating);
    calls.map(|call| call.operation).collect()
}

/// How often AWS was looked at.
fn looks(stage: &Stage) -> usize {
    stage.world.aws.calls().iter().filter(|call| call.operation == "DescribeAddresses").count()
}

/// The bot that is started now tells of a lease like that, and finds nothing to do for some sweeps.
async fn has_nothing_to_do(stage: &mut Stage, told: &str) -> String {
    let before = changes(stage);
    stage.start_bot().await;
    let message = stage.posted(told).await;
    // The AWS CLI has done its part, and with it the machine's time.
    stage.world.clock.set_rate(60.0);
    let looked = looks(stage);
    stage.see("some sweeps", |stage| (looks(stage) >= looked + SWEEPS).then_some(())).await;
    assert_eq!(changes(stage), before, "the bot had something to do");
    message.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_opened_by_hand_is_one_of_the_bots_and_ends_in_time() {
    let Some(cli) = cli::found() else { return };
    let mut stage = quick().await;
    let script = cli.runs(&stage, &WINDOW).await;
    for line in [
        "address=$(aws ec2 allocate-address",
        "--nat-gateway-id \"$gateway\"",
        "aws scheduler create-schedule",
    ] {
        assert!(script.contains(line), "{line} in {script}");
    }
    let message = has_nothing_to_do(&mut stage, OPEN).await;
    stage.later(31);
    let receipt = text(&stage.reads(&message, "NAT window closed, nothing of it is left").await);
    assert!(receipt.contains("Closed because its time was over"), "{receipt}");
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_the_bots_is_closed_by_hand() {
    let Some(cli) = cli::found() else { return };
    let mut stage = quick().await;
    stage.start_bot().await;
    let window = stage.says("operator", "/nat open 30m").await;
    stage.reads(&window.id, OPEN).await;
    stage.stop_bot().await;
    let script = cli.runs(&stage, &[&WINDOW[..], &["--close"]].concat()).await;
    assert!(script.contains("aws ec2 wait nat-gateway-deleted"), "{script}");
    assert!(stage.ours().is_empty(), "{:?}\n{script}", stage.ours());
    let (code, said, complaint) = plan(&stage, &[&WINDOW[..], &["--close"]].concat()).await;
    assert_eq!(
        (code, said.as_str(), complaint.as_str()),
        (Some(1), "", "doorman: nothing of a nat-window is there\n")
    );

    stage.start_bot().await;
    stage.reads(&window.id, "is gone").await;
    stage.says("operator", "/nat close").await;
    stage.reads(&window.id, "NAT window closed, nothing of it is left").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_launched_by_hand_is_one_of_the_bots_and_is_terminated() {
    let Some(cli) = cli::found() else { return };
    let mut stage = quick().await;
    cli.runs(&stage, &PAIR).await;
    has_nothing_to_do(&mut stage, READY).await;
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.reads(&ask.id, "Service pair terminated, nothing of it is left").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_of_the_bots_is_terminated_by_hand() {
    let Some(cli) = cli::found() else { return };
    let mut stage = quick().await;
    stage.start_bot().await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    stage.stop_bot().await;
    let script = cli.runs(&stage, &[&PAIR[..], &["--close"]].concat()).await;
    assert!(stage.ours().is_empty(), "{:?}\n{script}", stage.ours());

    stage.start_bot().await;
    stage.reads(&card.id, "is gone").await;
    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    stage.reads(&ask.id, "Service pair terminated, nothing of it is left").await;
    stage.finish().await;
}

/// The text of the file of a message that only the operator sees.
fn file(stage: &Stage, message: &MessageView, name: &str) -> String {
    assert_eq!(message.private_to.as_deref(), Some("operator"), "{}", text(message));
    let [attached] = &message.attachments[..] else { panic!("no file: {}", text(message)) };
    assert_eq!(attached.filename, name);
    let file = stage.world.discord.attachment(&attached.id).expect("it is there");
    assert!(file.content_type.starts_with("text/plain"), "{}", file.content_type);
    String::from_utf8(file.bytes.to_vec()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_shown_the_lines_as_a_file_that_nobody_else_sees() {
    let stage = Stage::set().await;
    let told = stage.says("operator", "/help by-hand:nat-window").await;
    let script = file(&stage, &told, "open-nat-window.sh");
    assert!(script.contains("aws ec2 create-nat-gateway"), "{script}");
    let refused = stage.says("viewer", "/help by-hand:nat-window").await;
    assert!(refused.attachments.is_empty(), "{}", text(&refused));

    let card = stage.says("operator", "/launch service type:t3.small").await;
    stage.presses("operator", &card.id, "By hand").await;
    let with_file = |stage: &Stage| {
        let has_it = |view: &MessageView| view.attachments.iter().any(|file| file.filename == "open-pair.sh");
        stage.messages().into_iter().find(has_it)
    };
    let told = stage.see("the lines of the card", with_file).await;
    let script = file(&stage, &told, "open-pair.sh");
    assert!(script.contains("--instance-type t3.small"), "{script}");
    assert!(stage.ours().is_empty(), "a file makes nothing");
    // The card is as it was.
    stage.presses("operator", &card.id, "Cancel").await;
    stage.reads(&card.id, "Nothing was launched").await;

    let window = stage.says("operator", "/nat open 30m").await;
    stage.reads(&window.id, OPEN).await;
    let told = stage.says("operator", "/help by-hand:nat-window").await;
    // Few enough lines to be read where they are.
    assert_eq!(told.private_to.as_deref(), Some("operator"));
    assert!(text(&told).contains("aws ec2 delete-nat-gateway"), "{}", text(&told));
    stage.says("operator", "/nat close").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_printed_beside_what_is_there() {
    let mut stage = quick().await;
    stage.start_bot().await;
    let window = stage.says("operator", "/nat open 30m").await;
    stage.reads(&window.id, OPEN).await;
    let (code, said, complaint) = plan(&stage, &WINDOW).await;
    assert_eq!((code, said.as_str()), (Some(1), ""), "{complaint}");
    assert!(complaint.contains("lease"), "{complaint}");
    let (code, _, complaint) = plan(&stage, &["--by-hand", "nat-window", "--for", "3d"]).await;
    assert_eq!(code, Some(1), "{complaint}");
    assert!(complaint.contains("may be open for"), "{complaint}");
    stage.says("operator", "/nat close").await;
    stage.reads(&window.id, "NAT window closed, nothing of it is left").await;
    stage.finish().await;
}

/// Of two doormen with the same stack, only the token tells whose it is.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_token_nothing_is_printed_that_would_close_what_a_doorman_made() {
    let mut stage = quick().await;
    stage.start_bot().await;
    let window = stage.says("operator", "/nat open 30m").await;
    stage.reads(&window.id, OPEN).await;
    let arguments = [&["plan"], &WINDOW[..], &["--close"]].concat();
    let mut command = stage.program(DOORMAN, &arguments);
    command.env_remove("DISCORD_TOKEN");
    let done =
        tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("it runs");
    let complaint = String::from_utf8(done.stderr).expect("text");
    assert_eq!((done.status.code(), done.stdout.as_slice()), (Some(1), &b""[..]), "{complaint}");
    assert!(complaint.contains("DISCORD_TOKEN"), "{complaint}");
    stage.says("operator", "/nat close").await;
    stage.reads(&window.id, "NAT window closed, nothing of it is left").await;
    stage.finish().await;
}

/// The lines that take a pair down are for those who may.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_launch_and_not_terminate_is_not_shown_how() {
    let stage = Stage::set_with(|settings| {
        settings
            .policy
            .grants
            .iter_mut()
            .for_each(|grant| grant.verbs.retain(|verb| *verb != Verb::Terminate));
    })
    .await;
    let card = stage.says("operator", "/launch service").await;
    stage.presses("operator", &card.id, "Confirm").await;
    stage.reads(&card.id, READY).await;
    let told = text(&stage.says("operator", "/help by-hand:pair").await);
    assert!(!told.contains("aws ") && told.contains("`terminate`"), "{told}");
    // Nobody may terminate it here.
    let open = "the pair stays, and its message says so";
    let except = [Promise::NothingLeft, Promise::StoreAgrees, Promise::ChannelTellsTheTruth];
    stage.finish_except(&except.map(|promise| (promise, open))).await;
}
