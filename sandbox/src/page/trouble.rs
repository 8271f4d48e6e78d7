//! What a newcomer may let go wrong, to watch what becomes of what is open: AWS does not answer for a while, somebody
//! deletes the gateway by hand, the bot is killed.

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::Controls;
use crate::aws::{Aws, Item};

/// How long AWS stays away, in simulated time.
const AWAY: TimeDelta = TimeDelta::minutes(5);

/// Something to go wrong, or to be put right again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Trouble {
    /// AWS answers nobody for five minutes.
    AwsAway,
    /// AWS answers again, before that.
    AwsBack,
    /// Somebody deletes the NAT gateway in the console.
    DeleteGateway,
    /// The bot is gone, as after a power cut.
    KillBot,
    /// The bot is started again.
    StartBot,
}

/// What is wrong now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Wrong {
    /// Until when AWS is away; `None`: it is there.
    aws_away_until: Option<DateTime<Utc>>,
    /// Whether the bot was killed and not started since.
    bot_killed: bool,
    /// Whether there is a gateway that somebody could delete.
    has_gateway: bool,
}

/// Who makes trouble, and remembers it.
pub(super) struct Troublemaker {
    aws: Aws,
    controls: Controls,
    away_until: Mutex<Option<DateTime<Utc>>>,
}

impl Troublemaker {
    /// One that has done nothing yet.
    pub(super) fn new(aws: Aws, controls: Controls) -> Self {
        Self { aws, controls, away_until: Mutex::default() }
    }

    /// Does it. What cannot be done (there is no gateway any more) is not: the page shows as much.
    pub(super) fn make(&self, trouble: Trouble) {
        match trouble {
            Trouble::AwsAway => self.away(Some((self.controls.now)() + AWAY)),
            Trouble::AwsBack => self.away(None),
            Trouble::DeleteGateway => {
                let inventory = self.aws.inventory();
                for gateway in inventory.iter().filter(|item| is_gateway(item)) {
                    if let Err(error) = self.aws.by_hand().delete_nat_gateway(&gateway.id) {
                        tracing::warn!("{} cannot be deleted by hand: {error}", gateway.id);
                    }
                }
            }
            Trouble::KillBot => self.controls.bot.kill(),
            Trouble::StartBot => self.controls.bot.start(),
        }
    }

    fn away(&self, until: Option<DateTime<Utc>>) {
        let mut away_until = self.away_until.lock();
        *away_until = until;
        self.aws.faults().away(until.is_some());
    }

    /// What is wrong at `now`; AWS is back when its time has come.
    pub(super) fn look(&self, inventory: &[Item], now: DateTime<Utc>) -> Wrong {
        let over = self.away_until.lock().is_some_and(|until| until <= now);
        if over {
            self.away(None);
        }
        Wrong {
            aws_away_until: *self.away_until.lock(),
            bot_killed: !self.controls.bot.is_running(),
            has_gateway: inventory.iter().any(is_gateway),
        }
    }
}

/// Whether it is a gateway of the bot's that is there.
fn is_gateway(item: &Item) -> bool {
    item.kind == "nat-gateway" && item.managed && matches!(item.state.as_str(), "pending" | "available")
}
