use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::keeper::Blind;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Person};
use doorman_config::Locale;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn view(leases: Vec<Lease>) -> View {
    View {
        at: now(),
        observed: None,
        plan: Default::default(),
        leases,
        unknown: Default::default(),
        place: None,
        blind: None,
        failing: Vec::new(),
        working: Vec::new(),
    }
}

/// A window that ended so many minutes ago.
fn ended(minutes: i64, phase: Phase) -> Lease {
    let end = now() - TimeDelta::minutes(minutes);
    Lease {
        phase,
        expires_at: Some(end),
        closing: (phase == Phase::Closing).then_some((end, CloseReason::Expired)),
        ..Lease::new(
            "01k0".into(),
            LeaseKind::NatWindow,
            Person { id: 1, name: "kim".to_owned() },
            end - TimeDelta::minutes(30),
            Locale::Ko,
        )
    }
}

fn facts(view: &View) -> Facts<'_> {
    let tasks = BTreeMap::new();
    Facts {
        stage: Stage::Running,
        link: Link::Up,
        view: Some(view),
        trouble: None,
        backup: Backup::Off,
        clock_ahead: TimeDelta::zero(),
        tasks,
        sign_in: None,
    }
}

#[test]
fn what_only_waiting_helps_against_is_unhealthy_and_alive() {
    let blind = View {
        blind: Some(Blind {
            since: now() - TimeDelta::hours(1),
            failure: Failure {
                operation: "DescribeVpcs",
                kind: FailureKind::Away,
                code: "Timeout".to_owned(),
                message: String::new(),
            },
        }),
        ..view(Vec::new())
    };
    let well = view(Vec::new());
    let lost = Link::Lost { since: now() - TimeDelta::minutes(3) };
    for (facts, problem) in [
        (facts(&blind), "AWS has not been seen yet"),
        (Facts { link: lost, ..facts(&well) }, "Discord has not been connected for 180 s"),
        (Facts { link: Link::Never, ..facts(&well) }, "Discord is not connected yet"),
        (Facts { trouble: Some(WriteTrouble::Full), ..facts(&well) }, "its disk is full"),
        (Facts { trouble: Some(WriteTrouble::Hung), ..facts(&well) }, "its disk hangs"),
        (Facts { backup: Backup::Made(now() - TimeDelta::hours(4)), ..facts(&well) }, "was not copied"),
        (Facts { backup: Backup::Owed(now() - TimeDelta::hours(4)), ..facts(&well) }, "was not copied"),
        (Facts { stage: Stage::Waiting, view: None, ..facts(&well) }, "another doorman has the lease store"),
        (Facts { stage: Stage::Starting, view: None, ..facts(&well) }, "starting"),
    ] {
        let report = facts.report(now());
        assert!(!report.healthy && report.alive, "{report:?}");
        assert!(report.problems.iter().any(|said| said.contains(problem)), "{problem}: {report:?}");
    }
}

#[test]
fn credentials_that_are_gone_are_said_with_what_brings_them_back() {
    let refused = |code: &str| View {
        blind: Some(Blind {
            since: now(),
            failure: Failure {
                operation: "DescribeVpcs",
                kind: FailureKind::Credentials,
                code: code.to_owned(),
                message: String::new(),
            },
        }),
        ..view(Vec::new())
    };
    let (none, wrong) = (refused("NoCredentials"), refused("InvalidClientTokenId"));
    let sign_in = Some("aws sso login --profile dev".to_owned());
    for (facts, said) in [
        (Facts { sign_in: sign_in.clone(), ..facts(&none) }, "is over: run `aws sso login --profile dev`"),
        (facts(&none), "missing, expired or wrong: run `doorman check`"),
        // There were some, and signing in brings no others.
        (Facts { sign_in, ..facts(&wrong) }, "missing, expired or wrong: run `doorman check`"),
    ] {
        let report = facts.report(now());
        assert!(
            !report.healthy && report.problems.iter().any(|problem| problem.ends_with(said)),
            "{report:?}"
        );
    }
}

#[test]
fn a_loop_that_stands_still_is_not_alive() {
    let view = view(Vec::new());
    assert!(facts(&view).report(now() + TimeDelta::minutes(5)).alive);
    let report = facts(&view).report(now() + TimeDelta::minutes(6));
    assert!(!report.alive && !report.healthy, "{report:?}");
}

#[test]
fn lateness_counts_from_when_closing_was_due_whether_or_not_it_has_begun() {
    // The keeper could not even begin; it is being closed; it is closed.
    let view = view(vec![ended(16, Phase::Ready), ended(3, Phase::Closing), ended(60, Phase::Closed)]);
    let report = facts(&view).report(now());
    assert_eq!((report.windows_open, report.closing_late, report.seconds_late), (2, 1, 960), "{report:?}");
    assert!(!report.healthy && report.alive);
}

#[test]
fn a_connection_that_is_being_made_again_is_no_reason_to_worry() {
    let view = view(Vec::new());
    let lost = Link::Lost { since: now() - TimeDelta::seconds(90) };
    let report = Facts { link: lost, ..facts(&view) }.report(now());
    assert!(!report.discord && report.discord_away_s == Some(90));
    assert_eq!(report.problems, ["AWS has not been seen yet"]);
}

#[test]
fn a_clock_that_differs_is_told_and_no_illness() {
    let view = view(Vec::new());
    for (ahead, words) in
        [(5, None), (-5, None), (6, Some("6 s ahead of AWS's")), (-3_600, Some("3600 s behind AWS's"))]
    {
        let report = Facts { clock_ahead: TimeDelta::seconds(ahead), ..facts(&view) }.report(now());
        assert_eq!((report.clock_ahead_s, report.warnings.len()), (ahead, words.iter().len()));
        assert!(report.warnings.iter().all(|said| said.contains(words.unwrap_or_default())), "{report:?}");
        assert_eq!(report.problems, ["AWS has not been seen yet"]);
    }
}

#[test]
fn a_task_that_hangs_or_is_given_up_is_helped_by_a_restart() {
    let well = view(Vec::new());
    let sign = |beat_ago, given_up| Sign { beat_ago, panics: 8, given_up };
    for (task, sign, problem) in [
        (Task::Herald, sign(BEAT_WITHIN, false), None),
        (
            Task::Herald,
            sign(BEAT_WITHIN + Duration::from_secs(1), false),
            Some("the task herald has stood still for 601 s"),
        ),
        (
            Task::Daily,
            sign(Duration::ZERO, true),
            Some("the task daily panicked again and again and is given up"),
        ),
    ] {
        let report = Facts { tasks: BTreeMap::from([(task, sign)]), ..facts(&well) }.report(now());
        assert_eq!(report.alive, problem.is_none(), "{report:?}");
        assert_eq!(report.problems.iter().find(|said| said.starts_with("the ")).map(String::as_str), problem);
        assert_eq!(report.tasks[task.as_str()].panics, 8);
    }
}
