//! Whether an image and an instance type can be had together, asked before anything is built.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types as sdk;

use crate::catalog::{Architecture, NoOffer, Offer, Root, TYPES};
use crate::failure::Failure;
use crate::ids::ImageId;

use super::tagging::filter;
use super::{Aws, Call, all};

/// Where Canonical publishes the newest image of a release, for each architecture as it calls them. The SSM
/// agent is in all of them. Source:
/// <https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/>.
const UBUNTU: &str = "/aws/service/canonical/ubuntu/server";
/// What all of these are booted from, so that it need not be asked for: root device, and GiB of its snapshot.
const UBUNTU_ROOT: (&str, u32) = ("/dev/sda1", 8);
/// How EC2 says that there is no such image, or none for us.
const NO_IMAGE: [&str; 4] =
    ["InvalidAMIID.NotFound", "InvalidAMIID.Malformed", "InvalidAMIID.Unavailable", "InvalidParameterValue"];
/// Furthest that a known type may be from a misspelt one, in letters.
const ALIKE: usize = 3;

/// The image for each architecture that it comes in, with what it is booted from.
type Images = BTreeMap<Architecture, (ImageId, Option<Root>)>;

/// An instance type, as far as choosing one goes.
#[derive(Clone, Copy, Debug)]
struct Kind {
    architecture: Architecture,
    vcpus: u32,
    memory_mib: i64,
}

impl Aws {
    /// Whether an image (a name that [`IMAGES`](crate::catalog::IMAGES) lists, or an `ami-…`) and an instance
    /// type fit together and are offered in all the zones; if not, why not and what would do.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub async fn offer(
        &self,
        image: &str,
        instance_type: &str,
        zones: &[String],
    ) -> Result<Result<Offer, NoOffer>, Failure> {
        let (images, kinds, offered) =
            futures::try_join!(self.images(image), self.kinds(instance_type), self.offerings(instance_type))?;
        let instance_type = instance_type.to_owned();

        let Some(kind) = kinds.get(&instance_type) else {
            let nearest = self.nearest_type(&instance_type).await?;
            return Ok(Err(NoOffer::UnknownType { instance_type, nearest }));
        };
        let without = zones_without(&offered, &instance_type, zones);
        if !without.is_empty() {
            let candidates = TYPES.into_iter().filter(|name| zones_without(&offered, name, zones).is_empty());
            let instead = candidates
                .filter_map(|name| Some((name, kinds.get(name)?)))
                .filter(|(_, other)| other.architecture == kind.architecture)
                .min_by_key(|(_, other)| {
                    (other.memory_mib.abs_diff(kind.memory_mib), other.vcpus.abs_diff(kind.vcpus))
                })
                .map(|(name, _)| name.to_owned());
            return Ok(Err(NoOffer::NotInZone { instance_type, zones: without, instead }));
        }
        let image = image.to_owned();
        Ok(match (images.get(&kind.architecture), images.keys().next()) {
            (Some((id, root)), _) => Ok(Offer {
                image: id.clone(),
                root: root.clone(),
                architecture: kind.architecture,
                vcpus: kind.vcpus,
            }),
            (None, Some(&image_is)) => {
                Err(NoOffer::Mismatch { image, image_is, instance_type, type_is: kind.architecture })
            }
            (None, None) => Err(NoOffer::UnknownImage { image }),
        })
    }

    /// The image for each architecture it comes in; none if there is no such image.
    async fn images(&self, image: &str) -> Result<Images, Failure> {
        match image {
            "ubuntu-24.04" => self.ubuntu("24.04", "ebs-gp3").await,
            "ubuntu-22.04" => self.ubuntu("22.04", "ebs-gp2").await,
            "ubuntu-20.04" => self.ubuntu("20.04", "ebs-gp2").await,
            id if id.starts_with("ami-") => self.image_by_id(id).await,
            _ => Ok(Images::new()),
        }
    }

    async fn image_by_id(&self, id: &str) -> Result<Images, Failure> {
        let answer = self.ec2().describe_images().image_ids(id).send().await;
        let found = Call::read("DescribeImages").found(answer, &NO_IMAGE)?;
        let images = found.and_then(|answer| answer.images).unwrap_or_default();
        let available = images.iter().filter(|image| image.state() == Some(&sdk::ImageState::Available));
        let by_architecture = available.filter_map(|image| {
            let architecture = match image.architecture()? {
                sdk::ArchitectureValues::X8664 => Architecture::X86_64,
                sdk::ArchitectureValues::Arm64 => Architecture::Arm64,
                _ => return None,
            };
            Some((architecture, (ImageId::from(image.image_id()?), root(image))))
        });
        Ok(by_architecture.collect())
    }

    async fn ubuntu(&self, release: &str, volume: &str) -> Result<Images, Failure> {
        let name = |canonicals| format!("{UBUNTU}/{release}/stable/current/{canonicals}/hvm/{volume}/ami-id");
        let names = [(Architecture::X86_64, name("amd64")), (Architecture::Arm64, name("arm64"))];
        let request =
            self.ssm().get_parameters().set_names(Some(names.iter().map(|(_, name)| name.clone()).collect()));
        let answer = request.send().await.map_err(|error| Call::read("GetParameters").failed(error))?;
        let value = |name: &str| {
            let parameter = answer.parameters().iter().find(|parameter| parameter.name() == Some(name))?;
            parameter.value().map(ImageId::from)
        };
        let root = Root { device: UBUNTU_ROOT.0.to_owned(), least_gib: UBUNTU_ROOT.1 };
        let images = names.iter().filter_map(|(architecture, name)| Some((*architecture, value(name)?)));
        Ok(images.map(|(architecture, id)| (architecture, (id, Some(root.clone())))).collect())
    }

    /// The type and those that could be suggested instead of it.
    async fn kinds(&self, instance_type: &str) -> Result<BTreeMap<String, Kind>, Failure> {
        let wanted = filter("instance-type", TYPES.into_iter().chain([instance_type]));
        let request = self.ec2().describe_instance_types().filters(wanted);
        let all = all("DescribeInstanceTypes", request.into_paginator().items().send()).await?;
        Ok(all
            .iter()
            .filter_map(|info| Some((info.instance_type()?.as_str().to_owned(), kind(info)?)))
            .collect())
    }

    /// Zones of each of those types, as (type, zone).
    async fn offerings(&self, instance_type: &str) -> Result<BTreeSet<(String, String)>, Failure> {
        let wanted = filter("instance-type", TYPES.into_iter().chain([instance_type]));
        let request = self
            .ec2()
            .describe_instance_type_offerings()
            .location_type(sdk::LocationType::AvailabilityZone)
            .filters(wanted);
        let all = all("DescribeInstanceTypeOfferings", request.into_paginator().items().send()).await?;
        let pairs = all.iter().filter_map(|offering: &sdk::InstanceTypeOffering| {
            Some((offering.instance_type()?.as_str().to_owned(), offering.location()?.to_owned()))
        });
        Ok(pairs.collect())
    }

    /// Of all the types of the region, the one written most alike; those that are suggested anyway first.
    async fn nearest_type(&self, instance_type: &str) -> Result<Option<String>, Failure> {
        let request = self.ec2().describe_instance_type_offerings().location_type(sdk::LocationType::Region);
        let all = all("DescribeInstanceTypeOfferings", request.into_paginator().items().send()).await?;
        let names = all.iter().filter_map(|offering: &sdk::InstanceTypeOffering| offering.instance_type());
        let written = instance_type.to_ascii_lowercase();
        let measured = names.map(|name| {
            let name = name.as_str();
            let popular = TYPES.iter().position(|known| *known == name).unwrap_or(TYPES.len());
            (strsim::osa_distance(&written, name), popular, name)
        });
        let nearest = measured.filter(|(distance, _, _)| *distance <= ALIKE).min();
        Ok(nearest.map(|(_, _, name)| name.to_owned()))
    }
}

