//! `/launch service`: a card with what would be made and what it costs, and on Confirm the lease of the pair.
//!
//! The checks are the keeper's own: the card is made from the plan that the keeper would follow, so that what
//! it says would stand in the way is what would.

mod cards;

use doorman_cloud::catalog::{IMAGES, NoOffer, Offer};
use doorman_cloud::failure::Failure;
use doorman_cloud::keeper::{Asked, View};
use doorman_cloud::kinds::role::{BOUNDARY, Boundary};
use doorman_cloud::lease::{Lease, LeaseKind, PairSpec, Phase, Trouble};
use doorman_config::{Market, Service};
use serde::{Deserialize, Serialize};

use crate::card::{self, Confirmed};
use crate::context::Context;
use crate::input::nearest;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::request::Request;
use crate::scene::preview::{self, Preview};
use crate::scene::{self, Scene, cannot_look};
use crate::table::Name;
use crate::told::living;
use crate::words::{buttons, sentence};

/// The options of the command, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Options {
    /// An instance type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance_type: Option<String>,
    /// An image: one of the names doorman knows, or an `ami-…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    /// On-demand or spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) market: Option<Market>,
}

/// What there is to do when its card is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ToDo {
    /// Launch (or repair) the pair, made of that.
    Launch(PairSpec),
    /// Ask again whether it can be launched, with those options: AWS could not be looked at.
    Again(Options),
}

/// What is wanted: the options, and the settings for what was not typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    instance_type: String,
    image: String,
    market: Market,
}

impl Wanted {
    fn of(options: &Options, service: &Service) -> Wanted {
        let or = |typed: &Option<String>, default: &String| typed.as_ref().unwrap_or(default).to_lowercase();
        Wanted {
            instance_type: or(&options.instance_type, &service.instance_type),
            image: or(&options.image, &service.image),
            market: options.market.unwrap_or(service.market),
        }
    }

    fn spec(self, offer: Offer) -> PairSpec {
        PairSpec {
            image: offer.image,
            root: offer.root,
            image_name: self.image,
            instance_type: self.instance_type,
            market: self.market,
        }
    }
}

impl Options {
    /// The name of an image that nobody can have meant as it is, with the nearest that is known.
    fn misspelt_image(&self) -> Option<(&str, &'static str)> {
        let typed = self.image.as_deref()?;
        let lower = typed.to_lowercase();
        if lower.starts_with("ami-") || IMAGES.contains(&lower.as_str()) {
            return None;
        }
        let near = nearest(&lower, IMAGES.map(str::to_owned));
        let near = IMAGES.into_iter().find(|image| near.as_deref() == Some(image));
        Some((typed, near.unwrap_or(IMAGES[0])))
    }

    /// Whether something was asked for that is not what runs.
    fn differs_from(&self, spec: &PairSpec) -> bool {
        let other = |typed: &Option<String>, is: &str| {
            typed.as_deref().is_some_and(|text| !text.eq_ignore_ascii_case(is))
        };
        other(&self.instance_type, &spec.instance_type)
            || (other(&self.image, &spec.image_name) && other(&self.image, spec.image.as_str()))
            || self.market.is_some_and(|market| market != spec.market)
    }
}

/// What a fresh look, and AWS's catalogue, say about a launch.
struct Survey {
    view: View,
    /// `None`: not asked, because something is leased or the zones are not known.
    offer: Option<Result<Offer, NoOffer>>,
    /// `None`: not asked, because something is leased.
    boundary: Option<Result<Boundary, Failure>>,
}

