//! What of a lease is still there when it should not be: said by id, with the pages of the AWS console where a
//! person can remove it.

use doorman_cloud::keeper::View;
use doorman_cloud::lease::Lease;
use doorman_cloud::observed::Observed;
use doorman_cloud::receipt::{Left, NOT_SEEN, Part, left};
use doorman_config::{Locale, Settings};

use crate::message::Button;
use crate::texts::say;
use crate::{buttons, money, places, receipt};

/// More ids would not be read on a phone; the buttons lead to all of them.
const MOST_SHOWN: usize = 12;

/// What of a lease is left, as far as is known.
pub(crate) struct Leftover<'a> {
    lease: &'a Lease,
    observed: Option<&'a Observed>,
    left: Vec<Left>,
    /// Whether AWS was looked at just now, rather than at some time before.
    pub(crate) seen: bool,
}

impl<'a> Leftover<'a> {
    /// By the last look; before the first one, by the record of what was made.
    pub(crate) fn of(view: &'a View, lease: &'a Lease) -> Leftover<'a> {
        let observed = view.observed.as_deref();
        let mut left = observed.map_or_else(|| recorded(lease), |observed| left(lease, observed));
        // In the order in which the parts of such a lease are named everywhere, which is also what costs most first.
        let order = |part| Part::of(lease).iter().position(|of| *of == part);
        left.sort_by_key(|left| order(left.part));
        Leftover { lease, observed, left, seen: observed.is_some() && view.blind.is_none() }
    }

    /// Whether nothing is left, or known to be.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Whether something of that part is left.
    pub(crate) fn has(&self, part: Part) -> bool {
        self.left.iter().any(|left| left.part == part)
    }

    /// What it costs an hour by the list; `None` if nothing of it has a price.
    pub(crate) fn hourly(&self, locale: Locale) -> Option<String> {
        let made = self.lease.made.iter().filter(|made| self.left.iter().any(|left| left.id == made.id));
        let usd: f64 = made.map(|made| made.usd_per_hour).sum();
        (usd > 0.0).then(|| money::per_hour(locale, usd))
    }

    /// One line for each thing: kind, id and name.
    pub(crate) fn lines(&self, locale: Locale, settings: &Settings) -> Vec<String> {
        let shown = self.left.iter().take(MOST_SHOWN);
        let mut lines: Vec<String> = shown.map(|left| self.line(locale, settings, left)).collect();
        // Role and profile share their name.
        lines.dedup();
        if self.left.len() > MOST_SHOWN {
            let more = self.left.len() - MOST_SHOWN;
            lines.push(say(locale, "receipt-more", &[("count", more.into())]));
        }
        lines
    }

    fn line(&self, locale: Locale, settings: &Settings, left: &Left) -> String {
        let id = if left.part == Part::Role { &settings.stack.shell.role } else { &left.id };
        let name = self.lease.made.iter().find(|made| made.id == left.id).map(|made| made.name.as_str());
        let kind = receipt::thing(locale, left.part);
        if left.id == NOT_SEEN {
            return say(locale, "receipt-not-seen", &[("kind", kind.into())]);
        }
        match name.filter(|name| !name.is_empty() && *name != left.id) {
            Some(name) => format!("• {kind} `{id}` ({name})"),
            None => format!("• {kind} `{id}`"),
        }
    }

    /// A button for each kind of thing, to the page where it can be removed by hand.
    pub(crate) fn consoles(&self, locale: Locale, settings: &Settings) -> Vec<Button> {
        let of_kind = Part::of(self.lease).into_iter().filter_map(|part| {
            let mut ids = self.left.iter().filter(|left| left.part == part).map(|left| left.id.as_str());
            let first = ids.next()?;
            let only = (ids.next().is_none() && first != NOT_SEEN).then_some(first);
            let what = receipt::thing(locale, part);
            let label = say(locale, "notice-button-console", &[("what", what.into())]);
            buttons::link(label, self.console(settings, part, only))
        });
        of_kind.collect()
    }

    /// The page of the only thing of its kind, or the list of them.
    fn console(&self, settings: &Settings, part: Part, only: Option<&str>) -> String {
        let region = settings.aws.region.as_str();
        let network = self.observed.map(|observed| &observed.network);
        let vpc = |page: &str, only: Option<&str>, list: &str| {
            places::console(region, "vpcconsole", page, only, list)
        };
        let ec2 =
            |page: &str, only: Option<&str>, list: &str| places::console(region, "ec2", page, only, list);
        match part {
            Part::Gateway => vpc("NatGatewayDetails:natGatewayId=", only, "NatGateways:"),
            Part::Address => vpc("ElasticIpDetails:AllocationId=", only, "Addresses:"),
            // A route and rules have no pages of their own: they are removed where they are.
            Part::Route => {
                let table = network.and_then(|network| network.route_table.found());
                let id = table.map(|table| table.id.as_str());
                vpc("RouteTableDetails:RouteTableId=", id, "RouteTables:")
            }
            Part::Rules => {
                let group = network.and_then(|network| network.group.found());
                vpc("SecurityGroup:groupId=", group.map(|group| group.id.as_str()), "SecurityGroups:")
            }
            Part::Instances => ec2("InstanceDetails:instanceId=", only, "Instances:"),
            Part::Volumes => ec2("VolumeDetails:volumeId=", only, "Volumes:"),
            Part::Endpoints => vpc("EndpointDetails:vpcEndpointId=", only, "Endpoints:"),
            Part::Role => places::role_console(&settings.stack.shell.role),
            Part::Schedule => places::console(region, "scheduler", "", None, "schedules"),
        }
    }
}

/// What was made and is not known to be gone.
fn recorded(lease: &Lease) -> Vec<Left> {
    let there = lease.made.iter().filter(|made| made.gone_at.is_none());
    there.map(|made| Left { part: made.kind.into(), id: made.id.clone() }).collect()
}
