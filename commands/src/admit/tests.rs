use chrono::TimeDelta;
use doorman_cloud::lease::LeaseKind;
use doorman_config::{Locale, Market, ShellMode};

use super::*;
use crate::testbed::people::{self, GUILD, HELPER, OPERATOR, command, lease, press, request, typed};

/// Where shell windows are a thing.
fn settings() -> Settings {
    let mut settings = people::settings();
    settings.stack.shell.mode = ShellMode::Window;
    settings
}

/// The pair, and a window of each kind.
fn leases() -> [Lease; 3] {
    let of = |id: &str, kind| Lease { id: id.into(), ..lease(kind) };
    [lease(LeaseKind::Pair), of("01k0nat", LeaseKind::NatWindow), of("01k0shell", LeaseKind::ShellWindow)]
}

fn refusal(request: &Request) -> String {
    match admit(&settings(), &leases(), request) {
        Admission::Answer(message) => message.text,
        Admission::Work { work, .. } => panic!("admitted: {work:?}"),
    }
}

fn admitted(request: &Request) -> (Ack, Task) {
    match admit(&settings(), &leases(), request) {
        Admission::Work { ack, work } => (ack, work.task),
        Admission::Answer(message) => panic!("refused: {}", message.text),
    }
}

const EVERY_COMMAND: [&str; 13] = [
    "/launch service",
    "/terminate service",
    "/nat open",
    "/nat extend duration:30m",
    "/nat close",
    "/nat history",
    "/shell open",
    "/shell extend duration:30m",
    "/shell close",
    "/session start instance:my-service-01",
    "/status",
    "/cost now",
    "/help",
];

#[test]
fn nothing_is_done_in_direct_messages_or_other_servers() {
    let presses =
        ["card:confirm:launch-1f", "nat:close:01k0lease", "repair:01k0lease", "nonsense"].map(press);
    for action in EVERY_COMMAND.map(command).into_iter().chain(presses) {
        let here = request(&[OPERATOR], action);
        let direct = Request { guild_id: None, ..here.clone() };
        assert!(refusal(&direct).contains("direct messages"), "{direct:?}");
        let elsewhere = Request { guild_id: Some(GUILD + 1), ..here };
        assert!(refusal(&elsewhere).contains("another server"), "{elsewhere:?}");
    }
}

#[test]
fn every_command_needs_its_verb() {
    for (line, verb) in [
        ("/launch service", "launch"),
        ("/terminate service", "terminate"),
        ("/nat open", "nat"),
        ("/nat extend duration:30m", "nat"),
        ("/nat close", "nat"),
        ("/shell open", "shell"),
        ("/shell extend duration:30m", "shell"),
        ("/shell close", "shell"),
        ("/session start instance:my-service-01", "session"),
    ] {
        let text = refusal(&request(&[], command(line)));
        assert!(
            text.contains(&format!("<@&{OPERATOR}>")) && text.contains(&format!("verb `{verb}`")),
            "{text}"
        );
        admitted(&request(&[OPERATOR], command(line)));
    }
    for line in ["/nat history", "/status", "/cost now", "/help"] {
        admitted(&request(&[], command(line)));
    }
}

#[test]
fn a_refusal_names_every_role_that_would_do() {
    let text = refusal(&request(&[], command("/nat open")));
    assert!(text.contains(&format!("one of the roles <@&{OPERATOR}>, <@&{HELPER}>")), "{text}");
    let korean = Request { locale: Locale::Ko, ..request(&[HELPER], command("/launch service")) };
    let text = refusal(&korean);
    assert!(text.starts_with(&format!("이 작업에는 <@&{OPERATOR}> 역할이 필요합니다")), "{text}");
}

#[test]
fn a_verb_nobody_has_is_said_so() {
    let mut settings = settings();
    settings.policy.grants.retain(|grant| grant.role_id.0 == GUILD);
    let Admission::Answer(message) = admit(&settings, &[], &request(&[OPERATOR], command("/nat open")))
    else {
        panic!("admitted")
    };
    assert!(message.text.starts_with("Nobody may do this yet"), "{}", message.text);
}

#[test]
fn authority_comes_before_input() {
    // Who may not open a window learns nothing about how long it could be.
    let text = refusal(&request(&[], command("/nat open duration:-5m")));
    assert!(text.starts_with("You need"), "{text}");
}

