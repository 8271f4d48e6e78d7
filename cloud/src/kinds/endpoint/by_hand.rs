//! Interface endpoints by hand. The CLI has no `wait` for them.

use serde_json::{Value, json};

use super::{Act, Endpoint, EndpointState, New};
use crate::aws::tagging::client_token;
use crate::by_hand::act::{Awaited, ByHand};
use crate::by_hand::cli::Cli;
use crate::by_hand::hand::{Hand, Tries};
use crate::kinds::Change;
use crate::plan::Until;
use crate::switchboard::Observed;
use crate::tags::Owner;

impl ByHand for Act {
    fn by_hand(self, owner: &Owner, seen: &mut Observed, hand: &mut Hand) -> Change<Endpoint> {
        match self {
            Act::Create { new, attempt } => {
                let token = client_token(owner, &format!("vpce-{}", new.service), attempt);
                let cli = request(&new, &hand.place().region).with("--client-token", token);
                let cli = cli.tagged(&["vpc-endpoint"], owner, &new.name);
                // One that is gone keeps the private name for a while.
                let id = hand.makes("endpoint", cli, "VpcEndpoint.VpcEndpointId", Tries::Again).into();
                Change::Is(Endpoint {
                    id,
                    service: new.service,
                    vpc: Some(new.vpc),
                    state: EndpointState::Pending,
                    private_dns: true,
                    subnets: new.subnets,
                    groups: vec![new.group],
                    others_let: Vec::new(),
                    created_at: seen.at,
                    owner: Some(owner.clone()),
                })
            }
            Act::Delete { id } => {
                hand.runs(Cli::ec2("delete-vpc-endpoints").with("--vpc-endpoint-ids", &id), Tries::Once);
                Change::Leaving(id)
            }
        }
    }
}

fn request(new: &New, region: &str) -> Cli {
    let mut cli = Cli::ec2("create-vpc-endpoint")
        .with("--vpc-endpoint-type", "Interface")
        .with("--vpc-id", &new.vpc)
        .with("--service-name", format!("com.amazonaws.{region}.{}", new.service))
        .with_all("--subnet-ids", &new.subnets);
    if !new.addresses.is_empty() {
        let places = new.addresses.iter();
        let places: Value = places
            .map(|(subnet, address)| json!({ "SubnetId": subnet, "Ipv4": address.to_string() }))
            .collect();
        cli = cli.json("--subnet-configurations", &places);
    }
    cli.with("--security-group-ids", &new.group).flag("--private-dns-enabled")
}

impl Awaited for Endpoint {
    fn by_hand(name: &str, until: Until, seen: &mut Observed, hand: &mut Hand) {
        match until {
            Until::Works => {
                let coming = |e: &&mut Endpoint| e.service == name && e.state == EndpointState::Pending;
                for endpoint in seen.endpoints.iter_mut().filter(coming) {
                    let cli = Cli::ec2("describe-vpc-endpoints").with("--vpc-endpoint-ids", &endpoint.id);
                    hand.asks_until("available", cli.with("--query", "VpcEndpoints[0].State"));
                    endpoint.state = EndpointState::Available;
                }
            }
            Until::Gone => {
                let going = |e: &Endpoint| e.service == name && e.state == EndpointState::Deleting;
                for endpoint in seen.endpoints.iter().filter(|endpoint| going(endpoint)) {
                    // By a filter: to ask for one that is gone by its id is an error.
                    let filter = format!("Name=vpc-endpoint-id,Values={}", endpoint.id);
                    let cli = Cli::ec2("describe-vpc-endpoints").with("--filters", filter);
                    hand.asks_until("", cli.with("--query", "VpcEndpoints[?State!='deleted'].VpcEndpointId"));
                }
                seen.endpoints.retain(|endpoint| !going(endpoint));
            }
            Until::Stopped | Until::Free | Until::Seen => {}
        }
    }
}
