//! The same story against `moto_server` (PyPI `moto[server]`), an emulator nobody here wrote: what doorman
//! believes of AWS's API is checked by somebody else's reading of it. Discord stays the sandbox's.
//!
//! Without the program the tests are skipped, and say so; with `DOORMAN_REQUIRE_TOOLS=1` they fail.
//!
//! What moto 5.2 cannot do, so that it is tested against the sandbox alone:
//!
//! | moto | because | so here |
//! |---|---|---|
//! | Systems Manager's `DescribeInstanceInformation` (HTML 500) | not implemented | no agent is known: the pair is handed over when its half hour is over, shells are "unknown" |
//! | `/aws/service/canonical/…` parameters, Ubuntu 20.04 and later | its images are from 2017 | `ubuntu-24.04` is refused, an `ami-…` is launched |
//! | gateways and endpoints on their way (`pending`, `deleting`), gateways that fail | `available` and `deleted` at once | no progress, no `FailureCode` |
//! | an address held by its gateway | `ReleaseAddress` is always accepted | the order of closing proves nothing |
//! | client tokens of gateways, endpoints and instances | ignored | a repeated call is not told from a new one |
//! | tag filters of `DescribeNatGateways` | ignored | others' gateways are in the answer, and have to be left alone |
//! | interfaces of terminated instances | never removed, so their addresses stay taken | nothing is launched after `/terminate` |
//! | tags of interfaces made with an instance | dropped | instance and volume are asked for theirs |
//! | `DryRun` of `CreateNatGateway` | executes | `doorman check` is not run against it |
//! | quotas, capacity, images and types that do not exist or do not fit, routes to unknown gateways | everything is accepted | no refusals of that kind |
//! | faults, throttling, lost answers | none to be had | a proxy in front of it refuses, delays and drops (`moto/proxy.rs`), and the stories are told through it (`moto/bad_network.rs`) |
//! | the time | everything is dated by the machine's clock | a window costs hours that only the stage's clock saw |

mod bad_network;
mod proxy;
mod seed;
mod server;

use std::time::Duration;

use doorman_stage::{Stage, text};

use self::seed::ANYWHERE;
use self::server::Moto;

const OPEN: &str = "The NAT window is open";
const CLOSED: &str = "NAT window closed, nothing of it is left";
const GROUP: &str = "my-SG-private-service";
const ROLE: &str = "MySSMRoleForServiceInstance";
/// What an open window is made of.
const WINDOW: [(&str, usize); 4] = [("address", 1), ("gateway", 1), ("route", 1), ("rule", 2)];

/// Everything there is beside the reference network, whoever made it, as `kind id`, sorted.
async fn made(moto: &Moto) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |kind: &str, ids: Vec<&str>| all.extend(ids.into_iter().map(|id| format!("{kind} {id}")));
    add("address", moto.ec2("DescribeAddresses", &[]).await.all("publicIp"));
    add("gateway", alive(moto.ec2("DescribeNatGateways", &[]).await.pairs("natGatewayId", "state")));
    let table = moto.ec2("DescribeRouteTables", &named("my-route-private")).await;
    add("route", table.all("destinationCidrBlock").into_iter().filter(|to| *to != "10.20.0.0/16").collect());
    let rules = moto.ec2("DescribeSecurityGroupRules", &filter("group-id", &service_group(moto).await)).await;
    for (out, port) in rules.pairs("isEgress", "fromPort") {
        match (out, port) {
            ("true", "3306") | ("false", "8888") => {}
            ("true", _) => add("rule", vec![&format!("out {port}")]),
            (_, _) => add("rule", vec![&format!("in {port}")]),
        }
    }
    add("instance", alive(moto.ec2("DescribeInstances", &[]).await.pairs("instanceId", "name")));
    add("volume", moto.ec2("DescribeVolumes", &[]).await.all("volumeId"));
    add("endpoint", alive(moto.ec2("DescribeVpcEndpoints", &[]).await.pairs("vpcEndpointId", "state")));
    add("role", moto.iam("ListRoles", &[]).await.all("RoleName"));
    add("profile", moto.iam("ListInstanceProfiles", &[]).await.all("InstanceProfileName"));
    all.sort();
    // A volume in use names itself in its attachment too.
    all.dedup();
    all
}

/// What is not gone, of ids with states: AWS and moto go on showing what was deleted.
fn alive<'a>(all: Vec<(&'a str, &'a str)>) -> Vec<&'a str> {
    let alive = all.into_iter().filter(|(_, state)| !["deleted", "terminated"].contains(state));
    alive.map(|(id, _)| id).collect()
}

