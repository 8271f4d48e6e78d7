//! The settings that a file gives.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use doorman_config::{
    Aws, ChannelId, Discord, EXAMPLE, Grant, GuildId, Health, Locale, Market, Nat, Policy, Reports, RoleId,
    Settings, Stack, Store, Verb,
};
use insta::assert_snapshot;

/// The least that is complete.
const MINIMAL: &str = r#"
[discord]
guild_id = "613425648685547541"
channel_id = "613425648685547542"

[[policy.grant]]
role_id = "613425648685547541"
verbs = ["status"]
"#;

/// The shipped file as somebody would fill it in.
fn filled_in() -> String {
    ["613425648685547541", "613425648685547542", "613425648685547541", "613425648685547543"]
        .into_iter()
        .fold(EXAMPLE.to_owned(), |text, id| text.replacen("= \"…\"", &format!("= \"{id}\""), 1))
}

#[test]
fn the_shipped_file_is_the_defaults_with_the_ids_filled_in() {
    let settings = Settings::from_toml(&filled_in()).unwrap();
    let guild = 613_425_648_685_547_541;
    assert_eq!(
        settings,
        Settings {
            discord: Discord {
                guild_id: GuildId(guild),
                channel_id: ChannelId(guild + 1),
                locale: Locale::Ko,
                api_url: None,
            },
            aws: Aws::default(),
            stack: Stack::default(),
            policy: Policy {
                grants: vec![
                    Grant {
                        role_id: RoleId(guild),
                        verbs: [Verb::Status, Verb::Cost].into(),
                        max_window: None,
                    },
                    Grant {
                        role_id: RoleId(guild + 2),
                        verbs: [Verb::Launch, Verb::Terminate, Verb::Nat, Verb::Shell, Verb::Session].into(),
                        max_window: Some("2h".parse().unwrap()),
                    },
                ],
            },
            reports: Reports::default(),
            store: Store::default(),
            health: Health::default(),
        }
    );
    assert!(settings.policy.grants[0].role_id.is_everyone(settings.discord.guild_id));
    assert!(!settings.policy.grants[1].role_id.is_everyone(settings.discord.guild_id));
}

#[test]
fn a_commented_out_field_of_the_shipped_file_is_right_too() {
    let text: String = filled_in()
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = \"")).unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    let settings = Settings::from_toml(&text).unwrap();
    assert_eq!(settings.discord.api_url.as_deref(), Some("http://127.0.0.1:4000"));
    assert_eq!(settings.aws.profile.as_deref(), Some("work"));
    assert_eq!(settings.aws.role_arn.as_deref(), Some("arn:aws:iam::123456789012:role/doorman"));
}

