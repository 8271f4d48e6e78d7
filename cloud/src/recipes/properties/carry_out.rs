//! AWS for one round, as far as a plan can tell: steps take effect, what is waited for comes to pass.

use crate::by_hand::any;
use crate::by_hand::hand::Hand;
use crate::kinds::model::Refused;
use crate::plan::Plan;
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

pub(super) fn carry_out(world: &mut Observed, plan: &Plan, hand: &mut Hand) {
    for step in &plan.steps {
        must_be_accepted(&step.act, world);
        any::step(step, world, hand);
    }
    plan.waits.iter().for_each(|wait| any::wait(wait, world, hand));
}

/// Panics where AWS would refuse.
fn must_be_accepted(act: &AnyAct, world: &Observed) {
    match act {
        AnyAct::Instance(act) => act.must_be_accepted(world),
        AnyAct::Volume(act) => act.must_be_accepted(world),
        AnyAct::Gateway(act) => act.must_be_accepted(world),
        AnyAct::Address(act) => act.must_be_accepted(world),
        AnyAct::Endpoint(act) => act.must_be_accepted(world),
        AnyAct::Route(act) => act.must_be_accepted(world),
        AnyAct::Rule(act) => act.must_be_accepted(world),
        AnyAct::Role(act) => act.must_be_accepted(world),
        AnyAct::Profile(act) => act.must_be_accepted(world),
        AnyAct::Schedule(act) => act.must_be_accepted(world),
        AnyAct::Retag { .. } => {}
    }
}
