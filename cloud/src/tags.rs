//! The tags by which doorman knows its own. Everything billable carries them from the very call that
//! creates it, so that losing the database loses no teardown.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::ids::{Installation, LeaseId};
use crate::instant;
use crate::kind::Kind;
use crate::lease::{Lease, LeaseKind};

/// Who manages the resource; always [`MANAGED_BY_DOORMAN`] on ours.
pub const MANAGED_BY: &str = "ManagedBy";
/// The value of [`MANAGED_BY`].
pub const MANAGED_BY_DOORMAN: &str = "doorman";
/// The stack (a named environment in the settings) the resource belongs to.
pub const STACK: &str = "doorman:stack";
/// The lease it was made for.
pub const LEASE: &str = "doorman:lease";
/// What kind of lease that is. Version 0.1 did not write it.
pub const KIND: &str = "doorman:kind";
/// Which doorman made it: two in one account may have stacks of the same name. Version 0.1 did not write it.
pub const INSTALLATION: &str = "doorman:installation";
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
    /// The stack it belongs to.
    pub stack: String,
    /// The lease it was made for.
    pub lease: LeaseId,
    /// What kind of lease that is.
    pub of: LeaseKind,
    /// When it must be gone; `None`: when somebody terminates it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Discord user id of who asked for it.
    pub opened_by: String,
    /// Which doorman made it; `None`: version 0.1, or one that was not told who it is.
    pub installation: Option<Installation>,
}

impl Owner {
    /// Of what is made for a lease of that stack.
    pub fn of(stack: &str, lease: &Lease) -> Owner {
        Owner {
            stack: stack.to_owned(),
            lease: lease.id.clone(),
            of: lease.kind,
            expires_at: lease.expires_at,
            opened_by: lease.opened_by.id.to_string(),
            installation: lease.installation.clone(),
        }
    }

    /// Reads an owner from tags, of whatever stack and installation; `None` unless they say that it is doorman's, and
    /// for which stack and lease it was made. `untagged` is the kind of lease of what does not say it itself:
    /// [`of_version_0_1`].
    ///
    /// A resource of ours with a damaged or missing expiry tag is treated as due at once
    /// ([`DateTime::UNIX_EPOCH`]): what cannot be dated must not keep billing.
    pub fn from_tags<'a>(
        tags: impl IntoIterator<Item = (&'a str, &'a str)>,
        untagged: LeaseKind,
    ) -> Option<Owner> {
        let (mut managed, mut stack, mut lease, mut of, mut expiry, mut opened_by, mut installation) =
            (false, None, None, None, None, "", None);
        for (key, value) in tags {
            match key {
                MANAGED_BY => managed = value == MANAGED_BY_DOORMAN,
                STACK => stack = Some(value.to_owned()),
                INSTALLATION => installation = Some(Installation::from(value)),
                LEASE => lease = Some(LeaseId::from(value)),
                KIND => of = LeaseKind::read(value),
                EXPIRES_AT => expiry = Some(value),
                OPENED_BY => opened_by = value,
                _ => {}
            }
        }
        if !managed {
            return None;
        }
        Some(Owner {
            stack: stack?,
            lease: lease?,
            of: of.unwrap_or(untagged),
            expires_at: read_expiry(expiry),
            opened_by: opened_by.to_owned(),
            installation,
        })
    }

    /// The tags to put on a resource of this owner.
    pub fn to_tags(&self, name: &str) -> Vec<(String, String)> {
        [
            (NAME, name.to_owned()),
            (MANAGED_BY, MANAGED_BY_DOORMAN.to_owned()),
            (STACK, self.stack.clone()),
            (LEASE, self.lease.to_string()),
            (KIND, self.of.as_str().to_owned()),
            (EXPIRES_AT, expiry_tag(self.expires_at)),
            (OPENED_BY, self.opened_by.clone()),
        ]
        .into_iter()
        .chain(self.installation.iter().map(|installation| (INSTALLATION, installation.to_string())))
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }
}

/// The value of [`EXPIRES_AT`].
pub fn expiry_tag(expires_at: Option<DateTime<Utc>>) -> String {
    expires_at.map_or_else(|| NEVER.to_owned(), |t| t.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// The expiry that tags tell of.
pub(crate) fn expiry_of(tags: &[(&str, &str)]) -> Option<DateTime<Utc>> {
    read_expiry(tags.iter().find(|(key, _)| *key == EXPIRES_AT).map(|(_, value)| *value))
}

/// Reads [`EXPIRES_AT`]. What is damaged or missing is due at once.
fn read_expiry(tag: Option<&str>) -> Option<DateTime<Utc>> {
    match tag {
        Some(NEVER) => None,
        Some(text) => {
            let read = DateTime::parse_from_rfc3339(text).ok().map(|end| end.with_timezone(&Utc));
            Some(read.and_then(instant::believed).unwrap_or(DateTime::UNIX_EPOCH))
        }
        None => Some(DateTime::UNIX_EPOCH),
    }
}

/// For which kind of lease version 0.1, which did not write [`KIND`], made a thing of that kind. Rules were made for
/// both: those of a window let everybody in the world be reached, those of the pair only its own group.
///
/// To be removed one version later.
pub fn of_version_0_1(kind: Kind, reaches_everywhere: bool) -> LeaseKind {
    match kind {
        Kind::NatGateway | Kind::Address | Kind::Route | Kind::Schedule => LeaseKind::NatWindow,
        Kind::Rule if reaches_everywhere => LeaseKind::NatWindow,
        Kind::Rule
        | Kind::Instance
        | Kind::Volume
        | Kind::Endpoint
        | Kind::Role
        | Kind::Profile
        | Kind::Runbook
        | Kind::BackstopRole
        | Kind::Vpc
        | Kind::Subnet
        | Kind::SecurityGroup
        | Kind::NetworkInterface
        | Kind::Agent => LeaseKind::Pair,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_cannot_be_calculated_with_is_due_at_once() {
        // The second one is in the year 10000 of the world, which the store could not read again.
        for end in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59", "soon"]
        {
            let tags =
                [(MANAGED_BY, MANAGED_BY_DOORMAN), (STACK, "main"), (LEASE, "01k0"), (EXPIRES_AT, end)];
            let owner = Owner::from_tags(tags, LeaseKind::NatWindow).expect("ours");
            assert_eq!(owner.expires_at, Some(DateTime::UNIX_EPOCH), "{end}");
        }
    }
}
