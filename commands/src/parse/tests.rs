use super::*;

fn open(text: &str) -> Result<Command, String> {
    let typed = Typed {
        path: vec!["nat".to_owned(), "open".to_owned()],
        options: vec![("duration".to_owned(), text.to_owned())],
    };
    command(Name::NatOpen, &typed, &Nat::default(), Locale::EnUs)
}

#[test]
fn durations_read_as_people_write_them() {
    for (text, minutes) in
        [("30m", 30), ("1h30m", 90), ("90", 90), ("2시간", 120), ("30분", 30), ("4h", 240), ("5", 5)]
    {
        assert_eq!(open(text), Ok(Command::NatOpen { length: TimeDelta::minutes(minutes) }), "{text}");
    }
}

#[test]
fn each_wrong_duration_has_its_own_sentence_and_the_nearest_right_one() {
    for (text, sentence) in [
        ("30mm", "`30mm` is not a length of time. Did you mean `30m`?"),
        ("soon", "`soon` is not a length of time. Did you mean `30m`?"),
        ("0", "`0` is no time at all. The shortest is `5m`."),
        ("-45m", "`-45m` lies in the past. Did you mean `45m`?"),
        ("-9h", "`-9h` lies in the past. Did you mean `30m`?"),
        ("1m", "`1m` is too short. The shortest is `5m`."),
        ("4h1m", "`4h1m` is too long. The longest is `4h`."),
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
        command(Name::NatExtend, &typed, &Nat::default(), Locale::EnUs)
    };
    assert_eq!(extend("1m"), Ok(Command::NatExtend { by: TimeDelta::minutes(1) }));
    assert!(extend("59s").expect_err("short").contains("The shortest is `1m`"));
    let none = command(Name::NatExtend, &Typed::default(), &Nat::default(), Locale::EnUs);
    assert!(none.expect_err("missing").starts_with("How long?"));
}

#[test]
fn without_a_duration_a_window_has_the_default_of_the_settings() {
    let typed = Typed::default();
    let opened = command(Name::NatOpen, &typed, &Nat::default(), Locale::Ko);
    assert_eq!(opened, Ok(Command::NatOpen { length: TimeDelta::minutes(30) }));
}

#[test]
fn what_is_repeated_is_short_and_no_markup() {
    assert_eq!(quoted("a`b\nc"), "`abc`");
    assert_eq!(quoted("`"), "` `");
    assert_eq!(quoted(&"x".repeat(500)).len(), 62);
}

#[test]
fn every_command_is_found_by_its_own_words() {
    for name in Name::ALL {
        let path: Vec<String> = name.path().iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(Name::of(&path), Some(name));
    }
}
