//! The IAM policies in `docs/iam/` beside the calls in the code: what is called is allowed, what is allowed is
//! called, and only whoever sets doorman up may change the role of the backstop.
//!
//! The calls are read from the source of the AWS adapter, where each names its operation for its failures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::DateTime;
use doorman_cloud::backstop::{GROUP, Parameters, runbooks, schedule_name};
use doorman_cloud::kinds::Lookup;
use doorman_cloud::kinds::role::BOUNDARY;
use doorman_cloud::policy::{Ids, NetworkIds, Purpose};
use doorman_config::{Settings, ShellMode, Stack};
use serde_json::Value;

/// Most characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas").
const MANAGED_POLICY_MAX: usize = 6144;
/// Calls that no policy has to allow, or that the bot makes only where its settings say so.
const FREE: [&str; 2] = ["sts:GetCallerIdentity", "sts:AssumeRole"];
/// What AWS asks for on the caller's behalf while another call is made.
const ON_BEHALF: [&str; 6] = [
    "ec2:CreateTags",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "iam:TagInstanceProfile",
    "iam:TagRole",
    "route53:AssociateVPCWithHostedZone",
];
/// What only `doorman check --fix` does.
const FIX: [&str; 2] = ["cloud/src/check/fix.rs", "cloud/src/check/parts.rs"];
/// What is looked at in those files, which `doorman check` does, too, with the bot's credentials.
const LOOKS: [&str; 1] = ["scheduler:GetScheduleGroup"];
/// Which operations belong to which service, where that is not EC2.
const SERVICES: [(&str, &[&str]); 5] = [
    (
        "iam",
        &[
            "AddRoleToInstanceProfile",
            "AttachRolePolicy",
            "CreateInstanceProfile",
            "CreateRole",
            "DeleteInstanceProfile",
            "DeleteRole",
            "DetachRolePolicy",
            "CreatePolicy",
            "CreatePolicyVersion",
            "GetInstanceProfile",
            "GetPolicy",
            "GetPolicyVersion",
            "GetRole",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "PutRolePolicy",
            "RemoveRoleFromInstanceProfile",
            "UpdateAssumeRolePolicy",
        ],
    ),
    (
        "scheduler",
        &[
            "CreateSchedule",
            "CreateScheduleGroup",
            "DeleteSchedule",
            "GetSchedule",
            "GetScheduleGroup",
            "ListSchedules",
        ],
    ),
    ("servicequotas", &["GetAWSDefaultServiceQuota", "GetServiceQuota"]),
    (
        "ssm",
        &["CreateDocument", "DeleteDocument", "DescribeInstanceInformation", "GetDocument", "GetParameters"],
    ),
    ("sts", &["AssumeRole", "GetCallerIdentity"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The policy for that, with the settings' defaults and with ids as long as real ones.
fn policy(purpose: Purpose) -> Value {
    let found = |id: &str| Lookup::Found(id.to_owned());
    let network = NetworkIds {
        vpc: found("vpc-0123456789abcdef0"),
        route_table: found("rtb-0123456789abcdef0"),
        security_group: found("sg-0123456789abcdef0"),
        subnets: ["my-subnet-public01", "my-subnet-private01", "my-subnet-private02"]
            .map(|name| (name.to_owned(), found("subnet-0123456789abcdef0")))
            .into(),
    };
    let ids = Ids { account: "123456789012".to_owned(), network: Some(network) };
    purpose.document(&settings(), &ids).expect("every name is there")
}

fn settings() -> Settings {
    Settings::from_toml(&doorman_config::EXAMPLE.replace('…', "1100000000000000001")).expect("complete")
}

/// The bot's own rights.
fn bots() -> impl Iterator<Item = Purpose> {
    Purpose::ALL.into_iter().filter(|purpose| purpose.is_for_the_bot(&settings()))
}

fn list(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn statements(policy: &Value) -> &[Value] {
    policy["Statement"].as_array().expect("statements")
}

fn actions(policy: &Value) -> BTreeSet<String> {
    statements(policy).iter().flat_map(|one| list(&one["Action"])).map(str::to_owned).collect()
}

fn of_the_bot() -> BTreeSet<String> {
    bots().flat_map(|purpose| actions(&policy(purpose))).collect()
}

/// Where a resource of one action stands in the bot's rights, by exact ARN or with `*` at the end.
fn allows(policy: &Value, action: &str, arn: &str) -> bool {
    let matches = |pattern: &&str| {
        pattern.strip_suffix('*').map_or(*pattern == arn, |beginning| arn.starts_with(beginning))
    };
    statements(policy)
        .iter()
        .any(|one| list(&one["Action"]).contains(&action) && list(&one["Resource"]).iter().any(matches))
}

/// The calls of the adapter, by the file that makes them.
fn calls() -> BTreeMap<String, BTreeSet<String>> {
    let mut calls = BTreeMap::new();
    let mut folders = vec![root().join("cloud/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let name = path.strip_prefix(root()).expect("below it").to_string_lossy().into_owned();
            calls.entry(name).or_insert_with(BTreeSet::new).extend(in_source(code));
        }
    }
    calls
}

/// `Call::read("GetRole")` is a call of `iam:GetRole`, and so is `all("ListSchedules", …)` one.
fn in_source(code: &str) -> impl Iterator<Item = String> {
    let before = ["Call::read(\"", "Call::repeatable(\"", "Call::blind(\"", "all(\""];
    let named = before.into_iter().flat_map(|before| {
        let names = code.split(before).skip(1).filter_map(|rest| rest.split('"').next());
        // Options of the AWS CLI are no calls.
        names.filter(|name| !name.starts_with('-')).map(action).collect::<Vec<_>>()
    });
    named.into_iter()
}

fn action(operation: &str) -> String {
    let service = SERVICES.iter().find(|(_, operations)| operations.contains(&operation));
    format!("{}:{operation}", service.map_or("ec2", |(service, _)| *service))
}

#[test]
fn what_the_bot_calls_is_allowed_and_nothing_else() {
    let of_the_bot = of_the_bot();
    let of_the_bots = calls().into_iter().filter(|(file, _)| !FIX.contains(&file.as_str()));
    let called: BTreeSet<String> =
        of_the_bots.flat_map(|(_, actions)| actions).chain(LOOKS.map(str::to_owned)).collect();
    assert!(called.len() > 50, "the calls were not found: {called:?}");
    let needed = called.iter().filter(|action| !FREE.contains(&action.as_str()));
    let missing: Vec<&String> = needed.filter(|action| !of_the_bot.contains(*action)).collect();
    assert!(missing.is_empty(), "called and not allowed: {missing:?}");
    let behalf = |action: &&String| !ON_BEHALF.contains(&action.as_str());
    let idle: Vec<&String> =
        of_the_bot.iter().filter(behalf).filter(|action| !called.contains(*action)).collect();
    assert!(idle.is_empty(), "allowed and not called: {idle:?}");
}

#[test]
fn what_a_fix_calls_is_allowed_by_the_policy_for_setting_up_alone() {
    let setup = policy(Purpose::SetUp);
    let calls = calls();
    let of_fix: BTreeSet<String> = FIX.iter().flat_map(|file| calls[*file].clone()).collect();
    assert!(of_fix.contains("iam:PutRolePolicy") && of_fix.contains("ssm:CreateDocument"), "{of_fix:?}");
    // It looks before and after, and tags what it makes.
    let more = [
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcs",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:TagPolicy",
        "iam:TagRole",
        "ssm:AddTagsToResource",
        "ssm:GetDocument",
    ];
    let needed: BTreeSet<String> = of_fix.iter().cloned().chain(more.map(str::to_owned)).collect();
    assert_eq!(actions(&setup), needed);

    // Whoever may write these may do what they may, or allow, so the bot must not.
    let role = "arn:aws:iam::123456789012:role/doorman-backstop";
    let boundary = format!("arn:aws:iam::123456789012:policy/{BOUNDARY}");
    let runbook = "arn:aws:ssm:ap-northeast-2:123456789012:document/doorman-close-nat-window-0";
    for (on, writes) in [
        (role, &["iam:CreateRole", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"][..]),
        (&boundary, &["iam:CreatePolicy", "iam:CreatePolicyVersion"]),
        (runbook, &["ssm:CreateDocument", "ssm:DeleteDocument"]),
    ] {
        for action in writes {
            assert!(allows(&setup, action, on), "set-up does not allow {action} on {on}");
            for purpose in bots() {
                assert!(!allows(&policy(purpose), action, on), "{purpose} allows {action} on {on}");
            }
        }
    }
}

#[test]
fn the_names_the_backstop_uses_are_those_the_policy_allows() {
    let policy = policy(Purpose::Backstop);
    let end = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    for stack in ["main", "a-stack-with-the-longest-name-is"] {
        let name = schedule_name(stack, &"01jnas2v8m3k4q5r6s7t8v9w0x".into(), end, &Parameters::new());
        let arn = |group| format!("arn:aws:scheduler:ap-northeast-2:123456789012:schedule/{group}/{name}");
        assert!(allows(&policy, "scheduler:CreateSchedule", &arn(GROUP)), "{name}");
        assert!(!allows(&policy, "scheduler:CreateSchedule", &arn("default")), "{name}");
        // Version 0.1 made them there.
        for group in [GROUP, "default"] {
            assert!(allows(&policy, "scheduler:DeleteSchedule", &arn(group)), "{group}/{name}");
        }
    }
    let mut stack = Stack::default();
    stack.shell.mode = ShellMode::Window;
    for runbook in runbooks(&stack) {
        let document = format!("arn:aws:ssm:ap-northeast-2:123456789012:document/{}", runbook.name());
        assert!(allows(&policy, "ssm:GetDocument", &document), "{document}");
        assert!(!allows(&policy, "ssm:GetDocument", &document.replace("/doorman-", "/theirs-")));
    }
    let role = format!("arn:aws:iam::123456789012:role/{}", Stack::default().backstop.role);
    for action in ["iam:GetRole", "iam:GetRolePolicy", "iam:PassRole"] {
        assert!(allows(&policy, action, &role), "{action}");
    }
    let pass = statements(&policy).iter().find(|one| one["Action"] == "iam:PassRole").expect("one");
    assert_eq!(pass["Condition"]["StringEquals"]["iam:PassedToService"], "scheduler.amazonaws.com");
}

#[test]
fn each_policy_fits_a_managed_one_with_real_ids() {
    for purpose in Purpose::ALL {
        let characters = policy(purpose).to_string().chars().filter(|c| !c.is_whitespace()).count();
        assert!(characters <= MANAGED_POLICY_MAX, "{purpose} has {characters}");
    }
}

/// What is allowed twice is either for two different things, or nobody knows which policy to take it from.
#[test]
fn no_action_is_in_two_policies_without_a_reason() {
    let mut places: BTreeMap<String, Vec<Purpose>> = BTreeMap::new();
    for purpose in Purpose::ALL {
        for action in actions(&policy(purpose)) {
            places.entry(action).or_default().push(purpose);
        }
    }
    let twice: BTreeMap<_, _> = places.into_iter().filter(|(_, purposes)| purposes.len() > 1).collect();
    let reasons = [
        // Each makes something of its own, tagged by the call; the base only rewrites the end.
        ("ec2:CreateTags", vec![Purpose::Base, Purpose::NatWindow, Purpose::Pair, Purpose::Shell]),
        // Rules outwards: to the internet, and to the endpoints.
        ("ec2:AuthorizeSecurityGroupEgress", vec![Purpose::NatWindow, Purpose::Shell]),
        ("ec2:RevokeSecurityGroupEgress", vec![Purpose::NatWindow, Purpose::Shell]),
        // What the role of the backstop names is looked up by a person, too.
        ("ec2:DescribeRouteTables", vec![Purpose::Base, Purpose::SetUp]),
        ("ec2:DescribeSecurityGroups", vec![Purpose::Base, Purpose::SetUp]),
        ("ec2:DescribeVpcs", vec![Purpose::Base, Purpose::SetUp]),
        // What a person makes, and the bot looks at.
        ("iam:GetPolicy", vec![Purpose::Pair, Purpose::SetUp]),
        ("iam:GetPolicyVersion", vec![Purpose::Pair, Purpose::SetUp]),
        ("scheduler:GetScheduleGroup", vec![Purpose::Backstop, Purpose::SetUp]),
        ("ssm:GetDocument", vec![Purpose::Backstop, Purpose::SetUp]),
        // Two roles: the instances', which the bot makes, and the backstop's, which only a person makes.
        ("iam:CreateRole", vec![Purpose::Pair, Purpose::SetUp]),
        ("iam:GetRole", vec![Purpose::Base, Purpose::Backstop, Purpose::SetUp]),
        ("iam:GetRolePolicy", vec![Purpose::Backstop, Purpose::SetUp]),
        ("iam:PassRole", vec![Purpose::Pair, Purpose::Backstop]),
        ("iam:TagRole", vec![Purpose::Pair, Purpose::SetUp]),
    ];
    let reasons = reasons.map(|(action, purposes)| (action.to_owned(), purposes));
    assert_eq!(twice, reasons.into());
}

#[test]
fn every_file_is_a_policy_that_can_be_asked_for() {
    let files = std::fs::read_dir(root().join("docs/iam")).expect("the policies");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(files, Purpose::ALL.map(|purpose| format!("{purpose}.json")).into());
}
