//! From the members of an EC2 call as the SDKs name them to the parameters of the query protocol.
//!
//! The two differ in no regular way (`NatGatewayIds` is sent as `NatGatewayId.1`, and the filters of
//! `DescribeNatGateways` are its member `Filter` where others have `Filters`), so each operation that can be
//! called is written down here, with exactly the members it has. Source: the service model of EC2
//! (2016-11-15) as botocore 1.44.5 ships it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::aws::refusal::{Answer, Refusal};

/// A member: what it is called in the SDKs, what on the wire, and what it holds.
struct Member {
    name: &'static str,
    wire: &'static str,
    shape: Shape,
    required: bool,
}

#[derive(Clone, Copy)]
enum Shape {
    Text,
    Number,
    Flag,
    Texts,
    Structures(&'static [Member]),
}

const fn member(name: &'static str, wire: &'static str, shape: Shape) -> Member {
    Member { name, wire, shape, required: false }
}

const fn text(name: &'static str) -> Member {
    member(name, name, Shape::Text)
}

const fn required(member: Member) -> Member {
    Member { required: true, ..member }
}

const FILTER: &[Member] = &[required(text("Name")), required(member("Values", "Value", Shape::Texts))];

const fn filters(name: &'static str) -> Member {
    member(name, "Filter", Shape::Structures(FILTER))
}

const DRY_RUN: Member = member("DryRun", "DryRun", Shape::Flag);
const MAX_RESULTS: Member = member("MaxResults", "MaxResults", Shape::Number);
const NEXT_TOKEN: Member = text("NextToken");
const DESCRIPTION: Member = text("Description");

const PERMISSIONS: Member = member(
    "IpPermissions",
    "IpPermissions",
    Shape::Structures(&[
        text("IpProtocol"),
        member("FromPort", "FromPort", Shape::Number),
        member("ToPort", "ToPort", Shape::Number),
        member(
            "UserIdGroupPairs",
            "Groups",
            Shape::Structures(&[DESCRIPTION, text("UserId"), text("GroupId"), text("VpcId")]),
        ),
        member("IpRanges", "IpRanges", Shape::Structures(&[DESCRIPTION, text("CidrIp")])),
    ]),
);

const REVOKE: &[Member] = &[
    required(text("GroupId")),
    member("SecurityGroupRuleIds", "SecurityGroupRuleId", Shape::Texts),
    PERMISSIONS,
    DRY_RUN,
];

/// The operations that can be called, with their members.
const OPERATIONS: &[(&str, &[Member])] = &[
    ("DeleteNatGateway", &[required(text("NatGatewayId")), DRY_RUN]),
    ("DeleteRoute", &[required(text("RouteTableId")), text("DestinationCidrBlock"), DRY_RUN]),
    ("DeleteVpcEndpoints", &[required(member("VpcEndpointIds", "VpcEndpointId", Shape::Texts)), DRY_RUN]),
    (
        "DescribeAddresses",
        &[
            filters("Filters"),
            member("AllocationIds", "AllocationId", Shape::Texts),
            member("PublicIps", "PublicIp", Shape::Texts),
            DRY_RUN,
        ],
    ),
    (
        "DescribeNatGateways",
        &[
            filters("Filter"),
            member("NatGatewayIds", "NatGatewayId", Shape::Texts),
            MAX_RESULTS,
            NEXT_TOKEN,
            DRY_RUN,
        ],
    ),
    (
        "DescribeRouteTables",
        &[
            filters("Filters"),
            member("RouteTableIds", "RouteTableId", Shape::Texts),
            MAX_RESULTS,
            NEXT_TOKEN,
            DRY_RUN,
        ],
    ),
    (
        "DescribeSecurityGroupRules",
        &[
            filters("Filters"),
            member("SecurityGroupRuleIds", "SecurityGroupRuleId", Shape::Texts),
            MAX_RESULTS,
            NEXT_TOKEN,
            DRY_RUN,
        ],
    ),
    (
        "DescribeVpcEndpoints",
        &[
            filters("Filters"),
            member("VpcEndpointIds", "VpcEndpointId", Shape::Texts),
            MAX_RESULTS,
            NEXT_TOKEN,
            DRY_RUN,
        ],
    ),
    ("ReleaseAddress", &[text("AllocationId"), text("PublicIp"), text("NetworkBorderGroup"), DRY_RUN]),
    ("RevokeSecurityGroupEgress", REVOKE),
    ("RevokeSecurityGroupIngress", REVOKE),
];

fn members_of(operation: &str) -> Result<&'static [Member], String> {
    OPERATIONS.iter().find(|(name, _)| *name == operation).map(|(_, members)| *members).ok_or_else(|| {
        format!(
            "The sandbox does not know the members of ec2:{operation}, so that AWS's services cannot call it."
        )
    })
}

