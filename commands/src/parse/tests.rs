use super::*;
use crate::testbed::people::{OPERATOR, command as sent, request, settings};

/// What is understood by somebody who may have windows as long as the stack has them.
fn read(name: Name, typed: &Typed) -> Result<Command, String> {
    let mut settings = settings();
    settings.policy.grants.iter_mut().for_each(|grant| grant.max_window = None);
    command(name, typed, &settings, &request(&[OPERATOR], sent("/help")))
}

fn open(text: &str) -> Result<Command, String> {
    let typed = Typed {
        path: vec!["nat".to_owned(), "open".to_owned()],
        options: vec![("duration".to_owned(), text.to_owned())],
    };
    read(Name::NatOpen, &typed)
}

fn nat(minutes: i64) -> Command {
    Command::Open { kind: LeaseKind::NatWindow, length: TimeDelta::minutes(minutes) }
}

#[test]
fn durations_read_as_people_write_them() {
    for (text, minutes) in [
        ("30m", 30),
        ("1h30m", 90),
        ("90", 90),
        ("2시간", 120),
        ("30분", 30),
        ("4h", 240),
        ("5", 5),
        ("\u{1103}\u{116e} \u{1109}\u{1175}\u{1100}\u{1161}\u{11ab}", 120),
        ("1시간\u{a0}반", 90),
        ("\u{feff}３０m\u{200b}", 30),
    ] {
        assert_eq!(open(text), Ok(nat(minutes)), "{text}");
    }
}

#[test]
fn each_wrong_duration_has_its_own_sentence_and_the_nearest_right_one() {
    for (text, sentence) in [
        ("30mm", "`30mm` is not a length of time. Did you mean `30m`?"),
        ("soon", "`soon` is not a length of time. Did you mean `30m`?"),
        ("30\u{200b}mm", "`30mm` is not a length of time. Did you mean `30m`?"),
        ("5m5", "`5m5`: 5m and 5 what? Add the unit, as in `5m5s`."),
        ("1m5", "`1m5`: 1m and 5 what? Add the unit, as in `5m`."),
        ("5s5", "`5s5`: 5s and 5 what? Add the unit, as in `30m`."),
        ("0", "`0` is no time at all. The shortest is `5m`."),
        ("-45m", "`-45m` lies in the past. Did you mean `45m`?"),
        ("-9h", "`-9h` lies in the past. Did you mean `30m`?"),
        ("1m", "`1m` is too short. The shortest is `5m`."),
        ("4h1m", "4h1m is too long: a NAT window is open for at most `4h`."),
        ("999999999h", "`999999999h` is too long. The longest is `4h`."),
        ("", "How long? Write something like `30m`."),
    ] {
        let told = open(text).expect_err(text);
        assert!(told.starts_with(sentence), "{text}: {told}");
    }
}

#[test]
fn an_extension_may_be_shorter_than_a_window_but_not_nothing() {
    let extend = |text: &str| {
        let options = vec![("duration".to_owned(), text.to_owned())];
        let typed = Typed { path: Vec::new(), options };
        read(Name::NatExtend, &typed)
    };
    let by = TimeDelta::minutes(1);
    assert_eq!(extend("1m"), Ok(Command::Extend { kind: LeaseKind::NatWindow, by }));
    assert!(extend("59s").expect_err("short").contains("The shortest is `1m`"));
    let none = read(Name::NatExtend, &Typed::default());
    assert!(none.expect_err("missing").starts_with("How long?"));
}

#[test]
fn without_a_duration_a_window_has_the_default_of_the_settings() {
    assert_eq!(read(Name::NatOpen, &Typed::default()), Ok(nat(30)));
}
