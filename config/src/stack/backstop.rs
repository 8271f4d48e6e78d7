//! `[stack.backstop]`: AWS closes a window by itself should doorman be gone.

use crate::read::Section;

/// The net under the bot: a schedule in EventBridge Scheduler that starts a runbook in Systems Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backstop {
    /// Whether windows get one. Default: true. Without it a window whose bot is gone for ever stays open.
    pub enabled: bool,
    /// The IAM role that schedule and runbook run under; `doorman check --fix` makes it. Default:
    /// `doorman-backstop`.
    pub role: String,
}

impl Default for Backstop {
    fn default() -> Self {
        Self { enabled: true, role: "doorman-backstop".to_owned() }
    }
}

impl Backstop {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let default = Self::default();
        let backstop = Self {
            enabled: section.get_or("enabled", default.enabled),
            role: section.get_or("role", default.role),
        };
        // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
        let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        let fits = (1..=64).contains(&backstop.role.len()) && backstop.role.chars().all(allowed);
        section.check("role", fits, || {
            format!("`{}` is not the name of a role: 1 to 64 letters, digits and +=,.@_-", backstop.role)
        });
        backstop
    }
}
