//! `[reports]`: what doorman posts unasked, and when.

use std::str::FromStr;

use chrono_tz::Tz;

use crate::choice;
use crate::cron::Cron;
use crate::read::Section;

/// When reports are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reports {
    /// The time zone of the cron lines below, by its IANA name. Default: `Asia/Seoul`.
    pub timezone: Tz,
    /// When the summary of state and cost is posted; `None` (in the file: empty) is never. Default:
    /// `0 0 9 * * *`, every morning at nine.
    pub daily: Option<Cron>,
}

impl Default for Reports {
    fn default() -> Self {
        Self { timezone: Tz::Asia__Seoul, daily: Some(Cron::every_day_at(9)) }
    }
}

impl Reports {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let mut reports = Self::default();
        if let Some(name) = section.get::<String>("timezone") {
            match Tz::from_str(&name) {
                Ok(timezone) => reports.timezone = timezone,
                Err(_) => section.wrong("timezone", unknown_timezone(&name)),
            }
        }
        if let Some(line) = section.get::<String>("daily") {
            match line.trim() {
                "" => reports.daily = None,
                line => match line.parse() {
                    Ok(cron) => reports.daily = Some(cron),
                    Err(error) => section.wrong("daily", error.to_string()),
                },
            }
        }
        reports
    }
}

fn unknown_timezone(name: &str) -> String {
    match choice::nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())) {
        Some(nearest) => format!("`{name}` is not a time zone; did you mean `{nearest}`?"),
        None => format!("`{name}` is not a time zone; use an IANA name such as `Asia/Seoul` or `UTC`"),
    }
}
