//! What people do.

use std::time::Duration;

use doorman_config::ShellMode;
use doorman_stage::Act;

/// What people do, and AWS with them.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) acts: &'static [Act],
    /// What becomes of the world beside single calls.
    pub(crate) mood: Mood,
    /// Whether also the looks go wrong, and not only what changes something.
    pub(crate) looks: bool,
    /// Whether shell access is a part of the pair, or has windows of its own.
    pub(crate) shell: ShellMode,
}

/// How the world is for a whole story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should be.
    Fair,
    /// What was just made is not found for some seconds, and an address stays locked for long.
    Slow,
    /// The first gateway fails.
    GatewayFails,
    /// Discord cannot be reached after the first command is acknowledged.
    DiscordAway,
    /// Discord refuses to have the bot's messages edited, twenty times, for a reason that nobody knows.
    EditsRefused,
    /// Keeper, herald and what it tells break now and then, and begin again.
    TasksBreak,
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

use Act::{Away, Pass, Press, Say, UntilDone};

const EXPIRE: &[Act] = &[Say("operator", "/nat open 5m"), UntilDone, Pass(minutes(5))];

const EXPIRE_SHELL: &[Act] =
    &[Say("operator", "/shell open 10m"), Press("operator", "Confirm"), UntilDone, Pass(minutes(10))];

/// All of them.
pub(crate) const STORIES: &[Story] = &[
    Story { name: "open, expire", acts: EXPIRE, mood: Mood::Fair, looks: true, shell: ShellMode::Always },
    Story {
        name: "open, expire, AWS slow to agree",
        acts: EXPIRE,
        mood: Mood::Slow,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, the gateway fails",
        acts: EXPIRE,
        mood: Mood::GatewayFails,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, expire, Discord away",
        acts: EXPIRE,
        mood: Mood::DiscordAway,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, expire, edits refused",
        acts: EXPIRE,
        mood: Mood::EditsRefused,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, expire, tasks break",
        acts: EXPIRE,
        mood: Mood::TasksBreak,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, extend, close early",
        acts: &[
            Say("operator", "/nat open 10m"),
            UntilDone,
            Say("operator", "/nat extend 5m"),
            Pass(minutes(1)),
            Say("operator", "/nat close"),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        // The first one's gateway is still listed as deleted when the second one is built.
        name: "open, close, open again",
        acts: &[
            Say("operator", "/nat open 10m"),
            UntilDone,
            Say("operator", "/nat close"),
            Pass(minutes(5)),
            Say("operator", "/nat open 5m"),
            Pass(minutes(6)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        // Before an answer that was lost can show its effect.
        name: "open, close at once, AWS slow to agree",
        acts: &[
            Say("operator", "/nat open 10m"),
            Pass(Duration::from_secs(1)),
            Say("operator", "/nat close"),
            Pass(minutes(1)),
        ],
        mood: Mood::Slow,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "two open at once",
        acts: &[
            Say("operator", "/nat open 5m"),
            Say("second", "/nat open 5m"),
            UntilDone,
            Say("second", "/nat close"),
            Say("operator", "/nat close"),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "open, expire while AWS is away",
        acts: &[
            Say("operator", "/nat open 5m"),
            UntilDone,
            Pass(minutes(3)),
            Away(true),
            Pass(minutes(8)),
            Away(false),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "launch, terminate",
        acts: &[
            Say("operator", "/launch service"),
            Press("operator", "Confirm"),
            UntilDone,
            Say("operator", "/terminate service"),
            Press("operator", "Confirm"),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: true,
        shell: ShellMode::Always,
    },
    Story {
        name: "open while launching, terminate",
        acts: &[
            Say("operator", "/launch service"),
            Press("operator", "Confirm"),
            Say("second", "/nat open 5m"),
            UntilDone,
            Pass(minutes(5)),
            Say("operator", "/terminate service"),
            Press("operator", "Confirm"),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Always,
    },
    Story {
        name: "shell: open, expire",
        acts: EXPIRE_SHELL,
        mood: Mood::Fair,
        looks: true,
        shell: ShellMode::Window,
    },
    Story {
        name: "shell: open, expire, AWS slow to agree",
        acts: EXPIRE_SHELL,
        mood: Mood::Slow,
        looks: false,
        shell: ShellMode::Window,
    },
    Story {
        name: "shell: beside a pair and a window, extend, close",
        acts: &[
            Say("operator", "/launch service"),
            Press("operator", "Confirm"),
            UntilDone,
            Say("operator", "/shell open 10m"),
            Press("second", "Confirm"),
            Say("second", "/nat open 5m"),
            UntilDone,
            Say("operator", "/shell extend 5m"),
            Pass(minutes(1)),
            Say("second", "/shell close"),
            Pass(minutes(5)),
            Say("operator", "/terminate service"),
            Press("operator", "Confirm"),
            Pass(minutes(1)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Window,
    },
    Story {
        name: "shell: open, expire while AWS is away",
        acts: &[
            Say("operator", "/shell open 10m"),
            Press("operator", "Confirm"),
            UntilDone,
            Pass(minutes(8)),
            Away(true),
            // Back before the net would close it.
            Pass(minutes(5)),
            Away(false),
            Pass(minutes(5)),
        ],
        mood: Mood::Fair,
        looks: false,
        shell: ShellMode::Window,
    },
];
