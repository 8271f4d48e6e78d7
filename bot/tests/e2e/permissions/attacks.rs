//! What somebody would try who has the bot's key. Most are what the bot does itself, with one thing changed, so that
//! nothing else can be what stops them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use doorman_sandbox::aws::Demand;

/// Where the table of them is.
pub(super) const TABLE: &str = "docs/ATTACKS.md";

/// Something to try.
pub(super) struct Attack {
    /// What it does, for people.
    pub(super) does: &'static str,
    action: &'static str,
    /// The resource, or a part of that of a demand of the bot's which this is like.
    on: &'static str,
    /// Whether it is like a demand of the bot's.
    like: bool,
    /// The action of that, where it is another one.
    after: Option<&'static str>,
    /// What the resource is instead.
    to: Option<&'static str>,
    /// What is known of it instead.
    set: &'static [(&'static str, &'static str)],
    /// What is not known of it: the ends of keys.
    without: &'static [&'static str],
    /// What stops it, for people.
    stopped_by: &'static str,
}

/// What the bot does to `on`, with something changed.
const fn like(
    does: &'static str,
    action: &'static str,
    on: &'static str,
    stopped_by: &'static str,
) -> Attack {
    Attack { does, action, on, like: true, after: None, to: None, set: &[], without: &[], stopped_by }
}

/// Something that the bot never does.
const fn other(
    does: &'static str,
    action: &'static str,
    on: &'static str,
    stopped_by: &'static str,
) -> Attack {
    Attack { does, action, on, like: false, after: None, to: None, set: &[], without: &[], stopped_by }
}

impl Attack {
    const fn to(self, resource: &'static str) -> Self {
        Attack { to: Some(resource), ..self }
    }

    const fn set(self, set: &'static [(&'static str, &'static str)]) -> Self {
        Attack { set, ..self }
    }

    const fn without(self, without: &'static [&'static str]) -> Self {
        Attack { without, ..self }
    }

    /// What it is like is another action of the bot's.
    const fn after(self, action: &'static str) -> Self {
        Attack { after: Some(action), ..self }
    }

    /// What it needs.
    pub(super) fn on(&self, demands: &BTreeSet<Demand>) -> Demand {
        let mut demand = Demand {
            action: self.action.to_owned(),
            resource: whole(self.on),
            context: [("aws:RequestedRegion".to_owned(), vec![REGION.to_owned()])].into(),
        };
        if self.like {
            let action = self.after.unwrap_or(self.action);
            let base = demands.iter().find(|one| one.action == action && one.resource.contains(self.on));
            let base = base.unwrap_or_else(|| panic!("the bot never needs {action} on {}", self.on)).clone();
            demand = Demand { action: self.action.to_owned(), ..base };
        }
        if let Some(to) = self.to {
            demand.resource = whole(to);
        }
        demand.context.retain(|key, _| !self.without.iter().any(|end| key.ends_with(end)));
        for (key, value) in self.set {
            demand.context.insert((*key).to_owned(), vec![whole(value)]);
        }
        demand
    }
}

const REGION: &str = "ap-northeast-2";

/// An ARN of the account that is written by its service and what follows; anything else as it is.
fn whole(short: &str) -> String {
    for service in ["ec2", "scheduler", "ssm", "secretsmanager", "rds", "lambda"] {
        if let Some(rest) = short.strip_prefix(&format!("{service}:")) {
            return format!("arn:aws:{service}:{REGION}:123456789012:{rest}");
        }
    }
    match short.strip_prefix("iam:") {
        Some(rest) => format!("arn:aws:iam::123456789012:{rest}"),
        None => short.to_owned(),
    }
}

const ROLE: &str = "role/MySSMRoleForServiceInstance";
const NET: &str = "role/doorman-backstop";
const MANAGED: &[&str] = &["ResourceTag/ManagedBy"];
const UNTAGGED: &[&str] = &["RequestTag/ManagedBy"];
const TABLE_ID: &str = "the route table's id";
const GROUP_ID: &str = "the security group's id";
const SUBNETS: &str = "the ids of the two subnets";
const OWN: &str = "only what is tagged `ManagedBy=doorman`";
const NOT_ALLOWED: &str = "not allowed at all";
const PERSON: &str = "only a person makes it, with `doorman check --fix`";

