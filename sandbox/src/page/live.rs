//! The loop that looks at both worlds and hands out a copy whenever something visible changed.
//!
//! Both worlds derive their states from the simulated time when they are asked, so nothing announces that a gateway has become
//! available: the loop looks again a few times a second, and sooner when told of a change.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Notify, watch};

use super::{Controls, timeline, trouble};
use crate::{
    aws::{Aws, Item},
    discord::{ChannelView, Discord},
};

/// How long to wait between two copies at least: ten a second are as fast as anyone reads.
const COALESCE: Duration = Duration::from_millis(100);

/// How often to look when nothing announced a change: one simulated minute at 600×, and unnoticed as a delay.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// How often a copy is sent although nothing changed, so that the clock of the page stays right and a dead connection is
/// noticed.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// One copy of everything the page shows.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Increases whenever anything but the time changed.
    pub(super) revision: u64,
    /// A [`State`] as JSON.
    pub(super) json: String,
}

/// Where the newest frame is found, and awaited.
pub(super) type Frames = watch::Receiver<Arc<Frame>>;

/// What the page shows, as it is sent.
#[derive(Serialize)]
struct State<'a> {
    revision: u64,
    now: DateTime<Utc>,
    /// What was spent on what is charged by the second.
    steady_usd: f64,
    #[serde(flatten)]
    content: &'a Content<'a>,
}

/// The part of [`State`] whose change is worth a new frame.
#[derive(Serialize)]
struct Content<'a> {
    speed: f64,
    time_zone: &'static str,
    usd_per_hour: f64,
    /// The part of it that is charged by the second.
    steady_usd_per_hour: f64,
    /// What was spent on what is charged by the started hour.
    stepwise_usd: f64,
    trouble: trouble::Wrong,
    names: &'a Names,
    channel: &'a ChannelView,
    inventory: &'a [Listed<'a>],
    events: &'a std::collections::VecDeque<timeline::Event>,
}

/// A thing of the inventory.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    item: &'a Item,
    /// Whether it was there before the page was.
    from_start: bool,
}

/// What the ids in mentions stand for.
#[derive(Serialize)]
struct Names {
    guild_id: String,
    bot_user_id: String,
    channel_id: String,
    operator_role_id: String,
    viewer_role_id: String,
}

/// The loop; see the module's description.
pub(super) struct Live {
    discord: Discord,
    aws: Aws,
    controls: Controls,
    trouble: Arc<trouble::Troublemaker>,
    nudge: Arc<Notify>,
    names: Names,
    timeline: timeline::Timeline,
    frames: watch::Sender<Arc<Frame>>,
    /// The [`Content`] last sent, and when.
    sent: (String, Instant),
}

impl Live {
    /// The loop, which has taken its first look, and where its frames are found. `nudge` wakes it for changes neither
    /// world knows of.
    pub(super) fn new(
        discord: Discord,
        aws: Aws,
        controls: Controls,
        trouble: Arc<trouble::Troublemaker>,
        nudge: Arc<Notify>,
    ) -> (Self, Frames) {
        let facts = discord.facts();
        let names = Names {
            guild_id: facts.guild_id.to_string(),
            bot_user_id: facts.bot_user_id.to_string(),
            channel_id: facts.channel_id.to_string(),
            operator_role_id: facts.operator_role_id.to_string(),
            viewer_role_id: facts.viewer_role_id.to_string(),
        };
        let (frames, receiver) = watch::channel(Arc::default());
        let timeline = timeline::Timeline::default();
        let sent = (String::new(), Instant::now());
        let mut live = Self { discord, aws, controls, trouble, nudge, names, timeline, frames, sent };
        live.look();
        (live, receiver)
    }

    /// Looks and sends for as long as it is polled.
    pub(super) async fn run(mut self) -> Infallible {
        let mut channel = self.discord.changes();
        let mut inventory = self.aws.changes();
        loop {
            tokio::time::sleep(COALESCE).await;
            tokio::select! {
                _ = channel.changed() => {}
                _ = inventory.changed() => {}
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN - COALESCE) => {}
            }
            self.look();
        }
    }

    fn look(&mut self) {
        let now = (self.controls.now)();
        let channel = self.discord.channel();
        let inventory = self.aws.inventory();
        self.timeline.look(&inventory, now);
        let from_start = |item: &Item| self.timeline.was_there_from_start(item);
        let listed: Vec<_> =
            inventory.iter().map(|item| Listed { item, from_start: from_start(item) }).collect();
        let steady = inventory.iter().filter(|item| !item.by_started_hour);
        let content = Content {
            speed: (self.controls.speed)(),
            usd_per_hour: inventory.iter().filter_map(|item| item.usd_per_hour).sum(),
            steady_usd_per_hour: steady.filter_map(|item| item.usd_per_hour).sum(),
            stepwise_usd: self.timeline.bill().stepwise_usd(),
            trouble: self.trouble.look(&inventory, now),
            time_zone: self.controls.time_zone,
            names: &self.names,
            channel: &channel,
            inventory: &listed,
            events: self.timeline.events(),
        };
        let key = json(&content);
        let changed = key != self.sent.0;
        if !changed && self.sent.1.elapsed() < HEARTBEAT {
            return;
        }
        let revision = self.frames.borrow().revision + u64::from(changed);
        let json =
            json(&State { revision, now, steady_usd: self.timeline.bill().steady_usd(), content: &content });
        self.sent = (key, Instant::now());
        self.frames.send_replace(Arc::new(Frame { revision, json }));
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("what the page shows has string keys only")
}
