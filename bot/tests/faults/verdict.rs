//! What must be so in the end, whatever happened.

use std::path::Path;

use chrono::DateTime;
use doorman::demo::World;
use doorman_cloud::lease::Phase;
use doorman_cloud::store::Store;
use doorman_sandbox::aws::{Call, Item};

use crate::case::Case;
use crate::life::Stage;
use crate::story::{Act, Mood};
use crate::way;

/// States in which AWS still shows something for a while, though it is gone.
const GONE: [&str; 3] = ["deleted", "terminated", "failed"];

/// Everything that is not doorman's, as it must stay.
pub(crate) fn foreign(world: &World) -> Vec<Item> {
    let items = world.aws.inventory().into_iter();
    items.filter(|item| !item.managed && !PASSING.contains(&item.kind)).collect()
}

/// What comes and goes without being anybody's: free, and made or left by AWS itself.
const PASSING: [&str; 3] = ["automation", "document", "schedule"];

/// Everything of doorman's that is there. The runbook and the record of its runs stay: they are free, and the
/// runbook is named by its content.
fn ours(world: &World) -> Vec<String> {
    let items =
        world.aws.inventory().into_iter().filter(|item| !["document", "automation"].contains(&item.kind));
    let ours = items.filter(|item| item.managed && !GONE.contains(&item.state.as_str()));
    ours.map(|item| format!("{} {} {}", item.kind, item.id, item.state)).collect()
}

/// Whether it seems to be over: nothing is left, and nobody is told that something is there.
pub(crate) fn is_quiet(stage: &Stage) -> bool {
    let titles = stage.titles();
    let told = |starts: &[char]| titles.iter().any(|title| title.starts_with(starts));
    // What was said to be late is said to be over.
    ours(&stage.world).is_empty() && claims(stage).is_empty() && (!told(&['🔴']) || told(&OVER))
}

/// Messages that say that something is there, or under way: none may go on saying so, also when the store was lost
/// that knew which message tells of what.
fn claims(stage: &Stage) -> Vec<String> {
    stage.titles().into_iter().filter(|title| title.starts_with(['🟢', '⏳', '⚠'])).collect()
}

/// How the title of a message begins that tells of an end.
const OVER: [char; 2] = ['✅', '❌'];

/// What is wrong.
pub(crate) async fn of(stage: &Stage, case: &Case, store: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    let left = ours(&stage.world);
    if !left.is_empty() {
        wrong.push(format!("left: {}", left.join(", ")));
    }
    let alive = stage.world.aws.max_alive();
    if alive.nat_gateways > 1 || alive.addresses > 1 {
        wrong.push(format!("{} gateways and {} addresses at once", alive.nat_gateways, alive.addresses));
    }
    let same = |one: &Item, other: &Item| {
        (one.kind, &one.id, &one.state, &one.detail) == (other.kind, &other.id, &other.state, &other.detail)
    };
    let foreign = foreign(&stage.world);
    for item in stage.foreign.iter().filter(|before| !foreign.iter().any(|now| same(before, now))) {
        wrong.push(format!("somebody's {} {} was changed", item.kind, item.id));
    }
    for item in foreign.iter().filter(|now| !stage.foreign.iter().any(|before| same(before, now))) {
        wrong.push(format!("{} {} carries no tags", item.kind, item.id));
    }
    wrong.extend(wrong_in_store(stage, case, store).await);
    for claim in claims(stage) {
        wrong.push(format!("the channel says: {claim}"));
    }
    // A command that nobody could complete is a broken promise only while the bot lived.
    let killed = kills(case).is_some();
    let excused = |violation: &String| {
        (killed || case.story.mood == Mood::DiscordAway) && violation.contains("still thinking")
    };
    wrong.extend(stage.world.discord.violations().into_iter().filter(|violation| !excused(violation)));
    wrong
}

async fn wrong_in_store(stage: &Stage, case: &Case, path: &Path) -> Vec<String> {
    let store = match Store::open_backed_up(path, None, &stage.world.clock).await {
        Ok(store) => store,
        Err(error) => return vec![error.to_string()],
    };
    let leases = store.of("main").leases_since(DateTime::UNIX_EPOCH).await.expect("leases");
    store.close().await;
    let mut wrong = Vec::new();
    // A window is leased at once; a pair when its card was shown, which takes a look at AWS, and confirmed. Only
    // what was made before the store was lost can be found by its tags.
    let at_once = matches!(case.story.acts[0], Act::Say(_, line) if line.starts_with("/nat open"));
    if leases.is_empty() && at_once && kills(case).is_none_or(|store| store == way::Store::Kept) {
        wrong.push("there never was a lease".to_owned());
    }
    for lease in &leases {
        if lease.phase != Phase::Closed || lease.receipt.is_none() {
            wrong.push(format!("lease {} is {:?}", lease.id, lease.phase));
        }
        if let Some(made) = lease.made.iter().find(|made| made.gone_at.is_none()) {
            wrong.push(format!("by the store {} {} is still there", made.kind.as_str(), made.id));
        }
    }
    // A receipt says that nothing is left, so nothing is found and removed after it. Leases that are found by their
    // tags end one after the other.
    let said =
        leases.iter().filter_map(|lease| lease.receipt.as_ref()).map(|receipt| receipt.looked_at).max();
    let calls = stage.world.aws.calls();
    let after = calls.iter().filter(|call| call.mutating && said.is_some_and(|said| call.at > said));
    wrong.extend(after.map(|call| format!("{} after the last receipt", call.operation)));
    // The backstop goes last.
    let disarmed = calls.iter().rposition(|call| call.operation == "DeleteSchedule");
    let bills = |call: &&Call| ["ReleaseAddress", "DeleteNatGateway"].contains(&call.operation.as_str());
    let after = disarmed.into_iter().flat_map(|at| &calls[at..]).filter(bills);
    wrong.extend(after.map(|call| format!("{} without a backstop", call.operation)));
    let told = stage.titles().iter().filter(|title| title.starts_with(OVER)).count();
    if told < leases.len() {
        wrong.push(format!("{} leases ended, {told} were told of", leases.len()));
    }
    wrong
}

fn kills(case: &Case) -> Option<way::Store> {
    case.fault.as_ref().and_then(|(_, _, way)| way.kills())
}
