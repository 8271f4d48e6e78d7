//! The permissions boundary of the role: beyond it the role may do nothing, whatever is attached to it and whoever may
//! take it.
//!
//! The bot makes the role, so its credentials may make it, too, for whomever they like: IAM has no condition on a trust
//! policy. But they may only make it within this policy, which they cannot change: a person makes it, with `doorman check
//! --fix`.

use serde_json::{Value, json};

/// Its name in the account; the policies of the bot name it.
pub const BOUNDARY: &str = "doorman-instances";

/// Its ARN.
pub fn boundary_arn(account_id: &str) -> String {
    format!("arn:aws:iam::{account_id}:policy/{BOUNDARY}")
}

/// What an agent needs to register, to be looked at and to hold a session: what AWS's `AmazonSSMManagedInstanceCore`
/// allows, without the parameters of the account, its documents and its inventory.
pub fn boundary_policy() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "BeManaged",
                "Effect": "Allow",
                "Action": [
                    "ec2messages:AcknowledgeMessage",
                    "ec2messages:DeleteMessage",
                    "ec2messages:FailMessage",
                    "ec2messages:GetEndpoint",
                    "ec2messages:GetMessages",
                    "ec2messages:SendReply",
                    "ssm:ListAssociations",
                    "ssm:ListInstanceAssociations",
                    "ssm:UpdateInstanceInformation",
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel"
                ],
                "Resource": "*"
            }
        ]
    })
}
