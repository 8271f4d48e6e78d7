//! How the world changes beside the bot, and how it is put right again.

use std::collections::BTreeSet;
use std::time::Duration;

use doorman_sandbox::aws::{Aws, Item};
use doorman_sandbox::discord::MessageView;
use doorman_stage::{ByHand, Stage, text};
use tokio::time::sleep;

/// What is different from one call to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Somebody writes another name into `ManagedBy` of everything of doorman's.
    TagRewritten,
    /// Somebody takes `doorman:lease` and `doorman:stack` away from everything of doorman's.
    TagRemoved,
    /// Table, VPC and what doorman made get other names.
    NameChanged,
    /// There is a second table of the same name.
    Twin,
    /// The settings name other endpoints, another gateway, fewer instances, over a restart.
    Setting,
    /// The credentials are of another account, over a restart.
    Account,
    /// The region is another one, over a restart.
    Region,
    /// The store is restored from a copy that is an hour old and knows of a window that is over.
    StoreAnHourOld,
    /// Another doorman with a stack of the same name has an instance in the account.
    SecondInstallation,
    /// Another stack has an instance in the same network, group and profile as ours, if there is one by then.
    AnotherStack,
    /// Somebody deletes what bills of doorman's.
    DeletedByHand,
    /// Somebody makes a role, an address and an instance with the names that doorman uses.
    MadeByHand,
    /// The bot's clock is an hour behind, from the start.
    ClockBehind,
    /// The bot's clock is an hour ahead, from the start.
    ClockAhead,
    /// Lists come in pages of five.
    ShortPages,
}

/// When a change of the world comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// From one call to the next.
    BetweenCalls,
    /// The process ends for it and another one goes on.
    OverARestart,
    /// It is so from the start.
    FromTheStart,
}

impl Change {
    /// All of them.
    pub(crate) const ALL: [Change; 15] = [
        Change::TagRewritten,
        Change::TagRemoved,
        Change::NameChanged,
        Change::Twin,
        Change::Setting,
        Change::Account,
        Change::Region,
        Change::StoreAnHourOld,
        Change::SecondInstallation,
        Change::AnotherStack,
        Change::DeletedByHand,
        Change::MadeByHand,
        Change::ClockBehind,
        Change::ClockAhead,
        Change::ShortPages,
    ];

    /// In the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Change::TagRewritten => "tag rewritten",
            Change::TagRemoved => "tags removed",
            Change::NameChanged => "names changed",
            Change::Twin => "a twin of the table",
            Change::Setting => "settings changed",
            Change::Account => "another account",
            Change::Region => "another region",
            Change::StoreAnHourOld => "store of an hour ago",
            Change::SecondInstallation => "a second installation",
            Change::AnotherStack => "another stack beside",
            Change::DeletedByHand => "deleted by hand",
            Change::MadeByHand => "made by hand",
            Change::ClockBehind => "clock an hour behind",
            Change::ClockAhead => "clock an hour ahead",
            Change::ShortPages => "pages of five",
        }
    }

    /// When it comes.
    pub(crate) fn when(self) -> When {
        match self {
            Change::Setting | Change::Account | Change::Region | Change::StoreAnHourOld => When::OverARestart,
            Change::TagRewritten
            | Change::TagRemoved
            | Change::NameChanged
            | Change::Twin
            | Change::SecondInstallation
            | Change::AnotherStack
            | Change::DeletedByHand
            | Change::MadeByHand => When::BetweenCalls,
            Change::ClockBehind | Change::ClockAhead | Change::ShortPages => When::FromTheStart,
        }
    }

    /// Whether the process ends for it and another one goes on.
    pub(crate) fn restarts(self) -> bool {
        self.when() == When::OverARestart
    }

    /// Whether it is so from the start, and not from one call to the next.
    pub(crate) fn is_from_the_start(self) -> bool {
        self.when() == When::FromTheStart
    }

    /// By how much the bot's clock is ahead, in hours.
    pub(crate) fn clock_ahead_h(self) -> i64 {
        match self {
            Change::ClockBehind => -1,
            Change::ClockAhead => 1,
            _ => 0,
        }
    }
}