#[test]
fn what_is_left_out_is_the_reference_stack() {
    let settings = Settings::from_toml(MINIMAL).unwrap();
    assert_eq!(settings.stack, Stack::default());
    assert_snapshot!(format!("{:#?}", settings), @r#"
    Settings {
        discord: Discord {
            guild_id: GuildId(
                613425648685547541,
            ),
            channel_id: ChannelId(
                613425648685547542,
            ),
            locale: Ko,
            api_url: None,
        },
        aws: Aws {
            region: "ap-northeast-2",
            profile: None,
            role_arn: None,
        },
        stack: Stack {
            name: "main",
            vpc: "My-VPC",
            service: Service {
                security_group: "my-SG-private-service",
                image: "ubuntu-24.04",
                instance_type: "t3.micro",
                market: OnDemand,
                volume: Volume {
                    size_gib: 30,
                    kind: "gp3",
                    device: "/dev/sda1",
                },
                instances: [
                    Instance {
                        name: "my-service-01",
                        subnet: "my-subnet-private01",
                        private_ip: 10.20.10.31,
                    },
                    Instance {
                        name: "my-service-02",
                        subnet: "my-subnet-private02",
                        private_ip: 10.20.20.32,
                    },
                ],
            },
            nat: Nat {
                name: "My-NAT",
                subnet: "my-subnet-public01",
                route_table: "my-route-private",
                ports: [
                    80,
                    443,
                ],
                rule_description: "for package management",
                lengths: WindowLengths {
                    default: WindowLength(30m),
                    minimum: WindowLength(5m),
                    maximum: WindowLength(4h),
                },
            },
            backstop: Backstop {
                enabled: true,
                role: "doorman-backstop",
            },
            shell: Shell {
                role: "MySSMRoleForServiceInstance",
                role_description: "Allows EC2 instances to call AWS services on your behalf.",
                policy: "AmazonSSMManagedInstanceCore",
                rule_description: "for SSM Session Manager console",
                endpoints: [
                    Endpoint {
                        service: "ssm",
                        name: "my-endpoint-SSM-service",
                    },
                    Endpoint {
                        service: "ssmmessages",
                        name: "my-endpoint-SSMMessages-service",
                    },
                    Endpoint {
                        service: "ec2messages",
                        name: "my-endpoint-EC2Messages-service",
                    },
                ],
                mode: Always,
                lengths: WindowLengths {
                    default: WindowLength(1h),
                    minimum: WindowLength(10m),
                    maximum: WindowLength(8h),
                },
            },
        },
        policy: Policy {
            grants: [
                Grant {
                    role_id: RoleId(
                        613425648685547541,
                    ),
                    verbs: {
                        Status,
                    },
                    max_window: None,
                },
            ],
        },
        reports: Reports {
            timezone: Asia/Seoul,
            daily: Some(
                Cron(0 0 9 * * *),
            ),
        },
        store: Store {
            path: "doorman.db",
            backup: None,
        },
        health: Health {
            listen: None,
            ping_url: None,
        },
    }
    "#);
}

#[test]
fn one_field_of_a_section_leaves_the_others_at_their_defaults() {
    let more =
        "[stack.nat]\nmaximum = '2시간'\n[stack.service]\nmarket = 'spot'\n[aws]\nregion = 'eu-west-1'\n";
    let settings = Settings::from_toml(&format!("{MINIMAL}{more}")).unwrap();
    let mut nat = Nat::default();
    nat.lengths.maximum = "2h".parse().unwrap();
    assert_eq!(settings.stack.nat, nat);
    assert_eq!(settings.stack.service.market, Market::Spot);
    assert_eq!(settings.stack.service.instances, Stack::default().service.instances);
    assert_eq!(settings.aws.region, "eu-west-1");
}

#[test]
fn an_empty_cron_line_is_off() {
    let settings = Settings::from_toml(&format!("{MINIMAL}[reports]\ndaily = ' '\n")).unwrap();
    assert_eq!(settings.reports.daily, None);
}

#[test]
fn the_daily_report_comes_at_nine_in_its_time_zone() {
    let settings =
        Settings::from_toml(&format!("{MINIMAL}[reports]\ndaily = '0 0 9 * * MON-FRI'\n")).unwrap();
    let cron = settings.reports.daily.unwrap();
    assert_eq!(cron.as_str(), "0 0 9 * * MON-FRI");
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Tz::Asia__Seoul);
    // A Friday, just before, at, and after nine; then it is Monday's turn.
    assert_eq!(cron.next_after(at("2026-07-03T08:59:59+09:00")), Some(at("2026-07-03T09:00:00+09:00")));
    assert_eq!(cron.next_after(at("2026-07-03T09:00:00+09:00")), Some(at("2026-07-06T09:00:00+09:00")));
    assert_eq!(cron.next_after(at("2026-07-03T00:00:00Z")), Some(at("2026-07-06T00:00:00Z")));
}

#[test]
fn when_the_clocks_go_back_the_report_comes_once() {
    let settings = Settings::from_toml(&format!("{MINIMAL}[reports]\ndaily = '0 30 2 * * *'\n")).unwrap();
    let cron = settings.reports.daily.unwrap();
    // In Berlin 02:30 comes twice on 25 October 2026, and not at all on 29 March.
    let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Tz::Europe__Berlin);
    let mut times = vec![at("2026-10-24T00:00:00Z")];
    for _ in 0..3 {
        times.push(cron.next_after(times[times.len() - 1]).unwrap());
    }
    assert_eq!(
        times[1..],
        [at("2026-10-24T00:30:00Z"), at("2026-10-25T00:30:00Z"), at("2026-10-26T01:30:00Z")]
    );
    // While the second of the two passes, and after it.
    assert_eq!(cron.next_after(at("2026-10-25T01:00:00Z")), Some(at("2026-10-26T01:30:00Z")));
}

