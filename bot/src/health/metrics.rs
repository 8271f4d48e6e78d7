//! `/metrics`: what Prometheus may count and plot.
//!
//! Names follow Prometheus' conventions (<https://prometheus.io/docs/practices/naming/>) and begin with
//! `doorman_`; times are in seconds. No label has more values than there are commands, operations or words in
//! this code: neither people nor ids nor what they typed become labels.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use doorman_commands::App;
use doorman_commands::request::Action;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet, EncodeLabelValue, EncodeMetric, LabelValueEncoder,
};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Health;

/// Discord waits three seconds for an acknowledgement; it takes it in a tenth when all is well.
const ACKNOWLEDGED_WITHIN_S: [f64; 10] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];
/// Buttons by the first words of their ids (`commands/src/press.rs`). An id comes from the client and could be
/// anything.
const BUTTONS: [&str; 5] = ["card:confirm", "card:cancel", "nat:extend", "nat:close", "repair"];

/// Counts, and the registry they are read from; clones share both.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    interactions: Family<Interaction, Counter>,
    acknowledgement: Histogram,
    /// The commands there are, as `nat open`.
    commands: Arc<OnceLock<Vec<String>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Interaction {
    command: String,
    outcome: Outcome,
}

/// What became of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was worked on, and the reply was delivered.
    Answered,
    /// It was refused at the door: authority, or input that cannot be used.
    Refused,
    /// Values were suggested for an option.
    Suggested,
    /// Discord did not take the acknowledgement, so nothing was done.
    Unacknowledged,
    /// It was worked on, and the reply could not be delivered.
    Untold,
    /// The handler panicked.
    Panicked,
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> fmt::Result {
        let word = match self {
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::Suggested => "suggested",
            Outcome::Unacknowledged => "unacknowledged",
            Outcome::Untold => "untold",
            Outcome::Panicked => "panicked",
        };
        word.encode(encoder)
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        let mut registry = Registry::with_prefix("doorman");
        let interactions = Family::default();
        registry.register(
            "interactions",
            "Commands, buttons and suggestions, by command and what became of them",
            interactions.clone(),
        );
        let acknowledgement = Histogram::new(ACKNOWLEDGED_WITHIN_S);
        registry.register_with_unit(
            "acknowledgement",
            "Time from an interaction's arrival until Discord has its acknowledgement",
            Unit::Seconds,
            acknowledgement.clone(),
        );
        Metrics {
            registry: Arc::new(Mutex::new(registry)),
            interactions,
            acknowledgement,
            commands: Arc::default(),
        }
    }
}

impl Metrics {
    /// Adds what others measure.
    pub fn add(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.registry.lock());
    }

    /// Adds what is read off `health` whenever somebody asks.
    pub fn add_signs(&self, health: Health) {
        self.add(|registry| registry.register_collector(Box::new(Signs(health))));
    }

    /// Learns the names of the commands; whatever else is typed is counted as `other`.
    pub fn learn(&self, app: &App) {
        let mut names = Vec::new();
        for command in app.definitions() {
            names.push(command.name.to_owned());
            names.extend(command.subcommands.iter().map(|sub| format!("{} {}", command.name, sub.name)));
        }
        // The commands of a program are always the same.
        _ = self.commands.set(names);
    }

    /// Counts an interaction.
    pub fn answered(&self, action: &Action, outcome: Outcome) {
        let command = match action {
            Action::Command(typed) | Action::Complete { typed, .. } => {
                let typed = typed.path.join(" ");
                let known = self.commands.get().is_some_and(|commands| commands.contains(&typed));
                if known { typed } else { "other".to_owned() }
            }
            Action::Press { custom_id, .. } => button(custom_id).to_owned(),
        };
        self.interactions.get_or_create(&Interaction { command, outcome }).inc();
    }

    /// Notes how long an acknowledgement took.
    pub fn acknowledged(&self, took: Duration) {
        self.acknowledgement.observe(took.as_secs_f64());
    }

    /// Everything, as text in the OpenMetrics format, which Prometheus reads.
    ///
    /// # Errors
    ///
    /// Never, as far as writing to memory goes.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry.lock())?;
        Ok(text)
    }
}

fn button(custom_id: &str) -> &'static str {
    let what = custom_id.rsplit_once(':').map_or(custom_id, |(what, _)| what);
    BUTTONS.into_iter().find(|button| *button == what).unwrap_or("other")
}

/// What is read off the signs of life.
struct Signs(Health);

impl fmt::Debug for Signs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signs")
    }
}

