//! A command of the AWS CLI, before it is written down.

use std::fmt::Display;

use serde_json::{Value, json};

use crate::tags::Owner;

/// With what a value begins that the CLI takes for the address of the value (AWS CLI User Guide, "Loading a parameter
/// from a file").
const ADDRESSES: [&str; 4] = ["file://", "fileb://", "http://", "https://"];

/// A command of the AWS CLI: what is done, and then the options, each with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cli {
    /// What belongs on one line of the script.
    pub(super) groups: Vec<Vec<String>>,
}

impl Cli {
    fn of(service: &str, command: &str) -> Cli {
        Cli {
            groups: vec![["aws", service].into_iter().chain(command.split(' ')).map(str::to_owned).collect()],
        }
    }

    /// A command of EC2, such as `allocate-address` or `wait instance-running`.
    pub(crate) fn ec2(command: &str) -> Cli {
        Cli::of("ec2", command)
    }

    /// A command of IAM.
    pub(crate) fn iam(command: &str) -> Cli {
        Cli::of("iam", command)
    }

    /// A command of EventBridge Scheduler.
    pub(crate) fn scheduler(command: &str) -> Cli {
        Cli::of("scheduler", command)
    }

    /// A command of Systems Manager.
    pub(crate) fn ssm(command: &str) -> Cli {
        Cli::of("ssm", command)
    }

    /// An option without a value.
    pub(crate) fn flag(mut self, option: &str) -> Cli {
        self.groups.push(vec![option.to_owned()]);
        self
    }

    /// An option with a value that begins with a letter or a digit, as ids and names of AWS's do.
    pub(crate) fn with(mut self, option: &str, value: impl Display) -> Cli {
        self.groups.push(vec![option.to_owned(), value.to_string()]);
        self
    }

    /// An option with several values.
    pub(crate) fn with_all(mut self, option: &str, values: impl IntoIterator<Item = impl Display>) -> Cli {
        let values = values.into_iter().map(|value| value.to_string());
        self.groups.push(std::iter::once(option.to_owned()).chain(values).collect());
        self
    }

    /// An option whose value has a structure, as JSON: the CLI's own shorthand cannot say every text.
    pub(crate) fn json(self, option: &str, value: &Value) -> Cli {
        self.with(option, value)
    }

    /// An option with any text that a person may have written. `member` is what AWS's API calls it.
    pub(crate) fn text(self, option: &str, member: &str, text: &str) -> Cli {
        let misread = text.starts_with('-') || ADDRESSES.iter().any(|address| text.starts_with(address));
        match misread {
            true => self.json("--cli-input-json", &json!({ member: text })),
            false => self.with(option, text),
        }
    }

    /// The tags for what a command of EC2 makes, for each type of resource in it.
    pub(crate) fn tagged(self, types: &[&str], owner: &Owner, name: &str) -> Cli {
        let tags = tags(owner, name);
        let each = types.iter().map(|of| json!({ "ResourceType": of, "Tags": tags }));
        self.json("--tag-specifications", &each.collect())
    }

    /// The same for what a command of IAM makes.
    pub(crate) fn tagged_in_iam(self, owner: &Owner, name: &str) -> Cli {
        self.json("--tags", &tags(owner, name))
    }
}

fn tags(owner: &Owner, name: &str) -> Value {
    owner.to_tags(name).into_iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}