#[test]
fn when_the_clocks_go_forward_no_report_is_left_out() {
    let next = |line: &str, zone: Tz, after: &str| {
        let settings = Settings::from_toml(&format!("{MINIMAL}[reports]\ndaily = '{line}'\n")).unwrap();
        let after: DateTime<Utc> = after.parse().unwrap();
        let next = settings.reports.daily.unwrap().next_after(after.with_timezone(&zone)).unwrap();
        next.to_rfc3339()
    };
    for (line, zone, after, at) in [
        // At two it is three: what is skipped comes at once, and the day after as ever.
        ("0 30 2 * * *", Tz::Europe__Berlin, "2026-03-28T12:00:00Z", "2026-03-29T03:00:00+02:00"),
        ("0 30 2 * * *", Tz::Europe__Berlin, "2026-03-29T01:00:00Z", "2026-03-30T02:30:00+02:00"),
        ("59 59 2 * * *", Tz::America__New_York, "2027-03-13T12:00:00Z", "2027-03-14T03:00:00-04:00"),
        ("0 0 2 * * SUN", Tz::America__New_York, "2027-03-13T12:00:00Z", "2027-03-14T03:00:00-04:00"),
        // Beside what stands at the end of what is skipped, it comes once.
        ("0 */10 2,3 * * *", Tz::Europe__Berlin, "2026-03-29T00:59:59Z", "2026-03-29T03:00:00+02:00"),
        ("0 */10 2,3 * * *", Tz::Europe__Berlin, "2026-03-29T01:00:00Z", "2026-03-29T03:10:00+02:00"),
        // By half an hour, over midnight, and a whole day.
        ("0 15 2 * * *", Tz::Australia__Lord_Howe, "2026-10-03T12:00:00Z", "2026-10-04T02:30:00+11:00"),
        ("0 0 0 * * *", Tz::America__Havana, "2026-03-07T12:00:00Z", "2026-03-08T01:00:00-04:00"),
        ("0 0 9 * * *", Tz::Pacific__Apia, "2011-12-29T20:00:00Z", "2011-12-31T00:00:00+14:00"),
    ] {
        assert_eq!(next(line, zone, after), at, "{line} in {zone} after {after}");
    }
}

#[test]
fn the_environment_overrides_the_address_of_discord() {
    let proxied = MINIMAL.replace("channel_id", "api_url = 'https://proxy.example/'\nchannel_id");
    let with_env = |value: Option<&'static str>| {
        Settings::from_toml(&proxied)
            .unwrap()
            .with_env(&move |name| value.filter(|_| name == "DISCORD_API_URL").map(str::to_owned))
            .map(|settings| settings.discord.api_url.unwrap())
            .map_err(|problems| problems.to_string())
    };
    assert_eq!(with_env(None).unwrap(), "https://proxy.example");
    assert_eq!(with_env(Some("")).unwrap(), "https://proxy.example");
    assert_eq!(with_env(Some("http://127.0.0.1:4000")).unwrap(), "http://127.0.0.1:4000");
    assert_eq!(with_env(Some(" http://[::1]:4000/base/ ")).unwrap(), "http://[::1]:4000/base");
    assert_snapshot!(with_env(Some("127.0.0.1:4000")).unwrap_err(), @"DISCORD_API_URL: relative URL without a base; a base URL looks like http://127.0.0.1:4000");
    assert_snapshot!(with_env(Some("localhost:4000")).unwrap_err(), @"DISCORD_API_URL: not an http or https URL; a base URL looks like http://127.0.0.1:4000");
    assert_snapshot!(with_env(Some("http://127.0.0.1:4000/api/v10")).unwrap_err(), @"DISCORD_API_URL: leave the `/api/v10` out: it is appended; a base URL looks like http://127.0.0.1:4000");
    assert_snapshot!(with_env(Some("http://127.0.0.1:4000/?a=b")).unwrap_err(), @"DISCORD_API_URL: paths are appended to it, so it cannot have a `?` or `#`; a base URL looks like http://127.0.0.1:4000");
}

