//! `doorman plan --by-hand`: the AWS CLI lines that open or close a lease as doorman would.
//!
//! It only looks, with the credentials and the role of the settings, and prints. What is opened with these lines a doorman
//! that is started later adopts.

use std::path::Path;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use doorman_cloud::aws::{self, Aws};
use doorman_cloud::by_hand::{self, NoPair, Obstacle, usual_pair};
use doorman_cloud::check::{Problem, problem};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::Failure;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::{LeaseKind, PairSpec, Spec};
use doorman_cloud::place::Place;
use doorman_cloud::record::Record;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::aws::look;
use doorman_cloud::tags::Owner;
use doorman_config::secrets::DISCORD_TOKEN;
use doorman_config::{Settings, WindowLengths, duration, secrets};

use crate::check::words;
use crate::identity::installation;

/// In the place of the Discord user id of who asked.
const NOBODY_IN_DISCORD: &str = "by-hand";

/// What is to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub struct Options {
    /// Print the AWS CLI lines that open this: nat-window, shell-window or pair.
    #[arg(long, value_name = "WHAT", value_parser = kind, required = true)]
    by_hand: LeaseKind,
    /// The lines that close it instead.
    #[arg(long)]
    close: bool,
    /// How long it is to be open, such as 30m; if nothing is said as long as the settings say.
    #[arg(long = "for", value_name = "DURATION", value_parser = length, conflicts_with = "close")]
    length: Option<TimeDelta>,
}

fn kind(word: &str) -> Result<LeaseKind, String> {
    let all = || LeaseKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    LeaseKind::read(word).ok_or_else(|| format!("one of {}", all()))
}

fn length(text: &str) -> Result<TimeDelta, String> {
    duration::parse(text).map_err(|error| error.to_string())
}

/// The script, for a POSIX shell.
///
/// # Errors
///
/// Sentences that say why there is none.
pub async fn print(
    config: &Path,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
    options: Options,
) -> Result<String, Vec<String>> {
    let settings = Settings::load(config).and_then(|settings| settings.with_env(&|name| env(name)));
    let settings =
        settings.map_err(|problems| problems.0.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let clock = Clock::system();
    let aws = Aws::connect(&settings, &clock, aws::Options::default()).await;
    // Whoever tries it by hand may have no token; then whichever doorman has the stack adopts what is made.
    let installation = secrets::discord_token(&env).ok().and_then(|token| installation(&token));
    let hands = Hands { settings: &settings, aws: &aws, now: clock.now() };
    let (seen, place) = hands.look(&Record::empty(&settings.stack.name, installation.clone())).await?;
    let kind = options.by_hand;
    // Whose of two doormen with the same stack it is, only the token tells.
    if installation.is_none() && anybodys(&seen) {
        return Err(vec![format!(
            "what is there was made by a doorman with an application of its own, and without {DISCORD_TOKEN} it cannot be \
             told whether that is yours: set it"
        )]);
    }
    if options.close {
        let script = by_hand::close(kind, None, seen, place, &settings.stack, hands.now);
        let script = script.map_err(|obstacle| hands.obstacle(obstacle))?;
        return script.ok_or_else(|| vec![format!("nothing of a {} is there", kind.as_str())]);
    }
    let owner = Owner {
        stack: settings.stack.name.clone(),
        lease: LeaseId::generate(hands.now),
        of: kind,
        expires_at: hands.end(kind, options.length)?,
        opened_by: NOBODY_IN_DISCORD.to_owned(),
        installation,
    };
    let spec = match kind {
        LeaseKind::NatWindow | LeaseKind::ShellWindow => Spec::Plain,
        LeaseKind::Pair => Spec::Pair(hands.pair(&seen).await?),
    };
    let script = by_hand::open(owner, spec, seen, place, &settings.stack, hands.now);
    script.map_err(|obstacle| hands.obstacle(obstacle))
}

/// Whether something of the stack says which doorman made it.
fn anybodys(seen: &Observed) -> bool {
    seen.things(None).any(|thing| thing.facts.owner.is_some_and(|owner| owner.installation.is_some()))
}

/// What looking and explaining needs.
struct Hands<'a> {
    settings: &'a Settings,
    aws: &'a Aws,
    now: DateTime<Utc>,
}

impl Hands<'_> {
    async fn look(&self, record: &Record) -> Result<(Observed, Place), Vec<String>> {
        let round = look(self.aws, &self.settings.stack, record, self.now).await;
        let round = round.map_err(|failure| vec![self.failed(failure)])?;
        let place = round.place().cloned();
        let place = place.ok_or_else(|| vec!["AWS does not say whose account this is".to_owned()])?;
        Ok((round.into_seen(), place))
    }

    /// When it is to be over; to the second, as tags say it.
    fn end(&self, kind: LeaseKind, length: Option<TimeDelta>) -> Result<Option<DateTime<Utc>>, Vec<String>> {
        let Some(WindowLengths { default, minimum, maximum }) = kind.lengths(&self.settings.stack) else {
            return match length {
                Some(_) => Err(vec![format!("a {} has no end", kind.as_str())]),
                None => Ok(None),
            };
        };
        let length = length.unwrap_or(default.delta());
        if length < minimum.delta() || length > maximum.delta() {
            return Err(vec![format!(
                "a {} may be open for {minimum} to {maximum}, by the settings",
                kind.as_str()
            )]);
        }
        Ok(Some((self.now + length).trunc_subsecs(0)))
    }

    /// What the settings make the pair of, as AWS has it on offer.
    async fn pair(&self, seen: &Observed) -> Result<PairSpec, Vec<String>> {
        let pair = usual_pair(self.aws, &self.settings.stack, seen).await;
        pair.map_err(|failure| vec![self.failed(failure)])?.map_err(|none| {
            vec![self.said(&match none {
                NoPair::Trouble(trouble) => Problem::Trouble(trouble),
                NoPair::NoOffer(no_offer) => Problem::NoOffer(no_offer),
            })]
        })
    }

    fn obstacle(&self, obstacle: Obstacle) -> Vec<String> {
        match obstacle {
            Obstacle::Troubles(troubles) => {
                troubles.into_iter().map(|trouble| self.said(&Problem::Trouble(trouble))).collect()
            }
            Obstacle::Unseen(unseen) => unseen.into_iter().map(|(_, failure)| self.failed(failure)).collect(),
            Obstacle::Waits(waits) => {
                let words = |wait: &doorman_cloud::plan::Wait| format!("{} {}", wait.of.as_str(), wait.name);
                let awaited: Vec<String> = waits.iter().map(words).collect();
                vec![format!("no line can bring about what would be waited for: {}", awaited.join(", "))]
            }
        }
    }

    fn failed(&self, failure: Failure) -> String {
        self.said(&problem(failure))
    }

    fn said(&self, problem: &Problem) -> String {
        let (what, remedy) = words::of(problem, self.settings);
        format!("{what}\n         → {remedy}")
    }
}