/// What was changed, so that it can be put right.
#[derive(Default)]
pub(crate) struct Undo {
    /// Tags to be written again: id, key, value.
    tags: Vec<(String, String, String)>,
    /// Names to be given back: id, name.
    names: Vec<(String, String)>,
    /// Instances that are to go.
    instances: Vec<String>,
}

/// The kinds of which EC2 knows the tags.
const OF_EC2: [&str; 6] = ["i-", "vol-", "nat-", "eipalloc-", "vpce-", "sgr-"];

fn of_ec2(aws: &Aws) -> Vec<Item> {
    let ours = aws.inventory().into_iter().filter(|item| item.managed);
    ours.filter(|item| OF_EC2.iter().any(|prefix| item.id.starts_with(prefix))).collect()
}

fn tag(aws: &Aws, id: &str, key: &str, value: &str) {
    let parameters = [("ResourceId.1", id), ("Tag.1.Key", key), ("Tag.1.Value", value)];
    // It may be gone by now.
    _ = aws.by_hand().ec2("CreateTags", &parameters);
}

/// The id of what carries that name.
fn id_of(aws: &Aws, name: &str) -> String {
    let mut items = aws.inventory().into_iter();
    items.find(|item| item.name.as_deref() == Some(name)).expect("it is there").id
}

/// The first text in that element of an answer.
fn element(answer: &str, name: &str) -> String {
    let rest = answer.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default().to_owned()
}

/// Changes what is in AWS.
pub(crate) fn by_hand(aws: &Aws, change: Change) -> (Undo, ByHand) {
    let (mut undo, mut done) = (Undo::default(), ByHand::default());
    let (ours, hands) = (of_ec2(aws), aws.by_hand());
    // A route has no tags: whose it is goes by its gateway, which may be anybody's in a moment.
    let routes =
        aws.inventory().into_iter().filter(|item| item.kind == "route" && item.detail.contains("nat-"));
    done.handled.extend(routes.map(|item| item.id));
    match change {
        Change::TagRewritten => {
            for item in &ours {
                tag(aws, &item.id, "ManagedBy", "platform-team");
                undo.tags.push((item.id.clone(), "ManagedBy".to_owned(), "doorman".to_owned()));
                done.handled.insert(item.id.clone());
            }
        }
        Change::TagRemoved => {
            for item in &ours {
                let keys = [("Tag.1.Key", "doorman:lease"), ("Tag.2.Key", "doorman:stack")];
                _ = hands.ec2("DeleteTags", &[&[("ResourceId.1", &*item.id)], &keys[..]].concat());
            }
        }
        Change::NameChanged => {
            for name in ["my-route-private", "My-VPC"] {
                let id = id_of(aws, name);
                hands.rename(name, "renamed by hand").expect("it is there");
                undo.names.push((id, name.to_owned()));
            }
            ours.iter().for_each(|item| tag(aws, &item.id, "Name", "renamed by hand"));
        }
        Change::Twin => {
            let made = hands.ec2("CreateRouteTable", &[("VpcId", &id_of(aws, "My-VPC"))]);
            let id = element(&made.expect("a table"), "routeTableId");
            tag(aws, &id, "Name", "my-route-private");
            undo.names.push((id, "a twin no more".to_owned()));
        }
        Change::SecondInstallation => {
            let made = hands.run_foreign_instance("my-service-01", "my-subnet-private03", "10.20.30.77");
            let id = made.expect("an instance");
            for (key, value) in [
                ("ManagedBy", "doorman"),
                ("doorman:stack", "main"),
                ("doorman:lease", "01k000000000000000000000zz"),
                ("doorman:kind", "pair"),
                ("doorman:installation", "999999999999999999"),
                ("doorman:expires-at", "2020-01-01T00:00:00Z"),
            ] {
                tag(aws, &id, key, value);
            }
            done.disguised.insert(id);
        }
        Change::AnotherStack => {
            let running = |item: &&Item| item.kind == "instance" && item.state == "running";
            let named = |item: &&Item| item.name.as_deref() == Some("my-service-01");
            let like = ours.iter().filter(running).find(named);
            let tags = [
                ("Name", "other-01"),
                ("ManagedBy", "doorman"),
                ("doorman:stack", "other"),
                ("doorman:lease", "01k000000000000000000000zz"),
                ("doorman:kind", "pair"),
                ("doorman:expires-at", "never"),
            ];
            // Not with what is half gone.
            let made = like.and_then(|like| hands.run_another(&like.id, "10.20.10.77", &tags).ok());
            undo.instances.extend(made.clone());
            done.disguised.extend(made);
        }
        Change::DeletedByHand => {
            for item in &ours {
                _ = match item.kind {
                    "nat-gateway" => hands.delete_nat_gateway(&item.id),
                    "instance" => hands.terminate_instance(&item.id),
                    "vpc-endpoint" => hands.delete_vpc_endpoint(&item.id),
                    _ => Ok(()),
                };
            }
        }
        Change::MadeByHand => {
            let tags = [
                ("TagSpecification.1.ResourceType", "elastic-ip"),
                ("TagSpecification.1.Tag.1.Key", "Name"),
                ("TagSpecification.1.Tag.1.Value", "My-NAT"),
                ("Domain", "vpc"),
            ];
            hands.ec2("AllocateAddress", &tags).expect("an address");
            let made = hands.run_foreign_instance("my-service-01", "my-subnet-private03", "10.20.30.77");
            made.expect("an instance");
        }
        Change::ShortPages => aws.set_page(Some(5)),
        Change::Setting
        | Change::Account
        | Change::Region
        | Change::StoreAnHourOld
        | Change::ClockBehind
        | Change::ClockAhead => {}
    }
    done.left = aws.inventory();
    (undo, done)
}

