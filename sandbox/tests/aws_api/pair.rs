//! The service pair: launching, states, addresses, volumes, profiles.

use serde_json::json;

use crate::client::{Lab, Reply, tagged, with};
use crate::iam::{ROLE, make_profile};

pub(crate) const PARAMETER: &str =
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id";

pub(crate) async fn image(lab: &Lab, parameter: &str) -> String {
    let reply = lab.json("ssm", "AmazonSSM.GetParameter", json!({ "Name": parameter })).await.ok();
    reply.value()["Parameter"]["Value"].as_str().unwrap().to_owned()
}

/// Launches one of the pair, with some parameters changed or added.
pub(crate) async fn run(lab: &Lab, subnet: &str, address: &str, changes: &[(&str, &str)]) -> Reply {
    let (image, subnet) = (image(lab, PARAMETER).await, lab.subnet(subnet).await);
    let group = lab.group("my-SG-private-service").await;
    let tags = tagged("instance", "my-service-01");
    let mut parameters = vec![
        ("ImageId", image.as_str()),
        ("InstanceType", "t3.micro"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("SubnetId", subnet.as_str()),
        ("PrivateIpAddress", address),
        ("SecurityGroupId.1", group.as_str()),
        ("BlockDeviceMapping.1.DeviceName", "/dev/sda1"),
        ("BlockDeviceMapping.1.Ebs.VolumeSize", "30"),
        ("BlockDeviceMapping.1.Ebs.VolumeType", "gp3"),
        ("MetadataOptions.HttpTokens", "required"),
    ];
    parameters.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    lab.ec2("RunInstances", &with(&with(&parameters, &tags), changes)).await
}

const FIRST: (&str, &str) = ("my-subnet-private01", "10.20.10.31");

async fn state(lab: &Lab, id: &str) -> String {
    let reply = lab.ec2("DescribeInstances", &[("InstanceId.1", id)]).await.ok();
    let after = reply.body.split("<instanceState>").nth(1).unwrap().to_owned();
    Reply { body: after, ..reply }.first("name")
}

#[tokio::test]
async fn an_instance_lives_and_dies_over_time() {
    let lab = Lab::new().await;
    let id = run(&lab, FIRST.0, FIRST.1, &[]).await.ok().first("instanceId");
    assert_eq!(state(&lab, &id).await, "pending");
    lab.pass_secs(12);
    assert_eq!(state(&lab, &id).await, "running");
    let taken = run(&lab, FIRST.0, FIRST.1, &[]).await;
    assert_eq!(taken.code(), "InvalidIPAddress.InUse");
    let volumes = [("Filter.1.Name", "attachment.instance-id"), ("Filter.1.Value.1", id.as_str())];
    assert_eq!(lab.ec2("DescribeVolumes", &volumes).await.ok().first("size"), "30");

    lab.ec2("StopInstances", &[("InstanceId.1", &id)]).await.ok();
    assert_eq!(state(&lab, &id).await, "stopping");
    lab.pass_secs(25);
    assert_eq!(state(&lab, &id).await, "stopped");
    let kept = run(&lab, FIRST.0, FIRST.1, &[]).await;
    assert_eq!(kept.code(), "InvalidIPAddress.InUse", "a stopped instance keeps its address");
    assert_eq!(lab.ec2("RebootInstances", &[("InstanceId.1", &id)]).await.code(), "IncorrectInstanceState");
    lab.ec2("StartInstances", &[("InstanceId.1", &id)]).await.ok();
    lab.pass_secs(12);
    assert_eq!(state(&lab, &id).await, "running");

    lab.ec2("TerminateInstances", &[("InstanceId.1", &id)]).await.ok();
    assert_eq!(state(&lab, &id).await, "shutting-down");
    assert_eq!(run(&lab, FIRST.0, FIRST.1, &[]).await.code(), "InvalidIPAddress.InUse");
    lab.pass_secs(25);
    assert_eq!(state(&lab, &id).await, "terminated");
    assert_eq!(lab.ec2("StartInstances", &[("InstanceId.1", &id)]).await.code(), "IncorrectInstanceState");
    assert!(lab.ec2("DescribeVolumes", &[]).await.ok().all("volumeId").is_empty());
    assert!(lab.ec2("DescribeNetworkInterfaces", &[]).await.ok().all("networkInterfaceId").is_empty());
    let vpc = lab.vpc().await;
    let in_vpc = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc.as_str())];
    let shown = lab.ec2("DescribeInstances", &in_vpc).await.ok();
    assert!(shown.all("instanceId").is_empty(), "a terminated instance is in no network");
    run(&lab, FIRST.0, FIRST.1, &[]).await.ok();
    lab.pass_secs(3600);
    let gone = lab.ec2("DescribeInstances", &[("InstanceId.1", &id)]).await;
    assert_eq!(gone.code(), "InvalidInstanceID.NotFound");
}

