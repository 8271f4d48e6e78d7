//! Root volumes. Instances take theirs with them; what is listed here is for the price, and for strays.

use aws_sdk_ec2::types as sdk;

use crate::ids::VolumeId;
use crate::observed::Volume;
use crate::step::{Change, Failure};

use super::Aws;
use super::failure::Call;
use super::tagging::moment;

impl Aws {
    pub(super) async fn volumes(&self) -> Result<Vec<Volume>, Failure> {
        let request = self.ec2().describe_volumes().set_filters(Some(self.ours().into()));
        let all: Vec<_> = request
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .map_err(|error| Call::read("DescribeVolumes").failed(error))?;
        Ok(all.iter().filter_map(|volume| self.volume(volume)).collect())
    }

    fn volume(&self, volume: &sdk::Volume) -> Option<Volume> {
        let state = volume.state().map(sdk::VolumeState::as_str).unwrap_or_default().to_ascii_lowercase();
        if matches!(state.as_str(), "deleting" | "deleted") {
            return None; // Bills no more.
        }
        Some(Volume {
            id: volume.volume_id()?.into(),
            size_gib: volume.size().and_then(|size| u32::try_from(size).ok()).unwrap_or_default(),
            kind: volume.volume_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
            attached: state == "in-use" || !volume.attachments().is_empty(),
            created_at: moment(volume.create_time()),
            owner: self.owner(volume.tags())?,
        })
    }

    pub(super) async fn delete_volume(&self, id: &VolumeId) -> Result<Vec<Change>, Failure> {
        let request = self.ec2().delete_volume().volume_id(id.as_str());
        match request.send().await.map_err(|error| Call::repeatable("DeleteVolume").failed(error)) {
            Ok(_) => Ok(vec![Change::VolumeGone(id.clone())]),
            Err(failure) if failure.is(&["InvalidVolume.NotFound"]) => Ok(vec![Change::LookAgain]),
            // The instance is still letting go of it.
            Err(failure) => Err(failure.not_yet_if(&["VolumeInUse", "IncorrectState"])),
        }
    }
}