/// Answers `/launch service`.
pub(crate) async fn handle(cx: &Context, request: &Request, options: Options) -> Outcome {
    if let Some((typed, near)) = options.misspelt_image() {
        return Outcome::show(cards::misspelt_image(request.locale, typed, near));
    }
    let wanted = Wanted::of(&options, &cx.settings().stack.service);
    let Survey { view, offer, boundary } = match Box::pin(survey(cx, &wanted)).await {
        Ok(survey) => survey,
        Err(failure) => return unseen(cx, request, options, &[&failure]).await,
    };
    let scene = Scene::of(cx, &view, request.locale);
    let Some(observed) = scene.observed() else {
        return Outcome::show(cards::not_looked(request.locale));
    };
    // What is on its way is told of all the same; everything else rests on what is there.
    let on_its_way = view.lease(LeaseKind::Pair).is_some_and(|lease| lease.phase != Phase::Ready);
    let not_seen = preview::not_seen(observed, LeaseKind::Pair);
    if !not_seen.is_empty() && !on_its_way {
        return unseen(cx, request, options, &not_seen).await;
    }
    let preview = Preview::of(&scene, observed, LeaseKind::Pair);
    if let Some(lease) = view.lease(LeaseKind::Pair) {
        return leased(cx, request, &options, &scene, lease, preview).await;
    }
    let mut told: Vec<_> =
        preview.troubles.iter().map(|trouble| sentence::trouble(request.locale, trouble)).collect();
    // Its role is made within a boundary that only a person can make. One that is there needs none.
    match boundary.filter(|_| observed.roles.is_empty()) {
        None | Some(Ok(Boundary::Sound)) => {}
        Some(Ok(Boundary::Missing | Boundary::Changed)) => {
            let trouble = Trouble::NoBoundary { policy: BOUNDARY.to_owned() };
            told.push(sentence::trouble(request.locale, &trouble));
        }
        Some(Err(failure)) => return unseen(cx, request, options, &[&failure]).await,
    }
    let offer = match offer {
        Some(Ok(offer)) => Some(offer),
        Some(Err(no)) => {
            told.insert(0, sentence::no_offer(request.locale, &no));
            None
        }
        None => None,
    };
    let (Some(offer), true) = (offer, told.is_empty()) else {
        return Outcome::show(cards::blocked(request.locale, &told));
    };
    let spec = wanted.spec(offer);
    let message = cards::new_pair(&scene, observed, &spec, &preview);
    let id = card::id_of(Name::LaunchService, request);
    put(cx, request, spec, message).await.with_button(buttons::by_hand(request.locale, &id))
}

/// What a card would launch; `None`: nothing, or another version of the bot wrote it.
pub(super) fn of_card(card: &Confirmed) -> Option<PairSpec> {
    match card.todo()? {
        ToDo::Launch(spec) => Some(spec),
        ToDo::Again(_) => None,
    }
}

/// A pair is leased already.
async fn leased(
    cx: &Context,
    request: &Request,
    options: &Options,
    scene: &Scene<'_>,
    lease: &Lease,
    preview: Preview,
) -> Outcome {
    let stays = lease.spec.pair().filter(|spec| options.differs_from(spec));
    match lease.phase {
        Phase::Opening | Phase::Closing | Phase::Closed => Outcome::show(cards::busy(scene, lease)),
        Phase::Ready if scene.drift(LeaseKind::Pair).is_empty() => {
            Outcome::show(cards::nothing_to_do(scene, lease, stays))
        }
        Phase::Ready => {
            if !preview.troubles.is_empty() {
                let told: Vec<_> = preview
                    .troubles
                    .iter()
                    .map(|trouble| sentence::trouble(request.locale, trouble))
                    .collect();
                return Outcome::show(cards::blocked(request.locale, &told));
            }
            // Without a spec (all instances were gone when the lease was found by its tags) there is nothing
            // to build instances from.
            let Some(spec) = lease.spec.pair().cloned() else {
                return Outcome::show(cards::beyond_repair(scene));
            };
            let message = cards::repair(scene, &spec, &preview, stays);
            put(cx, request, spec, message).await
        }
    }
}

/// What a card would be made from could not be looked at: what, why, and a button that asks the same again.
async fn unseen(cx: &Context, request: &Request, options: Options, failures: &[&Failure]) -> Outcome {
    failures.iter().for_each(|failure| scene::log_blind(request, failure));
    let message = cards::unseen(request.locale, failures, request.id);
    let again = ToDo::Again(options);
    match card::put(cx, request, Name::LaunchService, &again, buttons::try_again, message).await {
        Ok(message) => Outcome::show(message),
        Err(error) => cx.failed(request, &error),
    }
}

async fn put(cx: &Context, request: &Request, spec: PairSpec, message: Message) -> Outcome {
    let launch = ToDo::Launch(spec);
    match card::put(cx, request, Name::LaunchService, &launch, buttons::confirm, message).await {
        Ok(message) => Outcome::show(message),
        Err(error) => cx.failed(request, &error),
    }
}

