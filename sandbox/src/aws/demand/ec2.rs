//! What calls of EC2 need.

use super::{demand, facts, known, requested};
use crate::aws::iam::authority::{Demand, passing};
use crate::aws::iam::condition::Context;
use crate::aws::iam::instance_profiles::Profile;
use crate::aws::input::Input;
use crate::aws::tags::{self, Tags};
use crate::aws::world::World;

/// What the ids of each kind of resource begin with, for calls that name several kinds in one list.
const PREFIXES: [(&str, &str); 12] = [
    ("eipalloc-", "elastic-ip"),
    ("eni-", "network-interface"),
    ("i-", "instance"),
    ("igw-", "internet-gateway"),
    ("nat-", "natgateway"),
    ("rtb-", "route-table"),
    ("sg-", "security-group"),
    ("sgr-", "security-group-rule"),
    ("subnet-", "subnet"),
    ("vol-", "volume"),
    ("vpc-", "vpc"),
    ("vpce-", "vpc-endpoint"),
];

/// Some hosted zone.
const ANY_ZONE: &str = "arn:aws:route53:::hostedzone/*";

/// How EC2 calls itself where a role is handed to it.
const PRINCIPAL: &str = "ec2.amazonaws.com";

/// A call, and what it needs as far as it was read.
struct Asked<'a> {
    world: &'a World,
    operation: &'a str,
    input: &'a Input<'a>,
    demands: Vec<Demand>,
}

/// What a call needs.
pub(super) fn of(world: &World, operation: &str, input: &Input<'_>) -> Vec<Demand> {
    let mut asked = Asked { world, operation, input, demands: Vec::new() };
    match operation {
        "AllocateAddress" => asked.makes("elastic-ip", Context::new()),
        "AssociateIamInstanceProfile" => {
            asked.uses("instance", &["InstanceId"]);
            asked.passes_profile();
        }
        "AuthorizeSecurityGroupEgress" | "AuthorizeSecurityGroupIngress" => {
            asked.uses("security-group", &["GroupId"]);
            asked.makes("security-group-rule", Context::new());
        }
        "CreateNatGateway" => {
            asked.uses("subnet", &["SubnetId"]);
            asked.uses("elastic-ip", &["AllocationId"]);
            asked.makes("natgateway", Context::new());
        }
        "CreateRoute" | "DeleteRoute" | "ReplaceRoute" => asked.uses("route-table", &["RouteTableId"]),
        "CreateTags" | "DeleteTags" => asked.tags(),
        "CreateVpcEndpoint" => asked.makes_endpoint(),
        "DeleteNatGateway" => asked.uses("natgateway", &["NatGatewayId"]),
        "DeleteVolume" => asked.uses("volume", &["VolumeId"]),
        "DeleteVpcEndpoints" => asked.uses("vpc-endpoint", &["VpcEndpointId"]),
        "DescribeVpcAttribute" => asked.uses("vpc", &["VpcId"]),
        "RebootInstances" | "StartInstances" | "StopInstances" | "TerminateInstances" => {
            asked.uses("instance", &["InstanceId"]);
        }
        "ReleaseAddress" => asked.uses("elastic-ip", &["AllocationId"]),
        // The rules it takes away are no resources of this action.
        "RevokeSecurityGroupEgress" | "RevokeSecurityGroupIngress" => {
            asked.uses("security-group", &["GroupId"]);
        }
        "RunInstances" => asked.runs(),
        // Among them everything that only describes.
        _ => asked.needs("*".to_owned(), Context::new()),
    }
    asked.demands
}

