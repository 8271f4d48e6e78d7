//! The network of the reference stack, as its author leaves it in the console before launching anything.

use super::server::Moto;

/// Builds it, over the API.
pub(super) async fn reference_network(moto: &Moto) {
    let vpc = named(moto, "vpc", "My-VPC", &[("CidrBlock", "10.20.0.0/16")]).await;
    let hostnames = [("VpcId", vpc.as_str()), ("EnableDnsHostnames.Value", "true")];
    moto.ec2("ModifyVpcAttribute", &hostnames).await;

    let gateway = named(moto, "internet-gateway", "my-igw", &[]).await;
    moto.ec2("AttachInternetGateway", &[("InternetGatewayId", &gateway), ("VpcId", &vpc)]).await;
    let public = named(moto, "route-table", "my-route-public", &[("VpcId", &vpc)]).await;
    let private = named(moto, "route-table", "my-route-private", &[("VpcId", &vpc)]).await;
    let out = [("RouteTableId", public.as_str()), ("GatewayId", &gateway), ANYWHERE];
    moto.ec2("CreateRoute", &out).await;

    for (name, zone, cidr, table) in [
        ("my-subnet-public01", "ap-northeast-2a", "10.20.110.0/24", &public),
        ("my-subnet-public02", "ap-northeast-2b", "10.20.120.0/24", &public),
        ("my-subnet-private01", "ap-northeast-2a", "10.20.10.0/24", &private),
        ("my-subnet-private02", "ap-northeast-2b", "10.20.20.0/24", &private),
        ("my-subnet-private03", "ap-northeast-2a", "10.20.30.0/24", &private),
        ("my-subnet-private04", "ap-northeast-2b", "10.20.40.0/24", &private),
    ] {
        let place = [("VpcId", vpc.as_str()), ("AvailabilityZone", zone), ("CidrBlock", cidr)];
        let subnet = named(moto, "subnet", name, &place).await;
        moto.ec2("AssociateRouteTable", &[("RouteTableId", table), ("SubnetId", &subnet)]).await;
    }
    groups(moto, &vpc).await;
}

async fn groups(moto: &Moto, vpc: &str) {
    let mut ids = Vec::new();
    for name in ["my-SG-public", "my-SG-private-service", "my-SG-private-db"] {
        let group = [("VpcId", vpc), ("GroupName", name), ("GroupDescription", name)];
        let id = named(moto, "security-group", name, &group).await;
        // The author takes the rule that lets everything out away from each of them.
        let everything = [("IpPermissions.1.IpProtocol", "-1"), TO_ANYWHERE, ("GroupId", &id)];
        moto.ec2("RevokeSecurityGroupEgress", &everything).await;
        ids.push(id);
    }
    let [public, service, database] = ids.as_slice() else { unreachable!("three names") };
    let group = |id| ("IpPermissions.1.Groups.1.GroupId", id);
    for (of, direction, port, peer) in [
        (public, "Ingress", "443", TO_ANYWHERE),
        (public, "Ingress", "80", TO_ANYWHERE),
        (public, "Egress", "8888", group(service.as_str())),
        (service, "Ingress", "8888", group(public)),
        (service, "Egress", "3306", group(database)),
        (database, "Ingress", "3306", group(service)),
    ] {
        let rule = [
            ("GroupId", of.as_str()),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", port),
            ("IpPermissions.1.ToPort", port),
            peer,
        ];
        moto.ec2(&format!("AuthorizeSecurityGroup{direction}"), &rule).await;
    }
}

/// The destination of a default route.
pub(super) const ANYWHERE: (&str, &str) = ("DestinationCidrBlock", "0.0.0.0/0");
const TO_ANYWHERE: (&str, &str) = ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0");

/// Creates something of that type with that `Name`, and returns its id.
async fn named(moto: &Moto, kind: &str, name: &str, parameters: &[(&str, &str)]) -> String {
    // `route-table`: CreateRouteTable, answered with a routeTableId.
    let words = kind.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    let pascal: String = words.collect();
    let id = match kind {
        "security-group" => "groupId".to_owned(),
        _ => format!("{}{}Id", &kind[..1], &pascal[1..]),
    };
    let mut all = parameters.to_vec();
    all.extend([
        ("TagSpecification.1.ResourceType", kind),
        ("TagSpecification.1.Tag.1.Key", "Name"),
        ("TagSpecification.1.Tag.1.Value", name),
    ]);
    moto.ec2(&format!("Create{pascal}"), &all).await.one(&id)
}