/// The kinds of it, with how many of each.
fn counted(made: &[String]) -> Vec<(&str, usize)> {
    let kinds = made.iter().filter_map(|made| made.split(' ').next());
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for kind in kinds {
        match counted.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => counted.push((kind, 1)),
        }
    }
    counted
}

fn filter<'a>(name: &'a str, value: &'a str) -> [(&'a str, &'a str); 2] {
    [("Filter.1.Name", name), ("Filter.1.Value.1", value)]
}

fn named(name: &str) -> [(&str, &str); 2] {
    filter("tag:Name", name)
}

async fn service_group(moto: &Moto) -> String {
    moto.ec2("DescribeSecurityGroups", &filter("group-name", GROUP)).await.one("groupId")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_opened_extended_and_closed() {
    let Some(moto) = Moto::with_reference_network().await else { return };
    let stage = Stage::set_against(moto.aws_options()).await;
    let status = text(&stage.says("viewer", "/status").await);
    for words in ["Nothing is running", "No instances", "NAT window closed"] {
        assert!(status.contains(words), "{words} in {status}");
    }
    assert_eq!(made(&moto).await, Vec::<String>::new(), "looking makes nothing");

    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    assert_eq!(counted(&made(&moto).await), WINDOW);
    let address = moto.ec2("DescribeAddresses", &[]).await.one("publicIp");
    stage.reads(&reply.id, &address).await;
    let gateway = moto.ec2("DescribeNatGateways", &[]).await;
    let subnet = moto.ec2("DescribeSubnets", &named("my-subnet-public01")).await;
    assert_eq!(gateway.one("subnetId"), subnet.one("subnetId"));
    let table = moto.ec2("DescribeRouteTables", &named("my-route-private")).await;
    assert_eq!(table.one("natGatewayId"), gateway.one("natGatewayId"));
    let group = moto.ec2("DescribeSecurityGroups", &filter("group-name", GROUP)).await;
    assert_eq!(group.all("cidrIp"), ["0.0.0.0/0"; 2]);
    assert_eq!(group.all("description"), ["for package management"; 2]);
    let status = text(&stage.says("viewer", "/status").await);
    assert!(status.contains("Internet open until"), "{status}");

    let extended = text(&stage.says("operator", "/nat extend duration:15m").await);
    assert!(extended.contains("extended the NAT window"), "{extended}");
    stage.reads(&reply.id, "Extended by").await;
    all_tagged_until(&moto, &stage.until(&reply.id)).await;

    stage.says("operator", "/nat close").await;
    let receipt = text(&stage.reads(&reply.id, CLOSED).await);
    assert!(receipt.contains(&address) && receipt.contains("Nothing keeps billing"), "{receipt}");
    assert_eq!(made(&moto).await, Vec::<String>::new());
    stage.finish().await;
}

/// Waits until address, gateway and both rules carry that end.
async fn all_tagged_until(moto: &Moto, until: &str) {
    let tagged = async {
        loop {
            let tags = moto.ec2("DescribeTags", &filter("key", "doorman:expires-at")).await;
            if tags.all("value") == [until; 4] {
                break;
            }
            // moto tells nobody that something changed: it is asked again.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), tagged).await.expect("four things tagged anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_opens_at_once_make_one_gateway_which_goes_when_its_time_is_over() {
    let Some(moto) = Moto::with_reference_network().await else { return };
    let stage = Stage::set_against(moto.aws_options()).await;
    let (one, two) =
        tokio::join!(stage.says("operator", "/nat open 30m"), stage.says("second", "/nat open 30m"));
    let told = [text(&one), text(&two)];
    assert_eq!(told.iter().filter(|told| told.contains("Opening the NAT window")).count(), 1, "{told:#?}");
    assert_eq!(told.iter().filter(|told| told.contains("already open")).count(), 1, "{told:#?}");
    let message = stage.posted(OPEN).await;
    assert_eq!(counted(&made(&moto).await), WINDOW);

    let left = stage.until_of(&message) - stage.world.clock.now();
    stage.later(left.num_minutes() - 9);
    stage.posted("closes in 10 minutes").await;
    stage.later(10);
    let receipt = text(&stage.reads(&message.id, CLOSED).await);
    assert!(receipt.contains("Closed because its time was over"), "{receipt}");
    assert_eq!(made(&moto).await, Vec::<String>::new());
    // Deleted ones stay in the answer: there never was a second.
    assert_eq!(moto.ec2("DescribeNatGateways", &[]).await.all("natGatewayId").len(), 1);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_known_only_by_its_tags_is_closed_on_time() {
    let Some(moto) = Moto::with_reference_network().await else { return };
    let mut stage = Stage::set_against(moto.aws_options()).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, OPEN).await;
    stage.kill_bot().await;
    stage.lose_store();
    assert_eq!(counted(&made(&moto).await), WINDOW, "nobody closed it");
    stage.start_bot().await;
    // The message goes on, though the store does not know it.
    let adopted = stage.reads(&reply.id, "[Close now]").await;
    assert_eq!(stage.until_of(&adopted), stage.until_of(&reply), "{}", text(&adopted));
    assert_eq!(counted(&made(&moto).await), WINDOW, "it has time left");
    stage.later(31);
    stage.reads(&adopted.id, CLOSED).await;
    assert_eq!(made(&moto).await, Vec::<String>::new());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_and_a_default_route_made_by_hand_are_left_alone() {
    let Some(moto) = Moto::with_reference_network().await else { return };
    let subnet = moto.ec2("DescribeSubnets", &named("my-subnet-public02")).await.one("subnetId");
    let address = moto.ec2("AllocateAddress", &[("Domain", "vpc")]).await.one("allocationId");
    let parameters = [("SubnetId", subnet.as_str()), ("AllocationId", address.as_str())];
    let gateway = moto.ec2("CreateNatGateway", &parameters).await.one("natGatewayId");
    let table = moto.ec2("DescribeRouteTables", &named("my-route-private")).await.one("routeTableId");
    let route = [("RouteTableId", table.as_str()), ("NatGatewayId", gateway.as_str()), ANYWHERE];
    moto.ec2("CreateRoute", &route).await;
    let before = made(&moto).await;
    assert_eq!(counted(&before), [("address", 1), ("gateway", 1), ("route", 1)]);

    let stage = Stage::set_against(moto.aws_options()).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    let failed = text(&stage.reads(&reply.id, "could not be opened, nothing of it is left").await);
    assert!(failed.contains(&gateway) && failed.contains("doorman never replaces it"), "{failed}");
    assert_eq!(made(&moto).await, before);
    let table = moto.ec2("DescribeRouteTables", &named("my-route-private")).await;
    assert_eq!(table.one("natGatewayId"), gateway);
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_launched_and_terminated() {
    let Some(moto) = Moto::with_reference_network().await else { return };
    let stage = Stage::set_against(moto.aws_options()).await;
    let refused = text(&stage.says("operator", "/launch service").await);
    assert!(refused.contains("There is no image `ubuntu-24.04` in this region"), "{refused}");
    // An Ubuntu of Canonical's, if an old one.
    let image = moto.ec2("DescribeImages", &[("Owner.1", "099720109477")]).await.one("imageId");
    let refused = stage.says("operator", &format!("/launch service type:t2.micro image:{image}")).await;
    let refused = text(&refused);
    assert!(refused.contains("does not offer `t2.micro` in ap-northeast-2b"), "{refused}");
    assert!(refused.contains("`t3.micro` is about as large"), "{refused}");

    let card = stage.says("operator", &format!("/launch service image:{image}")).await;
    assert!(text(&card).contains("[Confirm] [Cancel]"), "{}", text(&card));
    assert_eq!(made(&moto).await, Vec::<String>::new(), "a card makes nothing");
    stage.presses("operator", &card.id, "Confirm").await;
    // Whether the agents answer cannot be asked here, so the pair is handed over when its time for that is over.
    stage.reads(&card.id, "Instances running (2 of 2)").await;
    stage.later(31);
    let ready = text(&stage.reads(&card.id, "The service pair is ready").await);
    assert_eq!(ready.matches("running, shell unknown").count(), 2, "{ready}");
    let there = made(&moto).await;
    let all = [("endpoint", 3), ("instance", 2), ("profile", 1), ("role", 1), ("rule", 2), ("volume", 2)];
    assert_eq!(counted(&there), all);
    for name in ["rule in 443", "rule out 443", &format!("role {ROLE}"), &format!("profile {ROLE}")] {
        assert!(there.iter().any(|made| made == name), "{name} in {there:#?}");
    }
    for (name, address, subnet) in [
        ("my-service-01", "10.20.10.31", "my-subnet-private01"),
        ("my-service-02", "10.20.20.32", "my-subnet-private02"),
    ] {
        instance_is_right(&moto, name, address, subnet, &image).await;
    }
    for service in ["ssm", "ssmmessages", "ec2messages"] {
        endpoint_is_right(&moto, service).await;
    }
    let policies = moto.iam("ListAttachedRolePolicies", &[("RoleName", ROLE)]).await;
    assert_eq!(policies.all("PolicyName"), ["AmazonSSMManagedInstanceCore"]);
    let profile = moto.iam("GetInstanceProfile", &[("InstanceProfileName", ROLE)]).await;
    assert_eq!(profile.all("RoleName"), [ROLE]);
    let group = moto.ec2("DescribeSecurityGroups", &filter("group-name", GROUP)).await;
    assert_eq!(group.all("description"), ["for SSM Session Manager console"; 2]);
    let id = service_group(&moto).await;
    assert_eq!(group.all("groupId").into_iter().filter(|of| *of == id).count(), 3, "itself, in and out");

    let status = text(&stage.says("viewer", "/status").await);
    assert!(status.contains("2 instances running") && status.contains("shell unknown"), "{status}");
    let session = text(&stage.says("operator", "/session start instance:my-service-01").await);
    for words in
        ["❔ The agent answers", "everything else is as it should be", "ssm start-session --target i-"]
    {
        assert!(session.contains(words), "{words} in {session}");
    }

    let ask = stage.says("operator", "/terminate service").await;
    stage.presses("operator", &ask.id, "Confirm").await;
    let receipt = text(&stage.reads(&ask.id, "Service pair terminated, nothing of it is left").await);
    assert!(receipt.contains("Nothing keeps billing"), "{receipt}");
    assert_eq!(made(&moto).await, Vec::<String>::new());
    stage.finish().await;
}

/// An instance at its address, with profile, group, metadata service and volume as they should be, both tagged.
async fn instance_is_right(moto: &Moto, name: &str, address: &str, subnet: &str, image: &str) {
    let instance = moto.ec2("DescribeInstances", &named(name)).await;
    let subnet = moto.ec2("DescribeSubnets", &named(subnet)).await.one("subnetId");
    for (element, expected) in [
        ("privateIpAddress", address),
        ("subnetId", &subnet),
        ("imageId", image),
        ("instanceType", "t3.micro"),
        ("groupId", &service_group(moto).await),
        ("arn", &format!("arn:aws:iam::123456789012:instance-profile/{ROLE}")),
        ("httpTokens", "required"),
        ("deviceName", "/dev/sda1"),
        ("deleteOnTermination", "true"),
    ] {
        assert_eq!(instance.one(element), expected, "{element} of {name}");
    }
    let volume =
        moto.ec2("DescribeVolumes", &filter("attachment.instance-id", &instance.one("instanceId"))).await;
    assert_eq!((volume.one("size").as_str(), volume.one("volumeType").as_str()), ("30", "gp3"));
    for (of, tags) in [("instance", instance.tags()), ("volume", volume.tags())] {
        let tag = |key: &str| tags.get(key).map(String::as_str);
        assert_eq!(tag("Name"), Some(name), "{of}");
        assert_eq!(tag("ManagedBy"), Some("doorman"), "{of}");
        assert_eq!(tag("doorman:stack"), Some("main"), "{of}");
        assert_eq!(tag("doorman:expires-at"), Some("never"), "{of}");
        assert_eq!(tag("doorman:opened-by"), Some("1180000000000000100"), "{of}");
        assert!(tag("doorman:lease").is_some_and(|lease| lease.len() == 26), "{of}: {tags:?}");
    }
}

/// An endpoint in both zones, with private DNS, in the group of the instances.
async fn endpoint_is_right(moto: &Moto, service: &str) {
    let name = format!("com.amazonaws.ap-northeast-2.{service}");
    let endpoint = moto.ec2("DescribeVpcEndpoints", &filter("service-name", &name)).await;
    for (element, expected) in [
        ("vpcEndpointType", "Interface"),
        ("state", "available"),
        ("privateDnsEnabled", "true"),
        ("groupId", &service_group(moto).await),
    ] {
        assert_eq!(endpoint.one(element), expected, "{element} of {service}");
    }
    assert_eq!(endpoint.inside("subnetIdSet").all("item").len(), 2, "{service}");
    assert_eq!(endpoint.tags()["ManagedBy"], "doorman", "{service}");
}