impl Asked<'_> {
    fn needs(&mut self, resource: String, context: Context) {
        self.demands.push(demand(format!("ec2:{}", self.operation), resource, context));
    }

    /// Needs the permission for each thing of a kind that one of the parameters names.
    fn uses(&mut self, kind: &str, parameters: &[&str]) {
        for parameter in parameters {
            let ids = self.input.text(parameter).into_iter().chain(self.input.list(parameter));
            for id in ids.collect::<Vec<_>>() {
                if let Some(context) = facts::of(self.world, kind, &id) {
                    self.needs(facts::arn(self.world, kind, &id), context);
                }
            }
        }
    }

    /// Needs the permission for what it is to make, and to tag it.
    fn makes(&mut self, kind: &str, facts: Context) {
        let tags = self.tags_for(kind);
        let arn = facts::arn(self.world, kind, "*");
        let mut context = requested(&tags);
        if !tags.is_empty() {
            let mut tagging = context.clone();
            tagging.extend(known([("ec2:CreateAction", self.operation.to_owned())]));
            self.demands.push(demand("ec2:CreateTags", arn.clone(), tagging));
        }
        context.extend(facts);
        self.needs(arn, context);
    }

    /// The tags that it gives to what it makes of a kind. What is wrong with them, the operation says.
    fn tags_for(&self, kind: &str) -> Tags {
        let of_kind = |one: &Input<'_>| one.text("ResourceType").as_deref() == Some(kind);
        let specifications = self.input.items("TagSpecification").into_iter().filter(of_kind);
        specifications.filter_map(|one| tags::read(&one.items("Tag")).ok()).flatten().collect()
    }

    /// Tags of what is there already.
    fn tags(&mut self) {
        let asked = tags::read(&self.input.items("Tag")).unwrap_or_default();
        for id in self.input.list("ResourceId") {
            let kind = PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix)).map(|(_, kind)| *kind);
            let there = kind.and_then(|kind| Some((kind, facts::of(self.world, kind, &id)?)));
            if let Some((kind, mut context)) = there {
                context.extend(requested(&asked));
                self.needs(facts::arn(self.world, kind, &id), context);
            }
        }
    }

    fn makes_endpoint(&mut self) {
        self.uses("vpc", &["VpcId"]);
        self.uses("subnet", &["SubnetId"]);
        self.uses("security-group", &["SecurityGroupId"]);
        self.uses("route-table", &["RouteTableId"]);
        let name = self.input.text("ServiceName").unwrap_or_default();
        self.makes("vpc-endpoint", facts::service(&name));
        let interface = self.input.text("VpcEndpointType").as_deref() == Some("Interface");
        let named = self.input.text("PrivateDnsEnabled").is_none_or(|flag| flag == "true");
        if interface && named {
            // Its zone is one of AWS's.
            let vpc = self.input.text("VpcId").unwrap_or_default();
            let zone = known([("route53:VPCs", format!("VPCId={vpc},VPCRegion={}", self.world.region))]);
            self.demands.push(demand("route53:AssociateVPCWithHostedZone", ANY_ZONE, zone));
        }
    }

    fn runs(&mut self) {
        let input = self.input;
        self.uses("image", &["ImageId"]);
        let interfaces = input.items("NetworkInterface");
        let subnet =
            interfaces.iter().find_map(|one| one.text("SubnetId")).or_else(|| input.text("SubnetId"));
        let groups = interfaces.iter().flat_map(|one| one.list("SecurityGroupId"));
        let groups: Vec<String> = groups.chain(input.list("SecurityGroupId")).collect();
        for (kind, id) in
            subnet.iter().map(|id| ("subnet", id)).chain(groups.iter().map(|id| ("security-group", id)))
        {
            if let Some(context) = facts::of(self.world, kind, id) {
                self.needs(facts::arn(self.world, kind, id), context);
            }
        }
        if let Some(name) = input.text("KeyName") {
            self.needs(facts::arn(self.world, "key-pair", &name), Context::new());
        }

        let mut instance = known([
            ("ec2:InstanceType", input.text("InstanceType").unwrap_or_else(|| "m1.small".to_owned())),
            ("ec2:InstanceMarketType", if self.is_spot() { "spot" } else { "on-demand" }.to_owned()),
            (
                "ec2:MetadataHttpTokens",
                input.child("MetadataOptions").text("HttpTokens").unwrap_or_else(|| "optional".to_owned()),
            ),
            ("ec2:Tenancy", input.text("Placement.Tenancy").unwrap_or_else(|| "default".to_owned())),
        ]);
        if let Some(profile) = self.profile() {
            instance.extend(known([("ec2:InstanceProfile", profile.arn.clone())]));
        }
        self.makes("instance", instance);
        self.makes_interface(subnet.as_deref(), &interfaces);
        self.makes_volumes();
        if self.is_spot() && !self.tags_for("spot-instances-request").is_empty() {
            self.makes("spot-instances-request", Context::new());
        }
        if self.is_spot() && !self.world.has_spot_role {
            let role = format!(
                "arn:aws:iam::{}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
                self.world.account_id
            );
            let service = known([("iam:AWSServiceName", "spot.amazonaws.com".to_owned())]);
            self.demands.push(demand("iam:CreateServiceLinkedRole", role, service));
        }
        self.passes_profile();
    }

    fn is_spot(&self) -> bool {
        self.input.child("InstanceMarketOptions").text("MarketType").as_deref() == Some("spot")
    }

    fn makes_interface(&mut self, subnet: Option<&str>, interfaces: &[Input<'_>]) {
        let mut context = Context::new();
        if let Some(subnet) = subnet.and_then(|id| self.world.subnets.get(id)) {
            context = known([
                ("ec2:Subnet", facts::arn(self.world, "subnet", &subnet.id)),
                ("ec2:Vpc", facts::arn(self.world, "vpc", &subnet.vpc)),
                ("ec2:AvailabilityZone", subnet.zone.clone()),
            ]);
        }
        // Only what the call says itself is known of a public address.
        if let Some(public) = interfaces.iter().find_map(|one| one.text("AssociatePublicIpAddress")) {
            context.extend(known([("ec2:AssociatePublicIpAddress", public)]));
        }
        self.makes("network-interface", context);
    }

    /// The root volume, as the image or the call has it, and each further one.
    fn makes_volumes(&mut self) {
        let image = self.input.text("ImageId").and_then(|id| self.world.images.get(&id));
        let kind = image.map_or("gp3", |image| image.volume_type);
        let (root, size) = match image {
            Some(image) => (image.root_device.as_str(), image.snapshot_gib.to_string()),
            // It will be refused for that.
            None => ("", String::new()),
        };
        let mut volumes = vec![(size.clone(), kind.to_owned())];
        for mapping in self.input.items("BlockDeviceMapping") {
            let ebs = mapping.child("Ebs");
            let size = ebs.text("VolumeSize").unwrap_or_else(|| size.clone());
            let volume = (size, ebs.text("VolumeType").unwrap_or_else(|| kind.to_owned()));
            match mapping.text("DeviceName").as_deref() {
                Some(device) if device == root => volumes[0] = volume,
                _ => volumes.push(volume),
            }
            if let Some(snapshot) = ebs.text("SnapshotId") {
                self.needs(facts::arn(self.world, "snapshot", &snapshot), Context::new());
            }
        }
        for (size, kind) in volumes {
            self.makes("volume", known([("ec2:VolumeSize", size), ("ec2:VolumeType", kind)]));
        }
    }

    fn profile(&self) -> Option<&Profile> {
        let asked = self.input.child("IamInstanceProfile");
        let (name, arn) = (asked.text("Name"), asked.text("Arn"));
        self.world.profiles.values().find(|profile| {
            name.as_deref() == Some(profile.name.as_str()) || arn.as_deref() == Some(profile.arn.as_str())
        })
    }

    /// Whoever gives an instance a profile hands the role in it to EC2.
    fn passes_profile(&mut self) {
        let held = self.profile().and_then(|profile| profile.role.as_ref());
        let role = held.and_then(|held| self.world.roles.get(&held.role));
        let demand = role.map(|role| passing(&role.arn, PRINCIPAL));
        self.demands.extend(demand);
    }
}
