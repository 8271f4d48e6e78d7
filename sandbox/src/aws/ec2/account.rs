//! Attributes of the account and of the region.

use crate::aws::catalog::{ELASTIC_IPS, ZONES};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::read_filters;
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] =
    &[read("DescribeAccountAttributes", attributes), read("DescribeAvailabilityZones", zones)];

fn attributes(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let addresses = world.quotas.get(ELASTIC_IPS).to_string();
    let known = [
        ("supported-platforms", "VPC"),
        ("default-vpc", "none"),
        ("max-instances", "20"),
        ("max-elastic-ips", "5"),
        ("vpc-max-elastic-ips", addresses.as_str()),
        ("vpc-max-security-groups-per-interface", "5"),
    ];
    let wanted = input.list("AttributeName");
    if let Some(name) = wanted.iter().find(|name| !known.iter().any(|(one, _)| one == name)) {
        return Err(Refusal::invalid_value(format!(
            "Value ({name}) for parameter attributeName is invalid."
        )));
    }
    let shown = known.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|one| one == name));
    Ok(Xml::build(|xml| {
        xml.items("accountAttributeSet", shown, |xml, (name, value)| {
            xml.text("attributeName", name).items("attributeValueSet", [value], |xml, value| {
                xml.text("attributeValue", value);
            });
        });
    }))
}

fn zones(world: &World, input: &Input<'_>) -> Answer<Xml> {
    input.flag("AllAvailabilityZones")?;
    let name = |letter: char| format!("{}{letter}", world.region);
    let mut shown: Vec<_> = ZONES.iter().collect();
    let wanted = input.list("ZoneName");
    if let Some(bad) = wanted.iter().find(|wanted| !ZONES.iter().any(|zone| name(zone.letter) == **wanted)) {
        return Err(Refusal::invalid_value(format!("Invalid availability zone: [{bad}]")));
    }
    shown.retain(|zone| wanted.is_empty() || wanted.contains(&name(zone.letter)));
    for filter in read_filters(input)? {
        match filter.name.as_str() {
            "zone-name" => shown.retain(|zone| filter.accepts(&[name(zone.letter)])),
            "zone-id" => shown.retain(|zone| filter.accepts(&[zone.id])),
            "region-name" | "group-name" => shown.retain(|_| filter.accepts(&[&world.region])),
            "state" => shown.retain(|_| filter.accepts(&["available"])),
            "zone-type" => shown.retain(|_| filter.accepts(&["availability-zone"])),
            "opt-in-status" => shown.retain(|_| filter.accepts(&["opt-in-not-required"])),
            _ => return Err(filter.invalid()),
        }
    }
    Ok(Xml::build(|xml| {
        xml.items("availabilityZoneInfo", shown, |xml, zone| {
            xml.text("zoneName", name(zone.letter))
                .text("zoneId", zone.id)
                .text("zoneState", "available")
                .text("zoneType", "availability-zone")
                .text("regionName", &world.region)
                .text("groupName", &world.region)
                .text("networkBorderGroup", &world.region)
                .text("optInStatus", "opt-in-not-required");
        });
    }))
}
