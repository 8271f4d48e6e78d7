//! Instance types and where they are offered.

use crate::aws::catalog::{INSTANCE_TYPES, InstanceType, ZONES, instance_type};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{paginate, read_filters};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] =
    &[read("DescribeInstanceTypes", types), read("DescribeInstanceTypeOfferings", offerings)];

fn types(_world: &World, input: &Input<'_>) -> Answer<Xml> {
    let wanted = input.list("InstanceType");
    if let Some(name) = wanted.iter().find(|name| instance_type(name).is_none()) {
        return Err(Refusal::new(
            "InvalidInstanceType",
            format!("The following supplied instance types do not exist: [{name}]"),
        ));
    }
    let mut shown: Vec<&InstanceType> = INSTANCE_TYPES
        .iter()
        .filter(|one| wanted.is_empty() || wanted.iter().any(|name| name == one.name))
        .collect();
    for filter in read_filters(input)? {
        match filter.name.as_str() {
            "instance-type" => shown.retain(|one| filter.accepts(&[one.name])),
            "processor-info.supported-architecture" => {
                shown.retain(|one| filter.accepts(&[one.architecture]))
            }
            "free-tier-eligible" => shown.retain(|one| filter.accepts(&[one.free_tier.to_string()])),
            "hypervisor" => shown.retain(|one| filter.accepts(&[one.hypervisor])),
            "vcpu-info.default-vcpus" => shown.retain(|one| filter.accepts(&[one.vcpus.to_string()])),
            "memory-info.size-in-mib" => shown.retain(|one| filter.accepts(&[one.memory_mib.to_string()])),
            "current-generation" => {
                shown.retain(|one| filter.accepts(&[(one.hypervisor == "nitro").to_string()]))
            }
            _ => return Err(filter.invalid()),
        }
    }
    let page = paginate(input, shown, (5, 100))?;
    Ok(Xml::build(|xml| {
        xml.items("instanceTypeSet", page.items, write).maybe("nextToken", page.next);
    }))
}

fn write(xml: &mut Xml, one: &InstanceType) {
    xml.text("instanceType", one.name)
        .text("currentGeneration", one.hypervisor == "nitro")
        .text("freeTierEligible", one.free_tier)
        .strings("supportedUsageClasses", ["on-demand", "spot"])
        .strings("supportedRootDeviceTypes", ["ebs"])
        .strings("supportedVirtualizationTypes", ["hvm"])
        .text("bareMetal", false)
        .text("hypervisor", one.hypervisor)
        .node("processorInfo", |xml| {
            xml.strings("supportedArchitectures", [one.architecture]);
        })
        .node("vCpuInfo", |xml| {
            xml.text("defaultVCpus", one.vcpus);
        })
        .node("memoryInfo", |xml| {
            xml.text("sizeInMiB", one.memory_mib);
        })
        .text("instanceStorageSupported", false)
        .text("burstablePerformanceSupported", one.name.starts_with('t'));
}

fn offerings(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let kind = input.text("LocationType").unwrap_or_else(|| "region".to_owned());
    let mut all: Vec<(&str, String)> = Vec::new();
    for one in INSTANCE_TYPES {
        match kind.as_str() {
            "region" => all.push((one.name, world.region.clone())),
            "availability-zone" | "availability-zone-id" => {
                let zones = ZONES.iter().filter(|zone| one.zones.contains(zone.letter));
                all.extend(zones.map(|zone| match kind.as_str() {
                    "availability-zone" => (one.name, format!("{}{}", world.region, zone.letter)),
                    _ => (one.name, zone.id.to_owned()),
                }));
            }
            other => {
                return Err(Refusal::invalid_value(format!(
                    "Value ({other}) for parameter locationType is invalid."
                )));
            }
        }
    }
    for filter in read_filters(input)? {
        match filter.name.as_str() {
            "instance-type" => all.retain(|(name, _)| filter.accepts(&[name])),
            "location" => all.retain(|(_, location)| filter.accepts(&[location])),
            _ => return Err(filter.invalid()),
        }
    }
    let page = paginate(input, all, (5, 1000))?;
    Ok(Xml::build(|xml| {
        xml.items("instanceTypeOfferingSet", page.items, |xml, (name, location)| {
            xml.text("instanceType", name).text("locationType", &kind).text("location", location);
        })
        .maybe("nextToken", page.next);
    }))
}
