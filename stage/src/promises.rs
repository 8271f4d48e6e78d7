//! What must be so in the end, whatever happened.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use doorman::demo::World;
use doorman_cloud::clock::Clock;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{Lease, Phase};
use doorman_cloud::store::Store;
use doorman_config::ShellMode;
use doorman_sandbox::aws::{Call, Item};
use doorman_sandbox::discord::MessageView;
use serde_json::Value;

use crate::choices::Bot;
use crate::message::{buttons, text, title};
use crate::stage::Stage;

/// What doorman promises, as far as a stage can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// Nothing of doorman's is left in AWS. The runbook and the record of its runs stay.
    NothingLeft,
    /// There never were two gateways or two addresses of doorman's at once.
    NeverTwo,
    /// Nothing that is not doorman's was changed, and nothing is there without its tags.
    NobodyElsesChanged,
    /// In the store every lease is closed with a receipt, and everything that was made is gone.
    StoreAgrees,
    /// Nothing was changed in AWS after the look that the last receipt rests on.
    NothingAfterReceipt,
    /// The policies that `doorman policy` writes for the settings allow everything the bot asked AWS for.
    NothingDenied,
    /// After the backstop was disarmed nothing was removed that it was there for.
    BackstopLast,
    /// No message says that something is there or under way, or has a button that would close it, and every lease's end
    /// was told.
    ChannelTellsTheTruth,
    /// No rule of Discord's was broken.
    DiscordsRules,
}

/// How a promise was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub promise: Promise,
    /// How, in words.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// What was found in the end.
#[derive(Debug)]
pub struct Verdict {
    /// Every broken promise, in the order of [`Promise`].
    pub broken: Vec<Broken>,
    /// Every lease in the store.
    pub leases: Vec<Lease>,
}

/// States in which AWS still shows something for a while, though it is gone.
const GONE: [&str; 3] = ["deleted", "terminated", "failed"];
/// What comes and goes without being anybody's: free, and made or left by AWS itself.
const PASSING: [&str; 3] = ["automation", "document", "schedule"];
/// What stays of doorman's: free, and the runbook is named by its content.
const STAYS: [&str; 2] = ["document", "automation"];
/// How the title of a message begins that says that something is there, or under way.
const CLAIMS: [char; 3] = ['🟢', '⏳', '⚠'];
/// How the custom id of a button begins that closes a window.
const CLOSES: &str = "nat:close:";
/// How the title of a message begins that tells of an end.
const OVER: [char; 2] = ['✅', '❌'];
/// How the title of a message begins that says that something is late.
const LATE: char = '🔴';

/// What the hands of a test have done to the world.
#[derive(Debug, Default)]
pub struct ByHand {
    /// Ids of what they have changed of doorman's: whose that is by its tags says nothing for a while.
    pub handled: BTreeSet<String>,
    /// Ids of what only looks like doorman's.
    pub disguised: BTreeSet<String>,
    /// What there was when they had done it.
    pub left: Vec<Item>,
}

impl Stage {
    /// The test has changed the world beside doorman: what is others' must stay as they left it.
    pub fn was_changed(&mut self, by_hand: ByHand) {
        self.handled.extend(by_hand.handled);
        self.disguised.extend(by_hand.disguised);
        self.foreign = self.others(by_hand.left);
    }

    /// Whether that only looks like doorman's.
    pub fn is_disguised(&self, id: &str) -> bool {
        self.disguised.contains(id)
    }

    /// What of that is not doorman's.
    fn others(&self, all: Vec<Item>) -> Vec<Item> {
        let disguised = |item: &Item| self.disguised.contains(&item.id);
        let others = all.into_iter().filter(|item| {
            (!item.managed || disguised(item))
                && !PASSING.contains(&item.kind)
                && !self.handled.contains(&item.id)
        });
        others.collect()
    }
}

/// Everything that is not doorman's, as it must stay.
pub(crate) fn foreign(world: &World) -> Vec<Item> {
    let items = world.aws.inventory().into_iter();
    items.filter(|item| !item.managed && !PASSING.contains(&item.kind)).collect()
}

impl Stage {
    /// Everything of doorman's in AWS that is not gone. The runbook and the record of its runs are not among it: they
    /// stay and are free, and the runbook is named by its content.
    pub fn ours(&self) -> Vec<Item> {
        let items = self.world.aws.inventory().into_iter();
        let mine = |item: &Item| item.managed && !self.disguised.contains(&item.id);
        let ours = items.filter(|item| mine(item) && !STAYS.contains(&item.kind));
        ours.filter(|item| !GONE.contains(&item.state.as_str())).collect()
    }

