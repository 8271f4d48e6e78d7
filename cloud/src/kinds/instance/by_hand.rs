//! Instances by hand.

use doorman_config::Market;
use serde_json::json;

use super::{Act, Instance, InstanceState, New};
use crate::aws::tagging::client_token;
use crate::by_hand::act::{Awaited, ByHand};
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::ids::InstanceId;
use crate::kinds::Change;
use crate::kinds::interface::Interface;
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Instance> {
        match self {
            Act::Run { new, attempt } => run(*new, attempt, owner, seen, hand),
            Act::Start { id } => {
                hand.runs(Cli::ec2("start-instances").with("--instance-ids", &id), Tries::Again);
                with(&id, seen, |instance| instance.state = InstanceState::Pending)
            }
            Act::Reboot { id } => {
                hand.runs(Cli::ec2("reboot-instances").with("--instance-ids", &id), Tries::Again);
                Change::LookAgain
            }
            Act::AssociateProfile { id, profile } => {
                let cli = Cli::ec2("associate-iam-instance-profile").with("--instance-id", &id);
                let cli = cli.with("--iam-instance-profile", format!("Name={profile}"));
                hand.runs(cli, Tries::Again);
                with(&id, seen, |instance| instance.profile = Some(profile))
            }
            Act::Terminate { id } => {
                hand.runs(Cli::ec2("terminate-instances").with("--instance-ids", &id), Tries::Once);
                Change::Leaving(id)
            }
        }
    }
}

fn with(id: &InstanceId, seen: &Observed, change: impl FnOnce(&mut Instance)) -> Change<Instance> {
    let Some(mut instance) = seen.instances.get(id).cloned() else { return Change::LookAgain };
    change(&mut instance);
    Change::Is(instance)
}

fn run(new: New, attempt: u32, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Instance> {
    let token = client_token(owner, &format!("i-{}", new.name), attempt);
    let cli = request(&new, owner).with("--client-token", token);
    // A new profile is not known everywhere at once.
    let id = InstanceId::from(hand.makes("instance", cli, "Instances[0].InstanceId", Tries::Again));
    let vpc = seen.subnets.get(&new.subnet).and_then(|subnet| subnet.vpc.clone());
    seen.interfaces.put(Interface {
        id: format!("interface of {id}").into(),
        vpc: vpc.clone(),
        instance: Some(id.to_string()),
        addresses: new.private_ip.into_iter().collect(),
    });
    Change::Is(Instance {
        id,
        name: new.name,
        state: InstanceState::Pending,
        instance_type: new.spec.instance_type,
        image: new.spec.image,
        root_device: Some(new.volume.device),
        spot: new.spec.market == Market::Spot,
        private_ip: new.private_ip,
        subnet: new.subnet,
        vpc,
        groups: vec![new.group],
        launched_at: seen.at,
        profile: new.profile,
        owner: owner.clone(),
    })
}

fn request(new: &New, owner: &Owner) -> Cli {
    let mut interface = json!({
        "DeviceIndex": 0,
        "SubnetId": new.subnet,
        "Groups": [new.group],
        // Said and not left to the subnet; the policies demand it.
        "AssociatePublicIpAddress": false,
        "DeleteOnTermination": true,
    });
    if let Some(address) = new.private_ip {
        interface["PrivateIpAddress"] = json!(address.to_string());
    }
    let root = json!({
        "DeviceName": new.volume.device,
        "Ebs": {
            "VolumeSize": new.volume.size_gib,
            "VolumeType": new.volume.kind,
            "DeleteOnTermination": true,
        },
    });
    // Credentials only for those who can make a PUT and are on the instance itself, not in a container.
    let metadata = "HttpTokens=required,HttpPutResponseHopLimit=1,HttpEndpoint=enabled";
    let mut cli = Cli::ec2("run-instances")
        .with("--count", 1)
        .with("--image-id", &new.spec.image)
        .with("--instance-type", &new.spec.instance_type)
        .json("--network-interfaces", &json!([interface]))
        .json("--block-device-mappings", &json!([root]))
        .with("--metadata-options", metadata);
    if let Some(profile) = &new.profile {
        cli = cli.with("--iam-instance-profile", format!("Name={profile}"));
    }
    let tagged = ["instance", "volume", "network-interface"];
    match new.spec.market {
        Market::OnDemand => cli.tagged(&tagged, owner, &new.name),
        Market::Spot => {
            let once = json!({ "SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate" });
            let market = json!({ "MarketType": "spot", "SpotOptions": once });
            let [instance, volume, interface] = tagged;
            let tagged = [instance, volume, interface, "spot-instances-request"];
            cli.json("--instance-market-options", &market).tagged(&tagged, owner, &new.name)
        }
    }
}

impl Awaited for Instance {
    fn by_hand(name: &str, until: Until, seen: &mut Observed, hand: &mut Hand) {
        let (from, waiter) = match until {
            Until::Works => (InstanceState::Pending, "wait instance-running"),
            Until::Stopped => (InstanceState::Stopping, "wait instance-stopped"),
            Until::Gone => (InstanceState::ShuttingDown, "wait instance-terminated"),
            Until::Free | Until::Seen => return,
        };
        let awaited = |instance: &Instance| instance.name == name && instance.state == from;
        let ids = seen.instances.iter().filter(|instance| awaited(instance)).map(|i| i.id.clone());
        let ids: Vec<InstanceId> = ids.collect();
        if ids.is_empty() {
            return;
        }
        hand.waits(Cli::ec2(waiter).with_all("--instance-ids", &ids));
        let becomes = match until {
            Until::Works => InstanceState::Running,
            Until::Stopped => InstanceState::Stopped,
            Until::Gone | Until::Free | Until::Seen => {
                let of_one =
                    |held: &Interface| ids.iter().any(|id| held.instance.as_deref() == Some(id.as_str()));
                seen.instances.retain(|instance| !awaited(instance));
                seen.interfaces.retain(|held| !of_one(held));
                return;
            }
        };
        let awaited = seen.instances.iter_mut().filter(|instance| awaited(instance));
        awaited.for_each(|instance| instance.state = becomes);
    }
}
