//! Documents. Only runbooks of Automation, written in JSON: the sandbox can do nothing with others.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::runbook::Runbook;
use crate::aws::json::{JsonOperation, change, is_name, members, read, seconds};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;

pub(super) const OPERATIONS: &[JsonOperation] = &[
    change("CreateDocument", create),
    read("DescribeDocument", describe),
    read("GetDocument", get),
    change("DeleteDocument", delete),
];

/// The longest content, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// What the names of AWS's own documents begin with.
const RESERVED: [&str; 3] = ["aws", "amazon", "amzn"];

/// The one version that a document has here: there is no `UpdateDocument`.
pub(crate) const VERSION: &str = "1";

/// A document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) name: String,
    content: Arc<str>,
    pub(crate) runbook: Arc<Runbook>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Create {
    name: String,
    content: String,
    document_type: Option<String>,
    document_format: Option<String>,
    #[serde(rename = "TargetType")]
    _target_type: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Named {
    name: String,
    document_version: Option<String>,
    document_format: Option<String>,
}

/// Tags as JSON writes them, checked.
pub(crate) fn read_tags(list: Vec<Tag>) -> Answer<Tags> {
    let invalid = |message: &str| Refusal::new("ValidationException", message);
    let mut read = Tags::new();
    for Tag { key, value } in list {
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(invalid("A tag's key has 1 to 128 characters, its value at most 256."));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("Tag keys starting with 'aws:' are reserved for internal use"));
        }
        if read.insert(key, value).is_some() {
            return Err(invalid("A tag's key may be given once."));
        }
    }
    tags::check_count(&read).map_err(|_| invalid("A resource has at most 50 tags."))?;
    Ok(read)
}

/// The document of that name or ARN, in that version, once its creation has spread.
pub(crate) fn find<'w>(world: &'w World, name: &str, version: Option<&str>) -> Option<&'w Document> {
    let prefix = format!("arn:aws:ssm:{}:{}:document/", world.region, world.account_id);
    let name = name.strip_prefix(&prefix).unwrap_or(name);
    let known = matches!(version, None | Some("$DEFAULT" | "$LATEST" | VERSION));
    world.documents.get(name).filter(|document| known && world.settled(document.created))
}

fn needed<'w>(world: &'w World, named: &Named) -> Answer<&'w Document> {
    let unknown = || {
        let message = format!("Document with name {} does not exist.", named.name);
        Refusal::new("InvalidDocument", message)
    };
    find(world, &named.name, None).ok_or_else(unknown)?;
    find(world, &named.name, named.document_version.as_deref()).ok_or_else(|| {
        Refusal::new("InvalidDocumentVersion", "The document version is not valid or does not exist.")
    })
}

fn create(world: &mut World, input: &Value) -> Answer<Value> {
    let asked: Create = members(input)?;
    let invalid = |message: String| Refusal::new("ValidationException", message);
    if !is_name(&asked.name, 128, "_-.") || asked.name.len() < 3 {
        return Err(invalid(format!(
            "1 validation error detected: Value '{}' at 'name' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-.]{{3,128}}$",
            asked.name
        )));
    }
    let lower = asked.name.to_ascii_lowercase();
    if let Some(reserved) = RESERVED.iter().find(|prefix| lower.starts_with(**prefix)) {
        return Err(invalid(format!("A document's name may not begin with {reserved}.")));
    }
    if asked.document_type.as_deref() != Some("Automation") {
        return Err(invalid("The sandbox only has documents of type Automation.".to_owned()));
    }
    if asked.document_format.as_deref().is_some_and(|format| format != "JSON") {
        return Err(invalid("The sandbox only has documents in JSON.".to_owned()));
    }
    if asked.content.len() > MAX_BYTES {
        return Err(Refusal::new("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB."));
    }
    let runbook = Runbook::read(&asked.content)?;
    let tags = read_tags(asked.tags)?;
    if world.documents.contains_key(&asked.name) {
        let message = format!("Document with same name {} already exists", asked.name);
        return Err(Refusal::new("DocumentAlreadyExists", message));
    }
    let document = Document {
        name: asked.name.clone(),
        content: asked.content.into(),
        runbook: Arc::new(runbook),
        tags,
        created: world.clock,
    };
    let answer = json!({ "DocumentDescription": description(world, &document) });
    world.documents.insert(asked.name, document);
    Ok(answer)
}

fn description(world: &World, document: &Document) -> Value {
    let runbook = &document.runbook;
    let parameters = runbook.parameters.iter().map(|(name, parameter)| {
        let mut shown = json!({ "Name": name, "Type": parameter.kind.name() });
        if let Some(description) = &parameter.description {
            shown["Description"] = description.as_str().into();
        }
        if let Some(default) = &parameter.default {
            shown["DefaultValue"] = default.join(",").into();
        }
        shown
    });
    let tags = document.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
    json!({
        "Name": document.name,
        "Owner": world.account_id,
        "CreatedDate": seconds(document.created),
        "Status": "Active",
        "DocumentVersion": VERSION,
        "LatestVersion": VERSION,
        "DefaultVersion": VERSION,
        "Description": runbook.description.as_deref().unwrap_or_default(),
        "Parameters": parameters.collect::<Vec<_>>(),
        "PlatformTypes": ["Windows", "Linux", "MacOS"],
        "DocumentType": "Automation",
        "SchemaVersion": "0.3",
        "DocumentFormat": "JSON",
        "Tags": tags.collect::<Vec<_>>(),
    })
}

fn describe(world: &World, input: &Value) -> Answer<Value> {
    let document = needed(world, &members(input)?)?;
    Ok(json!({ "Document": description(world, document) }))
}

fn get(world: &World, input: &Value) -> Answer<Value> {
    let named: Named = members(input)?;
    if named.document_format.as_deref().is_some_and(|format| format != "JSON") {
        return Err(Refusal::new("ValidationException", "The sandbox only has documents in JSON."));
    }
    let document = needed(world, &named)?;
    Ok(json!({
        "Name": document.name,
        "CreatedDate": seconds(document.created),
        "DocumentVersion": VERSION,
        "Status": "Active",
        "Content": document.content.as_ref(),
        "DocumentType": "Automation",
        "DocumentFormat": "JSON",
    }))
}

fn delete(world: &mut World, input: &Value) -> Answer<Value> {
    let name = needed(world, &members(input)?)?.name.clone();
    // What is under way keeps what it was started with.
    world.documents.remove(&name);
    Ok(json!({}))
}
