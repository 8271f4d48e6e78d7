//! What runs by its tags and nobody here knows: said, and neither touched nor answered for.

use doorman_cloud::ids::LeaseId;
use doorman_cloud::tags::Owner;

use crate::scene::Scene;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{kinds, money, when};

/// Lines about each lease of that sort; none without one.
pub(crate) fn lines(scene: &Scene<'_>) -> Vec<String> {
    let unknown = scene.view.unknown.iter();
    unknown.flat_map(|(id, owner)| [vec![String::new()], lines_about(scene, id, owner)].concat()).collect()
}

pub(crate) fn lines_about(scene: &Scene<'_>, id: &LeaseId, owner: &Owner) -> Vec<String> {
    let locale = scene.locale;
    let Some(observed) = scene.observed() else { return Vec::new() };
    let things = observed.of(id).filter(|thing| thing.kind.bills());
    let things: Vec<String> =
        things.map(|thing| format!("{} `{}`", kinds::one(locale, thing.kind), thing.id)).collect();
    let prices = scene.prices();
    let billing = observed
        .things(prices)
        .filter(|thing| thing.cost.now && thing.facts.owner.is_some_and(|owner| owner.lease == *id));
    let usd: f64 = billing.filter_map(|thing| thing.cost.price.usd_per_hour()).sum();
    let args = [("id", id.as_str().into()), ("things", things.join(", ").into())];
    let mut about = vec![say_of(locale, owner.of, "elsewhere-unknown-what", &args)];
    if usd > 0.0 {
        about.push(say(
            locale,
            "elsewhere-unknown-costs",
            &[("hourly", money::per_hour(locale, usd).into())],
        ));
    }
    if let Some(end) = owner.expires_at {
        let args = [("at", when::clock(end).into()), ("left", when::relative(end).into())];
        about.push(say(locale, "elsewhere-unknown-ends", &args));
    }
    about.push(say(locale, "elsewhere-unknown-why", &[]));
    let mut lines = vec![about.join(" ")];
    if scene.view.lease(owner.of).is_some() {
        lines.push(say_of(locale, owner.of, "elsewhere-unknown-takes-over", &[]));
    }
    lines
}
