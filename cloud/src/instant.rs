//! Which instants from outside are believed.
//!
//! Tags, names of schedules and AWS's own times can say anything, and some of what they can say cannot be calculated
//! with: the calendar has an end, chrono panics beyond it, and the store writes years of four digits. So every instant
//! that comes from outside comes through here, and has room for the longest length of time on both sides of it.

use chrono::{DateTime, Utc};

/// The last instant that is believed, in seconds of the epoch: the end of the year 9998. The longest length there is, a
/// year, leads from there to no year of five digits.
const LAST_S: i64 = 253_370_764_799;

/// An instant from outside, if it can be calculated with.
pub(crate) fn believed(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (0..=LAST_S).contains(&at.timestamp()).then_some(at)
}

/// An instant by its seconds of the epoch, if it can be calculated with.
pub(crate) fn from_seconds(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).and_then(believed)
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use doorman_config::duration;

    use super::*;

    #[test]
    fn what_is_believed_can_be_calculated_with_and_written() {
        for seconds in [0, 1_795_000_000, LAST_S] {
            let at = from_seconds(seconds).expect("believed");
            for moved in [at, at + duration::LONGEST] {
                let text = moved.to_rfc3339_opts(SecondsFormat::Secs, true);
                assert_eq!(DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()), Ok(moved), "{text}");
            }
            assert!(at.checked_sub_signed(duration::LONGEST).is_some());
        }
    }

    #[test]
    fn what_is_near_an_end_of_the_calendar_is_not_believed() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(believed(at), None, "{at}");
        }
        for seconds in [i64::MIN, -1, LAST_S + 1, i64::MAX] {
            assert_eq!(from_seconds(seconds), None, "{seconds}");
        }
    }
}