/// Changes what the next process finds.
pub(crate) fn over_a_restart(stage: &mut Stage, change: Change) {
    match change {
        Change::Setting => {
            stage.settings.stack.shell.endpoints.truncate(2);
            stage.settings.stack.service.instances.truncate(1);
            stage.settings.stack.nat.name = "Another-NAT".to_owned();
        }
        Change::Account => stage.moves_account(true),
        Change::Region => stage.settings.aws.region = "us-west-2".to_owned(),
        Change::StoreAnHourOld => stage.restore_store(),
        Change::TagRewritten
        | Change::TagRemoved
        | Change::NameChanged
        | Change::Twin
        | Change::SecondInstallation
        | Change::AnotherStack
        | Change::DeletedByHand
        | Change::MadeByHand
        | Change::ClockBehind
        | Change::ClockAhead
        | Change::ShortPages => {}
    }
}

/// Puts right what was changed in AWS.
pub(crate) async fn put_right(stage: &mut Stage, undo: &Undo) {
    let aws = stage.world.aws.clone();
    undo.tags.iter().for_each(|(id, key, value)| tag(&aws, id, key, value));
    undo.names.iter().for_each(|(id, name)| tag(&aws, id, "Name", name));
    for id in &undo.instances {
        aws.by_hand().terminate_instance(id).expect("it is there");
        // The change is over when it is gone.
        sleep(Duration::from_secs(5 * 60)).await;
    }
    if !undo.names.is_empty() || !undo.instances.is_empty() {
        stage.was_changed(ByHand { left: aws.inventory(), ..ByHand::default() });
    }
}

/// What bills of what doorman made, though no message says that anything is there.
pub(crate) fn bills_unsaid(stage: &Stage, made: &BTreeSet<String>) -> Vec<String> {
    let there = stage.world.aws.inventory().into_iter();
    let billing = there.filter(|item| made.contains(&item.id) && item.usd_per_hour.is_some());
    let billing: Vec<String> =
        billing.map(|item| format!("{} {} {}", item.kind, item.id, item.state)).collect();
    let stays = |view: &MessageView| text(view).contains(STAYS);
    let told = stage.titles().iter().any(|title| SAYS_SO.iter().any(|sign| title.starts_with(sign)))
        || stage.messages().iter().any(stays);
    if told { Vec::new() } else { billing }
}

/// What a receipt says of what others use.
const STAYS: &str = "Stays and bills";
/// How the title of a message begins that says that something is there, under way, late, or somewhere else.
const SAYS_SO: [&str; 5] = ["🟢", "⏳", "⚠", "🔴", "📌"];