/// A fresh look, AWS's offer and how the boundary of the role stands, at the same time where it is known from an earlier
/// look what to ask.
async fn survey(cx: &Context, wanted: &Wanted) -> Result<Survey, Failure> {
    let last = cx.keeper().watch().borrow().clone();
    let leased = last.lease(LeaseKind::Pair).is_some();
    if leased {
        return seen(cx, wanted, &last).await;
    }
    let (seen, boundary) = tokio::join!(seen(cx, wanted, &last), cx.keeper().aws().boundary());
    Ok(Survey { boundary: Some(boundary), ..seen? })
}

async fn seen(cx: &Context, wanted: &Wanted, last: &View) -> Result<Survey, Failure> {
    let (keeper, stack) = (cx.keeper(), &cx.settings().stack);
    let leased = last.lease(LeaseKind::Pair).is_some();
    let guess = last.observed.as_deref().and_then(|seen| seen.zones(stack)).filter(|_| !leased);
    let offer = |zones| keeper.aws().offer(&wanted.image, &wanted.instance_type, zones);
    let (view, early) = match &guess {
        Some(zones) => {
            let (view, offer) = tokio::join!(keeper.look(), offer(zones));
            (view?, Some(offer?))
        }
        None => (keeper.look().await?, None),
    };
    let seen = view.observed.as_deref().and_then(|seen| seen.zones(stack));
    let offer = match (early, &seen) {
        _ if view.lease(LeaseKind::Pair).is_some() => None,
        (Some(early), Some(_)) if seen == guess => Some(early),
        (_, Some(zones)) => Some(offer(zones).await?),
        // The network is not as the settings say: that is what there is to tell.
        (_, None) => None,
    };
    Ok(Survey { view, offer, boundary: None })
}

/// Somebody pressed Confirm. The world may have changed since the card was made: what is known by now is held
/// against it, and the keeper looks anew before it builds anything.
pub(crate) async fn confirm(cx: &Context, request: &Request, confirmed: Confirmed) -> Outcome {
    let spec = match confirmed.todo() {
        Some(ToDo::Launch(spec)) => spec,
        Some(ToDo::Again(options)) => return handle(cx, request, options).await,
        None => return Outcome::whisper(sentence::stale_button(request.locale)),
    };
    let mut view = scene::last_known(cx).await;
    // The card rests on a later look than the keeper's last one may be: what stood in the way then may be gone.
    if view.observed.is_none() || view.blind.is_some() || is_blocked(&Scene::of(cx, &view, request.locale)) {
        view = match cx.keeper().look().await {
            Ok(view) => view,
            Err(failure) => return cannot_look(request, &failure),
        };
    }
    let scene = Scene::of(cx, &view, request.locale);
    let before = view.lease(LeaseKind::Pair);
    if let Some(lease) = before.filter(|lease| lease.phase != Phase::Ready) {
        return Outcome::show(cards::busy(&scene, lease));
    }
    if let Some(observed) = scene.observed() {
        let preview = Preview::of(&scene, observed, LeaseKind::Pair);
        if !preview.troubles.is_empty() {
            let told: Vec<_> =
                preview.troubles.iter().map(|trouble| sentence::trouble(request.locale, trouble)).collect();
            return Outcome::show(cards::blocked(request.locale, &told));
        }
    }
    match cx.keeper().launch(&request.person, request.locale, spec).await {
        Ok(Asked::Already(lease)) if before.is_none() => Outcome::show(cards::busy(&scene, &lease)),
        Ok(Asked::New(lease) | Asked::Already(lease)) => {
            // The look above did not know of the lease yet.
            let mut view = view.clone();
            view.leases.retain(|known| known.id != lease.id);
            view.leases.push(lease.clone());
            let message = living::message(cx.settings(), &view, &lease, lease.locale, cx.now());
            Outcome::show_following(message, &lease.id)
        }
        Err(error) => cx.failed(request, &error),
    }
}

/// Whether something stands in the way of a launch, as far as was seen.
fn is_blocked(scene: &Scene<'_>) -> bool {
    let preview = scene.observed().map(|observed| Preview::of(scene, observed, LeaseKind::Pair));
    preview.is_some_and(|preview| !preview.troubles.is_empty())
}

#[cfg(test)]
mod tests;
