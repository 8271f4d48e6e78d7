//! The state of the account, and how it moves on its own.
//!
//! Nothing runs in the background: before every look at the world, [`World::advance`] plays what was
//! due since the last one, in order and each at its own instant, so that the result does not depend on
//! how often somebody looks. A change is made on a copy of the world that replaces it when the whole
//! call succeeds, which is what makes refusals and dry runs free of effects.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use super::catalog::{Image, Quotas};
use super::ec2::addresses::Address;
use super::ec2::instances::{self, Instance};
use super::ec2::internet_gateways::InternetGateway;
use super::ec2::nat_gateways::{self, NatGateway};
use super::ec2::network_interfaces::Interface;
use super::ec2::profile_associations::Association;
use super::ec2::route_tables::RouteTable;
use super::ec2::security_group_rules::Rule;
use super::ec2::security_groups::SecurityGroup;
use super::ec2::subnets::Subnet;
use super::ec2::volumes::Volume;
use super::ec2::vpc_endpoints::{self, Endpoint};
use super::ec2::vpcs::Vpc;
use super::iam::authority::User;
use super::iam::instance_profiles::Profile;
use super::iam::managed_policies::ManagedPolicy;
use super::iam::roles::Role;
use super::input::Input;
use super::options::Timing;
use super::refusal::{Answer, Refusal};
use super::scheduler::groups::Group;
use super::scheduler::{Schedule, firing};
use super::select::Described;
use super::service_calls::ServiceCalls;
use super::ssm::automation::{self, Execution};
use super::ssm::{agent, documents::Document};
use super::sts::Session;
use super::tags;

/// Things by id. The ids look random, so the order is as arbitrary as AWS's, and always the same.
pub(crate) type Table<T> = BTreeMap<String, T>;

/// How long AWS goes on showing a deleted gateway or a terminated instance.
pub(crate) const AFTERLIFE: std::time::Duration = std::time::Duration::from_secs(3600);

/// Everything in the account.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) region: String,
    pub(crate) account_id: String,
    /// Up to when the world has been played.
    pub(crate) clock: DateTime<Utc>,
    pub(crate) timing: Timing,
    /// How long a list is before it comes in pages, though nobody asked for pages; `None`: as long as AWS makes one.
    pub(crate) page: Option<usize>,
    pub(crate) quotas: Quotas,
    pub(crate) vpcs: Table<Vpc>,
    pub(crate) subnets: Table<Subnet>,
    pub(crate) internet_gateways: Table<InternetGateway>,
    pub(crate) route_tables: Table<RouteTable>,
    pub(crate) groups: Table<SecurityGroup>,
    pub(crate) rules: Table<Rule>,
    pub(crate) interfaces: Table<Interface>,
    pub(crate) addresses: Table<Address>,
    pub(crate) nat_gateways: Table<NatGateway>,
    pub(crate) instances: Table<Instance>,
    pub(crate) volumes: Table<Volume>,
    pub(crate) endpoints: Table<Endpoint>,
    pub(crate) profile_associations: Table<Association>,
    /// By name.
    pub(crate) roles: Table<Role>,
    /// By name.
    pub(crate) profiles: Table<Profile>,
    /// By ARN; those of the account's own.
    pub(crate) managed_policies: Table<ManagedPolicy>,
    /// By access key. Whoever has another one may do everything.
    pub(crate) users: Table<User>,
    /// By name.
    pub(crate) documents: Table<Document>,
    /// Runs of runbooks, under way and ended.
    pub(crate) automations: Table<Execution>,
    /// Groups of schedules beside the one that is always there, by name.
    pub(crate) schedule_groups: Table<Group>,
    /// By group and name.
    pub(crate) schedules: Table<Schedule>,
    pub(crate) service_calls: ServiceCalls,
    pub(crate) images: Table<Image>,
    /// By access key.
    pub(crate) sessions: Table<Session>,
    /// The access key of the call being carried out.
    pub(crate) caller: String,
    /// Whether there is the role that EC2 makes with the first spot instance of an account.
    pub(crate) has_spot_role: bool,
    /// Whether agents are so old that they need the `ec2messages` endpoint.
    pub(crate) old_agents: bool,
    pub(crate) tokens: BTreeMap<(&'static str, String), Token>,
    pub(crate) peak: MaxAlive,
    /// The failure that the next NAT gateway is to meet, scripted by a fault.
    pub(crate) doomed_gateway: Option<(String, String)>,
    /// What chance chooses first, of addresses that nobody asks for.
    pub(crate) chance: Vec<Ipv4Addr>,
    serial: u64,
}

