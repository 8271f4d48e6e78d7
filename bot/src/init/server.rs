//! The Discord side: the token, the server, the channel and the roles.

use std::time::Duration;

use doorman_config::secrets::{self, SecretProblem, SecretString};
use doorman_config::{Locale, Settings};
use serde_json::Value;

use super::Options;
use super::ask::{Ask, End, Item, listed};
use super::questions::{self, Question};
use super::words::Words;
use crate::discord::deliver::Deliver;
use crate::discord::permissions::{array, lacks, text};
use crate::discord::register;
use crate::discord::rest::{Fault, Patience, Rest};

/// How long each question is tried.
const ASK: Duration = Duration::from_secs(8);
/// Servers in one answer, the most that Discord gives
/// (<https://discord.com/developers/docs/resources/user#get-current-user-guilds>).
const PAGE: usize = 200;
/// A text channel (<https://discord.com/developers/docs/resources/channel#channel-object-channel-types>).
const TEXT: u64 = 0;
/// What a flag may say for the role that everybody has, whose id is the server's.
const EVERYONE: &str = "everyone";
/// How many servers are looked into for what there is to choose from, while none is chosen.
const LOOKED_INTO: usize = 5;

/// What was chosen of Discord.
pub(super) struct Chosen {
    pub(super) guild: Named,
    pub(super) channel: Named,
    pub(super) viewer: Named,
    pub(super) operator: Named,
    pub(super) locale: Locale,
}

/// Something of Discord's.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) id: u64,
    pub(super) name: String,
}

/// A server, as far as choosing in it goes.
struct Server {
    named: Named,
    guild: Value,
    member: Value,
    channels: Vec<Value>,
    me: u64,
}

