//! Everything that is wrong with a settings file, said at once.

use chrono::TimeDelta;
use doorman_config::{EXAMPLE, Settings, ShellMode};
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

fn problems(text: &str) -> String {
    Settings::from_toml(text).expect_err("it should not be accepted").to_string()
}

/// What is wrong with the minimal settings and `more`.
fn problems_with(more: &str) -> String {
    problems(&format!("{MINIMAL}{more}"))
}

#[test]
fn the_shipped_file_as_it_is_says_what_to_fill_in() {
    assert_snapshot!(problems(EXAMPLE), @r"
    discord.guild_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 13)
    discord.channel_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 14)
    policy.grant[0].role_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 39)
    policy.grant[1].role_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 43)
    ");
}

#[test]
fn nothing_at_all_says_what_there_must_be() {
    assert_snapshot!(problems(""), @r"
    discord.guild_id: missing: the id of the only server that doorman answers in
    discord.channel_id: missing: the id of the channel for notices and reports
    policy.grant: missing: at least one [[policy.grant]] with role_id and verbs, or nobody may do anything
    ");
}

#[test]
fn mistakes_of_every_kind_come_out_together_in_order_with_path_and_line() {
    let text = r#"
[discord]
guild_id = "my server"
chanel_id = "613425648685547542"
locale = "kr"

[aws]
region = "ap-northeast-2a"

[[policy.grant]]
role_id = 613425648685547541
verbs = ["status", "lanch", 7]
max_window = "9h"

[[policy.grant]]
verbs = []

[reports]
timezone = "Asia/Soul"
daily = "0 9 * * *"

[stack]
vcp = "My-VPC"

[stack.nat]
ports = [80, 70000, "443", 80]
default = "5h"

[[stack.service.instances]]
name = "a"
subnet = "s"
private_ip = "10.20.10.300"

[[stack.service.instances]]
name = "b"
subnet = "s"

[stack.service.volume]
size_gib = "30"

[budget]
monthly = 5
"#;
    assert_snapshot!(problems(text), @r#"
    discord.channel_id: missing: the id of the channel for notices and reports (line 2)
    discord.guild_id: `my server` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)
    discord.chanel_id: no such field; did you mean `channel_id`? (line 4)
    discord.locale: `kr` is not known; did you mean `ko`? (line 5)
    aws.region: `ap-northeast-2a` is a zone; its region is `ap-northeast-2` (line 8)
    policy.grant[0].verbs[1]: `lanch` is not known; did you mean `launch`? (line 12)
    policy.grant[0].verbs[2]: invalid type: integer `7`, expected a string (line 12)
    policy.grant[0].max_window: `9h` is not between `5m`, the shortest window of the stack, and `8h`, the longest (line 13)
    policy.grant[1].role_id: missing: the id of a role; the server's own id means everyone (line 15)
    policy.grant[1].verbs: empty: name at least one of `status`, `cost`, `launch`, `terminate`, `nat`, `shell`, `session` (line 16)
    reports.timezone: `Asia/Soul` is not a time zone; did you mean `Asia/Seoul`? (line 19)
    reports.daily: a cron line has six fields (second minute hour day month weekday), as in `0 0 9 * * *`; this has 5 (line 20)
    stack.vcp: no such field; did you mean `vpc`? (line 23)
    stack.nat.ports[1]: 70000 is not a port from 1 to 65535 (line 26)
    stack.nat.ports[2]: invalid type: string "443", expected a whole number (line 26)
    stack.nat.ports: port `80` is there twice (line 26)
    stack.nat.default: `5h` is above the maximum, `4h` (line 27)
    stack.service.instances[0].private_ip: invalid IPv4 address syntax (line 32)
    stack.service.instances[1].private_ip: missing: its address in that subnet (line 34)
    stack.service.volume.size_gib: invalid type: string "30", expected a whole number (line 39)
    budget: no such field; possible here: `discord`, `aws`, `stack`, `policy`, `reports`, `store`, `health` (line 41)
    "#);
}

#[test]
fn a_rule_between_fields_is_not_judged_by_a_default_that_stands_in_for_a_mistake() {
    // 30m, the default of what is misspelt, is below this minimum, and the grant's limit is too.
    let more = "max_window = '10m'\n[stack.nat]\nminimum = '45m'\ndefault = '1hh'\nmaximum = true\n";
    assert_snapshot!(problems_with(more), @r#"
    stack.nat.default: `1hh`: not a duration; did you mean `1h`? (line 12)
    stack.nat.maximum: invalid type: boolean `true`, expected a duration such as "30m" or "1h30m" (line 13)
    "#);
}

#[test]
fn lengths_must_be_in_order() {
    assert_snapshot!(problems_with("[stack.nat]\ndefault = '4m'"), @"stack.nat.default: `4m` is below the minimum, `5m` (line 10)");
    assert_snapshot!(problems_with("[stack.nat]\ndefault = '241m'"), @"stack.nat.default: `4h1m` is above the maximum, `4h` (line 10)");
    assert_snapshot!(problems_with("[stack.nat]\nminimum = '2h'\nmaximum = '1h'"), @"stack.nat.minimum: `2h` is above the maximum, `1h` (line 10)");
    assert_snapshot!(problems_with("max_window = '4m'"), @"policy.grant[0].max_window: `4m` is not between `5m`, the shortest window of the stack, and `8h`, the longest (line 9)");
    assert_snapshot!(problems_with("max_window = '1d'"), @"policy.grant[0].max_window: `1d` is not between `5m`, the shortest window of the stack, and `8h`, the longest (line 9)");
    assert_snapshot!(problems_with("[stack.nat]\nminimum = 0\ndefault = -5\nmaximum = '400d'"), @r"
    stack.nat.minimum: `0`: a duration must be longer than zero (line 10)
    stack.nat.default: `-5`: a duration cannot be negative (line 11)
    stack.nat.maximum: `400d`: a duration cannot be longer than a year (line 12)
    ");
    let at_the_edges = "max_window = '1h'\n[stack.nat]\nminimum = '1h'\ndefault = '1h'\nmaximum = 60\n";
    let settings = Settings::from_toml(&format!("{MINIMAL}{at_the_edges}")).unwrap();
    assert_eq!(settings.stack.nat.lengths.maximum.delta(), TimeDelta::hours(1));
}

#[test]
fn shell_access_is_always_there_or_in_windows_with_lengths_of_their_own() {
    assert_snapshot!(problems_with("[stack.shell]\nmode = 'windows'\nminimum = '2h'"), @r"
    stack.shell.default: `1h` is below the minimum, `2h` (line 9)
    stack.shell.mode: `windows` is not known; did you mean `window`? (line 10)
    ");
    let text = format!("{MINIMAL}[stack.shell]\nmode = 'window'\ndefault = '20m'\n");
    let shell = Settings::from_toml(&text).unwrap().stack.shell;
    assert_eq!((shell.mode, shell.lengths.default.delta()), (ShellMode::Window, TimeDelta::minutes(20)));
}

#[test]
fn instances_must_be_there_and_differ() {
    assert_snapshot!(problems_with("[stack.service]\ninstances = []"), @"stack.service.instances: empty: at least one [[stack.service.instances]] is needed (line 10)");
    assert_snapshot!(
        problems_with(
            "[stack.service]\n\
             instances = [\n\
               { name = 'a', subnet = 's', private_ip = '10.0.0.4' },\n\
               { name = 'b', subnet = 't', private_ip = '10.0.0.5' },\n\
               { name = 'a', subnet = 't', private_ip = '10.0.0.5' },\n\
             ]"
        ),
        @r"
        stack.service.instances: name `a` is there twice (line 10)
        stack.service.instances: address `10.0.0.5` is there twice (line 10)
        "
    );
    assert_snapshot!(
        problems_with("[[stack.service.instances]]\nname = ' '\nsubnet = 1\nprivate_ip = '127.0.0.1'\nip = 1"),
        @r"
        stack.service.instances[0].name: empty; a name belongs here (line 10)
        stack.service.instances[0].subnet: invalid type: integer `1`, expected a string (line 11)
        stack.service.instances[0].private_ip: `127.0.0.1` is not the address of a machine in a subnet (line 12)
        stack.service.instances[0].ip: no such field; possible here: `name`, `subnet`, `private_ip` (line 13)
        "
    );
}

#[test]
fn endpoints_must_carry_sessions() {
    assert_snapshot!(problems_with("[[stack.shell.endpoints]]\nservice = 'ssm'\nname = 'e'"), @"stack.shell.endpoints: none to `ssmmessages`, without which no session starts (line 9)");
    assert_snapshot!(
        problems_with(
            "[stack.shell]\nendpoints = [{ service = 'ssm', name = 'e' }, { service = 'ssmmessages', name = 'e' },\n\
             { service = 'com.amazonaws.eu-west-1.ssm', name = 'f' }]"
        ),
        @"stack.shell.endpoints[2].service: only the end of the service's name: `ssm`, without `com.amazonaws.` and the region (line 11)"
    );
    assert_snapshot!(
        problems_with(
            "[stack.shell]\nendpoints = [{ service = 'ssm', name = 'e' }, { service = 'ssmmessages', name = 'e' },\n\
             { service = 'ssm', name = 'f' }]"
        ),
        @r"
        stack.shell.endpoints: service `ssm` is there twice (line 10)
        stack.shell.endpoints: name `e` is there twice (line 10)
        "
    );
}

#[test]
fn values_that_aws_would_refuse_are_refused_here() {
    assert_snapshot!(
        problems_with(
            "[aws]\nregion = 'seoul'\nprofile = ''\nrole_arn = 'arn:aws:iam::1234:role/x'\n\
             [stack]\nname = 'Main stack'\nvpc = ''\n\
             [stack.service]\nimage = ''\ninstance_type = 't3micro'\nmarket = 'on demand'\nsecurity_group = ' g'\n\
             [stack.service.volume]\nsize_gib = 0\nkind = 'io2'\ndevice = 'sda1'\n\
             [stack.nat]\nports = []\nrule_description = '패키지'\n\
             [stack.shell]\nrole = 'a role'\npolicy = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore'\n\
             rule_description = ''\n\
             [store]\npath = ''\n"
        ),
        @r"
        aws.region: `seoul` is not an AWS region such as `ap-northeast-2` (line 10)
        aws.profile: empty; leave the line out to use no profile (line 11)
        aws.role_arn: not the ARN of a role, which looks like `arn:aws:iam::123456789012:role/doorman` (line 12)
        stack.name: `Main stack` is not 1 to 32 small letters, digits and hyphens (line 14)
        stack.vpc: empty; a name belongs here (line 15)
        stack.service.image: empty; an image such as `ubuntu-24.04` or an `ami-…` belongs here (line 17)
        stack.service.instance_type: `t3micro` is not an instance type such as `t3.micro` (line 18)
        stack.service.market: `on demand` is not known; did you mean `on-demand`? (line 19)
        stack.service.security_group: ` g` has a space before or after it (line 20)
        stack.service.volume.size_gib: 0 is not a size from 1 to 16384 GiB (line 22)
        stack.service.volume.kind: `io2` is not known; possible here: `gp3`, `gp2` (line 23)
        stack.service.volume.device: `sda1` is not a device such as `/dev/sda1` (line 24)
        stack.nat.ports: empty: without an open port the window leads nowhere (line 26)
        stack.nat.rule_description: AWS takes up to 255 characters out of a-z A-Z 0-9, spaces and ._-:/()#,@[]+=&;{}!$* (line 27)
        stack.shell.role: `a role` is not 1 to 64 letters, digits and +=,.@_- (line 29)
        stack.shell.policy: `arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore` is not the name of an AWS managed policy; leave out its ARN (line 30)
        stack.shell.rule_description: empty; it tells people whose the rule is (line 31)
        store.path: empty; name a file (line 33)
        "
    );
}

#[test]
fn sections_of_the_wrong_shape_are_named() {
    assert_snapshot!(
        problems(
            "discord = 5\nreports = []\n[policy]\ngrant = 'all'\n[stack]\nnat = 'no'\n\
             service.instances = [1]\nshell.endpoints = {}\n"
        ),
        @r"
        discord: expected a section, [discord] (line 1)
        discord.guild_id: missing: the id of the only server that doorman answers in (line 1)
        discord.channel_id: missing: the id of the channel for notices and reports (line 1)
        reports: expected a section, [reports] (line 2)
        policy.grant: expected sections, [[policy.grant]] (line 4)
        stack.nat: expected a section, [stack.nat] (line 6)
        stack.service.instances[0]: expected sections, [[stack.service.instances]] (line 7)
        stack.shell.endpoints: expected sections, [[stack.shell.endpoints]] (line 8)
        "
    );
}

#[test]
fn a_grant_must_grant() {
    assert_snapshot!(
        problems("[discord]\nguild_id = 613425648685547541\nchannel_id = 613425648685547542\n[policy]\ngrant = []"),
        @"policy.grant: empty: at least one [[policy.grant]] with role_id and verbs, or nobody may do anything (line 5)"
    );
    assert_snapshot!(problems_with("[[policy.grant]]\nrole_id = '613425648685547543'\nverb = ['nat']"), @r"
    policy.grant[1].verbs: missing: what the role may do, out of `status`, `cost`, `launch`, `terminate`, `nat`, `shell`, `session` (line 9)
    policy.grant[1].verb: no such field; did you mean `verbs`? (line 11)
    ");
}

#[test]
fn ids_that_are_not() {
    let with_guild = |id: &str| problems(&MINIMAL.replacen("\"613425648685547541\"", id, 1));
    assert_snapshot!(with_guild("''"), @"discord.guild_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 3)");
    assert_snapshot!(with_guild("'<server id>'"), @"discord.guild_id: still a placeholder: put an id here (Discord → Settings → Advanced → Developer Mode on, then right-click → Copy ID) (line 3)");
    assert_snapshot!(with_guild("'<#613425648685547541>'"), @"discord.guild_id: `<#613425648685547541>` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)");
    assert_snapshot!(with_guild("'12345'"), @"discord.guild_id: `12345` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)");
    assert_snapshot!(with_guild("0"), @"discord.guild_id: `0` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)");
    assert_snapshot!(with_guild("-613425648685547541"), @"discord.guild_id: `-613425648685547541` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)");
    assert_snapshot!(with_guild("'99999999999999999999'"), @"discord.guild_id: `99999999999999999999` is not a Discord id: those are 17 to 20 digits and nothing else (line 3)");
    assert_snapshot!(with_guild("1.5"), @"discord.guild_id: invalid type: floating point `1.5`, expected a Discord id: 17 to 20 digits, in quotes (line 3)");
}

#[test]
fn cron_lines_that_are_not() {
    let with_daily = |line: &str| problems_with(&format!("[reports]\ndaily = '{line}'"));
    assert_snapshot!(with_daily("0 0 9 * * 1"), @"reports.daily: name the days of the week (`MON`, `MON-FRI`, `SAT,SUN`): their numbers do not mean the same everywhere (line 10)");
    assert_eq!(with_daily("0 0 9 * * MON,3"), with_daily("0 0 9 * * 1"));
    assert_snapshot!(with_daily("0 0 25 * * *"), @"reports.daily: `0 0 25 * * *` is not a cron line such as `0 0 9 * * *`: Hours must be less than 23. ('25' specified.) (line 10)");
    assert_snapshot!(with_daily("0 0 9 30 2 *"), @"reports.daily: `0 0 9 30 2 *` never comes (line 10)");
    assert_snapshot!(with_daily("@daily"), @"reports.daily: a cron line has six fields (second minute hour day month weekday), as in `0 0 9 * * *`; this has 1 (line 10)");
    assert_snapshot!(with_daily("0 0 9 * * * 2027"), @"reports.daily: a cron line has six fields (second minute hour day month weekday), as in `0 0 9 * * *`; this has 7 (line 10)");
}

#[test]
fn broken_toml_is_reported_line_by_line() {
    assert_snapshot!(problems("[discord]\nguild_id = \"6134\nlocale = ko\n[aws\nregion = 'x'\nregion = 'y'\n"), @r#"
    invalid basic string, expected `"` (line 2)
    string values must be quoted, expected literal string (line 3)
    unclosed table, expected `]` (line 4)
    "#);
}

#[test]
fn a_token_in_the_file_is_refused_and_not_repeated() {
    let token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs";
    let text = format!(
        "discord = {{ token = '{token}', guild_id = '{token}', channel_id = 613425648685547542, \
         api_url = 'http://me:{token}@localhost' }}\n[[policy.grant]]\nrole_id = 613425648685547541\nverbs = ['cost']\n"
    );
    let problems = problems(&text);
    assert!(!problems.contains("ZnCjm1XVW7"), "{problems}");
    assert_snapshot!(problems, @r"
    discord.guild_id: `MTk4NjIy…` is not a Discord id: those are 17 to 20 digits and nothing else (line 1)
    discord.api_url: leave the user name and password out of the URL: it is printed in logs (line 1)
    discord.token: secrets do not belong in this file: take it out, and set the environment's DISCORD_TOKEN, or DISCORD_TOKEN_FILE to the path of a file (line 1)
    ");
}

#[test]
fn a_region_of_another_partition_is_refused() {
    for (region, partition) in [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")] {
        let said = problems_with(&format!("[aws]\nregion = \"{region}\"\n"));
        assert!(said.starts_with("aws.region: ") && said.contains(partition), "{said}");
    }
    Settings::from_toml(&format!("{MINIMAL}[aws]\nregion = \"us-west-2\"\n"))
        .expect("it is of the partition `aws`");
}