/// A client token that was used, and what for.
#[derive(Clone)]
pub(crate) struct Token {
    fingerprint: String,
    made: Vec<String>,
}

/// The most things tagged `ManagedBy=doorman` that ever existed at the same time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MaxAlive {
    /// NAT gateways pending, available or deleting.
    pub nat_gateways: usize,
    /// Elastic IP addresses.
    pub addresses: usize,
}

impl World {
    /// An empty account.
    pub(crate) fn new(region: &str, account_id: &str, timing: Timing, clock: DateTime<Utc>) -> Self {
        Self {
            region: region.to_owned(),
            account_id: account_id.to_owned(),
            clock,
            timing,
            page: None,
            quotas: Quotas::default(),
            vpcs: Table::new(),
            subnets: Table::new(),
            internet_gateways: Table::new(),
            route_tables: Table::new(),
            groups: Table::new(),
            rules: Table::new(),
            interfaces: Table::new(),
            addresses: Table::new(),
            nat_gateways: Table::new(),
            instances: Table::new(),
            volumes: Table::new(),
            endpoints: Table::new(),
            profile_associations: Table::new(),
            roles: Table::new(),
            profiles: Table::new(),
            managed_policies: Table::new(),
            users: Table::new(),
            documents: Table::new(),
            automations: Table::new(),
            schedule_groups: Table::new(),
            schedules: Table::new(),
            service_calls: ServiceCalls::default(),
            images: Image::all(),
            sessions: Table::new(),
            caller: String::new(),
            has_spot_role: false,
            old_agents: false,
            tokens: BTreeMap::new(),
            peak: MaxAlive::default(),
            doomed_gateway: None,
            chance: Vec::new(),
            serial: 0,
        }
    }

    /// Plays everything due until `now`. Says whether anything changed.
    pub(crate) fn advance(&mut self, now: DateTime<Utc>) -> bool {
        let mut changed = false;
        while let Some(at) = self.next_due().filter(|at| *at <= now) {
            self.clock = self.clock.max(at);
            nat_gateways::settle(self);
            vpc_endpoints::settle(self);
            instances::settle(self);
            // These come last: they find what became so at the same instant.
            agent::settle(self);
            firing::settle(self);
            automation::settle(self);
            changed = true;
        }
        self.clock = self.clock.max(now);
        self.note_peak();
        changed
    }

    /// When the next thing happens by itself.
    pub(crate) fn next_due(&self) -> Option<DateTime<Utc>> {
        let gateways = self.nat_gateways.values().filter_map(NatGateway::due);
        let endpoints = self.endpoints.values().filter_map(Endpoint::due);
        let instances = self.instances.values().filter_map(Instance::due);
        let schedules = self.schedules.values().filter_map(Schedule::due);
        let automations = self.automations.values().filter_map(Execution::due);
        gateways.chain(endpoints).chain(instances).chain(schedules).chain(automations).min()
    }

    /// Remembers how much of the bot's exists, if it is more than ever.
    pub(crate) fn note_peak(&mut self) {
        let gateways =
            self.nat_gateways.values().filter(|gateway| tags::managed(&gateway.tags) && gateway.alive());
        let addresses = self.addresses.values().filter(|address| tags::managed(&address.tags));
        self.peak.nat_gateways = self.peak.nat_gateways.max(gateways.count());
        self.peak.addresses = self.peak.addresses.max(addresses.count());
    }

