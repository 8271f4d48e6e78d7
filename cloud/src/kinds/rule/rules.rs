//! When a security group rule is right, and when one goes.

use super::{Act, Peer, Permission, Rule};
use crate::kind::Kind;
use crate::kinds::group::Group;
use crate::kinds::instance::Instance;
use crate::plan::{Build, How, Removal};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// A rule to be there.
pub(crate) struct Wanted<'a> {
    /// TCP traffic of one port.
    pub(crate) egress: bool,
    /// Which.
    pub(crate) port: u16,
    /// The other side.
    pub(crate) peer: Peer,
    /// The first word of its `Name`.
    pub(crate) of: &'a str,
    /// What it is for.
    pub(crate) description: &'a str,
}

impl Wanted<'_> {
    /// Whether the group lets that traffic pass, by others' rules or by those of ours that count.
    pub(crate) fn is_there(&self, seen: &Observed, group: &Group, counts: impl Fn(&Rule) -> bool) -> bool {
        let ours = seen.rules.iter().filter(|rule| rule.group == group.id && counts(rule));
        let mut lets = seen.by_hand(group).chain(ours.map(|rule| &rule.lets));
        lets.any(|lets| lets.lets_tcp(self.egress, self.port, &self.peer))
    }
}

/// A rule. Without its group it is the group that is missing. Returns whether the traffic passes.
pub(crate) fn want(
    b: &mut Build<'_>,
    group: Option<&Group>,
    wanted: Wanted<'_>,
    counts: impl Fn(&Rule) -> bool,
) -> bool {
    let Some(group) = group else { return false };
    if wanted.is_there(b.seen, group, counts) {
        return true;
    }
    let Wanted { egress, port, peer, of, description } = wanted;
    let direction = if egress { "out" } else { "in" };
    let act = AnyAct::Rule(Act::Authorize {
        group: group.id.clone(),
        lets: Permission::tcp(egress, port, peer),
        name: format!("{of} {direction} tcp {port}"),
        description: description.to_owned(),
    });
    let name = b.stack.service.security_group.as_str();
    b.missing(Kind::Rule, name, How::Closed { port, egress }, Some(act));
    false
}

/// Whether an instance may be using a rule: one between the members of its group. One that lets it out into the world goes
/// in time, whoever uses it.
pub(crate) fn serves(rule: &Rule, instance: &Instance) -> bool {
    matches!(rule.lets.peer, Peer::Group(_)) && !instance.left_group(&rule.group)
}

/// A rule goes at once.
pub(crate) fn removal(rule: &Rule) -> Removal {
    let (group, id) = (rule.group.clone(), rule.id.clone());
    Removal::by(AnyAct::Rule(Act::Revoke { group, egress: rule.lets.egress, id }))
}
