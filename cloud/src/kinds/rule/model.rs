//! Security group rules in the model.

use proptest::prelude::*;

use super::{Act, Peer, Permission, Rule};
use crate::kind::Kind;
use crate::kinds::model::{Refused, a_lease, owner_of};
use crate::lease::LeaseKind;
use crate::switchboard::Observed;
use crate::tags::of_version_0_1;

/// Rules of ours, and permissions that people gave.
pub(crate) fn anything(group: &'static str) -> impl Strategy<Value = (Vec<Rule>, Vec<Permission>)> {
    let seed = (
        any::<bool>(),
        prop_oneof![Just(80_u16), Just(443)],
        prop::option::of((a_lease(), any::<bool>())),
        any::<bool>(),
    );
    prop::collection::vec(seed, 0..4).prop_map(move |seeds| {
        let (mut ours, mut by_hand) = (Vec::new(), Vec::new());
        for (n, (egress, port, lease, anywhere)) in seeds.into_iter().enumerate() {
            let peer = if anywhere { Peer::anywhere() } else { Peer::Group(group.into()) };
            let lets = Permission::tcp(egress, port, peer);
            // EC2 refuses duplicates.
            if ours.iter().any(|rule: &Rule| rule.lets == lets) || by_hand.contains(&lets) {
                continue;
            }
            let Some((lease, of_shell)) = lease else {
                by_hand.push(lets);
                continue;
            };
            let usual = of_version_0_1(Kind::Rule, anywhere);
            let of = if of_shell && !anywhere { LeaseKind::ShellWindow } else { usual };
            let owner = owner_of(lease, of);
            let (id, name) = (format!("sgr-{n}").into(), String::new());
            ours.push(Rule { id, name, group: group.into(), lets, owner });
        }
        (ours, by_hand)
    })
}

impl Refused for Act {
    fn must_be_accepted(&self, world: &Observed) {
        if let Act::Authorize { group, lets, .. } = self {
            let there = world.rules.iter().any(|rule| rule.group == *group && rule.lets == *lets);
            assert!(!there, "InvalidPermission.Duplicate");
        }
    }
}