    /// A new id: the prefix and 17 hexadecimal digits that look random and are not.
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-0{:016x}", self.scramble())
    }

    /// Leaves out so many ids.
    pub(crate) fn skip_ids(&mut self, ids: u64) {
        self.serial += ids;
    }

    /// The next number of a fixed sequence without visible order (splitmix64).
    pub(crate) fn scramble(&mut self) -> u64 {
        self.serial += 1;
        let mut mixed = self.serial.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether a Describe call shows this: not before the change has spread, not after it is gone.
    pub(crate) fn shows<T: Described>(&self, thing: &T) -> bool {
        self.settled(thing.created()) && !thing.gone(self.clock)
    }

    /// Whether a change made at that instant has spread.
    pub(crate) fn settled(&self, made: DateTime<Utc>) -> bool {
        self.clock >= made + self.timing.consistency
    }

    /// The thing of that id, or AWS's way to say there is none.
    pub(crate) fn find<'a, T: Described>(&self, table: &'a Table<T>, id: &str) -> Answer<&'a T> {
        table.get(id).filter(|thing| self.shows(*thing)).ok_or_else(|| T::unknown(id))
    }

    /// An unused address of the subnet, or the wanted one if it can be had.
    pub(crate) fn choose_address(&mut self, subnet: &Subnet, wanted: Option<&str>) -> Answer<Ipv4Addr> {
        let taken: BTreeSet<Ipv4Addr> = self
            .interfaces
            .values()
            .filter(|other| other.subnet == subnet.id)
            .map(|other| other.address)
            .collect();
        if let Some(text) = wanted {
            let address = text.parse().map_err(|_| {
                Refusal::invalid_value(format!("Value ({text}) for parameter address is invalid."))
            })?;
            if !subnet.cidr.contains(address) {
                return Err(Refusal::invalid_value(format!(
                    "Address {text} does not fall within the subnet's address range"
                )));
            }
            if subnet.cidr.reserves(address) {
                return Err(Refusal::invalid_value(format!(
                    "Address {text} is in subnet's reserved address range"
                )));
            }
            if taken.contains(&address) {
                return Err(Refusal::new("InvalidIPAddress.InUse", format!("Address {text} is in use.")));
            }
            return Ok(address);
        }
        // AWS picks at random; so does this, but the same way every time, and what a test is sure to be chosen first.
        let chance = self.chance.iter().copied().filter(|address| subnet.cidr.contains(*address));
        let chance: Vec<Ipv4Addr> = chance.collect();
        let start = self.scramble() % subnet.cidr.size();
        let all = (0..subnet.cidr.size()).map(|step| subnet.cidr.nth((start + step) % subnet.cidr.size()));
        chance
            .into_iter()
            .chain(all)
            .find(|address| !subnet.cidr.reserves(*address) && !taken.contains(address))
            .ok_or_else(|| {
                Refusal::new(
                    "InsufficientFreeAddressesInSubnet",
                    format!("There are not enough free addresses in subnet '{}'.", subnet.id),
                )
            })
    }

    /// What a client token made, when it was used before for the same call.
    pub(crate) fn replay(&self, operation: &'static str, input: &Input<'_>) -> Answer<Option<Vec<String>>> {
        let Some(token) = input.text(CLIENT_TOKEN) else {
            return Ok(None);
        };
        if token.len() > 64 || !token.is_ascii() {
            return Err(Refusal::invalid_value("ClientToken must be at most 64 ASCII characters"));
        }
        let made = self.replay_token(operation, &token, &fingerprint(input))?;
        if made.is_some() {
            input.form().checked_before();
        }
        Ok(made)
    }

    /// What this token made, when it was used before for a call with the same fingerprint.
    pub(crate) fn replay_token(
        &self,
        operation: &'static str,
        token: &str,
        fingerprint: &str,
    ) -> Answer<Option<Vec<String>>> {
        match self.tokens.get(&(operation, token.to_owned())) {
            None => Ok(None),
            Some(used) if used.fingerprint == fingerprint => Ok(Some(used.made.clone())),
            Some(_) => Err(Refusal::new(
                "IdempotentParameterMismatch",
                format!("The client token '{token}' was used before with different parameters."),
            )),
        }
    }

    /// Notes what the call's client token made, if it has one.
    pub(crate) fn remember(&mut self, operation: &'static str, input: &Input<'_>, made: Vec<String>) {
        if let Some(token) = input.text(CLIENT_TOKEN) {
            self.remember_token(operation, &token, fingerprint(input), made);
        }
    }

    /// Notes what a token made.
    pub(crate) fn remember_token(
        &mut self,
        operation: &'static str,
        token: &str,
        fingerprint: String,
        made: Vec<String>,
    ) {
        self.tokens.insert((operation, token.to_owned()), Token { fingerprint, made });
    }
}

/// The parameter that makes a call idempotent.
const CLIENT_TOKEN: &str = "ClientToken";

/// What must be equal for two calls with the same token to be the same call.
fn fingerprint(input: &Input<'_>) -> String {
    input.form().fingerprint(&[CLIENT_TOKEN, "DryRun"])
}
