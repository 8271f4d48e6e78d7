//! Durations as people write them.

use chrono::TimeDelta;
use doorman_config::WindowLength;
use doorman_config::duration::{DurationError, LONGEST, format, parse};

#[test]
fn what_people_write_is_read() {
    let table = [
        ("30m", 30 * 60),
        ("30M", 30 * 60),
        (" 30 m ", 30 * 60),
        ("+30m", 30 * 60),
        ("1h30m", 90 * 60),
        ("1h 30m", 90 * 60),
        ("1 h 30 m", 90 * 60),
        ("1h30", 90 * 60),
        ("1.5h", 90 * 60),
        ("90", 90 * 60),
        ("90 minutes", 90 * 60),
        ("2 Hours 5 Mins", 125 * 60),
        ("90s", 90),
        ("1d", 24 * 60 * 60),
        ("2시간", 120 * 60),
        ("30분", 30 * 60),
        ("1시간 30분", 90 * 60),
        ("1시간30분", 90 * 60),
        ("1 시간 30 분", 90 * 60),
        ("1시간 반", 90 * 60),
        ("1시간반", 90 * 60),
        ("한 시간", 60 * 60),
        ("한시간 반", 90 * 60),
        ("두 시간", 120 * 60),
        ("세 시간", 180 * 60),
        ("열두시간", 12 * 60 * 60),
        ("스물네 시간", 24 * 60 * 60),
        ("한 시간 삼십 분", 90 * 60),
        ("한시간삼십분", 90 * 60),
        ("십오분", 15 * 60),
        ("십일 분", 11 * 60),
        ("구십분", 90 * 60),
        ("백이십 분", 120 * 60),
        ("삼십 초", 30),
        ("반 시간", 30 * 60),
        ("반시간", 30 * 60),
        ("일 분 반", 90),
        ("하루", 24 * 60 * 60),
        ("하루 반", 36 * 60 * 60),
        ("이틀", 48 * 60 * 60),
        ("30분간", 30 * 60),
        ("30분 동안", 30 * 60),
        ("30분만", 30 * 60),
        ("두 시간 반 동안만", 150 * 60),
        ("2시간", 120 * 60),
        ("2시간반", 150 * 60),
        ("45초", 45),
        ("1일 2시간", 26 * 60 * 60),
        ("３０분", 30 * 60),
        ("１ｈ　３０ｍ", 90 * 60),
        ("９０", 90 * 60),
        ("1h\u{a0}30m", 90 * 60),
        ("\u{feff}30m\u{200b}", 30 * 60),
        ("365d", LONGEST.num_seconds()),
    ];
    for (text, seconds) in table {
        let read = parse(text).map_or(-1, |delta| delta.num_seconds());
        assert_eq!(read, seconds, "{text:?}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let table = [
        ("", DurationError::Empty),
        ("   ", DurationError::Empty),
        ("0", DurationError::Zero),
        ("0h0m", DurationError::Zero),
        ("0.4s", DurationError::Zero),
        ("-5m", DurationError::Negative),
        ("-1h30m", DurationError::Negative),
        ("366d", DurationError::TooLong),
        ("99999999999999999999999h", DurationError::TooLong),
    ];
    for (text, error) in table {
        assert_eq!(parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn what_cannot_be_read_gets_the_nearest_that_can() {
    let table = [
        ("30mm", Some("30m")),
        ("30 minuts", Some("30m")),
        ("30 min.", Some("30m")),
        ("about 30m", Some("30m")),
        ("1:30", Some("1h30m")),
        ("1hour, 30mn", Some("1h30m")),
        ("1h-30m", Some("1h30m")),
        ("2시갼", Some("2h")),
        ("2시", Some("2h")),
        ("half hour", None),
        ("한", None),
        ("시간 반", None),
        ("몇 시간", None),
        ("30분쯤", Some("30m")),
        ("forever", None),
        ("30x", None),
        ("2w", None),
        ("5 5", None),
        ("1 30", None),
        ("1e3m", None),
        ("inf", None),
        ("infinity", None),
        ("∞", None),
        ("m", None),
        (".", None),
        ("0mm", None),
    ];
    for (text, suggestion) in table {
        let suggestion = suggestion.map(str::to_owned);
        assert_eq!(parse(text), Err(DurationError::Malformed { suggestion }), "{text:?}");
    }
}

#[test]
fn a_number_that_nobody_can_have_meant_as_minutes_is_a_question() {
    let table = [
        ("5m5", 5 * 60, "5", Some("5m5s")),
        ("5m 5", 5 * 60, "5", Some("5m5s")),
        ("1h30m15", 90 * 60, "15", Some("1h30m15s")),
        ("30분5", 30 * 60, "5", Some("30m5s")),
        ("삼십 분 5", 30 * 60, "5", Some("30m5s")),
        ("0m5", 0, "5", Some("5s")),
        ("1d5", 24 * 60 * 60, "5", Some("1d5h")),
        ("5s5", 5, "5", None),
    ];
    for (text, before, number, suggestion) in table {
        let (before, number) = (TimeDelta::seconds(before), number.to_owned());
        let suggestion = suggestion.map(str::to_owned);
        assert_eq!(parse(text), Err(DurationError::NoUnit { before, number, suggestion }), "{text:?}");
    }
    assert_eq!(
        parse("5m5").unwrap_err().to_string(),
        "5m and 5 what? write the unit, as in `5m5s`",
        "as it is said of the settings"
    );
    // After hours there is only one thing it can be.
    assert_eq!(parse("1h30"), Ok(TimeDelta::minutes(90)));
}

#[test]
fn a_suggestion_can_always_be_read() {
    let characters = ['0', '1', '9', '5', 'h', 'm', 'x', '.', ':', '-', ' ', '시', '분', '간'];
    let mut suggested = 0;
    // Every text of four of them.
    for number in 0..characters.len().pow(4) {
        let text: String =
            (0..4).map(|place| characters[number / characters.len().pow(place) % characters.len()]).collect();
        if let Err(DurationError::Malformed { suggestion: Some(suggestion) }) = parse(&text) {
            assert!(parse(&suggestion).is_ok(), "{text:?} → {suggestion:?}");
            suggested += 1;
        }
    }
    assert!(suggested > 100, "only {suggested} suggestions");
}

#[test]
fn format_is_short_and_reads_back() {
    for (seconds, text) in [
        (30 * 60, "30m"),
        (90 * 60, "1h30m"),
        (60 * 60, "1h"),
        (26 * 60 * 60, "1d2h"),
        (45, "45s"),
        (3601, "1h1s"),
        (0, "0m"),
        (-300, "-5m"),
    ] {
        assert_eq!(format(TimeDelta::seconds(seconds)), text);
    }
    for seconds in (1..400_000).step_by(37) {
        let delta = TimeDelta::seconds(seconds);
        assert_eq!(parse(&format(delta)), Ok(delta));
    }
    assert_eq!(format(TimeDelta::milliseconds(90_999)), "1m30s");
    assert_eq!(format(TimeDelta::milliseconds(-400)), "0m");
}

#[test]
fn a_window_length_is_whole_seconds_within_bounds() {
    let length = |delta| WindowLength::try_from(delta).map(|length| length.to_string());
    assert_eq!(length(TimeDelta::milliseconds(1_900)), Ok("1s".to_owned()));
    assert_eq!(length(TimeDelta::milliseconds(900)), Err(DurationError::Zero));
    assert_eq!(length(TimeDelta::milliseconds(-900)), Err(DurationError::Negative));
    assert_eq!(length(TimeDelta::seconds(-5)), Err(DurationError::Negative));
    assert_eq!(length(LONGEST + TimeDelta::seconds(1)), Err(DurationError::TooLong));
    assert_eq!(length(TimeDelta::MAX), Err(DurationError::TooLong));
}
