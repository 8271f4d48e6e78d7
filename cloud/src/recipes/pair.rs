//! The service pair: role and profile, shell access unless that has windows of its own, and one instance for each entry
//! in the settings, at its fixed address, followed until it answers.

use doorman_config::ShellMode;

use super::shell;
use crate::kind::Kind;
use crate::kinds::{instance, interface, profile, role, vpc};
use crate::plan::Build;

pub(super) fn follow(b: &mut Build<'_>) {
    // A role and its profile are there by name, and used as they are found.
    b.after_leftovers(&[Kind::Instance, Kind::Endpoint]);
    let network = vpc::rules::named(b, &shell::subnets(b.stack), true);
    let slots = &b.stack.service.instances;
    for slot in slots {
        interface::rules::not_taken(b, slot.private_ip, &slot.name);
    }
    let role = role::rules::want(b);
    let profile = profile::rules::want(b);
    let access = match b.stack.shell.mode {
        ShellMode::Always => shell::endpoints_and_rules(b, &network),
        ShellMode::Window => true,
    };
    for slot in slots {
        instance::rules::want(b, slot, network.group, role && profile && access);
    }
}
