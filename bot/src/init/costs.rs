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

#[cfg(test)]
mod tests {
    use doorman_config::{EXAMPLE, Locale};

    use super::*;

    fn said_of(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::from_toml(&EXAMPLE.replace('…', &"1".repeat(19))).expect("settings");
        change(&mut settings);
        said(&settings, &Survey::default(), Words(Locale::EnUs), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_is_not_in_a_list_is_not_priced() {
        let abroad = said_of(|settings| "eu-west-1".clone_into(&mut settings.aws.region));
        assert_eq!(
            abroad,
            "What it costs: doorman has no price list for eu-west-1, and will show none there."
        );
        let large = said_of(|settings| "u-24tb1.metal".clone_into(&mut settings.stack.service.instance_type));
        assert!(large.contains("\n  a NAT window: $0.064 an hour\n"), "{large}");
        assert!(large.contains("\n  the pair of instances: not in the list\n"), "{large}");
    }
}
