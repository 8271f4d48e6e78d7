//! Times as Discord's own timestamps, which every reader sees in their zone and language.
//! <https://discord.com/developers/docs/reference#message-formatting-timestamp-styles>

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use doorman_config::{Locale, duration};

/// "in 20 minutes", "3 hours ago"; counts by itself.
pub(crate) fn relative(at: DateTime<Utc>) -> String {
    format!("<t:{}:R>", at.timestamp())
}

/// "14:30".
pub(crate) fn clock(at: DateTime<Utc>) -> String {
    format!("<t:{}:t>", at.timestamp())
}

/// "28 November 2026 14:30".
pub(crate) fn full(at: DateTime<Utc>) -> String {
    format!("<t:{}:f>", at.timestamp())
}

/// "14:30 (in 20 minutes)", "14:05 (3 hours ago)".
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    format!("{} ({})", clock(at), relative(at))
}

/// "14:30" in that zone, for text in which Discord shows nobody their own time: titles and suggestions.
pub(crate) fn in_zone(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%H:%M").to_string()
}

/// A length of time as people of that language write it, and as a command reads it back: `1h30m`, `1시간 30분`.
pub(crate) fn length(locale: Locale, delta: TimeDelta) -> String {
    let text = duration::format(delta);
    match locale {
        Locale::EnUs => text,
        Locale::Ko => {
            let mut korean = String::new();
            for c in text.chars() {
                let unit = match c {
                    'd' => "일 ",
                    'h' => "시간 ",
                    'm' => "분 ",
                    's' => "초 ",
                    other => {
                        korean.push(other);
                        continue;
                    }
                };
                korean.push_str(unit);
            }
            korean.trim_end().to_owned()
        }
    }
}

/// From when to when: by the clock alone while that cannot be mistaken, else with the day.
pub(crate) fn span(from: DateTime<Utc>, to: DateTime<Utc>) -> (String, String) {
    const SAME_DAY: TimeDelta = TimeDelta::hours(12);
    if to - from < SAME_DAY { (clock(from), clock(to)) } else { (full(from), full(to)) }
}

/// As [`length`], for what was measured: nobody wants to read the seconds of half an hour.
pub(crate) fn about(locale: Locale, delta: TimeDelta) -> String {
    let seconds = delta.num_seconds();
    let shown = if seconds.abs() < 60 { seconds } else { (seconds + 30 * seconds.signum()) / 60 * 60 };
    length(locale, TimeDelta::seconds(shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_reads_back_in_both_languages() {
        for (minutes, english, korean) in
            [(30, "30m", "30분"), (90, "1h30m", "1시간 30분"), (1440, "1d", "1일")]
        {
            let delta = TimeDelta::minutes(minutes);
            assert_eq!(length(Locale::EnUs, delta), english);
            assert_eq!(length(Locale::Ko, delta), korean);
            assert_eq!(duration::parse(korean), Ok(delta));
        }
    }
    #[test]
    fn what_was_measured_is_said_to_the_minute() {
        for (seconds, text) in [(0, "0m"), (7, "7s"), (59, "59s"), (89, "1m"), (90, "2m"), (3_599, "1h")] {
            assert_eq!(about(Locale::EnUs, TimeDelta::seconds(seconds)), text, "{seconds}");
        }
    }

    #[test]
    fn a_span_of_days_says_which_days() {
        let from = DateTime::UNIX_EPOCH;
        assert_eq!(span(from, from + TimeDelta::hours(2)), ("<t:0:t>".to_owned(), "<t:7200:t>".to_owned()));
        assert_eq!(span(from, from + TimeDelta::days(2)).1, "<t:172800:f>");
    }
}
