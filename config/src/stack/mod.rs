//! `[stack]`: the environment that doorman opens and closes.
//!
//! The network is there already and is named here; the names are those that the AWS console shows. What is made
//! in it is described by [`Service`], [`Nat`] and [`Shell`]. The defaults are the reference stack.

mod backstop;
mod nat;
mod service;
mod shell;

pub use backstop::Backstop;
pub use nat::Nat;
pub use service::{Instance, Market, Service, Volume};
pub use shell::{Endpoint, Shell, ShellMode};

use crate::read::Section;

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// What doorman calls it: the value of the tag `doorman:stack` on everything it makes. Changing it makes
    /// doorman a stranger to what it made before. Default: `main`.
    pub name: String,
    /// The VPC, by its `Name` tag. Default: `My-VPC`.
    pub vpc: String,
    /// `[stack.service]`: the instances.
    pub service: Service,
    /// `[stack.nat]`: the window on the internet.
    pub nat: Nat,
    /// `[stack.backstop]`: what closes a window when doorman cannot.
    pub backstop: Backstop,
    /// `[stack.shell]`: shell access.
    pub shell: Shell,
}

impl Default for Stack {
    fn default() -> Self {
        Self {
            name: "main".to_owned(),
            vpc: "My-VPC".to_owned(),
            service: Service::default(),
            nat: Nat::default(),
            backstop: Backstop::default(),
            shell: Shell::default(),
        }
    }
}

impl Stack {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let stack = Self {
            name: section.get_or("name", default.name),
            vpc: name_tag(section, "vpc", default.vpc),
            service: section.section("service", Service::read),
            nat: section.section("nat", Nat::read),
            backstop: section.section("backstop", Backstop::read),
            shell: section.section("shell", Shell::read),
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (1..=32).contains(&stack.name.len()) && stack.name.chars().all(plain);
        section.check("name", fits, || {
            format!("`{}` is not 1 to 32 small letters, digits and hyphens", stack.name)
        });
        stack
    }
}

/// A name as the console shows it: the value of the tag `Name`, at most 256 characters
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>).
fn name_tag(section: &Section<'_, '_>, key: &'static str, default: String) -> String {
    let name = section.get_or(key, default);
    section.check(key, !name.trim().is_empty(), || "empty; a name belongs here".to_owned());
    section.check(key, name.chars().count() <= 256, || "longer than the 256 characters of a tag".to_owned());
    section.check(key, name.trim() == name || name.trim().is_empty(), || {
        format!("`{name}` has a space before or after it")
    });
    name
}

/// The description of a security group rule, in the characters that EC2 takes
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html>).
fn rule_description(section: &Section<'_, '_>, key: &'static str, default: String) -> String {
    let text = section.get_or(key, default);
    let allowed = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    section.check(key, !text.is_empty(), || "empty; it tells people whose the rule is".to_owned());
    section.check(key, text.len() <= 255 && text.chars().all(allowed), || {
        "AWS takes up to 255 characters out of a-z A-Z 0-9, spaces and ._-:/()#,@[]+=&;{}!$*".to_owned()
    });
    text
}

/// Reports the second of two equal values of the field `key`.
fn check_unique<T: PartialEq + std::fmt::Display>(
    section: &Section<'_, '_>,
    key: &'static str,
    what: &str,
    values: impl IntoIterator<Item = T>,
) {
    let mut seen = Vec::new();
    for value in values {
        if seen.contains(&value) {
            section.wrong(key, format!("{what} `{value}` is there twice"));
        } else {
            seen.push(value);
        }
    }
}
