//! Cron lines.

use std::fmt;
use std::str::FromStr;

use ::cron::Schedule;
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// No zone has skipped more: in December 2011 Samoa had no 30th.
const LONGEST_SKIP: TimeDelta = TimeDelta::days(1);

/// A recurring time: six fields, seconds first (second, minute, hour, day of the month, month, day of the
/// week), as in `0 0 9 * * MON-FRI`. The time zone is said elsewhere.
///
/// Days of the week go by name only: of the two cron libraries at work here, this crate's and that of the
/// scheduler, one counts from Sunday = 1 and the other from Sunday = 0. The same goes for what else they
/// read differently: a year as the seventh field, and nicknames such as `@daily`.
#[derive(Clone)]
pub struct Cron(Schedule);

/// Why a text is not a cron line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not six fields.
    #[error(
        "a cron line has six fields (second minute hour day month weekday), as in `0 0 9 * * *`; \
         this has {0}"
    )]
    Fields(usize),
    /// A day of the week is a number.
    #[error(
        "name the days of the week (`MON`, `MON-FRI`, `SAT,SUN`): their numbers do not mean the same everywhere"
    )]
    WeekdayNumber,
    /// A field that cannot be read.
    #[error("`{line}` is not a cron line such as `0 0 9 * * *`: {reason}")]
    Malformed {
        /// The line.
        line: String,
        /// What the cron library says.
        reason: String,
    },
    /// A date that there is not, such as 30 February.
    #[error("`{0}` never comes")]
    Never(String),
}

impl Cron {
    /// For the defaults in this crate.
    pub(crate) fn every_day_at(hour: u8) -> Self {
        format!("0 0 {hour} * * *").parse().expect("a cron line")
    }

    /// The line as it was written, without spaces around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.source()
    }

    /// The first time strictly after `after`, in the time zone of `after`. `None` when there is none left,
    /// which takes until the year 2100.
    ///
    /// A time of day that the clocks skip in spring comes as soon as they have skipped it; one that they show twice
    /// in autumn comes the first time.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Tz>) -> Option<DateTime<Tz>> {
        // The library would leave out what a zone skips, so it is asked what the clock on the wall shows next, in the
        // one zone that skips nothing.
        let shown = self.0.after(&after.naive_local().and_utc());
        // In the second of two hours that show the same, times of the first one come up again.
        let mut instants = shown.map_while(|shown| instant(shown.naive_utc(), after.timezone()));
        instants.find(|at| *at > after)
    }
}

/// When clocks in that zone show this time first, or, where they skip it, what comes after what they skip.
fn instant(shown: NaiveDateTime, zone: Tz) -> Option<DateTime<Tz>> {
    let minute = shown.with_second(0)?;
    let next = (1..=LONGEST_SKIP.num_minutes()).map(|minutes| minute + TimeDelta::minutes(minutes));
    std::iter::once(shown).chain(next).find_map(|shown| zone.from_local_datetime(&shown).earliest())
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let line = text.trim();
        let fields: Vec<&str> = line.split_whitespace().collect();
        let &[.., weekday] = fields.as_slice() else {
            return Err(CronError::Fields(0));
        };
        if fields.len() != 6 {
            return Err(CronError::Fields(fields.len()));
        }
        if weekday.contains(|c: char| c.is_ascii_digit()) {
            return Err(CronError::WeekdayNumber);
        }
        let schedule = Schedule::from_str(line).map_err(|error| {
            // Above its last line the library draws where in the text it is.
            let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
            CronError::Malformed { line: line.to_owned(), reason }
        })?;
        // Any date will do to start from: four years and a century on, every day of the calendar has come.
        if schedule.after(&DateTime::UNIX_EPOCH).next().is_none() {
            return Err(CronError::Never(line.to_owned()));
        }
        Ok(Self(schedule))
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Cron {}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({self})")
    }
}

impl Serialize for Cron {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Cron {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