#[tokio::test]
async fn a_token_launches_once_and_never_again() {
    let lab = Lab::instant().await;
    let token = [("ClientToken", "lease-1-a")];
    let id = run(&lab, FIRST.0, FIRST.1, &token).await.ok().first("instanceId");
    assert_eq!(run(&lab, FIRST.0, FIRST.1, &token).await.ok().first("instanceId"), id);
    let other = run(&lab, FIRST.0, "10.20.10.33", &token).await;
    assert_eq!(other.code(), "IdempotentParameterMismatch");
    lab.ec2("TerminateInstances", &[("InstanceId.1", &id)]).await.ok();
    let late = run(&lab, FIRST.0, FIRST.1, &token).await;
    assert_eq!(late.code(), "IdempotentInstanceTerminated");
}

#[tokio::test]
async fn types_are_offered_by_zone() {
    let lab = Lab::instant().await;
    let old = [("InstanceType", "t2.micro")];
    let refused = run(&lab, "my-subnet-private02", "10.20.20.32", &old).await;
    assert_eq!(refused.code(), "Unsupported");
    assert!(refused.body.contains("choosing ap-northeast-2a, ap-northeast-2c."), "{}", refused.body);
    run(&lab, FIRST.0, FIRST.1, &old).await.ok();
    let filter = [
        ("LocationType", "availability-zone"),
        ("Filter.1.Name", "instance-type"),
        ("Filter.1.Value.1", "t2.micro"),
    ];
    let offered = lab.ec2("DescribeInstanceTypeOfferings", &filter).await.ok();
    assert_eq!(offered.all("location"), ["ap-northeast-2a", "ap-northeast-2c"]);
}

