//! Tags, between the SDK's words and ours.

use aws_sdk_ec2::types::{Filter, ResourceType, Tag, TagSpecification};
use chrono::{DateTime, Utc};

use crate::failure::Failure;
use crate::instant;
use crate::kind::Kind;
use crate::record::{Record, Sorted};
use crate::tags::{self, Owner, of_version_0_1};

/// How many values EC2 takes in one filter.
const FILTER_VALUES: usize = 200;

/// Tags as the [record](crate::record) reads them.
pub(crate) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|tag| Some((tag.key()?, tag.value()?)))
}

/// What of EC2's is doorman's: by their tag, of whatever stack, and by their ids what is on record besides. `list` makes
/// the call with a filter, `id_filter` is EC2's name of the one for ids; `tagged` gives id and tags of a thing,
/// `everywhere` whether it reaches everywhere ([`of_version_0_1`]).
pub(crate) async fn listed<T, R, F>(
    record: &Record,
    kind: Kind,
    id_filter: &str,
    list: impl Fn(Filter) -> F,
    tagged: impl Fn(&T) -> (Option<&str>, &[Tag]),
    everywhere: impl Fn(&T) -> bool,
    read: impl Fn(&T, Owner) -> Option<R>,
) -> Result<Sorted<R>, Failure>
where
    F: Future<Output = Result<Vec<T>, Failure>>,
{
    let mut found = list(filter(&format!("tag:{}", tags::MANAGED_BY), [tags::MANAGED_BY_DOORMAN])).await?;
    let unlisted = record.unlisted(kind, found.iter().filter_map(|thing| tagged(thing).0));
    for ids in unlisted.chunks(FILTER_VALUES) {
        found.extend(list(filter(id_filter, ids)).await?);
    }
    let mut sorted = Sorted::none();
    for thing in &found {
        let (id, tags) = tagged(thing);
        let untagged = of_version_0_1(kind, everywhere(thing));
        let whose = record.whose(kind, id.unwrap_or_default(), pairs(tags), untagged);
        sorted.add(whose, |owner| read(thing, owner?), false);
    }
    Ok(sorted)
}

/// Tags for the very call that creates a resource.
pub(crate) fn tags_for(kind: ResourceType, owner: &Owner, name: &str) -> TagSpecification {
    let tags = owner.to_tags(name).into_iter();
    let tags = tags.map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    TagSpecification::builder().resource_type(kind).set_tags(Some(tags)).build()
}

/// A filter of a Describe call.
pub(crate) fn filter<V: ToString>(name: &str, values: impl IntoIterator<Item = V>) -> Filter {
    let values = values.into_iter().map(|value| value.to_string()).collect();
    Filter::builder().name(name).set_values(Some(values)).build()
}

/// The value of the `Name` tag.
pub(crate) fn name(tags: &[Tag]) -> Option<&str> {
    tags.iter().find(|tag| tag.key() == Some(tags::NAME)).and_then(Tag::value)
}

/// A moment of the SDK's as ours. AWS gives one with everything that bills; if it ever does not, the
/// resource is taken for very old rather than left out.
pub(crate) fn moment(time: Option<&aws_smithy_types::DateTime>) -> DateTime<Utc> {
    let moment = time.and_then(|t| DateTime::from_timestamp(t.secs(), t.subsec_nanos()));
    moment.and_then(instant::believed).unwrap_or_default()
}

/// A client token: the same for the same attempt, at most 64 ASCII characters as EC2 demands.
pub(crate) fn client_token(owner: &Owner, what: &str, attempt: u32) -> String {
    let token = format!("{}-{what}-{attempt}", owner.lease);
    if token.len() <= 64 && token.is_ascii() {
        return token;
    }
    let digest = token.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3) // FNV-1a: same on every machine and version
    });
    format!("doorman-{digest:016x}-{attempt}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::LeaseKind;

    #[test]
    fn client_tokens_differ_by_attempt_and_fit() {
        let owner = Owner {
            stack: "main".to_owned(),
            lease: "01jnas2v8m3k4q5r6s7t8v9w0x".into(),
            of: LeaseKind::NatWindow,
            expires_at: None,
            opened_by: "1".to_owned(),
            installation: None,
        };
        assert_eq!(client_token(&owner, "nat", 0), "01jnas2v8m3k4q5r6s7t8v9w0x-nat-0");
        for what in ["i-an-instance-with-a-name-that-is-far-too-long-for-a-token", "i-웹서버"] {
            let (first, second) = (client_token(&owner, what, 1), client_token(&owner, what, 2));
            assert!(first.is_ascii() && first.len() <= 64, "{first}");
            assert_ne!(first, second);
            assert_eq!(first, client_token(&owner, what, 1));
        }
    }
}
