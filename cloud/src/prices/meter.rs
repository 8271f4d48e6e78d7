//! The meter: what runs now, each with its price.

use chrono::{DateTime, NaiveDate, Utc};
use doorman_config::{Market, Stack};

use super::{HOURS_A_MONTH, Prices};
use crate::lease::{MadeKind, ServiceSpec};
use crate::observed::{EndpointState, InstanceState, Observed};

/// Everything that bills now, or would.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// One line a thing.
    pub lines: Vec<MeterLine>,
    /// The date of the price table.
    pub as_of: NaiveDate,
}

/// One thing that bills.
#[derive(Clone, Debug, PartialEq)]
pub struct MeterLine {
    /// What it is.
    pub kind: MadeKind,
    /// Its name.
    pub name: String,
    /// AWS's id; empty for what does not exist yet.
    pub id: String,
    /// List price; `None` if the table has it not.
    pub usd_per_hour: Option<f64>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether doorman made it.
    pub ours: bool,
    /// What the price goes by: `t3.micro`, `30 GiB gp3`, `2 × zone`.
    pub detail: String,
}

impl Meter {
    /// Reads the meter off an observation.
    pub fn of(observed: &Observed, stack: &Stack, prices: &Prices) -> Meter {
        let mut lines = Vec::new();
        for instance in &observed.instances {
            let runs = matches!(instance.state, InstanceState::Pending | InstanceState::Running);
            if runs {
                lines.push(MeterLine {
                    kind: MadeKind::Instance,
                    name: instance.name.clone(),
                    id: instance.id.to_string(),
                    usd_per_hour: prices.instance(&instance.instance_type),
                    since: instance.launched_at,
                    ours: true,
                    detail: spot_detail(&instance.instance_type, instance.spot),
                });
            }
        }
        for volume in &observed.volumes {
            lines.push(MeterLine {
                kind: MadeKind::Volume,
                name: volume.id.to_string(),
                id: volume.id.to_string(),
                usd_per_hour: prices.volume(&volume.kind, volume.size_gib),
                since: volume.created_at,
                ours: true,
                detail: format!("{} GiB {}", volume.size_gib, volume.kind),
            });
        }
        for gateway in observed.gateways.iter().filter(|gateway| gateway.state.is_alive()) {
            lines.push(MeterLine {
                kind: MadeKind::NatGateway,
                name: stack.nat.name.clone(),
                id: gateway.id.to_string(),
                usd_per_hour: Some(prices.nat_gateway_hour),
                since: gateway.created_at,
                ours: true,
                detail: String::new(),
            });
        }
        for address in &observed.addresses {
            let since =
                observed.gateways.iter().find(|gateway| gateway.allocation.as_ref() == Some(&address.id));
            lines.push(MeterLine {
                kind: MadeKind::Address,
                name: address.public_ip.clone(),
                id: address.id.to_string(),
                usd_per_hour: Some(prices.public_ipv4_hour),
                // AWS does not say when an address was allocated; it was just before its gateway.
                since: since.map_or(observed.at, |gateway| gateway.created_at),
                ours: true,
                detail: "IPv4".to_owned(),
            });
        }
        for endpoint in &observed.endpoints {
            if matches!(endpoint.state, EndpointState::Pending | EndpointState::Available) {
                let zones = u32::try_from(endpoint.subnets.len()).unwrap_or(u32::MAX);
                lines.push(MeterLine {
                    kind: MadeKind::Endpoint,
                    name: endpoint.service.clone(),
                    id: endpoint.id.to_string(),
                    usd_per_hour: Some(prices.interface_endpoint_zone_hour * f64::from(zones)),
                    since: endpoint.created_at,
                    ours: endpoint.owner.is_some(),
                    detail: format!("{zones} AZ"),
                });
            }
        }
        Meter { lines, as_of: prices.as_of }
    }

    /// What a launch would add to what is there.
    pub fn of_launch(stack: &Stack, spec: &ServiceSpec, observed: &Observed, prices: &Prices) -> Meter {
        let line = |kind, name: &str, usd_per_hour, detail| MeterLine {
            kind,
            name: name.to_owned(),
            id: String::new(),
            usd_per_hour,
            since: observed.at,
            ours: true,
            detail,
        };
        let mut lines = Vec::new();
        let mut zones = std::collections::BTreeSet::new();
        for slot in &stack.service.instances {
            if let Some(subnet) = observed.network.subnet(&slot.subnet) {
                zones.insert(subnet.zone.as_str());
            }
            if observed.instance(&slot.name).is_some() {
                continue;
            }
            let detail = spot_detail(&spec.instance_type, spec.market == Market::Spot);
            lines.push(line(MadeKind::Instance, &slot.name, prices.instance(&spec.instance_type), detail));
            let volume = &stack.service.volume;
            let detail = format!("{} GiB {}", volume.size_gib, volume.kind);
            lines.push(line(
                MadeKind::Volume,
                &slot.name,
                prices.volume(&volume.kind, volume.size_gib),
                detail,
            ));
        }
        for wanted in &stack.shell.endpoints {
            let there = observed.endpoints.iter().any(|endpoint| {
                endpoint.service == wanted.service
                    && matches!(endpoint.state, EndpointState::Pending | EndpointState::Available)
            });
            if !there {
                let usd = prices.interface_endpoint_zone_hour * zones.len() as f64;
                lines.push(line(
                    MadeKind::Endpoint,
                    &wanted.service,
                    Some(usd),
                    format!("{} AZ", zones.len()),
                ));
            }
        }
        Meter { lines, as_of: prices.as_of }
    }

    /// List price of a NAT window an hour: gateway and address.
    pub fn window_usd_per_hour(prices: &Prices) -> f64 {
        prices.nat_gateway_hour + prices.public_ipv4_hour
    }

    /// List price of all lines an hour; of those the table has.
    pub fn usd_per_hour(&self) -> f64 {
        self.lines.iter().filter_map(|line| line.usd_per_hour).sum()
    }

    /// If everything went on for a month of 730 hours.
    pub fn usd_per_month(&self) -> f64 {
        self.usd_per_hour() * HOURS_A_MONTH
    }

    /// Whether something runs that the table has no price for.
    pub fn has_unknown(&self) -> bool {
        self.lines.iter().any(|line| line.usd_per_hour.is_none())
    }
}

fn spot_detail(instance_type: &str, spot: bool) -> String {
    if spot { format!("{instance_type} spot") } else { instance_type.to_owned() }
}