    /// Whether a promise seems to be kept, of those that may take a while: nothing is left, and nobody is told that
    /// something is there. The others are kept already or broken for good.
    pub(crate) fn is_quiet_about(&self, promise: Promise) -> bool {
        match promise {
            Promise::NothingLeft => self.ours().is_empty(),
            Promise::ChannelTellsTheTruth => {
                let titles = self.titles();
                let told = |starts: &[char]| titles.iter().any(|title| title.starts_with(starts));
                // What was said to be late is said to be over.
                self.claims().is_empty() && (!told(&[LATE]) || told(&OVER))
            }
            Promise::NeverTwo
            | Promise::NobodyElsesChanged
            | Promise::StoreAgrees
            | Promise::NothingAfterReceipt
            | Promise::NothingDenied
            | Promise::BackstopLast
            | Promise::DiscordsRules => true,
        }
    }

    /// Whether it seems to be over: nothing is left, and nobody is told that something is there.
    pub fn is_quiet(&self) -> bool {
        self.is_quiet_about(Promise::NothingLeft) && self.is_quiet_about(Promise::ChannelTellsTheTruth)
    }

    /// Judges what a bot left behind that is gone: this counts as having [finished](Stage::finish) the stage.
    pub async fn judge(&mut self) -> Verdict {
        self.finished = true;
        let mut broken = Vec::new();
        let mut add = |promise, what| broken.push(Broken { promise, what });
        let left = self.ours();
        if !left.is_empty() {
            let left = left.iter().map(|item| format!("{} {} {}", item.kind, item.id, item.state));
            add(Promise::NothingLeft, format!("left: {}", left.collect::<Vec<_>>().join(", ")));
        }
        let alive = self.world.aws.max_alive();
        if alive.nat_gateways > 1 || alive.addresses > 1 {
            let what = format!("{} gateways and {} addresses at once", alive.nat_gateways, alive.addresses);
            add(Promise::NeverTwo, what);
        }
        for what in self.changed_of_others() {
            add(Promise::NobodyElsesChanged, what);
        }
        let leases = match self.leases().await {
            Ok(leases) => leases,
            Err(unreadable) => {
                add(Promise::StoreAgrees, unreadable);
                Vec::new()
            }
        };
        for what in leases.iter().flat_map(wrong_with) {
            add(Promise::StoreAgrees, what);
        }
        let calls = self.world.aws.calls();
        for call in self.after_the_receipts(&calls, &leases) {
            add(Promise::NothingAfterReceipt, format!("{} after the last receipt", call.operation));
        }
        let denied: BTreeSet<_> = calls.iter().filter_map(|call| call.denied.as_ref()).collect();
        for demand in denied {
            add(Promise::NothingDenied, format!("denied: {demand:?}"));
        }
        for call in self.without_a_backstop(&calls) {
            add(Promise::BackstopLast, format!("{} without a backstop", call.operation));
        }
        let told = self.titles().iter().filter(|title| title.starts_with(OVER)).count();
        if told < leases.len() {
            let what = format!("{} leases ended, {told} were told of", leases.len());
            add(Promise::ChannelTellsTheTruth, what);
        }
        for claim in self.claims() {
            add(Promise::ChannelTellsTheTruth, format!("the channel says: {claim}"));
        }
        for violation in self.world.discord.violations() {
            add(Promise::DiscordsRules, violation);
        }
        Verdict { broken, leases }
    }

    fn changed_of_others(&self) -> Vec<String> {
        let same = |before: &Item, now: &Item| {
            // What was on its way arrives by itself.
            let state =
                before.state == "pending" || (&before.state, &before.detail) == (&now.state, &now.detail);
            state
                && (before.kind, &before.id, &before.name, &before.tags)
                    == (now.kind, &now.id, &now.name, &now.tags)
        };
        let now = self.others(self.world.aws.inventory());
        let changed = self.foreign.iter().filter(|before| !now.iter().any(|now| same(before, now)));
        let untagged = now.iter().filter(|now| !self.foreign.iter().any(|before| same(before, now)));
        let changed = changed.map(|item| format!("somebody's {} {} was changed", item.kind, item.id));
        changed.chain(untagged.map(|item| format!("{} {} carries no tags", item.kind, item.id))).collect()
    }

