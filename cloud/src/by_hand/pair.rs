//! What a pair is made of when nobody says what.

use doorman_config::Stack;

use crate::aws::Aws;
use crate::catalog::{NoOffer, Offer};
use crate::failure::Failure;
use crate::kinds::role::{BOUNDARY, Boundary};
use crate::lease::{PairSpec, Trouble};
use crate::switchboard::Observed;

/// Why there would be no pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPair {
    /// Something is in its way.
    Trouble(Trouble),
    /// What it would be made of cannot be had.
    NoOffer(NoOffer),
}

/// What the settings make the pair of, as AWS has it on offer, or why there would be none.
///
/// # Errors
///
/// When AWS cannot be asked.
pub async fn usual_pair(
    aws: &Aws,
    stack: &Stack,
    seen: &Observed,
) -> Result<Result<PairSpec, NoPair>, Failure> {
    // A role that is there needs no boundary.
    if seen.roles.is_empty() && aws.boundary().await? != Boundary::Sound {
        return Ok(Err(NoPair::Trouble(Trouble::NoBoundary { policy: BOUNDARY.to_owned() })));
    }
    let service = &stack.service;
    let (image_name, instance_type) = (service.image.to_lowercase(), service.instance_type.to_lowercase());
    let zones = seen.zones(stack).unwrap_or_default();
    Ok(match aws.offer(&image_name, &instance_type, &zones).await? {
        Ok(Offer { image, root, .. }) => {
            Ok(PairSpec { image, root, image_name, instance_type, market: service.market })
        }
        Err(no_offer) => Err(NoPair::NoOffer(no_offer)),
    })
}