/// The parameters of a call on the wire.
///
/// # Errors
/// `ParamValidation`, which is what SDKs raise before they send anything.
pub(super) fn to_form(operation: &str, input: &Value) -> Answer<BTreeMap<String, String>> {
    let fail = |message| Refusal::new("ParamValidation", message);
    let members = members_of(operation).map_err(fail)?;
    let mut form = BTreeMap::new();
    write_structure(&mut form, "", members, input).map_err(fail)?;
    Ok(form)
}

/// Whether these are members of this operation.
///
/// # Errors
/// One sentence about what is wrong.
pub(super) fn check(operation: &str, input: &Value) -> Result<(), String> {
    write_structure(&mut BTreeMap::new(), "", members_of(operation)?, input)
}

type Form = BTreeMap<String, String>;

fn write_structure(form: &mut Form, prefix: &str, members: &[Member], value: &Value) -> Result<(), String> {
    let Value::Object(given) = value else {
        return Err(format!("Invalid type, value: {value}, valid types: structure"));
    };
    check_names(members, given)?;
    for member in members {
        if let Some(value) = given.get(member.name) {
            write(form, &format!("{prefix}{}", member.wire), member, value)?;
        }
    }
    Ok(())
}

fn check_names(members: &[Member], given: &Map<String, Value>) -> Result<(), String> {
    let missing = members.iter().filter(|member| member.required && !given.contains_key(member.name));
    let missing: Vec<&str> = missing.map(|member| member.name).collect();
    if !missing.is_empty() {
        return Err(format!("Request payload is missing the following field(s): {}", missing.join(", ")));
    }
    match given.keys().find(|name| !members.iter().any(|member| member.name == name.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            let known: Vec<&str> = members.iter().map(|member| member.name).collect();
            Err(format!("Unknown parameter in input: \"{unknown}\", must be one of: {}", known.join(", ")))
        }
    }
}

fn write(form: &mut Form, key: &str, member: &Member, value: &Value) -> Result<(), String> {
    let wrong = |valid: &str| {
        format!("Invalid type for parameter {}, value: {value}, valid types: {valid}", member.name)
    };
    match member.shape {
        Shape::Text => {
            let text = value.as_str().ok_or_else(|| wrong("string"))?;
            form.insert(key.to_owned(), text.to_owned());
        }
        Shape::Number => {
            let number = value.as_i64().ok_or_else(|| wrong("integer"))?;
            form.insert(key.to_owned(), number.to_string());
        }
        Shape::Flag => {
            let flag = value.as_bool().ok_or_else(|| wrong("boolean"))?;
            form.insert(key.to_owned(), flag.to_string());
        }
        Shape::Texts => {
            let list = value.as_array().ok_or_else(|| wrong("list"))?;
            for (at, one) in list.iter().enumerate() {
                let text = one.as_str().ok_or_else(|| wrong("list of strings"))?;
                form.insert(format!("{key}.{}", at + 1), text.to_owned());
            }
        }
        Shape::Structures(members) => {
            let list = value.as_array().ok_or_else(|| wrong("list"))?;
            for (at, one) in list.iter().enumerate() {
                write_structure(form, &format!("{key}.{}.", at + 1), members, one)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_lists_become_those_of_the_wire() {
        let input = json!({
            "Filter": [{ "Name": "tag:Lease", "Values": ["a", "b"] }],
            "NatGatewayIds": ["nat-1"],
            "MaxResults": 5,
        });
        let form = to_form("DescribeNatGateways", &input).unwrap();
        let pairs: Vec<_> = form.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(
            pairs,
            [
                "Filter.1.Name=tag:Lease",
                "Filter.1.Value.1=a",
                "Filter.1.Value.2=b",
                "MaxResults=5",
                "NatGatewayId.1=nat-1"
            ]
        );
    }

    #[test]
    fn what_the_operation_does_not_have_is_refused() {
        for (operation, input, expected) in [
            ("DescribeNatGateways", json!({ "Filters": [] }), "Unknown parameter in input: \"Filters\""),
            ("DescribeAddresses", json!({ "Filter": [] }), "Unknown parameter in input: \"Filter\""),
            ("DeleteNatGateway", json!({}), "missing the following field(s): NatGatewayId"),
            ("DeleteNatGateway", json!({ "NatGatewayId": ["nat-1"] }), "Invalid type"),
            ("ReleaseAddress", json!({ "allocationId": "x" }), "Unknown parameter"),
            ("DescribeAddresses", json!({ "AllocationIds": [["x"]] }), "list of strings"),
            ("CreateVpc", json!({}), "does not know the members"),
        ] {
            let refusal = to_form(operation, &input).unwrap_err();
            assert!(refusal.message.contains(expected), "{operation}: {}", refusal.message);
        }
    }
}
