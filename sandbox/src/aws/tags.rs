//! Tags: reading them from a call, checking them as AWS does, writing them back.

use std::collections::BTreeMap;

use super::input::Input;
use super::refusal::{Answer, Refusal};
use super::xml::Xml;

/// Key to value.
pub(crate) type Tags = BTreeMap<String, String>;

/// The tag that says whose a thing is.
pub(crate) const MANAGED_BY: &str = "ManagedBy";

/// What [`MANAGED_BY`] is on everything the bot made.
pub(crate) const DOORMAN: &str = "doorman";

const MAX_TAGS: usize = 50;

/// Whether the bot made this.
pub(crate) fn managed(tags: &Tags) -> bool {
    tags.get(MANAGED_BY).is_some_and(|value| value == DOORMAN)
}

/// The tags asked for `kind` in the `TagSpecification`s of an EC2 call that can tag `kinds`.
pub(crate) fn on_create(input: &Input<'_>, kinds: &[&str], kind: &str) -> Answer<Tags> {
    let mut found = Tags::new();
    for specification in input.items("TagSpecification") {
        let target = specification.need("ResourceType")?;
        if !kinds.contains(&target.as_str()) {
            return Err(Refusal::invalid_value(format!(
                "'{target}' is not a valid taggable resource type for this operation."
            )));
        }
        let tags = read(&specification.items("Tag"))?;
        if target == kind {
            found.extend(tags);
        }
    }
    check_count(&found)?;
    Ok(found)
}

/// The tags of a list of `Key`/`Value` structures, checked.
pub(crate) fn read(list: &[Input<'_>]) -> Answer<Tags> {
    let mut tags = Tags::new();
    for tag in list {
        let key = tag.need("Key")?;
        let value = tag.text("Value").unwrap_or_default();
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Refusal::invalid_value(
                "Tag keys starting with 'aws:' are reserved for internal use",
            ));
        }
        if key.chars().count() > 128 {
            return Err(Refusal::invalid_value("Tag key exceeds the maximum length of 128 characters"));
        }
        if value.chars().count() > 256 {
            return Err(Refusal::invalid_value("Tag value exceeds the maximum length of 256 characters"));
        }
        if tags.insert(key.clone(), value).is_some() {
            return Err(Refusal::invalid_value(format!("Duplicate tag key '{key}' specified.")));
        }
    }
    Ok(tags)
}

/// Refuses more tags than one resource may carry.
pub(crate) fn check_count(tags: &Tags) -> Answer<()> {
    if tags.len() > MAX_TAGS {
        return Err(Refusal::new(
            "TagLimitExceeded",
            "The maximum number of Tags for a resource has been reached.",
        ));
    }
    Ok(())
}

/// `<tagSet>` of EC2; AWS leaves it out when there are none.
pub(crate) fn write(xml: &mut Xml, tags: &Tags) {
    if !tags.is_empty() {
        xml.items("tagSet", tags, |xml, (key, value)| {
            xml.text("key", key).text("value", value);
        });
    }
}

/// `<Tags>` of IAM.
pub(crate) fn write_members(xml: &mut Xml, tags: &Tags) {
    xml.members("Tags", tags, |xml, (key, value)| {
        xml.text("Key", key).text("Value", value);
    });
}
