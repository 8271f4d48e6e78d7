//! Lengths of time as ISO 8601 writes them: `PT10M`, `PT1H30M`, `P1DT12H`.

use std::time::Duration;

/// The longest that a step may sleep: seven days.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Reads a length of time in whole days, hours, minutes and seconds.
///
/// # Errors
/// One sentence about what is not understood.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("Duration {text} is not in ISO 8601 format, such as PT10M.");
    let rest = text.strip_prefix('P').ok_or_else(wrong)?;
    let (days, time) = match rest.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return Err(wrong()),
        None => (rest, ""),
    };
    if days.is_empty() && time.is_empty() {
        return Err(wrong());
    }
    let date = sum(days, &[('D', 24 * 3600)]).ok_or_else(wrong)?;
    let time = sum(time, &[('H', 3600), ('M', 60), ('S', 1)]).ok_or_else(wrong)?;
    match date.checked_add(time).map(Duration::from_secs) {
        Some(length) if length <= LONGEST => Ok(length),
        _ => Err(format!("Duration {text} is longer than seven days.")),
    }
}

/// The seconds of a sequence of numbers with units, each at most once and in this order.
fn sum(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut rest = text;
    let mut total = 0_u64;
    for (unit, seconds) in units {
        if let Some((digits, after)) = rest.split_once(*unit) {
            total = total.checked_add(digits.parse::<u64>().ok()?.checked_mul(*seconds)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_nonsense_is_not() {
        for (text, seconds) in
            [("PT15S", 15), ("PT10M", 600), ("PT1H30M", 5400), ("P1DT1S", 86401), ("P7D", 604_800)]
        {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in
            ["", "P", "PT", "10M", "PT10", "PT1M1H", "P1H", "PT-1S", "P8D", "PT99999999999999999999S"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
