//! Instance types, where they are offered and what they cost.

/// An instance type.
#[derive(Debug)]
pub(crate) struct InstanceType {
    pub(crate) name: &'static str,
    /// `x86_64` or `arm64`.
    pub(crate) architecture: &'static str,
    pub(crate) vcpus: u32,
    pub(crate) memory_mib: u32,
    /// `nitro` or `xen`.
    pub(crate) hypervisor: &'static str,
    /// The letters of the zones that offer it.
    pub(crate) zones: &'static str,
    pub(crate) free_tier: bool,
    /// On-demand Linux list price.
    pub(crate) usd_per_hour: f64,
}

const fn nitro(
    name: &'static str,
    architecture: &'static str,
    vcpus: u32,
    memory_mib: u32,
    usd_per_hour: f64,
) -> InstanceType {
    InstanceType {
        name,
        architecture,
        vcpus,
        memory_mib,
        hypervisor: "nitro",
        zones: "abcd",
        free_tier: false,
        usd_per_hour,
    }
}

const fn xen(name: &'static str, vcpus: u32, memory_mib: u32, usd_per_hour: f64) -> InstanceType {
    InstanceType {
        name,
        architecture: "x86_64",
        vcpus,
        memory_mib,
        hypervisor: "xen",
        // The old generation never came to the two younger zones.
        zones: "ac",
        free_tier: false,
        usd_per_hour,
    }
}

const fn free(mut instance_type: InstanceType) -> InstanceType {
    instance_type.free_tier = true;
    instance_type
}

/// The types of this sandbox: the burstable ones that people of small means use, and a few others.
pub(crate) const INSTANCE_TYPES: &[InstanceType] = &[
    xen("t2.nano", 1, 512, 0.0072),
    free(xen("t2.micro", 1, 1024, 0.0144)),
    xen("t2.small", 1, 2048, 0.0288),
    xen("t2.medium", 2, 4096, 0.0576),
    nitro("t3.nano", "x86_64", 2, 512, 0.0065),
    free(nitro("t3.micro", "x86_64", 2, 1024, 0.013)),
    nitro("t3.small", "x86_64", 2, 2048, 0.026),
    nitro("t3.medium", "x86_64", 2, 4096, 0.052),
    nitro("t3.large", "x86_64", 2, 8192, 0.104),
    nitro("t4g.nano", "arm64", 2, 512, 0.0052),
    free(nitro("t4g.micro", "arm64", 2, 1024, 0.0104)),
    nitro("t4g.small", "arm64", 2, 2048, 0.0208),
    nitro("t4g.medium", "arm64", 2, 4096, 0.0416),
    nitro("m5.large", "x86_64", 2, 8192, 0.118),
    nitro("m6g.large", "arm64", 2, 8192, 0.094),
    nitro("c5.large", "x86_64", 2, 4096, 0.096),
    nitro("c5.xlarge", "x86_64", 4, 8192, 0.192),
];

/// The type of that name.
pub(crate) fn instance_type(name: &str) -> Option<&'static InstanceType> {
    INSTANCE_TYPES.iter().find(|one| one.name == name)
}

impl InstanceType {
    /// Whether a zone (`ap-northeast-2b`) offers it.
    pub(crate) fn offered_in(&self, zone: &str) -> bool {
        zone.chars().last().is_some_and(|letter| self.zones.contains(letter))
    }
}