#[tokio::test]
async fn a_launch_that_cannot_be_is_refused() {
    let lab = Lab::instant().await;
    for (changes, code) in [
        (vec![("ImageId", "ami-00000000000000000")], "InvalidAMIID.NotFound"),
        (vec![("ImageId", "ubuntu")], "InvalidAMIID.Malformed"),
        (vec![("InstanceType", "t9.micro")], "InvalidParameterValue"),
        (vec![("InstanceType", "t4g.micro")], "InvalidParameterValue"),
        (vec![("PrivateIpAddress", "10.20.20.31")], "InvalidParameterValue"),
        (vec![("PrivateIpAddress", "10.20.10.2")], "InvalidParameterValue"),
        (vec![("MaxCount", "2")], "InvalidParameterCombination"),
        (vec![("SecurityGroupId.1", "sg-0")], "InvalidGroup.NotFound"),
        (vec![("SubnetId", "subnet-0")], "InvalidSubnetID.NotFound"),
        (vec![("BlockDeviceMapping.1.Ebs.VolumeSize", "4")], "InvalidBlockDeviceMapping"),
        (
            vec![("BlockDeviceMapping.1.Ebs.VolumeType", "gp2"), ("BlockDeviceMapping.1.Ebs.Iops", "3000")],
            "InvalidParameterCombination",
        ),
        (vec![("IamInstanceProfile.Name", "nobody")], "InvalidParameterValue"),
        (vec![("KeyName", "my-key")], "InvalidKeyPair.NotFound"),
        (
            vec![
                ("InstanceMarketOptions.MarketType", "spot"),
                ("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "stop"),
            ],
            "InvalidParameterCombination",
        ),
    ] {
        let refused = run(&lab, FIRST.0, FIRST.1, &changes).await;
        assert_eq!(refused.code(), code, "{changes:?}: {}", refused.body);
    }
    assert!(lab.ec2("DescribeInstances", &[]).await.ok().all("instanceId").is_empty());
    assert!(lab.ec2("DescribeVolumes", &[]).await.ok().all("volumeId").is_empty());
}

#[tokio::test]
async fn cores_are_limited() {
    let lab = Lab::instant().await;
    lab.aws.by_hand().set_quota("L-1216C47A", 3.0).unwrap();
    lab.aws.by_hand().set_quota("L-34B43A08", 2.0).unwrap();
    let first = run(&lab, FIRST.0, FIRST.1, &[]).await.ok().first("instanceId");
    assert_eq!(run(&lab, FIRST.0, "10.20.10.32", &[]).await.code(), "VcpuLimitExceeded");
    // Spot has a limit of its own.
    let spot = [("InstanceMarketOptions.MarketType", "spot")];
    let cheap = run(&lab, FIRST.0, "10.20.10.33", &spot).await.ok();
    assert_eq!(cheap.first("instanceLifecycle"), "spot");
    assert_eq!(run(&lab, FIRST.0, "10.20.10.34", &spot).await.code(), "MaxSpotInstanceCountExceeded");
    lab.ec2("DescribeInstances", &[]).await.ok();
    lab.ec2("StopInstances", &[("InstanceId.1", &first)]).await.ok();
    lab.ec2("DescribeInstances", &[]).await.ok();
    run(&lab, FIRST.0, "10.20.10.32", &[]).await.ok();
    assert_eq!(lab.ec2("StartInstances", &[("InstanceId.1", &first)]).await.code(), "VcpuLimitExceeded");
    // A one-time spot instance cannot be stopped.
    let id = cheap.first("instanceId");
    assert_eq!(lab.ec2("StopInstances", &[("InstanceId.1", &id)]).await.code(), "UnsupportedOperation");
}

#[tokio::test]
async fn a_new_profile_is_not_known_at_once() {
    let lab = Lab::new().await;
    make_profile(&lab).await;
    let profile = [("IamInstanceProfile.Name", ROLE)];
    let early = run(&lab, FIRST.0, FIRST.1, &profile).await;
    assert_eq!(early.code(), "InvalidParameterValue");
    assert!(early.body.contains("Invalid IAM Instance Profile name"), "{}", early.body);
    lab.pass_secs(8);
    let id = run(&lab, FIRST.0, FIRST.1, &profile).await.ok().first("instanceId");
    let of_instance = [("Filter.1.Name", "instance-id"), ("Filter.1.Value.1", id.as_str())];
    let association = || async { lab.ec2("DescribeIamInstanceProfileAssociations", &of_instance).await.ok() };
    let first = association().await.first("associationId");
    lab.pass_secs(8);
    assert_eq!(association().await.first("state"), "associated");
    let again = with(&[("InstanceId", &id)], &profile);
    assert_eq!(lab.ec2("AssociateIamInstanceProfile", &again).await.code(), "IncorrectState");
    let replace = with(&[("AssociationId", &first)], &profile);
    lab.ec2("ReplaceIamInstanceProfileAssociation", &replace).await.ok();
    let second = association().await.all("associationId");
    assert_eq!(second.len(), 1);
    assert_ne!(second[0], first);
    let stale = lab.ec2("ReplaceIamInstanceProfileAssociation", &replace).await;
    assert_eq!(stale.code(), "NoSuchAssociation");
}

#[tokio::test]
async fn a_volume_that_is_to_stay_stays_and_bills() {
    let lab = Lab::instant().await;
    let keep = [("BlockDeviceMapping.1.Ebs.DeleteOnTermination", "false")];
    let id = run(&lab, FIRST.0, FIRST.1, &keep).await.ok().first("instanceId");
    let volume = lab.ec2("DescribeVolumes", &[]).await.ok().first("volumeId");
    assert_eq!(lab.ec2("DeleteVolume", &[("VolumeId", &volume)]).await.code(), "VolumeInUse");
    lab.ec2("TerminateInstances", &[("InstanceId.1", &id)]).await.ok();
    let left = lab.ec2("DescribeVolumes", &[]).await.ok();
    assert_eq!(left.first("status"), "available");
    let item = lab.aws.inventory().into_iter().find(|item| item.id == volume).unwrap();
    let month = item.usd_per_hour.unwrap() * 730.0;
    assert!((month - 30.0 * 0.0912).abs() < 1e-9, "{month}");
    lab.ec2("DeleteVolume", &[("VolumeId", &volume)]).await.ok();
    assert_eq!(lab.ec2("DeleteVolume", &[("VolumeId", &volume)]).await.code(), "InvalidVolume.NotFound");
}

#[tokio::test]
async fn every_ubuntu_parameter_leads_to_an_image_of_its_architecture() {
    let lab = Lab::instant().await;
    for (version, storage) in [("20.04", "gp2"), ("22.04", "gp2"), ("24.04", "gp3")] {
        for (port, architecture) in [("amd64", "x86_64"), ("arm64", "arm64")] {
            let name = format!(
                "/aws/service/canonical/ubuntu/server/{version}/stable/current/{port}/hvm/ebs-{storage}/ami-id"
            );
            let id = image(&lab, &name).await;
            let shown = lab.ec2("DescribeImages", &[("ImageId.1", &id)]).await.ok();
            assert_eq!(shown.first("architecture"), architecture);
            assert!(shown.first("name").contains(version));
        }
    }
    let names = json!({ "Names": [PARAMETER, "/nothing"] });
    let reply = lab.json("ssm", "AmazonSSM.GetParameters", names).await.ok().value();
    assert_eq!(reply["Parameters"][0]["Name"], PARAMETER);
    assert_eq!(reply["InvalidParameters"], json!(["/nothing"]));
    let id = image(&lab, PARAMETER).await;
    lab.aws.by_hand().remove_image(&id).unwrap();
    let gone = lab.json("ssm", "AmazonSSM.GetParameter", json!({ "Name": PARAMETER })).await;
    assert_eq!(gone.code(), "ParameterNotFound");
}