#[test]
fn a_file_is_loaded_by_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorman.toml");
    let missing = Settings::load(&path).unwrap_err();
    assert_eq!(missing.0.len(), 1);
    assert_eq!(Path::new(&missing.0[0].path), path);
    assert_snapshot!(missing.0[0].message, @"cannot read the settings: No such file or directory (os error 2); give the path of the file with --config, or have a new one written by `doorman init`");

    std::fs::write(&path, format!("{MINIMAL}[store]\npath = '/var/lib/doorman/leases.db'\n")).unwrap();
    assert_eq!(Settings::load(&path).unwrap().store.path, PathBuf::from("/var/lib/doorman/leases.db"));
}

#[test]
fn a_language_of_discord_is_korean_or_else_english() {
    assert_eq!(Locale::from_discord("ko"), Locale::Ko);
    for other in ["en-US", "en-GB", "ja", "", "KO"] {
        assert_eq!(Locale::from_discord(other), Locale::EnUs);
    }
}

#[test]
fn the_address_of_the_sign_of_life_is_never_shown_nor_repeated() {
    let secret = "https://hc-ping.com/4f1c-secret";
    let with = |line: &str| Settings::from_toml(&format!("{MINIMAL}[health]\n{line}\n"));
    let settings = with(&format!("ping_url = '{secret}'")).unwrap();
    assert_eq!(settings.health.ping_url.as_ref().unwrap().expose(), secret);
    assert!(!format!("{settings:?}").contains("4f1c"), "{settings:?}");
    assert_eq!(with("ping_url = ' '").unwrap().health.ping_url, None);
    for wrong in ["ftp://hc-ping.com/4f1c-secret", "hc-ping.com/4f1c-secret", "https:///4f1c-secret?"] {
        if let Err(problems) = with(&format!("ping_url = '{wrong}'")) {
            let problems = problems.to_string();
            assert!(problems.contains("health.ping_url") && !problems.contains("4f1c"), "{problems}");
        } else {
            assert!(wrong.starts_with("https:///"), "{wrong} was taken");
        }
    }
}

#[test]
fn the_environment_may_keep_the_address_of_the_sign_of_life() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "https://hc-ping.com/from-file\n").unwrap();
    let path = file.path().to_str().unwrap().to_owned();
    let in_file = format!("{MINIMAL}[health]\nping_url = 'https://hc-ping.com/from-settings'\n");
    let with_env = |variables: &[(&str, &str)]| {
        let variables: Vec<(String, String)> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let env =
            move |name: &str| variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let settings = Settings::from_toml(&in_file).unwrap().with_env(&env);
        settings
            .map(|settings| settings.health.ping_url.unwrap().expose().to_owned())
            .map_err(|problems| problems.to_string())
    };
    assert_eq!(with_env(&[]).unwrap(), "https://hc-ping.com/from-settings");
    assert_eq!(with_env(&[("DOORMAN_PING_URL", "")]).unwrap(), "https://hc-ping.com/from-settings");
    let direct = ("DOORMAN_PING_URL", "https://hc-ping.com/from-env");
    assert_eq!(with_env(&[direct]).unwrap(), "https://hc-ping.com/from-env");
    assert_eq!(with_env(&[("DOORMAN_PING_URL_FILE", &path)]).unwrap(), "https://hc-ping.com/from-file");
    assert!(with_env(&[direct, ("DOORMAN_PING_URL_FILE", &path)]).unwrap_err().contains("unset one"));
    assert!(with_env(&[("DOORMAN_PING_URL_FILE", "/nowhere")]).unwrap_err().contains("cannot read /nowhere"));
    let wrong = with_env(&[("DOORMAN_PING_URL", "secret-without-scheme")]).unwrap_err();
    assert!(!wrong.contains("secret-without"), "{wrong}");
}

#[test]
fn a_backup_is_another_file_than_the_store() {
    let with = |line: &str| Settings::from_toml(&format!("{MINIMAL}[store]\n{line}\n"));
    assert_eq!(with("backup = ''").unwrap().store.backup, None);
    assert_eq!(with("backup = '/mnt/b.db'").unwrap().store.backup, Some(PathBuf::from("/mnt/b.db")));
    let same = with("backup = 'doorman.db'").unwrap_err().to_string();
    assert!(same.contains("store.backup: the same file as store.path"), "{same}");
}