#[test]
fn every_press_needs_the_verb_of_what_it_does() {
    for (custom_id, verb) in [
        ("card:confirm:launch-1f", "launch"),
        ("card:cancel:launch-1f", "launch"),
        ("card:confirm:terminate-1f", "terminate"),
        ("card:cancel:terminate-1f", "terminate"),
        ("card:confirm:shell-1f", "shell"),
        ("nat:extend:01k0nat", "nat"),
        ("nat:close:01k0nat", "nat"),
        ("nat:extend:01k0unknown", "nat"),
        ("nat:extend:01k0shell", "shell"),
        ("nat:close:01k0shell", "shell"),
        ("repair:01k0nat", "nat"),
        ("repair:01k0shell", "shell"),
        ("repair:01k0lease", "launch"),
        ("repair:01k0unknown", "launch"),
    ] {
        let text = refusal(&request(&[], press(custom_id)));
        assert!(text.contains(&format!("verb `{verb}`")), "{custom_id}: {text}");
        assert_eq!(admitted(&request(&[OPERATOR], press(custom_id))).0, Ack::Update, "{custom_id}");
    }
    // Who may only open windows on the internet has nothing to do with the others.
    for custom_id in ["repair:01k0lease", "repair:01k0shell", "nat:close:01k0shell"] {
        refusal(&request(&[HELPER], press(custom_id)));
    }
}

#[test]
fn where_shell_access_is_always_there_no_window_on_it_is_opened() {
    let asks = |line: &str| admit(&people::settings(), &[], &request(&[OPERATOR], command(line)));
    let Admission::Answer(message) = asks("/shell open") else { panic!("admitted") };
    assert!(message.text.starts_with("Shell access is always there here"), "{}", message.text);
    // One that is open from before the settings were changed can be closed.
    assert!(matches!(asks("/shell close"), Admission::Work { .. }));
}

#[test]
fn stale_and_forged_buttons_do_nothing() {
    for custom_id in [
        "",
        "nat:close",
        "nat:close:",
        "card:confirm:status-1f",
        "card:confirm:1f",
        "nat:close:1' or 1=1",
        "boom:1",
    ] {
        let text = refusal(&request(&[OPERATOR], press(custom_id)));
        assert!(text.starts_with("This button belongs to something that is over"), "{custom_id}: {text}");
    }
}

#[test]
fn an_unknown_command_gets_the_nearest_one() {
    for (line, nearest) in
        [("/nat opne", "/nat open"), ("/statsu", "/status"), ("/zzz", "/help"), ("/nat", "/nat open")]
    {
        let text = refusal(&request(&[], command(line)));
        assert!(text.contains(&format!("Did you mean `{nearest}`?")), "{text}");
    }
}

#[test]
fn a_window_may_be_as_long_as_the_best_grant_allows() {
    let opens = |roles: &[u64], line: &str| admitted(&request(roles, command(line))).1;
    let open = |minutes| {
        Task::Command(Command::Open { kind: LeaseKind::NatWindow, length: TimeDelta::minutes(minutes) })
    };
    assert_eq!(opens(&[OPERATOR], "/nat open duration:2h"), open(120));
    assert_eq!(opens(&[HELPER], "/nat open duration:20m"), open(20));
    assert_eq!(opens(&[HELPER, OPERATOR], "/nat open duration:2h"), open(120));

    let text = refusal(&request(&[OPERATOR], command("/nat open duration:2h1m")));
    assert!(text.contains("your roles allow a window of at most `2h`"), "{text}");
    let text = refusal(&request(&[HELPER], command("/nat extend duration:21m")));
    assert!(text.contains("at most `20m`"), "{text}");
    // The default is too long for a helper as well: refused, not cut.
    let text = refusal(&request(&[HELPER], command("/nat open")));
    assert!(text.starts_with("30m is too long"), "{text}");
}

#[test]
fn a_grant_without_a_limit_goes_to_the_stacks_maximum() {
    let mut settings = settings();
    settings.policy.grants.iter_mut().for_each(|grant| grant.max_window = None);
    let asks = |line: &str| admit(&settings, &[], &request(&[OPERATOR], command(line)));
    assert!(matches!(asks("/nat open duration:4h"), Admission::Work { .. }));
    let Admission::Answer(message) = asks("/nat open duration:4h1m") else { panic!("admitted") };
    assert!(message.text.contains("open for at most `4h`"), "{}", message.text);
}

#[test]
fn each_command_is_acknowledged_where_it_is_answered() {
    for line in EVERY_COMMAND {
        let private = line.starts_with("/session") || line == "/help";
        let ack = if private { Ack::Private } else { Ack::Public };
        assert_eq!(admitted(&request(&[OPERATOR], command(line))).0, ack, "{line}");
    }
}

#[test]
fn options_are_read() {
    let line = "/launch service type:t4g.micro image:ubuntu-22.04 market:spot";
    let (_, task) = admitted(&request(&[OPERATOR], command(line)));
    let Task::Command(Command::LaunchService(options)) = task else { panic!("{task:?}") };
    assert_eq!(options.instance_type.as_deref(), Some("t4g.micro"));
    assert_eq!(options.image.as_deref(), Some("ubuntu-22.04"));
    assert_eq!(options.market, Some(Market::Spot));

    let text = refusal(&request(&[OPERATOR], command("/launch service market:spto")));
    assert!(text.contains("Did you mean `spot`?"), "{text}");
}

#[test]
fn a_completion_is_no_work() {
    let complete = Action::Complete { typed: typed("/launch service"), option: "type".to_owned() };
    refusal(&request(&[OPERATOR], complete));
}
