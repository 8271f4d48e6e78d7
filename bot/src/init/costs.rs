//! What leases by new settings would cost an hour.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use doorman_cloud::lease::{LeaseKind, PairSpec, Spec};
use doorman_cloud::prices::Prices;
use doorman_cloud::recipes::estimate;
use doorman_cloud::survey::Survey;
use doorman_config::{Settings, ShellMode};

use super::words::Words;

/// A line for each thing that people can have, by the shipped list of the region; or that there is none.
pub(super) fn said(settings: &Settings, survey: &Survey, words: Words, now: DateTime<Utc>) -> String {
    let Some(prices) = Prices::shipped(&settings.aws.region) else {
        return words.no_prices(&settings.aws.region);
    };
    let observed = survey.observed(&settings.stack, now);
    let service = &settings.stack.service;
    let pair = Spec::Pair(PairSpec {
        image: service.image.as_str().into(),
        root: None,
        image_name: service.image.clone(),
        instance_type: service.instance_type.clone(),
        market: service.market,
    });
    // Shell access has a line of its own.
    let mut stack = settings.stack.clone();
    stack.shell.mode = ShellMode::Window;
    let cost = |kind, spec: &Spec| {
        let lines = estimate(kind, spec, &stack, &observed, prices).lines;
        lines.iter().map(|line| line.price.usd_per_hour()).sum::<Option<f64>>()
    };
    let lines = [
        (words.window(), cost(LeaseKind::NatWindow, &Spec::Plain)),
        (words.pair(), cost(LeaseKind::Pair, &pair)),
        (words.shell(), cost(LeaseKind::ShellWindow, &Spec::Plain)),
    ];
    let mut text = words.costs(&prices.as_of.to_string());
    for (what, usd) in lines {
        _ = write!(text, "\n  {what}: {}", words.an_hour(usd));
    }
    text
}