fn zones_without(offered: &BTreeSet<(String, String)>, instance_type: &str, zones: &[String]) -> Vec<String> {
    let has = |zone: &String| offered.contains(&(instance_type.to_owned(), zone.clone()));
    zones.iter().filter(|zone| !has(zone)).cloned().collect()
}

/// What an image is booted from: its root device, and the size of the snapshot that this is made of.
fn root(image: &sdk::Image) -> Option<Root> {
    let device = image.root_device_name()?.to_owned();
    let mut mappings = image.block_device_mappings().iter();
    let mapping = mappings.find(|mapping| mapping.device_name() == Some(&*device));
    let size = mapping.and_then(|mapping| mapping.ebs()).and_then(|ebs| ebs.volume_size());
    Some(Root { device, least_gib: size.and_then(|size| u32::try_from(size).ok()).unwrap_or_default() })
}

/// `None` for types of other architectures, such as Macs.
fn kind(info: &sdk::InstanceTypeInfo) -> Option<Kind> {
    let architectures = info.processor_info()?.supported_architectures();
    let architecture = if architectures.contains(&sdk::ArchitectureType::X8664) {
        Architecture::X86_64
    } else if architectures.contains(&sdk::ArchitectureType::Arm64) {
        Architecture::Arm64
    } else {
        return None;
    };
    let vcpus = info.v_cpu_info().and_then(|info| info.default_v_cpus())?;
    Some(Kind {
        architecture,
        vcpus: u32::try_from(vcpus).ok()?,
        memory_mib: info.memory_info().and_then(|info| info.size_in_mib()).unwrap_or_default(),
    })
}
