//! The public parameters in which Canonical says which image is the newest.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::aws::catalog::Image;
use crate::aws::json::{JsonOperation, members, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::world::World;

pub(super) const OPERATIONS: &[JsonOperation] = &[read("GetParameter", get), read("GetParameters", get_many)];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Get {
    name: String,
    #[serde(rename = "WithDecryption")]
    _with_decryption: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetMany {
    names: Vec<String>,
    #[serde(rename = "WithDecryption")]
    _with_decryption: Option<bool>,
}

fn get(world: &World, input: &Value) -> Answer<Value> {
    let Get { name, .. } = members(input)?;
    let image = find(world, &name).ok_or_else(|| Refusal::new("ParameterNotFound", ""))?;
    Ok(json!({ "Parameter": parameter(world, image) }))
}

fn get_many(world: &World, input: &Value) -> Answer<Value> {
    let GetMany { names, .. } = members(input)?;
    if names.is_empty() || names.len() > 10 {
        return Err(Refusal::new("ValidationException", "names must have between 1 and 10 members"));
    }
    let (found, invalid): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| find(world, name).is_some());
    let found = found.into_iter().filter_map(|name| find(world, name)).map(|image| parameter(world, image));
    Ok(json!({ "Parameters": found.collect::<Vec<_>>(), "InvalidParameters": invalid }))
}

fn arn(world: &World, name: &str) -> String {
    format!("arn:aws:ssm:{}::parameter{name}", world.region)
}

fn find<'w>(world: &'w World, name: &str) -> Option<&'w Image> {
    world.images.values().find(|image| image.parameter == name || arn(world, &image.parameter) == name)
}

fn parameter(world: &World, image: &Image) -> Value {
    json!({
        "Name": image.parameter,
        "Type": "String",
        "Value": image.id,
        "Version": 1,
        "LastModifiedDate": image.published().timestamp(),
        "ARN": arn(world, &image.parameter),
        "DataType": "aws:ec2:image",
    })
}
