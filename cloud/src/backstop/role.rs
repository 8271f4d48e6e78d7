//! The role of the backstop: who may take it, and what it may do. No more than closing a window takes.

use serde_json::{Value, json};

/// The group of doorman's schedules: the bot may make schedules in no other. `doorman check --fix` makes it.
pub const GROUP: &str = "doorman";

/// Name of the role's only policy, which is an inline one.
pub const POLICY_NAME: &str = "close-nat-window";
/// With what the names of all runbooks begin, whichever version of doorman wrote them.
const DOCUMENTS: &str = "doorman-close-*";

/// Where a role is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Twelve digits.
    pub account_id: &'a str,
    /// Such as `ap-northeast-2`.
    pub region: &'a str,
}

/// The parts of the network that the role may change, by id.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    /// The private route table.
    pub route_table: &'a str,
    /// The service security group.
    pub group: &'a str,
}

/// Who may take the role: EventBridge Scheduler for schedules of this account, and Systems Manager for its
/// runbooks. Scheduler wants the ARN of the group here; with a schedule's it says that it may not assume it.
pub fn trust_policy(place: Place<'_>) -> Value {
    let Place { account_id, region } = place;
    // Version 0.1 made its schedules in the default group; those that are armed go on being a net.
    let group = |name: &str| format!("arn:aws:scheduler:{region}:{account_id}:schedule-group/{name}");
    let groups = [group(GROUP), group("default")];
    let runs = format!("arn:aws:ssm:{region}:{account_id}:automation-execution/*");
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": { "Service": "scheduler.amazonaws.com" },
                "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "aws:SourceAccount": account_id, "aws:SourceArn": groups } }
            },
            {
                "Effect": "Allow",
                "Principal": { "Service": "ssm.amazonaws.com" },
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": { "aws:SourceAccount": account_id },
                    "ArnLike": { "aws:SourceArn": runs }
                }
            }
        ]
    })
}

/// What the role may do: start the runbooks as itself, look, and remove what carries doorman's tag. Routes and
/// rules carry no tags that a policy could ask for, so it names the one table and the one group; the runbook asks whose
/// they are.
pub fn role_policy(place: Place<'_>, role: &str, network: Network<'_>) -> Value {
    let Place { account_id, region } = place;
    let Network { route_table, group } = network;
    let ssm = format!("arn:aws:ssm:{region}:{account_id}");
    let ec2 = format!("arn:aws:ec2:{region}:{account_id}");
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Start",
                "Effect": "Allow",
                "Action": "ssm:StartAutomationExecution",
                "Resource": [
                    format!("{ssm}:document/{DOCUMENTS}"),
                    format!("{ssm}:automation-definition/{DOCUMENTS}:*"),
                    format!("{ssm}:automation-execution/*")
                ]
            },
            {
                "Sid": "AsItself",
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": format!("arn:aws:iam::{account_id}:role/{role}"),
                "Condition": { "StringEquals": { "iam:PassedToService": "ssm.amazonaws.com" } }
            },
            {
                "Sid": "Look",
                "Effect": "Allow",
                "Action": [
                    "ec2:DescribeNatGateways",
                    "ec2:DescribeRouteTables",
                    "ec2:DescribeSecurityGroupRules",
                    "ec2:DescribeAddresses",
                    "ec2:DescribeVpcEndpoints"
                ],
                "Resource": "*"
            },
            {
                "Sid": "RemoveWhatIsTagged",
                "Effect": "Allow",
                "Action": ["ec2:DeleteNatGateway", "ec2:ReleaseAddress", "ec2:DeleteVpcEndpoints"],
                "Resource": [
                    format!("{ec2}:natgateway/*"),
                    format!("{ec2}:elastic-ip/*"),
                    format!("{ec2}:vpc-endpoint/*")
                ],
                "Condition": { "StringEquals": { "aws:ResourceTag/ManagedBy": "doorman" } }
            },
            {
                "Sid": "RemoveRouteAndRules",
                "Effect": "Allow",
                "Action": [
                    "ec2:DeleteRoute",
                    "ec2:RevokeSecurityGroupEgress",
                    "ec2:RevokeSecurityGroupIngress"
                ],
                "Resource": [
                    format!("{ec2}:route-table/{route_table}"),
                    format!("{ec2}:security-group/{group}")
                ]
            }
        ]
    })
}
