//! Times as Discord's own timestamps, which every reader sees in their zone and language.
//! <https://discord.com/developers/docs/reference#message-formatting-timestamp-styles>

use chrono::{DateTime, TimeDelta, Utc};
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

/// "14:30 (in 20 minutes)".
pub(crate) fn end(at: DateTime<Utc>) -> String {
    format!("{} ({})", clock(at), relative(at))
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
}
