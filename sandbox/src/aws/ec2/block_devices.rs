//! The `BlockDeviceMapping`s of a launch: which volumes an instance comes with.

use crate::aws::catalog::Image;
use crate::aws::input::Input;
use crate::aws::refusal::{Answer, Refusal};

/// A volume to be made.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) device: String,
    pub(super) size_gib: u32,
    pub(super) kind: String,
    pub(super) iops: u32,
    pub(super) throughput: Option<u32>,
    pub(super) encrypted: bool,
    pub(super) delete_on_termination: bool,
    pub(super) snapshot: Option<String>,
}

/// What gp3 comes with unless more is asked for.
const GP3_IOPS: u32 = 3000;
const GP3_THROUGHPUT: u32 = 125;

/// The volumes of a launch from `image`: its root volume, changed as the mappings ask, and others.
pub(super) fn read(input: &Input<'_>, image: &Image) -> Answer<Vec<Wanted>> {
    let mut all = vec![Wanted {
        device: image.root_device.clone(),
        size_gib: image.snapshot_gib,
        kind: image.volume_type.to_owned(),
        iops: 0,
        throughput: None,
        encrypted: false,
        delete_on_termination: true,
        snapshot: Some(image.snapshot.clone()),
    }];
    for mapping in input.items("BlockDeviceMapping") {
        let device = mapping.need("DeviceName")?;
        let ebs = mapping.child("Ebs");
        let root = device == image.root_device;
        let size: Option<u32> = ebs.number("VolumeSize")?;
        if root && size.is_some_and(|size| size < image.snapshot_gib) {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!(
                    "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB",
                    size.unwrap_or_default(),
                    image.snapshot,
                    image.snapshot_gib
                ),
            ));
        }
        if !root && size.is_none() {
            return Err(Refusal::missing("size or snapshotId"));
        }
        let kind = ebs.text("VolumeType").unwrap_or_else(|| image.volume_type.to_owned());
        let iops: Option<u32> = ebs.number("Iops")?;
        let throughput: Option<u32> = ebs.number("Throughput")?;
        check_speed(&kind, iops, throughput)?;
        let wanted = Wanted {
            device: device.clone(),
            size_gib: size.unwrap_or(image.snapshot_gib),
            iops: iops.unwrap_or_default(),
            throughput,
            kind,
            encrypted: ebs.flag("Encrypted")?.unwrap_or(false),
            // The default differs: true for a root volume, false for one that is added.
            delete_on_termination: ebs.flag("DeleteOnTermination")?.unwrap_or(root),
            snapshot: root.then(|| image.snapshot.clone()),
        };
        if root {
            all[0] = wanted;
        } else if all.iter().any(|other| other.device == device) {
            return Err(Refusal::new(
                "InvalidBlockDeviceMapping",
                format!("The device '{device}' is used in more than one block-device mapping"),
            ));
        } else {
            all.push(wanted);
        }
    }
    for wanted in &mut all {
        if wanted.kind == "gp3" {
            wanted.iops = wanted.iops.max(GP3_IOPS);
            wanted.throughput = wanted.throughput.or(Some(GP3_THROUGHPUT));
        } else {
            wanted.iops = (3 * wanted.size_gib).clamp(100, 16_000);
        }
    }
    Ok(all)
}

fn check_speed(kind: &str, iops: Option<u32>, throughput: Option<u32>) -> Answer<()> {
    match kind {
        "gp2" if iops.is_some() => Err(not_supported("iops", kind)),
        "gp2" if throughput.is_some() => Err(not_supported("throughput", kind)),
        "gp3" if iops.is_some_and(|iops| !(3000..=80_000).contains(&iops)) => {
            Err(Refusal::invalid_value("Volume iops is out of the range of gp3: minimum 3000."))
        }
        "gp3" if throughput.is_some_and(|throughput| throughput < GP3_THROUGHPUT) => {
            Err(Refusal::invalid_value(format!(
                "Throughput is too low for gp3 volume; minimum is {GP3_THROUGHPUT} MiB/s."
            )))
        }
        "gp2" | "gp3" => Ok(()),
        other => Err(Refusal::invalid_value(format!(
            "Value ({other}) for parameter volumeType is invalid. The sandbox has gp2 and gp3."
        ))),
    }
}

fn not_supported(parameter: &str, kind: &str) -> Refusal {
    Refusal::combination(format!("The parameter {parameter} is not supported for {kind} volumes."))
}
