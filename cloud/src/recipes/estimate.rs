//! What a lease would cost, before there is anything of it.

use doorman_config::{Market, ShellMode, Stack};

use super::shell::one_subnet_a_zone;
use crate::kind::Kind;
use crate::kinds::endpoint::rules::serving;
use crate::kinds::{instance, volume};
use crate::lease::{LeaseKind, PairSpec, Spec};
use crate::prices::{Billing, Price, Prices};
use crate::switchboard::Observed;
use crate::switchboard::meter::{Meter, MeterLine};

/// What leasing that would add to what bills now.
pub fn estimate(kind: LeaseKind, spec: &Spec, stack: &Stack, seen: &Observed, prices: &Prices) -> Meter {
    let new = New { of: kind, stack, seen, prices };
    let lines = match kind {
        LeaseKind::NatWindow => new.nat_window(),
        LeaseKind::ShellWindow => new.endpoints(),
        LeaseKind::Pair => {
            let mut lines = spec.pair().map(|spec| new.instances(spec)).unwrap_or_default();
            match stack.shell.mode {
                ShellMode::Always => lines.extend(new.endpoints()),
                ShellMode::Window => {}
            }
            lines
        }
    };
    Meter { lines, as_of: prices.as_of }
}

/// What a lease of a kind costs an hour by the list when all of it is there, USD; `None` where that hangs on what it is
/// made of, or on subnets that were not seen.
pub fn usd_per_hour(kind: LeaseKind, stack: &Stack, seen: Option<&Observed>, prices: &Prices) -> Option<f64> {
    match kind {
        LeaseKind::NatWindow => Some(prices.nat_gateway_hour + prices.public_ipv4_hour),
        LeaseKind::ShellWindow => {
            let zones = one_subnet_a_zone(seen?, stack).len();
            let each = prices.interface_endpoint(zones);
            (zones > 0).then_some(each * stack.shell.endpoints.len() as f64)
        }
        LeaseKind::Pair => None,
    }
}

struct New<'a> {
    of: LeaseKind,
    stack: &'a Stack,
    seen: &'a Observed,
    prices: &'a Prices,
}

impl New<'_> {
    fn line(&self, kind: Kind, name: &str, price: Price, detail: String) -> MeterLine {
        let (name, id, since) = (name.to_owned(), String::new(), self.seen.at);
        MeterLine { kind, name, id, price, since, ours: true, of: Some(self.of), detail }
    }

    fn nat_window(&self) -> Vec<MeterLine> {
        let name = &self.stack.nat.name;
        let gateway = Price::Hourly { usd: self.prices.nat_gateway_hour, by: Billing::StartedHour };
        let address = Price::Hourly { usd: self.prices.public_ipv4_hour, by: Billing::Second };
        vec![
            self.line(Kind::NatGateway, name, gateway, String::new()),
            self.line(Kind::Address, name, address, "IPv4".to_owned()),
        ]
    }

    fn instances(&self, spec: &PairSpec) -> Vec<MeterLine> {
        let service = &self.stack.service;
        let missing = service.instances.iter().filter(|slot| self.seen.instance(&slot.name).is_none());
        let (kind, (_, size_gib)) = (service.volume.kind.as_str(), spec.root_volume(&service.volume));
        let detail = instance::detail(&spec.instance_type, spec.market == Market::Spot);
        missing
            .flat_map(|slot| {
                let machine = Price::listed(self.prices.instance(&spec.instance_type), Billing::Second);
                let disk = Price::listed(self.prices.volume(kind, size_gib), Billing::Second);
                [
                    self.line(Kind::Instance, &slot.name, machine, detail.clone()),
                    self.line(Kind::Volume, &slot.name, disk, volume::detail(kind, size_gib)),
                ]
            })
            .collect()
    }

    fn endpoints(&self) -> Vec<MeterLine> {
        let zones = one_subnet_a_zone(self.seen, self.stack).len();
        let price = Price::Hourly { usd: self.prices.interface_endpoint(zones), by: Billing::StartedHour };
        let wanted = &self.stack.shell.endpoints;
        let missing = wanted.iter().filter(|wanted| serving(self.seen, &wanted.service).is_none());
        missing
            .map(|wanted| self.line(Kind::Endpoint, &wanted.service, price, format!("{zones} AZ")))
            .collect()
    }
}
