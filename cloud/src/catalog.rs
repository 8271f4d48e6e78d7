//! What AWS offers: images, instance types, and whether they fit together. Asked before a launch.

use serde::{Deserialize, Serialize};

use crate::ids::ImageId;

/// Processor architecture, as EC2 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Intel and AMD, 64 bit.
    X86_64,
    /// Graviton.
    Arm64,
}

impl Architecture {
    /// As EC2 writes it: `x86_64` or `arm64`.
    pub fn as_str(self) -> &'static str {
        match self {
            Architecture::X86_64 => "x86_64",
            Architecture::Arm64 => "arm64",
        }
    }
}

/// What an image is booted from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Root {
    /// The device that the root volume is: a volume of another name is a second one.
    pub device: String,
    /// The least that it may have, GiB: the size of its snapshot.
    pub least_gib: u32,
}

/// An image and a type that fit together and are offered in every zone asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The image.
    pub image: ImageId,
    /// The root volume that it is booted from; `None`: AWS does not say.
    pub root: Option<Root>,
    /// Its architecture, and the type's.
    pub architecture: Architecture,
    /// vCPUs of the type.
    pub vcpus: u32,
}

/// Why an image and a type cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoOffer {
    /// AWS knows no such instance type.
    UnknownType {
        /// What was asked for.
        instance_type: String,
        /// A known one that is written alike.
        nearest: Option<String>,
    },
    /// The type is not offered in a zone.
    NotInZone {
        /// What was asked for.
        instance_type: String,
        /// Zones without it.
        zones: Vec<String>,
        /// One of about the same size that is offered in all the zones.
        instead: Option<String>,
    },
    /// There is no such image.
    UnknownImage {
        /// What was asked for.
        image: String,
    },
    /// The image is for another architecture than the type.
    Mismatch {
        /// The image asked for.
        image: String,
        /// Its architecture.
        image_is: Architecture,
        /// The type asked for.
        instance_type: String,
        /// Its architecture.
        type_is: Architecture,
    },
}

/// The image names that `/launch` knows by heart; any `ami-…` works too.
pub const IMAGES: [&str; 3] = ["ubuntu-24.04", "ubuntu-22.04", "ubuntu-20.04"];

/// The instance types that `/launch` suggests; any other that AWS offers works too.
pub const TYPES: [&str; 8] =
    ["t3.micro", "t3.small", "t3.medium", "t4g.micro", "t4g.small", "t4g.medium", "t2.micro", "t2.small"];

/// How large an instance type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory, GiB.
    pub memory_gib: u32,
}

/// The size of one of [`TYPES`]. Source: Amazon EC2 User Guide, "General purpose instances".
pub fn size(instance_type: &str) -> Option<Size> {
    let (vcpus, memory_gib) = match instance_type {
        "t2.micro" => (1, 1),
        "t2.small" => (1, 2),
        "t3.micro" | "t4g.micro" => (2, 1),
        "t3.small" | "t4g.small" => (2, 2),
        "t3.medium" | "t4g.medium" => (2, 4),
        _ => return None,
    };
    Some(Size { vcpus, memory_gib })
}