impl Collector for Signs {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let signs = self.0.report();
        gauge(&mut encoder, "healthy", "Whether /healthz says so", None, i64::from(signs.healthy))?;
        let help = "Whether the gateway of Discord is connected";
        gauge(&mut encoder, "discord_connected", help, None, i64::from(signs.discord))?;
        let help = "Whether the last look at AWS was answered";
        gauge(&mut encoder, "aws_reachable", help, None, i64::from(signs.aws))?;
        if let Some(age) = signs.aws_seen_s {
            let help = "Age of the last look at AWS that was answered";
            gauge(&mut encoder, "aws_look_age", help, Some(&Unit::Seconds), age)?;
        }
        let help = "Windows of any kind that are opening, open or closing";
        gauge(&mut encoder, "windows_open", help, None, signs.windows_open as i64)?;
        let help = "How long ago the most overdue lease should have been closed; 0: none is overdue";
        gauge(&mut encoder, "closing_late", help, Some(&Unit::Seconds), signs.seconds_late)?;
        let help = "Whether the lease store can be written";
        gauge(&mut encoder, "store_writable", help, None, i64::from(signs.store == super::StoreSign::Ok))?;
        let help = "By how much the clock is ahead of AWS's; negative: behind";
        gauge(&mut encoder, "clock_ahead", help, Some(&Unit::Seconds), signs.clock_ahead_s)?;
        if let Some(age) = signs.backup_age_s {
            gauge(&mut encoder, "backup_age", "Age of the store's copy", Some(&Unit::Seconds), age)?;
        }
        let help = "Time since the loop of a task last went round";
        let ages = signs.tasks.iter().map(|(task, sign)| (*task, ConstGauge::new(sign.beat_age_s as i64)));
        of_tasks(&mut encoder, "task_beat_age", help, Some(&Unit::Seconds), ages)?;
        let help = "How often a task, or a part of it, panicked";
        let panics =
            signs.tasks.iter().map(|(task, sign)| (*task, ConstCounter::new(u64::from(sign.panics))));
        of_tasks(&mut encoder, "task_panics", help, None, panics)
    }
}

/// One number of each task.
fn of_tasks<M: EncodeMetric>(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    metrics: impl IntoIterator<Item = (&'static str, M)>,
) -> fmt::Result {
    let mut metrics = metrics.into_iter().peekable();
    // Before the first task there is none to tell the type by.
    let Some(kind) = metrics.peek().map(|(_, metric)| metric.metric_type()) else { return Ok(()) };
    let mut family = encoder.encode_descriptor(name, help, unit, kind)?;
    for (task, metric) in metrics {
        metric.encode(family.encode_family(&[("task", task)])?)?;
    }
    Ok(())
}

fn gauge<V: EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    value: V,
) -> fmt::Result
where
    ConstGauge<V>: EncodeMetric,
{
    let gauge = ConstGauge::new(value);
    let metric = encoder.encode_descriptor(name, help, unit, gauge.metric_type())?;
    gauge.encode(metric)
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::MessageRef;
    use doorman_commands::request::Typed;

    use super::*;

    #[test]
    fn what_people_type_never_becomes_a_label() {
        let metrics = Metrics::default();
        metrics.commands.set(vec!["nat open".to_owned()]).expect("not set before");
        let typed = |path: &[&str]| {
            Action::Command(Typed {
                path: path.iter().map(|word| (*word).to_owned()).collect(),
                options: vec![("duration".to_owned(), "30m".to_owned())],
            })
        };
        let press = |id: &str| Action::Press {
            custom_id: id.to_owned(),
            message: MessageRef { channel_id: 1, message_id: 2 },
        };
        metrics.answered(&typed(&["nat", "open"]), Outcome::Answered);
        metrics.answered(&typed(&["nat", "open"]), Outcome::Answered);
        metrics.answered(&typed(&["forged\"} 1"]), Outcome::Refused);
        metrics.answered(&press("nat:close:01k0lease"), Outcome::Answered);
        metrics.answered(&press("whatever:01k0lease"), Outcome::Refused);
        metrics.acknowledged(Duration::from_millis(120));
        let text = metrics.text().expect("text");
        for line in [
            r#"doorman_interactions_total{command="nat open",outcome="answered"} 2"#,
            r#"doorman_interactions_total{command="nat:close",outcome="answered"} 1"#,
            r#"doorman_interactions_total{command="other",outcome="refused"} 2"#,
            r#"doorman_acknowledgement_seconds_bucket{le="0.2"} 1"#,
            "doorman_acknowledgement_seconds_count 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in:\n{text}");
        }
        assert!(!text.contains("01k0lease") && !text.contains("forged"), "{text}");
    }
}
