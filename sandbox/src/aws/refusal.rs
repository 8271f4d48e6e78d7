//! A call that AWS would refuse: its code, its message, and the HTTP status it travels with.

use super::request::Service;

/// Why a call is refused. The code is what clients branch on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// What an operation comes to.
pub(crate) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    /// A client error (HTTP 400), which is what most of AWS's refusals are.
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.into(), message: message.into() }
    }

    /// The same refusal under another HTTP status.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// `InvalidParameterValue`: the parameter is known, its value is not acceptable.
    pub(crate) fn invalid_value(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", message)
    }

    /// `InvalidParameterCombination`: each parameter is fine, together they are not.
    pub(crate) fn combination(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterCombination", message)
    }

    /// That the caller may not, in the words of the service.
    pub(crate) fn denied(service: Service, message: &str) -> Self {
        match service {
            Service::Ec2 => Self::new(
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {message}"),
            )
            .status(403),
            Service::Iam | Service::Sts => Self::new("AccessDenied", message).status(403),
            Service::Ssm | Service::Quotas => Self::new("AccessDeniedException", message),
            Service::Scheduler => Self::new("AccessDeniedException", message).status(403),
        }
    }

    /// `MissingParameter`.
    pub(crate) fn missing(parameter: &str) -> Self {
        Self::new("MissingParameter", format!("The request must contain the parameter {parameter}"))
    }
}
