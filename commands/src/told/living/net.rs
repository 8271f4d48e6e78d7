//! What is said of the net under a lease: small when AWS closes it by itself, loud when it does not.

use doorman_cloud::cover::{Cover, cover};
use doorman_cloud::lease::Phase;
use doorman_cloud::recipes::PATIENCE;

use super::about::About;
use crate::words::when;

/// Whether AWS closes the lease by itself should doorman be gone; nothing for what has no end.
pub(super) fn line(about: &About<'_>) -> Option<String> {
    let (lease, scene) = (about.lease, &about.scene);
    if !lease.kind.terms().covered {
        return None;
    }
    match cover(lease, scene.observed()?, scene.stack()) {
        Cover::Off => None,
        Cover::Armed { fires_at } => {
            let at = when::clock(fires_at);
            Some(format!("-# {}", about.say("window-net-armed", &[("at", at.into())])))
        }
        Cover::NoRole => Some(about.say("window-net-no-role", &[])),
        Cover::NoRunbook => Some(about.say("window-net-no-runbook", &[])),
        Cover::Missing => {
            let settled = lease.phase == Phase::Ready || scene.now - lease.building_since > PATIENCE;
            settled.then(|| about.say("window-net-missing", &[]))
        }
    }
}
