//! When an instance's agent is right.

use chrono::TimeDelta;

use crate::kind::Kind;
use crate::kinds::endpoint::rules::all_shut;
use crate::kinds::instance::{Act, Instance};
use crate::plan::{Build, How, Until};
use crate::switchboard::step::AnyAct;

/// An agent that has not registered this long after boot was refused once and sleeps, for up to an
/// hour; a reboot wakes it (amazon-ssm-agent, `agent/hibernation`).
pub const REBOOT_AFTER: TimeDelta = TimeDelta::minutes(6);

/// That the agent of a running instance answers.
pub(crate) fn want(b: &mut Build<'_>, instance: &Instance) {
    // While Systems Manager cannot be asked, silence says nothing.
    let known = b.seen.knows(Kind::Agent);
    if b.seen.is_online(&instance.id) || (!known && !b.goal.build) {
        return;
    }
    b.coming(Kind::Agent, &instance.name, Until::Works, How::Silent);
    // What keeps its words from getting through a reboot cannot mend.
    let group = b.seen.group();
    let outside = group.found().is_some_and(|group| instance.left_group(&group.id));
    let may_help = !outside && all_shut(b.seen, b.stack).is_empty();
    let silent = known && may_help && b.now - instance.launched_at >= REBOOT_AFTER;
    if silent && !b.desired.rebooted.contains(&instance.id) {
        b.remedy(AnyAct::Instance(Act::Reboot { id: instance.id.clone() }));
    }
}
