//! Discord and AWS of the demo, the account set up as `doorman check --fix` does it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Context;
use doorman_cloud::clock::Clock;
use doorman_cloud::kinds::Lookup;
use doorman_cloud::kinds::role::{BOUNDARY, boundary_policy};
use doorman_cloud::lease::{LeaseKind, Trouble};
use doorman_cloud::policy::{Ids, NetworkIds, Purpose};
use doorman_cloud::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};
use doorman_cloud::{aws, backstop};
use doorman_config::secrets::SecretString;
use doorman_config::{EXAMPLE, Settings, Stack};
use doorman_sandbox::aws::{Aws, AwsOptions, ByHandError};
use doorman_sandbox::discord::{ACK_DEADLINE, Discord, DiscordOptions, GuildFacts};
use serde_json::json;

use super::now;

/// The access key of the bot, which may do what it was [granted](World::grant). Whoever has another one may do everything.
pub const BOT_KEY: &str = "AKIADOORMANSANDBOX00";

/// Discord and AWS of the demo, and how the bot reaches them.
pub struct World {
    /// The guild.
    pub discord: Discord,
    /// The account, with the reference network in place.
    pub aws: Aws,
    /// The time both live in.
    pub clock: Clock,
}

impl World {
    /// Starts both on free ports of loopback.
    ///
    /// # Errors
    ///
    /// When there is nothing to listen on.
    pub async fn start(clock: Clock) -> io::Result<World> {
        let discord = Discord::start(DiscordOptions {
            listen: loopback(),
            now: now(&clock),
            ack_deadline: ACK_DEADLINE,
            guild: GuildFacts::default(),
        })
        .await?;
        let options = AwsOptions::new(now(&clock));
        let (account_id, region) = (options.account_id.clone(), options.region.clone());
        let aws = Aws::start(options).await?;
        let world = World { discord, aws, clock };
        world
            .set_up(backstop::Place { account_id: &account_id, region: &region })
            .map_err(io::Error::other)?;
        Ok(world)
    }

    /// What `doorman check --fix` makes in a real account, for the shipped settings.
    fn set_up(&self, place: backstop::Place<'_>) -> Result<(), ByHandError> {
        let stack = Stack::default();
        let (table, group) = (
            self.find("route-table", &stack.nat.route_table).found().cloned().unwrap_or_default(),
            self.find("security-group", &stack.service.security_group).found().cloned().unwrap_or_default(),
        );
        let network = backstop::Network { route_table: &table, group: &group };
        let role = &stack.backstop.role;
        let (trust, policy) = (backstop::trust_policy(place), backstop::role_policy(place, role, network));
        let by_hand = self.aws.by_hand();
        by_hand.create_role(role, &trust.to_string(), &[(backstop::POLICY_NAME, &policy.to_string())])?;
        by_hand.scheduler("CreateScheduleGroup", &json!({ "Name": backstop::GROUP }))?;
        for runbook in LeaseKind::ALL.iter().filter_map(|kind| backstop::runbook(*kind)) {
            let document = json!({
                "Name": runbook.name(),
                "Content": runbook.content,
                "DocumentType": "Automation",
                "DocumentFormat": "JSON",
                "Tags": [{ "Key": MANAGED_BY, "Value": MANAGED_BY_DOORMAN }],
            });
            by_hand.ssm("CreateDocument", &document)?;
        }
        let boundary = boundary_policy().to_string();
        by_hand.iam("CreatePolicy", &[("PolicyName", BOUNDARY), ("PolicyDocument", &boundary)])?;
        Ok(())
    }

    /// The id of the one thing of that kind and name.
    fn find(&self, kind: &str, name: &str) -> Lookup<String> {
        let items = self.aws.inventory().into_iter();
        let found = items.filter(|item| item.kind == kind && item.name.as_deref() == Some(name));
        let mut ids: Vec<String> = found.map(|item| item.id).collect();
        match ids.len() {
            0 => Lookup::Missing,
            1 => Lookup::Found(ids.remove(0)),
            _ => Lookup::Ambiguous(ids),
        }
    }

    /// From now on the bot may do what `doorman policy` writes for these settings, and nothing else.
    ///
    /// # Errors
    ///
    /// Every name of the settings that is not exactly one thing; then it may do what it could before.
    ///
    /// # Panics
    ///
    /// When AWS would not take a policy that `doorman policy` writes.
    pub fn grant(&self, settings: &Settings) -> Result<(), Vec<Trouble>> {
        let documents = self.policies(settings)?;
        self.aws.by_hand().grant(BOT_KEY, &documents).expect("policies that IAM takes");
        Ok(())
    }

    /// What `doorman policy` writes for the bot with these settings, as JSON.
    ///
    /// # Errors
    ///
    /// Every name of the settings that is not exactly one thing.
    pub fn policies(&self, settings: &Settings) -> Result<Vec<String>, Vec<Trouble>> {
        let ids = self.ids(settings);
        let purposes = Purpose::ALL.into_iter().filter(|purpose| purpose.is_for_the_bot(settings));
        purposes.map(|purpose| Ok(purpose.document(settings, &ids)?.to_string())).collect()
    }

    /// What the names of the settings stand for.
    fn ids(&self, settings: &Settings) -> Ids {
        let stack = &settings.stack;
        let subnets = stack.service.instances.iter().map(|instance| &instance.subnet);
        let subnets = subnets.chain([&stack.nat.subnet]);
        let network = NetworkIds {
            subnets: subnets.map(|name| (name.clone(), self.find("subnet", name))).collect(),
            vpc: self.find("vpc", &stack.vpc),
            route_table: self.find("route-table", &stack.nat.route_table),
            security_group: self.find("security-group", &stack.service.security_group),
        };
        Ids { account: self.aws.account_id(), network: Some(network) }
    }

    /// Goes on in the runtime this is called in, when the one it was started in is gone; time goes on with it.
    ///
    /// # Errors
    ///
    /// When the runtime cannot take over the listeners.
    pub fn move_here(&self) -> io::Result<()> {
        self.clock.set_rate(1.0);
        self.discord.move_here()?;
        self.aws.move_here()
    }

    /// The shipped settings with this guild's ids filled in; leases are kept at `store`.
    ///
    /// # Errors
    ///
    /// When the shipped file cannot be read, which is a mistake in it.
    pub fn settings(&self, store: &Path) -> anyhow::Result<Settings> {
        let facts = self.discord.facts();
        let mut roles = [facts.guild_id, facts.operator_role_id].into_iter();
        let filled: Vec<String> = EXAMPLE
            .lines()
            .map(|line| {
                let id = match line.split_once('=').map(|(name, _)| name.trim()) {
                    Some("guild_id") => Some(facts.guild_id),
                    Some("channel_id") => Some(facts.channel_id),
                    Some("role_id") => roles.next(),
                    _ => None,
                };
                id.map_or_else(|| line.to_owned(), |id| line.replacen('…', &id.to_string(), 1))
            })
            .collect();
        let mut settings = Settings::from_toml(&filled.join("\n")).context("the shipped settings")?;
        settings.discord.api_url = Some(self.discord.url());
        settings.store.path = store.to_owned();
        Ok(settings)
    }

    /// The bot's token.
    pub fn token(&self) -> SecretString {
        SecretString::from(self.discord.facts().token.clone())
    }

    /// How AWS is reached.
    pub fn aws_options(&self) -> aws::Options {
        aws::Options {
            endpoint_url: Some(self.aws.url()),
            static_credentials: Some((BOT_KEY.to_owned(), "sandbox".to_owned())),
            ..aws::Options::default()
        }
    }
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