/// Chooses all of it. The token comes back with it if it was typed. `None`: something is missing, and was noted.
pub(super) async fn choose(
    ask: &mut Ask,
    options: &Options,
    base: &Settings,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<(Option<SecretString>, Option<Chosen>), End> {
    let (typed, bot) = match sign_in(ask, base, env).await? {
        Some((typed, bot)) => (typed, Some(bot)),
        None => (None, None),
    };
    let server = match &bot {
        Some(bot) => in_a_server(ask, options, bot).await?,
        None => {
            let server = (questions::SERVER, options.guild.is_some());
            ask.note_missing(&[server], questions::TOKEN.flag)?;
            ask.note_missing(&parts_of(options), questions::TOKEN.flag)?;
            None
        }
    };
    let locale = locale(ask, options).await?;
    let chosen = server.zip(locale).map(|((guild, channel, viewer, operator), locale)| Chosen {
        guild,
        channel,
        viewer,
        operator,
        locale,
    });
    Ok((typed, chosen))
}

/// The questions about what is in the server, and whether each has an answer.
fn parts_of(options: &Options) -> [(Question, bool); 3] {
    [
        (questions::CHANNEL, options.channel.is_some()),
        (questions::VIEWER, options.viewer_role.is_some()),
        (questions::OPERATOR, options.operator_role.is_some()),
    ]
}

/// The bot that a token belongs to.
struct Bot {
    deliver: Deliver,
    me: u64,
}

async fn sign_in(
    ask: &mut Ask,
    base: &Settings,
    env: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Result<Option<(Option<SecretString>, Bot)>, End> {
    let words = ask.words;
    let mut given = match secrets::discord_token(&|name| env(name)) {
        Ok(token) => Some(token),
        Err(SecretProblem::Missing) if ask.terminal().is_some() => None,
        Err(problem) => {
            ask.note(problem.to_string())?;
            return Ok(None);
        }
    };
    loop {
        let typed = given.is_none();
        let token = match (given.take(), ask.terminal()) {
            (Some(token), _) => token,
            (None, Some(terminal)) => {
                let typed = terminal.hidden(words.question(questions::TOKEN), words.hidden()).await?;
                SecretString::from(typed.trim().to_owned())
            }
            (None, None) => return Ok(None),
        };
        let rest = Rest::new(base.discord.api_url.as_deref(), token.clone());
        let rest = rest.map_err(|error| End::Failed(words.discord_failed(&error.to_string())))?;
        let deliver = Deliver::new(rest);
        match deliver.me(Patience::of(ASK)).await {
            Ok(me) => {
                ask.say(&words.bot(&me.username));
                let bot = Bot { deliver, me: me.id };
                return Ok(Some((typed.then_some(token), bot)));
            }
            Err(fault) if fault.is_token_refused() => match ask.terminal() {
                Some(_) => ask.say(&words.token_refused()),
                None => {
                    ask.note(words.token_refused())?;
                    return Ok(None);
                }
            },
            Err(fault) => {
                ask.note(words.discord_failed(&fault.to_string()))?;
                return Ok(None);
            }
        }
    }
}

impl Bot {
    async fn get(&self, path: String) -> Result<Value, Fault> {
        self.deliver.look(path, Patience::of(ASK)).await
    }

    /// Every server that the bot is in.
    async fn servers(&self) -> Result<Vec<Named>, Fault> {
        let mut servers: Vec<Named> = Vec::new();
        loop {
            let after = servers.last().map(|last| format!("&after={}", last.id)).unwrap_or_default();
            let page = self.get(format!("/users/@me/guilds?limit={PAGE}{after}")).await?;
            let page = page.as_array().map_or(&[][..], Vec::as_slice);
            servers.extend(page.iter().filter_map(named));
            if page.len() < PAGE {
                return Ok(servers);
            }
        }
    }

    async fn server(&self, named: &Named) -> Result<Server, Fault> {
        let id = named.id;
        let guild = self.get(format!("/guilds/{id}")).await?;
        let member = self.get(format!("/guilds/{id}/members/{}", self.me)).await?;
        let channels = self.get(format!("/guilds/{id}/channels")).await?;
        let channels = channels.as_array().cloned().unwrap_or_default();
        let text = channels.into_iter().filter(|channel| channel["type"].as_u64() == Some(TEXT));
        let mut channels: Vec<Value> = text.collect();
        channels.sort_by_key(|channel| channel["position"].as_u64());
        Ok(Server { named: named.clone(), guild, member, channels, me: self.me })
    }

    /// The address with which the bot is invited. For all but the oldest bots, user and application have the same id.
    async fn invitation(&self) -> String {
        let application = self.deliver.application(Patience::of(ASK)).await;
        register::invitation(application.map_or(self.me, |application| application.id))
    }
}

impl Server {
    /// The text channels, those in which the bot can work first.
    fn channels(&self, words: Words) -> Vec<(Named, Item)> {
        let channels = self.channels.iter().filter_map(|channel| {
            let named = named(channel)?;
            let lacks = lacks(&self.guild, &self.member, channel, self.me);
            let unfit = (!lacks.is_empty()).then(|| words.lacks(&lacks));
            let item = Item { label: format!("#{}", named.name), keys: keys(&named), unfit };
            Some((named, item))
        });
        let mut channels: Vec<(Named, Item)> = channels.collect();
        channels.sort_by_key(|(_, item)| item.unfit.is_some());
        channels
    }

    /// The roles that people can have, highest first, and at the end the one that everybody has.
    fn roles(&self, words: Words) -> Vec<(Named, Item)> {
        // A bot's own role is nobody else's.
        let mut roles: Vec<&Value> =
            array(&self.guild, "roles").iter().filter(|role| role["tags"]["bot_id"].is_null()).collect();
        roles.sort_by_key(|role| std::cmp::Reverse(role["position"].as_u64()));
        let roles = roles.into_iter().filter_map(|role| {
            let mut named = named(role)?;
            let mut keys = keys(&named);
            if named.id == self.named.id {
                named.name = words.everyone();
                keys.push(EVERYONE.to_owned());
            }
            let item = Item { label: named.name.clone(), keys, unfit: None };
            Some((named, item))
        });
        roles.collect()
    }
}

type InAServer = (Named, Named, Named, Named);

async fn in_a_server(ask: &mut Ask, options: &Options, bot: &Bot) -> Result<Option<InAServer>, End> {
    let words = ask.words;
    let failed = |fault: Fault| words.discord_failed(&fault.to_string());
    let mut servers = bot.servers().await;
    while servers.as_ref().is_ok_and(Vec::is_empty) {
        let invitation = words.in_no_server(&bot.invitation().await);
        let Some(terminal) = ask.terminal() else {
            ask.note(invitation)?;
            return Ok(None);
        };
        ask.say(&invitation);
        terminal.text(words.when_invited(), None).await?;
        servers = bot.servers().await;
    }
    let servers = match servers {
        Ok(servers) => servers,
        Err(fault) => {
            ask.note(failed(fault))?;
            return Ok(None);
        }
    };
    let items: Vec<Item> = servers
        .iter()
        .map(|server| Item {
            label: format!("{} ({})", server.name, server.id),
            keys: keys(server),
            unfit: None,
        })
        .collect();
    let mut given = options.guild.as_deref();
    let server = loop {
        let Some(at) = ask.choose(questions::SERVER, given.take(), &items, 0).await? else { break None };
        let server = match bot.server(&servers[at]).await {
            Ok(server) => server,
            Err(fault) => {
                ask.note(failed(fault))?;
                return Ok(None);
            }
        };
        let channels: Vec<Item> = server.channels(words).into_iter().map(|(_, item)| item).collect();
        if channels.iter().any(|item| item.unfit.is_none()) {
            break Some(server);
        }
        let none = words.no_channel(&servers[at].name, &listed(&channels, words));
        if ask.terminal().is_none() {
            ask.note(none)?;
            break Some(server);
        }
        ask.say(&none);
    };
    let Some(server) = server else {
        return elsewhere(ask, options, bot, &servers).await.map(|()| None);
    };
    let (channels, roles) = (server.channels(words), server.roles(words));
    let channel = pick(ask, questions::CHANNEL, options.channel.as_deref(), &channels, 0).await?;
    let everyone = roles.len().saturating_sub(1);
    let viewer = pick(ask, questions::VIEWER, options.viewer_role.as_deref(), &roles, everyone).await?;
    let mut given = options.operator_role.as_deref();
    let operator = loop {
        let operator = pick(ask, questions::OPERATOR, given.take(), &roles, 0).await?;
        let acts = operator.as_ref().is_some_and(|role| role.id == server.named.id);
        if !acts || ask.confirm(questions::EVERYONE_ACTS, options.everyone_may_act).await? {
            break operator;
        }
        if ask.terminal().is_none() {
            break None;
        }
    };
    let all = channel.zip(viewer).zip(operator);
    Ok(all.map(|((channel, viewer), operator)| (server.named, channel, viewer, operator)))
}

/// While no server is chosen: notes what there is to choose in those there are, for whoever was not asked.
async fn elsewhere(ask: &mut Ask, options: &Options, bot: &Bot, servers: &[Named]) -> Result<(), End> {
    let words = ask.words;
    let (mut channels, mut roles) = (Vec::new(), Vec::new());
    if servers.len() <= LOOKED_INTO {
        for named in servers {
            let Ok(server) = bot.server(named).await else { continue };
            let within = |(thing, item): (Named, Item)| {
                let label = format!("{} ({}, {})", item.label, thing.id, named.name);
                (thing, Item { label, ..item })
            };
            channels.extend(server.channels(words).into_iter().map(within));
            roles.extend(server.roles(words).into_iter().map(within));
        }
    }
    if channels.is_empty() && roles.is_empty() {
        return ask.note_missing(&parts_of(options), questions::SERVER.flag);
    }
    pick(ask, questions::CHANNEL, options.channel.as_deref(), &channels, 0).await?;
    for (question, given) in
        [(questions::VIEWER, &options.viewer_role), (questions::OPERATOR, &options.operator_role)]
    {
        // Whose everyone is meant is clear once the server is.
        if given.as_deref() != Some(EVERYONE) {
            pick(ask, question, given.as_deref(), &roles, 0).await?;
        }
    }
    Ok(())
}

async fn pick(
    ask: &mut Ask,
    question: Question,
    given: Option<&str>,
    among: &[(Named, Item)],
    at: usize,
) -> Result<Option<Named>, End> {
    let items: Vec<Item> = among.iter().map(|(_, item)| item.clone()).collect();
    let chosen = ask.choose(question, given, &items, at).await?;
    Ok(chosen.map(|at| among[at].0.clone()))
}

async fn locale(ask: &mut Ask, options: &Options) -> Result<Option<Locale>, End> {
    let words = ask.words;
    let items = Locale::ALL.map(|locale| Item {
        label: words.language(locale).to_owned(),
        keys: vec![locale.as_str().to_owned()],
        unfit: None,
    });
    let own = Locale::ALL.iter().position(|locale| *locale == words.0).unwrap_or_default();
    let chosen = ask.choose(questions::LOCALE, options.locale.as_deref(), &items, own).await?;
    Ok(chosen.map(|at| Locale::ALL[at]))
}

fn named(value: &Value) -> Option<Named> {
    Some(Named { id: text(value, "id").parse().ok()?, name: text(value, "name").to_owned() })
}

fn keys(named: &Named) -> Vec<String> {
    vec![named.id.to_string(), named.name.clone()]
}
