//! From the XML that EC2 answers to the JSON that the SDKs make of it.
//!
//! Names begin with a capital, and lists have names of their own (`natGatewaySet` is `NatGateways`). Source:
//! the service model of EC2 (2016-11-15) as botocore 1.44.5 ships it.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// The lists in the answers of what can be called: on the wire, in the SDKs.
const LISTS: &[(&str, &str)] = &[
    ("addressesSet", "Addresses"),
    ("associationSet", "Associations"),
    ("dnsEntrySet", "DnsEntries"),
    ("groupSet", "Groups"),
    ("natGatewayAddressSet", "NatGatewayAddresses"),
    ("natGatewaySet", "NatGateways"),
    ("networkInterfaceIdSet", "NetworkInterfaceIds"),
    ("revokedSecurityGroupRuleSet", "RevokedSecurityGroupRules"),
    ("routeSet", "Routes"),
    ("routeTableIdSet", "RouteTableIds"),
    ("routeTableSet", "RouteTables"),
    ("securityGroupRuleSet", "SecurityGroupRules"),
    ("subnetIdSet", "SubnetIds"),
    ("tagSet", "Tags"),
    ("unsuccessful", "Unsuccessful"),
    ("vpcEndpointSet", "VpcEndpoints"),
];

/// What is a number or a flag rather than a text.
const NUMBERS: [&str; 3] = ["fromPort", "toPort", "code"];
const FLAGS: [&str; 6] = ["isEgress", "isPrimary", "main", "privateDnsEnabled", "requesterManaged", "return"];

/// An element, read before it is known what it means.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

/// The answer as JSON. The sandbox wrote the XML itself, so that it is whole.
pub(super) fn to_json(xml: &str) -> Value {
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                let name = tag.name().as_ref().to_owned();
                open.push(Element {
                    name: String::from_utf8_lossy(name.as_ref()).into_owned(),
                    ..Element::default()
                });
            }
            Ok(Event::End(_)) => {
                if let Some(done) = open.pop()
                    && let Some(parent) = open.last_mut()
                {
                    parent.children.push(done);
                }
            }
            Ok(Event::Text(text)) => append(&mut open, &text),
            Ok(Event::GeneralRef(entity)) => {
                append(&mut open, resolve_predefined_entity(&entity).unwrap_or_default());
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    open.first().map(structure).unwrap_or_default()
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn structure(element: &Element) -> Value {
    let members = element.children.iter().map(|child| (name_of(&child.name), value_of(child)));
    Value::Object(members.collect::<Map<String, Value>>())
}

fn value_of(element: &Element) -> Value {
    let name = element.name.as_str();
    if LISTS.iter().any(|(wire, _)| *wire == name) {
        return element.children.iter().map(item_of).collect();
    }
    if !element.children.is_empty() {
        return structure(element);
    }
    match element.text.as_str() {
        text if FLAGS.contains(&name) => (text == "true").into(),
        text if NUMBERS.contains(&name) => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        text => text.into(),
    }
}

fn item_of(item: &Element) -> Value {
    if item.children.is_empty() { item.text.as_str().into() } else { structure(item) }
}

fn name_of(wire: &str) -> String {
    if let Some((_, name)) = LISTS.iter().find(|(list, _)| *list == wire) {
        return (*name).to_owned();
    }
    let mut letters = wire.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_gets_the_names_and_types_of_the_sdks() {
        let xml = "<routeTableSet><item><routeTableId>rtb-1</routeTableId>\
                   <routeSet><item><natGatewayId>nat-1</natGatewayId></item></routeSet>\
                   <associationSet><item><main>true</main><associationState><state>associated</state></associationState></item></associationSet>\
                   <tagSet><item><key>a&amp;b</key><value>true</value></item></tagSet></item></routeTableSet>";
        assert_eq!(
            to_json(xml),
            json!({ "RouteTables": [{
                "RouteTableId": "rtb-1",
                "Routes": [{ "NatGatewayId": "nat-1" }],
                "Associations": [{ "Main": true, "AssociationState": { "State": "associated" } }],
                "Tags": [{ "Key": "a&b", "Value": "true" }],
            }]})
        );
        assert_eq!(to_json("<natGatewaySet></natGatewaySet>"), json!({ "NatGateways": [] }));
        assert_eq!(to_json("<return>true</return>"), json!({ "Return": true }));
        assert_eq!(to_json(""), json!({}));
    }
}
