//! What opening or launching something would do, asked of the plan itself.

use doorman_cloud::failure::Failure;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::kinds::Act;
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::lease::{Lease, LeaseKind, Person, Phase, Trouble};
use doorman_cloud::plan::Desired;
use doorman_cloud::recipes::plan;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::step::AnyAct;
use doorman_config::{Instance, Locale};

use crate::scene::Scene;

/// What leasing (or repairing) would do if it were confirmed now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Preview {
    /// What stands in its way.
    pub(crate) troubles: Vec<Trouble>,
    /// Instances to be made, as the settings have them.
    pub(crate) instances: Vec<Instance>,
    /// Names of instances of ours to be mended: started, or given back their profile.
    pub(crate) mended: Vec<String>,
    /// Whether role, policy or profile would be made or completed.
    pub(crate) role: bool,
    /// Short names of the services whose endpoints would be made.
    pub(crate) endpoints: Vec<String>,
    /// How many security group rules would be added.
    pub(crate) rules: usize,
}

/// Why of what such a lease is made of something could not be looked at. A plan made without it would call missing, or
/// there, what was only not seen.
pub(crate) fn not_seen(observed: &Observed, of: LeaseKind) -> Vec<&Failure> {
    let needed = of.terms().stands_on;
    observed.unknown().filter(|(kind, _)| needed.contains(kind)).map(|(_, failure)| failure).collect()
}

impl Preview {
    /// Plans as the keeper would, with the lease there is, or with one that is only imagined.
    pub(crate) fn of(scene: &Scene<'_>, observed: &Observed, of: LeaseKind) -> Preview {
        let stack = scene.stack();
        let mut leases = scene.view.leases.clone();
        let open = leases.iter().position(|lease| lease.kind == of && lease.phase != Phase::Closed);
        let index = open.unwrap_or_else(|| {
            leases.push(imagined(scene, of));
            leases.len() - 1
        });
        leases[index].phase = Phase::Opening;
        leases[index].building_since = scene.now;
        let id = leases[index].id.clone();
        // The net comes before anything else of a lease, and while it is waited for nothing else is planned.
        let mut without_net = stack.clone();
        without_net.backstop.enabled = false;
        let desired = Desired::of(&stack.name, &leases, scene.now);
        let plan = plan(&desired, observed, &without_net, scene.now);

        let mut preview = Preview {
            troubles: Vec::new(),
            instances: Vec::new(),
            mended: Vec::new(),
            role: false,
            endpoints: Vec::new(),
            rules: 0,
        };
        let troubles = plan.troubles.iter().filter(|(kind, _)| *kind == of);
        preview.troubles = troubles.map(|(_, trouble)| trouble.clone()).collect();
        let building = plan.steps.iter().filter(|step| step.builds() && step.of() == of);
        for step in building {
            match &step.act {
                AnyAct::Endpoint(act) => preview.endpoints.push(act.name().to_owned()),
                AnyAct::Rule(_) => preview.rules += 1,
                AnyAct::Role(_) | AnyAct::Profile(_) => preview.role = true,
                // Told of below, or of no card.
                AnyAct::Instance(_)
                | AnyAct::Volume(_)
                | AnyAct::Gateway(_)
                | AnyAct::Address(_)
                | AnyAct::Route(_)
                | AnyAct::Schedule(_)
                | AnyAct::Retag { .. } => {}
            }
        }
        // Instances are planned once shell access is ready; the card tells of them before.
        let slots = if of == LeaseKind::Pair { stack.service.instances.as_slice() } else { &[] };
        for slot in slots {
            let there = observed.instance(&slot.name).filter(|instance| instance.owner.lease == id);
            match there {
                None => preview.instances.push(slot.clone()),
                Some(instance) => {
                    let stopped = instance.state != InstanceState::Running;
                    if stopped || instance.profile.is_none() {
                        preview.mended.push(slot.name.clone());
                    }
                }
            }
        }
        preview
    }
}

/// The lease that Confirm would store, as far as the plan looks at it.
pub(crate) fn imagined(scene: &Scene<'_>, of: LeaseKind) -> Lease {
    let nobody = Person { id: 0, name: String::new() };
    Lease::new(LeaseId::from("preview"), of, nobody, scene.now, Locale::EnUs)
}
