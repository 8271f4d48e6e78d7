//! When a schedule fires.

use chrono::{DateTime, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::invalid;
use crate::aws::refusal::Answer;

/// A time, as it was asked for and as it is meant.
#[derive(Debug, Clone)]
pub(crate) struct When {
    pub(crate) expression: String,
    pub(crate) zone: Tz,
    pub(crate) at: DateTime<Utc>,
}

/// Reads `at(yyyy-mm-ddThh:mm:ss)` in a time zone, UTC when none is given. It must lie ahead of `now`.
///
/// # Errors
/// `ValidationException`; also for `rate(…)` and `cron(…)`, which AWS has and the sandbox does not.
pub(super) fn read(expression: &str, zone: Option<&str>, now: DateTime<Utc>) -> Answer<When> {
    let wrong = || invalid(format!("Invalid Schedule Expression {expression}."));
    if expression.starts_with("rate(") || expression.starts_with("cron(") {
        return Err(invalid(format!("The sandbox only has schedules that fire once, not {expression}.")));
    }
    let zone: Tz = zone
        .unwrap_or("UTC")
        .parse()
        .map_err(|_| invalid("Invalid ScheduleExpressionTimezone: there is no such time zone."))?;
    let text = expression.strip_prefix("at(").and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    // chrono would take fewer digits, or more.
    if !fits(text, "0000-00-00T00:00:00") {
        return Err(wrong());
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").map_err(|_| wrong())?;
    // A time that the clocks skip does not exist; of one that they repeat, the first is meant.
    let at = zone.from_local_datetime(&local).earliest().ok_or_else(wrong)?.with_timezone(&Utc);
    if at <= now {
        return Err(invalid(format!("Invalid Schedule Expression {expression}. It lies in the past.")));
    }
    Ok(When { expression: expression.to_owned(), zone, at })
}

/// Whether `text` has a digit wherever `form` has one, and the same characters elsewhere.
fn fits(text: &str, form: &str) -> bool {
    let same = |(is, should): (char, char)| if should == '0' { is.is_ascii_digit() } else { is == should };
    text.len() == form.len() && text.chars().zip(form.chars()).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_time_is_meant_in_its_zone() {
        let at = |text: &str, zone| read(text, zone, now()).unwrap().at.to_rfc3339();
        assert_eq!(at("at(2026-11-22T10:00:00)", None), "2026-11-22T10:00:00+00:00");
        assert_eq!(at("at(2026-11-22T19:00:00)", Some("Asia/Seoul")), "2026-11-22T10:00:00+00:00");
    }

    #[test]
    fn other_forms_and_the_past_are_refused() {
        for wrong in [
            "at(2026-11-22T10:00:00Z)",
            "at(2026-11-22 10:00:00)",
            "at(2026-11-22T10:00)",
            "at(2026-11-22T10:00:00.5)",
            "at(2026-11-31T10:00:00)",
            "at(2026-11-22T24:00:00)",
            "at(2026-11-22T09:00:00)",
            "2026-11-22T10:00:00",
            "rate(5 minutes)",
            "cron(0 12 * * ? *)",
            "",
        ] {
            assert_eq!(read(wrong, None, now()).unwrap_err().code, "ValidationException", "{wrong}");
        }
        assert!(read("at(2026-11-22T10:00:00)", Some("Seoul"), now()).is_err());
        // The clocks of Berlin go from 2 to 3 on that morning.
        assert!(read("at(2027-03-28T02:30:00)", Some("Europe/Berlin"), now()).is_err());
    }
}