/// All of them, as the table has them.
pub(super) const ATTACKS: [Attack; 77] = [
    // The net under the bot, which works on when the key is long revoked.
    like(
        "arm a schedule in another group",
        "scheduler:CreateSchedule",
        ":schedule/doorman/",
        "the group's name",
    )
    .to("scheduler:schedule/default/doorman-main-1-1"),
    like(
        "arm a schedule of another name",
        "scheduler:CreateSchedule",
        ":schedule/doorman/",
        "the schedule's name",
    )
    .to("scheduler:schedule/doorman/every-minute"),
    like("change a schedule that is armed", "scheduler:UpdateSchedule", ":schedule/doorman/", NOT_ALLOWED)
        .after("scheduler:CreateSchedule"),
    other(
        "take away the group of the schedules",
        "scheduler:DeleteScheduleGroup",
        "scheduler:schedule-group/doorman",
        NOT_ALLOWED,
    ),
    other(
        "make another group of schedules",
        "scheduler:CreateScheduleGroup",
        "scheduler:schedule-group/theirs",
        NOT_ALLOWED,
    ),
    like("have a schedule take another role", "iam:PassRole", NET, "the role's name").to("iam:role/Admin"),
    like("hand the net's role to Lambda", "iam:PassRole", NET, "`iam:PassedToService`")
        .set(&[("iam:PassedToService", "lambda.amazonaws.com")]),
    like("hand the net's role to an automation", "iam:PassRole", NET, "`iam:PassedToService`")
        .set(&[("iam:PassedToService", "ssm.amazonaws.com")]),
    other(
        "write a runbook for the net's role",
        "ssm:CreateDocument",
        "ssm:document/doorman-close-evil",
        PERSON,
    ),
    like("change a runbook", "ssm:UpdateDocument", ":document/doorman-close-", PERSON)
        .after("ssm:GetDocument"),
    like(
        "have another version of a runbook run",
        "ssm:UpdateDocumentDefaultVersion",
        ":document/doorman-close-",
        PERSON,
    )
    .after("ssm:GetDocument"),
    like("take a runbook away", "ssm:DeleteDocument", ":document/doorman-close-", PERSON)
        .after("ssm:GetDocument"),
    like(
        "share a runbook with others",
        "ssm:ModifyDocumentPermission",
        ":document/doorman-close-",
        NOT_ALLOWED,
    )
    .after("ssm:GetDocument"),
    other(
        "start an automation",
        "ssm:StartAutomationExecution",
        "ssm:automation-definition/doorman-close-evil:$DEFAULT",
        NOT_ALLOWED,
    ),
    like("write into the net's role", "iam:PutRolePolicy", NET, PERSON).after("iam:GetRole"),
    like("take the net's role", "iam:UpdateAssumeRolePolicy", NET, PERSON).after("iam:GetRole"),
    like("attach a policy to the net's role", "iam:AttachRolePolicy", NET, PERSON)
        .after("iam:GetRole")
        .set(&[("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")]),
    // The role of the instances.
    like("make their role without a boundary", "iam:CreateRole", ROLE, "`iam:PermissionsBoundary`")
        .without(&["iam:PermissionsBoundary"]),
    like("make their role within a wide boundary", "iam:CreateRole", ROLE, "`iam:PermissionsBoundary`")
        .set(&[("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess")]),
    like("make another role", "iam:CreateRole", ROLE, "the role's name").to("iam:role/theirs"),
    like("attach AdministratorAccess to their role", "iam:AttachRolePolicy", ROLE, "`iam:PolicyARN`")
        .set(&[("iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")]),
    like(
        "attach its policy where there is no boundary",
        "iam:AttachRolePolicy",
        ROLE,
        "`iam:PermissionsBoundary`",
    )
    .without(&["iam:PermissionsBoundary"]),
    like("attach its policy to another role", "iam:AttachRolePolicy", ROLE, "the role's name")
        .to("iam:role/theirs"),
    like("detach somebody else's policy from their role", "iam:DetachRolePolicy", ROLE, "`iam:PolicyARN`")
        .set(&[("iam:PolicyARN", "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy")]),
    like("write into their role", "iam:PutRolePolicy", ROLE, NOT_ALLOWED).after("iam:GetRole"),
    like("let others take their role", "iam:UpdateAssumeRolePolicy", ROLE, NOT_ALLOWED).after("iam:GetRole"),
    like("take its boundary from their role", "iam:DeleteRolePermissionsBoundary", ROLE, NOT_ALLOWED)
        .after("iam:GetRole"),
    like("give their role another boundary", "iam:PutRolePermissionsBoundary", ROLE, NOT_ALLOWED)
        .after("iam:GetRole")
        .set(&[("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess")]),
    like("widen the boundary", "iam:CreatePolicyVersion", "policy/doorman-instances", PERSON)
        .after("iam:GetPolicy"),
    like("bring an older boundary back", "iam:SetDefaultPolicyVersion", "policy/doorman-instances", PERSON)
        .after("iam:GetPolicy"),
    like("hand their role to Lambda", "iam:PassRole", ROLE, "`iam:PassedToService`")
        .set(&[("iam:PassedToService", "lambda.amazonaws.com")]),
    like("hand another role to an instance", "iam:PassRole", ROLE, "the role's name").to("iam:role/Admin"),
    like(
        "put a role into another profile",
        "iam:AddRoleToInstanceProfile",
        "instance-profile/",
        "the profile's name",
    )
    .to("iam:instance-profile/theirs"),
    other("make a user", "iam:CreateUser", "iam:user/theirs", NOT_ALLOWED),
    other("make a second key for the bot", "iam:CreateAccessKey", "iam:user/doorman", NOT_ALLOWED),
    other("give the bot another policy", "iam:PutUserPolicy", "iam:user/doorman", NOT_ALLOWED),
    // Secrets, and the instances' insides.
    other("read a parameter", "ssm:GetParameter", "ssm:parameter/prod/password", NOT_ALLOWED),
    like(
        "read parameters of the account",
        "ssm:GetParameters",
        ":parameter/aws/service/canonical/",
        "the parameter's name",
    )
    .to("ssm:parameter/prod/password"),
    other("read a secret", "secretsmanager:GetSecretValue", "secretsmanager:secret:prod-AbCdEf", NOT_ALLOWED),
    other("start a session", "ssm:StartSession", "ec2:instance/i-0123456789abcdef0", NOT_ALLOWED),
    other("run a command", "ssm:SendCommand", "ec2:instance/i-0123456789abcdef0", NOT_ALLOWED),
    // The network that is there.
    like("route another table", "ec2:CreateRoute", ":route-table/", TABLE_ID)
        .to("ec2:route-table/rtb-0fffffffffffffff0"),
    like("change a route of another table", "ec2:ReplaceRoute", ":route-table/", TABLE_ID)
        .to("ec2:route-table/rtb-0fffffffffffffff0"),
    like("delete a route of another table", "ec2:DeleteRoute", ":route-table/", TABLE_ID)
        .to("ec2:route-table/rtb-0fffffffffffffff0"),
    like("let another group out", "ec2:AuthorizeSecurityGroupEgress", ":security-group/", GROUP_ID)
        .to("ec2:security-group/sg-0fffffffffffffff0"),
    like(
        "let the world into another group",
        "ec2:AuthorizeSecurityGroupIngress",
        ":security-group/",
        GROUP_ID,
    )
    .to("ec2:security-group/sg-0fffffffffffffff0"),
    like("cut another group off", "ec2:RevokeSecurityGroupEgress", ":security-group/", GROUP_ID)
        .to("ec2:security-group/sg-0fffffffffffffff0"),
    like("close another group", "ec2:RevokeSecurityGroupIngress", ":security-group/", GROUP_ID)
        .to("ec2:security-group/sg-0fffffffffffffff0"),
    other("look at another region", "ec2:DescribeInstances", "*", "`aws:RequestedRegion`")
        .set(&[("aws:RequestedRegion", "us-east-1")]),
    other("make a network", "ec2:CreateVpc", "ec2:vpc/*", NOT_ALLOWED),
    other(
        "open a way from outside",
        "ec2:AttachInternetGateway",
        "ec2:internet-gateway/igw-0fffffffffffffff0",
        NOT_ALLOWED,
    ),
    // Endpoints, addresses and gateways.
    like(
        "make an endpoint of another service",
        "ec2:CreateVpcEndpoint",
        ":vpc-endpoint/",
        "`ec2:VpceServiceName`",
    )
    .set(&[("ec2:VpceServiceName", "com.amazonaws.ap-northeast-2.secretsmanager")]),
    like(
        "make an endpoint of somebody else's service",
        "ec2:CreateVpcEndpoint",
        ":vpc-endpoint/",
        "`ec2:VpceServiceName`, `ec2:VpceServiceOwner`",
    )
    .set(&[
        ("ec2:VpceServiceName", "com.amazonaws.vpce.ap-northeast-2.vpce-svc-0fffffffffffffff0"),
        ("ec2:VpceServiceOwner", "210987654321"),
    ]),
    like("make an endpoint in another subnet", "ec2:CreateVpcEndpoint", ":subnet/", SUBNETS)
        .to("ec2:subnet/subnet-0fffffffffffffff0"),
    like("make an endpoint in another VPC", "ec2:CreateVpcEndpoint", ":vpc/", "the VPC's id")
        .to("ec2:vpc/vpc-0fffffffffffffff0"),
    like(
        "make an endpoint that nobody knows as doorman's",
        "ec2:CreateVpcEndpoint",
        ":vpc-endpoint/",
        "`aws:RequestTag/ManagedBy`",
    )
    .without(UNTAGGED),
    like("delete somebody else's endpoint", "ec2:DeleteVpcEndpoints", ":vpc-endpoint/", OWN).without(MANAGED),
    like(
        "open a private zone to another VPC",
        "route53:AssociateVPCWithHostedZone",
        "hostedzone/",
        "`route53:VPCs`",
    )
    .set(&[("route53:VPCs", "VPCId=vpc-0fffffffffffffff0,VPCRegion=ap-northeast-2")]),
    like("make a gateway in another subnet", "ec2:CreateNatGateway", ":subnet/", "the subnet's id")
        .to("ec2:subnet/subnet-0fffffffffffffff0"),
    like("make a gateway with somebody else's address", "ec2:CreateNatGateway", ":elastic-ip/", OWN)
        .without(MANAGED),
    like(
        "make a gateway that nobody knows as doorman's",
        "ec2:CreateNatGateway",
        ":natgateway/",
        "`aws:RequestTag/ManagedBy`",
    )
    .without(UNTAGGED),
    like("delete somebody else's gateway", "ec2:DeleteNatGateway", ":natgateway/", OWN).without(MANAGED),
    like("release somebody else's address", "ec2:ReleaseAddress", ":elastic-ip/", OWN).without(MANAGED),
    // Instances.
    like("run an instance in another subnet", "ec2:RunInstances", ":subnet/", SUBNETS)
        .to("ec2:subnet/subnet-0fffffffffffffff0"),
    like(
        "run an instance with a public address",
        "ec2:RunInstances",
        ":network-interface/",
        "`ec2:AssociatePublicIpAddress`",
    )
    .set(&[("ec2:AssociatePublicIpAddress", "true")]),
    like(
        "run an instance and leave its address to the subnet",
        "ec2:RunInstances",
        ":network-interface/",
        "`ec2:AssociatePublicIpAddress`",
    )
    .without(&["ec2:AssociatePublicIpAddress"]),
    like("run an instance with a large volume", "ec2:RunInstances", ":volume/", "`ec2:VolumeSize`")
        .set(&[("ec2:VolumeSize", "16384")]),
    like("run an instance with a fast volume", "ec2:RunInstances", ":volume/", "`ec2:VolumeType`")
        .set(&[("ec2:VolumeType", "io2")]),
    like("run a large instance", "ec2:RunInstances", ":instance/", "`ec2:InstanceType`")
        .set(&[("ec2:InstanceType", "p5.48xlarge")]),
    like(
        "run an instance whose role can be read through a proxy",
        "ec2:RunInstances",
        ":instance/",
        "`ec2:MetadataHttpTokens`",
    )
    .set(&[("ec2:MetadataHttpTokens", "optional")]),
    like("run an image of their own", "ec2:RunInstances", "::image/", "`ec2:Owner`")
        .set(&[("ec2:Owner", "210987654321")]),
    like("run an instance in another group", "ec2:RunInstances", ":security-group/", GROUP_ID)
        .to("ec2:security-group/sg-0fffffffffffffff0"),
    like("terminate somebody else's instance", "ec2:TerminateInstances", ":instance/", OWN).without(MANAGED),
    like("delete somebody else's volume", "ec2:DeleteVolume", ":volume/", OWN).without(MANAGED),
    // Tags decide whose a thing is.
    like(
        "claim somebody else's instance by tagging it",
        "ec2:CreateTags",
        ":instance/",
        "tags only as a part of making",
    )
    .to("ec2:instance/i-0fffffffffffffff0")
    .without(&["ec2:CreateAction", "ResourceTag/ManagedBy"]),
    like("rewrite whose a gateway of doorman's is", "ec2:CreateTags", ":natgateway/nat-", "`aws:TagKeys`")
        .set(&[("aws:TagKeys", "ManagedBy")]),
    other("take doorman's tags away", "ec2:DeleteTags", "ec2:natgateway/nat-0fffffffffffffff0", NOT_ALLOWED),
];

/// The table of them, in Markdown.
pub(super) fn table() -> String {
    let mut text = String::from(
        "# A stolen key\n\n\
         What somebody would try who has the bot's AWS key, and what stops them. Each line is judged by two evaluators of IAM \
         policies under the policies of [`iam/`](iam/): the sandbox's own, and \
         [iam-simulate](https://github.com/cloud-copilot/iam-simulate), which nobody here wrote. All are denied by both, or the tests fail. Most are what \
         the bot does itself, with the one thing changed that stops them. What IAM cannot stop is in \
         [OPERATIONS.md](OPERATIONS.md#a-stolen-key).\n\n\
         A test writes this table: `DOORMAN_WRITE_TABLES=1 cargo test --workspace --test e2e -- table_of_attacks`.\n\n\
         | | to | needs | stopped by |\n|---:|---|---|---|\n",
    );
    for (at, attack) in ATTACKS.iter().enumerate() {
        _ = writeln!(text, "| {} | {} | `{}` | {} |", at + 1, attack.does, attack.action, attack.stopped_by);
    }
    text
}