    /// A receipt says that nothing is left, so nothing is found and removed after it, but for what it says was left to
    /// people. Leases that are found by their tags end one after the other.
    fn after_the_receipts<'a>(&self, calls: &'a [Call], leases: &[Lease]) -> Vec<&'a Call> {
        let receipts = leases.iter().filter_map(|lease| lease.receipt.as_ref());
        let said = receipts.map(|receipt| receipt.looked_at).max();
        let receipts = leases.iter().filter_map(|lease| lease.receipt.as_ref());
        let left: Vec<&str> =
            receipts.flat_map(|receipt| &receipt.left).flat_map(|left| taken_away_by(left.kind)).collect();
        let is_after = |call: &Call| {
            said.is_some_and(|said| self.made_at(call) > said) && !left.contains(&call.operation.as_str())
        };
        calls.iter().filter(|call| call.mutating && is_after(call)).collect()
    }

    /// What was removed after the last backstop was disarmed, though it belongs to a lease that has one.
    fn without_a_backstop<'a>(&self, calls: &'a [Call]) -> Vec<&'a Call> {
        let covered: &[&str] = match self.settings.stack.shell.mode {
            ShellMode::Window => &["ReleaseAddress", "DeleteNatGateway", "DeleteVpcEndpoints"],
            // Endpoints are the pair's, which has none.
            ShellMode::Always => &["ReleaseAddress", "DeleteNatGateway"],
        };
        // When the last one that was armed was disarmed. One that has fired AWS takes away itself. By name: one may be
        // asked to go twice.
        let (mut armed, mut disarmed) = (BTreeSet::new(), None);
        for (at, call) in calls.iter().enumerate() {
            let named = |action: &str| call.demands.iter().find(|demand| demand.action == action);
            if let Some(made) = named("scheduler:CreateSchedule") {
                armed.insert(&made.resource);
                disarmed = None;
            } else if let Some(gone) = named("scheduler:DeleteSchedule") {
                armed.remove(&gone.resource);
                disarmed = armed.is_empty().then_some(at);
            }
        }
        let bills = |call: &&Call| covered.contains(&call.operation.as_str());
        disarmed.into_iter().flat_map(|at| &calls[at..]).filter(bills).collect()
    }

    /// When the bot made a call, by the clock of the bot.
    fn made_at(&self, call: &Call) -> DateTime<Utc> {
        match &self.bot {
            Bot::Inside => call.at + self.clock_ahead,
            Bot::Program(_) => Clock::system().now() - call.started.elapsed(),
        }
    }

    /// Every lease in the store; none where no bot ever made one.
    async fn leases(&self) -> Result<Vec<Lease>, String> {
        let path = self.store();
        if !path.exists() {
            return Ok(Vec::new());
        }
        let store = Store::open_backed_up(&path, None, &self.world.clock).await;
        let store = store.map_err(|error| error.to_string())?;
        let leases = store.of(&self.settings.stack.name).leases_since(DateTime::UNIX_EPOCH).await;
        store.close().await;
        leases.map_err(|error| error.to_string())
    }

    /// Titles of all messages that go on telling how things are, oldest first.
    pub fn titles(&self) -> Vec<String> {
        self.messages().iter().filter(|view| !is_of_a_moment(view)).filter_map(title).collect()
    }

    /// Messages that say that something is there, or under way: none may go on saying so, also when the store was
    /// lost that knew which message tells of what.
    fn claims(&self) -> Vec<String> {
        let titles = self.titles().into_iter().filter(|title| title.starts_with(CLAIMS));
        titles.chain(self.messages().iter().filter(|view| closes(view)).map(text)).collect()
    }
}

/// Whether somebody could still press a button that closes a window.
fn closes(view: &MessageView) -> bool {
    let custom_id = |button: &Value| button["custom_id"].as_str().unwrap_or_default().to_owned();
    let mut live = buttons(view).into_iter().filter(|button| button["disabled"] != true);
    live.any(|button| custom_id(&button).starts_with(CLOSES))
}

/// Whether a message says only how things were when it was asked for: what one person sees, and `/status`.
fn is_of_a_moment(view: &MessageView) -> bool {
    let asked = |line: &str| view.invoked_by.as_ref().is_some_and(|asked| asked.line.starts_with(line));
    view.private_to.is_some() || asked("/status")
}

/// The operations that take away what a receipt may leave, to people or because others use it.
fn taken_away_by(kind: Kind) -> Vec<&'static str> {
    let operations: &[&str] = match kind {
        Kind::Role => &["DetachRolePolicy", "DeleteRole"],
        Kind::Profile => &["RemoveRoleFromInstanceProfile", "DeleteInstanceProfile"],
        Kind::Rule => &["RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"],
        Kind::Route => &["DeleteRoute"],
        Kind::Schedule => &["DeleteSchedule"],
        Kind::Endpoint => &["DeleteVpcEndpoints"],
        Kind::Instance
        | Kind::Volume
        | Kind::NatGateway
        | Kind::Address
        | Kind::Runbook
        | Kind::BackstopRole
        | Kind::Vpc
        | Kind::Subnet
        | Kind::SecurityGroup
        | Kind::NetworkInterface
        | Kind::Agent => &[],
    };
    operations.to_vec()
}

fn wrong_with(lease: &Lease) -> Vec<String> {
    let mut wrong = Vec::new();
    if lease.phase != Phase::Closed || lease.receipt.is_none() {
        wrong.push(format!("lease {} is {:?}", lease.id, lease.phase));
    }
    // What the receipt says was left to people is there.
    let left = |id: &str| {
        lease.receipt.as_ref().is_some_and(|receipt| receipt.left.iter().any(|left| left.id == id))
    };
    if let Some(made) = lease.made.iter().find(|made| made.gone_at.is_none() && !left(&made.id)) {
        wrong.push(format!("by the store {} {} is still there", made.kind.as_str(), made.id));
    }
    wrong
}
