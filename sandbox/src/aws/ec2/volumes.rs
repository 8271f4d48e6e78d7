//! Volumes. They come with instances, and stay behind when they are not to go with them.

use chrono::{DateTime, Utc};

use crate::aws::catalog::price;
use crate::aws::input::Input;
use crate::aws::operation::{Operation, change, done, read};
use crate::aws::refusal::{Answer, Refusal};
use crate::aws::select::{Described, Label, describe};
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;
use crate::aws::xml::Xml;

pub(crate) const OPERATIONS: &[Operation] = &[
    read("DescribeVolumes", |world, input| describe(world, input, &world.volumes, "volumeSet")),
    change("DeleteVolume", delete),
];

#[derive(Debug, Clone)]
pub(crate) struct Volume {
    pub(crate) id: String,
    pub(crate) size_gib: u32,
    /// `gp2` or `gp3`.
    pub(crate) kind: String,
    pub(crate) iops: u32,
    /// MiB/s, of gp3 only.
    pub(crate) throughput: Option<u32>,
    pub(crate) zone: String,
    pub(crate) snapshot: Option<String>,
    pub(crate) encrypted: bool,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) tags: Tags,
    pub(crate) created: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) instance: String,
    pub(crate) device: String,
    pub(crate) delete_on_termination: bool,
    pub(crate) at: DateTime<Utc>,
}

impl Volume {
    pub(crate) fn state(&self) -> &'static str {
        if self.attachment.is_some() { "in-use" } else { "available" }
    }

    /// List price of its size; faster gp3 than the default costs more, which is left out.
    pub(crate) fn usd_per_hour(&self) -> f64 {
        let month = if self.kind == "gp2" { price::GP2_GIB_MONTH } else { price::GP3_GIB_MONTH };
        f64::from(self.size_gib) * month / price::HOURS_IN_MONTH
    }
}

impl Described for Volume {
    const IDS: &'static str = "VolumeId";
    const FILTERS: &'static [&'static str] = &[
        "attachment.delete-on-termination",
        "attachment.device",
        "attachment.instance-id",
        "attachment.status",
        "availability-zone",
        "encrypted",
        "size",
        "snapshot-id",
        "status",
        "volume-id",
        "volume-type",
    ];

    fn label(&self) -> Label<'_> {
        Label { id: &self.id, tags: &self.tags, created: self.created }
    }

    fn values(&self, _world: &World, filter: &str) -> Vec<String> {
        let attachment = self.attachment.iter();
        match filter {
            "attachment.delete-on-termination" => {
                attachment.map(|one| one.delete_on_termination.to_string()).collect()
            }
            "attachment.device" => attachment.map(|one| one.device.clone()).collect(),
            "attachment.instance-id" => attachment.map(|one| one.instance.clone()).collect(),
            "attachment.status" => attachment.map(|_| "attached".to_owned()).collect(),
            "availability-zone" => vec![self.zone.clone()],
            "encrypted" => vec![self.encrypted.to_string()],
            "size" => vec![self.size_gib.to_string()],
            "snapshot-id" => self.snapshot.iter().cloned().collect(),
            "status" => vec![self.state().to_owned()],
            "volume-type" => vec![self.kind.clone()],
            _ => vec![self.id.clone()],
        }
    }

    fn unknown(id: &str) -> Refusal {
        Refusal::new("InvalidVolume.NotFound", format!("The volume '{id}' does not exist."))
    }

    fn write(&self, _world: &World, xml: &mut Xml) {
        xml.text("volumeId", &self.id)
            .text("size", self.size_gib)
            .text("snapshotId", self.snapshot.as_deref().unwrap_or_default())
            .text("availabilityZone", &self.zone)
            .text("status", self.state())
            .time("createTime", self.created)
            .items("attachmentSet", &self.attachment, |xml, one| {
                xml.text("volumeId", &self.id)
                    .text("instanceId", &one.instance)
                    .text("device", &one.device)
                    .text("status", "attached")
                    .time("attachTime", one.at)
                    .text("deleteOnTermination", one.delete_on_termination);
            })
            .text("volumeType", &self.kind)
            .text("iops", self.iops)
            .maybe("throughput", self.throughput)
            .text("encrypted", self.encrypted)
            .text("multiAttachEnabled", false);
        tags::write(xml, &self.tags);
    }
}

fn delete(world: &mut World, input: &Input<'_>) -> Answer<Xml> {
    let volume = world.find(&world.volumes, &input.need("VolumeId")?)?;
    if let Some(attachment) = &volume.attachment {
        return Err(Refusal::new(
            "VolumeInUse",
            format!("Volume {} is currently attached to {}", volume.id, attachment.instance),
        ));
    }
    let id = volume.id.clone();
    world.volumes.remove(&id);
    Ok(done())
}

/// What happens to the volumes of an instance that is terminated.
pub(crate) fn release_of(world: &mut World, instance: &str) {
    let of = |volume: &Volume| volume.attachment.clone().filter(|attachment| attachment.instance == instance);
    world.volumes.retain(|_, volume| !of(volume).is_some_and(|attachment| attachment.delete_on_termination));
    for volume in world.volumes.values_mut().filter(|volume| of(volume).is_some()) {
        volume.attachment = None;
    }
}
