//! The tags by which doorman knows its own. Everything billable carries them from the very call that
//! creates it, so that losing the database loses no teardown.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::ids::LeaseId;

/// Who manages the resource; always [`MANAGED_BY_DOORMAN`] on ours.
pub const MANAGED_BY: &str = "ManagedBy";
/// The value of [`MANAGED_BY`].
pub const MANAGED_BY_DOORMAN: &str = "doorman";
/// The stack (a named environment in the settings) the resource belongs to.
pub const STACK: &str = "doorman:stack";
/// The lease it was made for.
pub const LEASE: &str = "doorman:lease";
/// When it must be gone: RFC 3339 in UTC, or [`NEVER`].
pub const EXPIRES_AT: &str = "doorman:expires-at";
/// The value of [`EXPIRES_AT`] for what lives until somebody terminates it.
pub const NEVER: &str = "never";
/// The Discord user id of who asked for it.
pub const OPENED_BY: &str = "doorman:opened-by";
/// AWS's own display name.
pub const NAME: &str = "Name";

/// Whose a resource is: what its tags say. Only a resource with an owner is ever changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The lease it was made for.
    pub lease: LeaseId,
    /// When it must be gone; `None`: when somebody terminates it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Discord user id of who asked for it.
    pub opened_by: String,
}

impl Owner {
    /// Reads an owner from tags; `None` unless all say that it is doorman's and of this stack.
    ///
    /// A resource of ours with a damaged or missing expiry tag is treated as due at once
    /// ([`DateTime::UNIX_EPOCH`]): what cannot be dated must not keep billing.
    pub fn from_tags<'a>(stack: &str, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Owner> {
        let (mut managed, mut of_stack, mut lease, mut expiry, mut opened_by) =
            (false, false, None, None, "");
        for (key, value) in tags {
            match key {
                MANAGED_BY => managed = value == MANAGED_BY_DOORMAN,
                STACK => of_stack = value == stack,
                LEASE => lease = Some(LeaseId::from(value)),
                EXPIRES_AT => expiry = Some(value),
                OPENED_BY => opened_by = value,
                _ => {}
            }
        }
        if !(managed && of_stack) {
            return None;
        }
        let expires_at = match expiry {
            Some(NEVER) => None,
            Some(text) => Some(
                DateTime::parse_from_rfc3339(text).map_or(DateTime::UNIX_EPOCH, |t| t.with_timezone(&Utc)),
            ),
            None => Some(DateTime::UNIX_EPOCH),
        };
        Some(Owner { lease: lease?, expires_at, opened_by: opened_by.to_owned() })
    }

    /// The tags to put on a resource of this owner.
    pub fn to_tags(&self, stack: &str, name: &str) -> Vec<(String, String)> {
        [
            (NAME, name.to_owned()),
            (MANAGED_BY, MANAGED_BY_DOORMAN.to_owned()),
            (STACK, stack.to_owned()),
            (LEASE, self.lease.to_string()),
            (EXPIRES_AT, self.expiry_tag()),
            (OPENED_BY, self.opened_by.clone()),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }

    /// The value of [`EXPIRES_AT`].
    pub fn expiry_tag(&self) -> String {
        self.expires_at.map_or_else(|| NEVER.to_owned(), |t| t.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}
