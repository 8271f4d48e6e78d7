//! The Ubuntu images that Canonical publishes, and the parameters that name the newest of each.

use chrono::{DateTime, Utc};

use crate::aws::tags::Tags;

/// A machine image.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: &'static str,
    /// The Systems Manager parameter that holds its id.
    pub(crate) parameter: String,
    /// RFC 3339.
    pub(crate) created: &'static str,
    pub(crate) volume_type: &'static str,
    pub(crate) snapshot: String,
    /// The device that its root volume is.
    pub(crate) root_device: String,
    /// The size of its snapshot: no root volume can be smaller.
    pub(crate) snapshot_gib: u32,
    pub(crate) tags: Tags,
}

/// Canonical's account.
pub(crate) const CANONICAL: &str = "099720109477";

/// The device that Ubuntu's root volume is.
const ROOT_DEVICE: &str = "/dev/sda1";

/// The size of Ubuntu's snapshot: no root volume can be smaller.
const SNAPSHOT_GIB: u32 = 8;

impl Image {
    /// One that somebody else published, such as Amazon Linux.
    pub(crate) fn of_others(id: &str, root_device: &str, snapshot_gib: u32) -> Image {
        Image {
            id: id.to_owned(),
            name: "al2023-ami-2023.9.20261110.0-kernel-6.1-x86_64".to_owned(),
            description: "Amazon Linux 2023".to_owned(),
            architecture: "x86_64",
            parameter: String::new(),
            created: "2026-11-10T00:00:00.000Z",
            volume_type: "gp3",
            snapshot: id.replacen("ami-", "snap-", 1),
            root_device: root_device.to_owned(),
            snapshot_gib,
            tags: Tags::new(),
        }
    }

    /// When it was published.
    pub(crate) fn published(&self) -> DateTime<Utc> {
        self.created.parse().unwrap_or(DateTime::UNIX_EPOCH)
    }
}

struct Release {
    version: &'static str,
    codename: &'static str,
    /// Canonical moved to gp3 with 24.04.
    storage: &'static str,
    volume_type: &'static str,
    created: &'static str,
    serial: &'static str,
    ids: [(&'static str, &'static str, &'static str); 2],
}

const RELEASES: [Release; 3] = [
    Release {
        version: "20.04",
        codename: "focal",
        storage: "hvm-ssd",
        volume_type: "gp2",
        created: "2025-06-10T03:12:45.000Z",
        serial: "20250603",
        ids: [("amd64", "x86_64", "0a1b20040d64f0c41"), ("arm64", "arm64", "0a1b20040a64f0c42")],
    },
    Release {
        version: "22.04",
        codename: "jammy",
        storage: "hvm-ssd",
        volume_type: "gp2",
        created: "2026-10-28T04:01:10.000Z",
        serial: "20261027",
        ids: [("amd64", "x86_64", "0b1c22040d64a1b51"), ("arm64", "arm64", "0b1c22040a64a1b52")],
    },
    Release {
        version: "24.04",
        codename: "noble",
        storage: "hvm-ssd-gp3",
        volume_type: "gp3",
        created: "2026-11-05T05:20:31.000Z",
        serial: "20261104",
        ids: [("amd64", "x86_64", "0c1d24040d64b2c61"), ("arm64", "arm64", "0c1d24040a64b2c62")],
    },
];

pub(super) fn all() -> Vec<Image> {
    let pairs = RELEASES.iter().flat_map(|release| release.ids.iter().map(move |ids| (release, ids)));
    pairs
        .map(|(release, (port, architecture, digits))| Image {
            id: format!("ami-{digits}"),
            name: format!(
                "ubuntu/images/{}/ubuntu-{}-{}-{port}-server-{}",
                release.storage, release.codename, release.version, release.serial
            ),
            description: format!(
                "Canonical, Ubuntu, {} LTS, {port} {} image build on {}",
                release.version, release.codename, release.serial
            ),
            architecture,
            parameter: format!(
                "/aws/service/canonical/ubuntu/server/{}/stable/current/{port}/hvm/ebs-{}/ami-id",
                release.version, release.volume_type
            ),
            created: release.created,
            volume_type: release.volume_type,
            snapshot: format!("snap-{digits}"),
            root_device: ROOT_DEVICE.to_owned(),
            snapshot_gib: SNAPSHOT_GIB,
            tags: Tags::new(),
        })
        .collect()
}
