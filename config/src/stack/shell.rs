//! `[stack.shell]`: shell access without SSH, by AWS Systems Manager.

use serde::de::{self, Deserialize, Deserializer};

use super::{check_unique, rule_description};
use crate::choice;
use crate::read::Section;
use crate::window::WindowLengths;

/// What lets Session Manager reach the instances
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// The IAM role of the instances, and its instance profile. Default: `MySSMRoleForServiceInstance`.
    pub role: String,
    /// The description of that role. Default: the one that the console gives it.
    pub role_description: String,
    /// The AWS managed policy of that role, by its name. Default: `AmazonSSMManagedInstanceCore`.
    pub policy: String,
    /// The description of the rules that let the instances reach the endpoints. Default: `for SSM Session
    /// Manager console`.
    pub rule_description: String,
    /// `[[stack.shell.endpoints]]`: the interface endpoints in the subnets of the instances; at least those
    /// to `ssm` and `ssmmessages`, without which no session starts. Default: those and `ec2messages`.
    pub endpoints: Vec<Endpoint>,
    /// `mode`: whether the endpoints and their rules belong to the pair or to windows of their own. Default: always.
    pub mode: ShellMode,
    /// `default`, `minimum`, `maximum`: how long a shell window is, where there are any. Endpoints are billed by the
    /// started hour. Default: 1h, 10m, 8h.
    pub lengths: WindowLengths,
}

/// When there is shell access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShellMode {
    /// As long as the pair is there: its endpoints are a part of it. `always`.
    Always,
    /// While a shell window is open: `/shell open`. `window`.
    Window,
}

impl ShellMode {
    /// Its word in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Window => "window",
        }
    }
}

impl<'de> Deserialize<'de> for ShellMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let modes = [Self::Always, Self::Window].map(|mode| (mode.as_str(), mode));
        choice::choose(&word, &modes).map_err(de::Error::custom)
    }
}

/// One interface endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The AWS service, as in the end of `com.amazonaws.<region>.ssm`. No default.
    pub service: String,
    /// Its `Name`. No default.
    pub name: String,
}

/// The services without which there is no session.
const NEEDED: [&str; 2] = ["ssm", "ssmmessages"];

impl Default for Shell {
    fn default() -> Self {
        let endpoint = |service: &str, name: &str| Endpoint {
            service: service.to_owned(),
            name: format!("my-endpoint-{name}-service"),
        };
        Self {
            role: "MySSMRoleForServiceInstance".to_owned(),
            role_description: "Allows EC2 instances to call AWS services on your behalf.".to_owned(),
            policy: "AmazonSSMManagedInstanceCore".to_owned(),
            rule_description: "for SSM Session Manager console".to_owned(),
            endpoints: vec![
                endpoint("ssm", "SSM"),
                endpoint("ssmmessages", "SSMMessages"),
                endpoint("ec2messages", "EC2Messages"),
            ],
            mode: ShellMode::Always,
            lengths: WindowLengths::minutes(60, 10, 8 * 60),
        }
    }
}

impl Shell {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let endpoints = section.sections("endpoints", Endpoint::read);
        let shell = Self {
            role: section.get_or("role", default.role),
            role_description: section.get_or("role_description", default.role_description),
            policy: section.get_or("policy", default.policy),
            rule_description: rule_description(section, "rule_description", default.rule_description),
            endpoints: endpoints.unwrap_or(default.endpoints),
            mode: section.get_or("mode", default.mode),
            lengths: WindowLengths::read(section, default.lengths),
        };
        // The limits of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
        section.check("role", is_iam_name(&shell.role, 64), || {
            format!("`{}` is not 1 to 64 letters, digits and +=,.@_-", shell.role)
        });
        section.check("role_description", shell.role_description.chars().count() <= 1000, || {
            "longer than the 1000 characters that IAM takes".to_owned()
        });
        section.check("policy", is_iam_name(&shell.policy, 128), || {
            format!("`{}` is not the name of an AWS managed policy; leave out its ARN", shell.policy)
        });
        shell.check_endpoints(section);
        shell
    }

    fn check_endpoints(&self, section: &Section<'_, '_>) {
        // An endpoint that could not be read may be the one that seems to be missing.
        if !section.sound(&["endpoints"]) {
            return;
        }
        for needed in NEEDED {
            if !self.endpoints.iter().any(|endpoint| endpoint.service == needed) {
                section.wrong("endpoints", format!("none to `{needed}`, without which no session starts"));
            }
        }
        check_unique(section, "endpoints", "service", self.endpoints.iter().map(|one| &one.service));
        check_unique(section, "endpoints", "name", self.endpoints.iter().map(|one| &one.name));
    }
}

impl Endpoint {
    fn read(section: &Section<'_, '_>) -> Option<Self> {
        let service: Option<String> = section.need("service", "the AWS service, such as `ssm`");
        let name = section.need("name", "the name of the endpoint");
        if let Some(service) = &service {
            section.check("service", !service.starts_with("com.amazonaws."), || {
                "only the end of the service's name: `ssm`, without `com.amazonaws.` and the region"
                    .to_owned()
            });
        }
        Some(Self { service: service?, name: name? })
    }
}

fn is_iam_name(text: &str, longest: usize) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    (1..=longest).contains(&text.len()) && text.chars().all(allowed)
}
