//! Machine images.

use crate::aws::catalog::{CANONICAL, Image};
use crate::aws::input::Input;
use crate::aws::operation::{Operation, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, select};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[read("DescribeImages", describe_images)];

impl Described for Image {
    const IDS: &'static str = "ImageId";
    const PAGE: (usize, usize) = (1, 1000);
    const FILTERS: &'static [&'static str] = &[
        "architecture",
        "creation-date",
        "description",
        "hypervisor",
        "image-id",
        "image-type",
        "is-public",
        "name",
        "owner-id",
        "root-device-name",
        "root-device-type",
        "state",
        "virtualization-type",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.published() }
    }

    fn values(&self, _world: &World, filter: &str) -> Vec<String> {
        let value = match filter {
            "architecture" => self.architecture,
            "creation-date" => self.created,
            "description" => &self.description,
            "hypervisor" => "xen",
            "image-type" => "machine",
            "is-public" => "true",
            "name" => &self.name,
            "owner-id" => CANONICAL,
            "root-device-name" => &self.root_device,
            "root-device-type" => "ebs",
            "state" => "available",
            "virtualization-type" => "hvm",
            _ => &self.id,
        };
        vec![value.to_owned()]
    }

    fn unknown(id: &str) -> Refusal {
        if !id.starts_with("ami-") {
            return Refusal::new(
                "InvalidAMIID.Malformed",
                format!("Invalid id: \"{id}\" (expecting \"ami-...\")"),
            );
        }
        Refusal::new("InvalidAMIID.NotFound", format!("The image id '[{id}]' does not exist"))
    }

    fn write(&self, _world: &World, xml: &mut Xml) {
        xml.text("imageId", &self.id)
            .text("imageLocation", format!("amazon/{}", self.name))
            .text("imageState", "available")
            .text("imageOwnerId", CANONICAL)
            .text("creationDate", self.created)
            .text("isPublic", true)
            .text("architecture", self.architecture)
            .text("imageType", "machine")
            .text("name", &self.name)
            .text("description", &self.description)
            .text("rootDeviceType", "ebs")
            .text("rootDeviceName", &self.root_device)
            .items("blockDeviceMapping", [self], |xml, image| {
                xml.text("deviceName", &image.root_device).node("ebs", |xml| {
                    xml.text("snapshotId", &image.snapshot)
                        .text("volumeSize", image.snapshot_gib)
                        .text("deleteOnTermination", true)
                        .text("volumeType", image.volume_type)
                        .text("encrypted", false);
                });
            })
            .text("virtualizationType", "hvm")
            .text("hypervisor", "xen")
            .text("enaSupport", true)
            .text("platformDetails", "Linux/UNIX")
            .text("usageOperation", "RunInstances");
    }
}

fn describe_images(world: &World, input: &Input<'_>) -> Answer<Xml> {
    let owners = input.list("Owner");
    let wanted = |owner: &String| matches!(owner.as_str(), CANONICAL | "amazon");
    input.flag("IncludeDeprecated")?;
    let shown = owners.is_empty() || owners.iter().any(wanted);
    let page = select(world, input, world.images.values().filter(|_| shown))?;
    Ok(Xml::build(|xml| {
        xml.items("imagesSet", page.items, |xml, image| image.write(world, xml))
            .maybe("nextToken", page.next);
    }))
}
