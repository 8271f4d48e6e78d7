//! Root volumes at EC2.

use aws_sdk_ec2::types as sdk;
use doorman_config::Stack;

use super::{Act, Volume};
use crate::aws::tagging::listed;
use crate::aws::{Aws, Call, all};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

impl Look for Volume {
    async fn look(aws: &Aws, _: &Stack, record: &Record) -> Result<Sorted<Volume>, Failure> {
        let list = |which| {
            let request = aws.ec2().describe_volumes().filters(which);
            all("DescribeVolumes", request.into_paginator().items().send())
        };
        listed(
            record,
            Kind::Volume,
            "volume-id",
            list,
            |v| (v.volume_id(), v.tags()),
            |_| false,
            |thing, owner| read(aws, thing, owner),
        )
        .await
    }
}

fn read(aws: &Aws, volume: &sdk::Volume, owner: Owner) -> Option<Volume> {
    let state = volume.state().map(sdk::VolumeState::as_str).unwrap_or_default().to_ascii_lowercase();
    if matches!(state.as_str(), "deleting" | "deleted") {
        return None; // Bills no more.
    }
    Some(Volume {
        id: volume.volume_id()?.into(),
        size_gib: volume.size().and_then(|size| u32::try_from(size).ok()).unwrap_or_default(),
        kind: volume.volume_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        attached: state == "in-use" || !volume.attachments().is_empty(),
        created_at: aws.moment(volume.create_time()),
        owner,
    })
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, _: &Owner) -> Result<Change<Volume>, Failure> {
        match self {
            Act::Delete { id } => {
                let request = aws.ec2().delete_volume().volume_id(id.as_str());
                match request.send().await.map_err(|error| Call::repeatable("DeleteVolume").failed(error)) {
                    Ok(_) => Ok(Change::Gone(id.clone())),
                    Err(failure) if failure.is(&["InvalidVolume.NotFound"]) => Ok(Change::LookAgain),
                    // The instance is still letting go of it.
                    Err(failure) => Err(failure.not_yet_if(&["VolumeInUse", "IncorrectState"])),
                }
            }
        }
    }
}
