//! What doorman sends to Discord: acknowledgements, replies, posts, edits, commands.

use std::time::Duration;

use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::MessageRef;
use doorman_commands::{Message, Suggestion};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{self, Payload};
use super::rest::{Call, Fault, Patience, Rest};

/// An acknowledgement counts within 3 seconds of the event (less the way here and back).
const ACKNOWLEDGE: Duration = Duration::from_millis(2_700);
/// An interaction's token lives 15 minutes; what is tried for longer cannot succeed.
const REPLY: Duration = Duration::from_secs(14 * 60);
/// Posts and edits of the bot's own are tried again by whoever asked for them.
const OWN: Duration = Duration::from_secs(20);
/// Messages that are read at once, the most that Discord gives
/// (<https://discord.com/developers/docs/resources/message#get-channel-messages>).
const PAGE: usize = 100;
/// Choices of an option, and the characters of their names and values.
const CHOICES: usize = 25;
const CHOICE: usize = 100;
/// A second acknowledgement of the same interaction: the first attempt had arrived after all.
const ALREADY_ACKNOWLEDGED: u32 = 40_060;

/// What it takes to answer an interaction.
#[derive(Clone)]
pub struct Callback {
    /// Interaction id.
    pub id: u64,
    /// Our application id.
    pub application_id: u64,
    /// The interaction's token: whoever has it can answer in our name for 15 minutes.
    pub token: String,
}

/// The answer to the event of an interaction
/// (<https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object>).
pub enum Answer {
    /// "Thinking…", for everybody.
    Defer,
    /// "Thinking…", for the asker only.
    DeferPrivately,
    /// The message that the button is on may change.
    DeferUpdate,
    /// A message for the asker only.
    Private(Box<Message>),
    /// Values for an option.
    Suggest(Vec<Suggestion>),
}

impl Answer {
    fn json(&self) -> Value {
        match self {
            Answer::Defer => json!({ "type": 5 }),
            Answer::DeferPrivately => json!({ "type": 5, "data": { "flags": reply::private() } }),
            Answer::DeferUpdate => json!({ "type": 6 }),
            Answer::Private(message) => {
                json!({ "type": 4, "data": Payload::of(message).with("flags", reply::private()).json })
            }
            Answer::Suggest(suggestions) => {
                let choices: Vec<Value> = suggestions.iter().take(CHOICES).filter_map(choice).collect();
                json!({ "type": 8, "data": { "choices": choices } })
            }
        }
    }
}

/// A choice; `None` where the value would have to be cut, and mean something else.
fn choice(suggestion: &Suggestion) -> Option<Value> {
    let fits = reply::clamp(&suggestion.value, CHOICE) == suggestion.value;
    fits.then(|| json!({ "name": reply::clamp(&suggestion.name, CHOICE), "value": suggestion.value }))
}

/// A message, as far as it matters here.
#[derive(Deserialize)]
struct Posted {
    #[serde(deserialize_with = "id")]
    id: u64,
    #[serde(deserialize_with = "id")]
    channel_id: u64,
}

impl From<Posted> for MessageRef {
    fn from(posted: Posted) -> MessageRef {
        MessageRef { channel_id: posted.channel_id, message_id: posted.id }
    }
}

/// The bot itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    /// User id.
    #[serde(deserialize_with = "id")]
    pub id: u64,
    /// User name.
    pub username: String,
}

/// The bot's application.
#[derive(Clone, Debug, Deserialize)]
pub struct Application {
    /// Application id.
    #[serde(deserialize_with = "id")]
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// A message somebody wrote, as far as it matters here.
#[derive(Deserialize)]
struct Written {
    #[serde(flatten)]
    posted: Posted,
    author: Author,
    #[serde(default)]
    embeds: Vec<Embed>,
    #[serde(default)]
    components: Vec<Row>,
}

/// A row of buttons.
#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    components: Vec<Pressable>,
}

#[derive(Deserialize)]
struct Pressable {
    custom_id: Option<String>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(deserialize_with = "id")]
    id: u64,
}

#[derive(Deserialize)]
struct Embed {
    footer: Option<Footer>,
}

#[derive(Deserialize)]
struct Footer {
    text: String,
}

/// What was found among the latest messages of a channel.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// How many messages were read, anybody's: none where there are none, or the bot may not read them.
    pub read: usize,
    /// The bot's own that tell of a lease that is not over, oldest first.
    pub living: Vec<(MessageRef, LeaseId)>,
    /// The bot's own others that have buttons, with the custom ids of these.
    pub pressable: Vec<(MessageRef, Vec<String>)>,
}

#[derive(Deserialize)]
struct Gateway {
    url: String,
}

fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// Sends things to Discord. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Deliver {
    rest: Rest,
}

impl Deliver {
    /// Sends by `rest`.
    pub fn new(rest: Rest) -> Deliver {
        Deliver { rest }
    }

    /// What carries the calls.
    pub fn rest(&self) -> &Rest {
        &self.rest
    }

    /// Answers the event of an interaction. Nothing else is waited for first.
    pub async fn acknowledge(&self, to: &Callback, answer: &Answer) -> Result<(), Fault> {
        let path = format!("/interactions/{}/{}/callback", to.id, to.token);
        let call = Call::with_token_in_path(Method::POST, path, &to.token).json(answer.json());
        match self.rest.send(call, Patience::of(ACKNOWLEDGE)).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.code() == Some(ALREADY_ACKNOWLEDGED) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// Completes the deferred reply, or replaces the message the button is on.
    pub async fn complete(&self, to: &Callback, message: &Message) -> Result<MessageRef, Fault> {
        let path = format!("/webhooks/{}/{}/messages/@original", to.application_id, to.token);
        let call = Call::with_token_in_path(Method::PATCH, path, &to.token).message(Payload::of(message));
        self.rest.get::<Posted>(call, Patience::of(REPLY)).await.map(MessageRef::from)
    }

    /// Says something to the asker alone.
    pub async fn whisper(&self, to: &Callback, message: &Message) -> Result<(), Fault> {
        let path = format!("/webhooks/{}/{}", to.application_id, to.token);
        let payload = Payload::of(message).with("flags", reply::private());
        let call = Call::with_token_in_path(Method::POST, path, &to.token).message(payload);
        self.rest.send(call, Patience::of(REPLY)).await.map(drop)
    }

    /// Posts a message of the bot's own, as a reply to another one if that is still there. Posting again with
    /// the same `nonce` within a few minutes gives the first message instead of a second one.
    pub async fn post(
        &self,
        channel_id: u64,
        message: &Message,
        reply_to: Option<MessageRef>,
        nonce: &str,
    ) -> Result<MessageRef, Fault> {
        let mut payload = Payload::of(message).with("nonce", nonce).with("enforce_nonce", true);
        // A reference cannot lead to another channel.
        if let Some(to) = reply_to.filter(|to| to.channel_id == channel_id) {
            let reference = json!({ "message_id": to.message_id.to_string(), "fail_if_not_exists": false });
            payload = payload.with("message_reference", reference);
        }
        let call = Call::new(Method::POST, format!("/channels/{channel_id}/messages")).message(payload);
        self.rest.get::<Posted>(call, Patience::of(OWN)).await.map(MessageRef::from)
    }

    /// Edits a message of the bot's own, however old.
    pub async fn edit(&self, at: MessageRef, message: &Message) -> Result<(), Fault> {
        let path = format!("/channels/{}/messages/{}", at.channel_id, at.message_id);
        let call = Call::new(Method::PATCH, path).message(Payload::of(message));
        self.rest.send(call, Patience::of(OWN)).await.map(drop)
    }

    /// Reads the latest messages of a channel, one page of them, for those of the bot's own that tell of a lease or have
    /// buttons.
    pub async fn history(&self, channel_id: u64) -> Result<History, Fault> {
        let me = self.me(Patience::of(OWN)).await?.id;
        let path = format!("/channels/{channel_id}/messages?limit={PAGE}");
        let page: Vec<Value> = self.rest.get(Call::new(Method::GET, path), Patience::of(OWN)).await?;
        let read = page.len();
        // One message of a kind unknown here is not to hide the others.
        let written = page.into_iter().rev().filter_map(|message| Written::deserialize(message).ok());
        let own = written.filter(|written| written.author.id == me);
        let mut history = History { read, ..History::default() };
        for Written { posted, embeds, components, .. } in own {
            let mut footers = embeds.iter().filter_map(|embed| embed.footer.as_ref());
            let buttons = components.into_iter().flat_map(|row| row.components);
            let ids: Vec<String> = buttons.filter_map(|button| button.custom_id).collect();
            match footers.find_map(|footer| reply::lease_of(&footer.text)) {
                Some(lease) => history.living.push((posted.into(), lease)),
                None if !ids.is_empty() => history.pressable.push((posted.into(), ids)),
                None => {}
            }
        }
        Ok(history)
    }

    /// Makes `commands` the commands of the guild, all of them and no others.
    pub async fn register(&self, application_id: u64, guild_id: u64, commands: Value) -> Result<(), Fault> {
        let path = format!("/applications/{application_id}/guilds/{guild_id}/commands");
        let call = Call::new(Method::PUT, path).json(commands);
        self.rest.send(call, Patience::of(OWN)).await.map(drop)
    }

    /// Who the token belongs to.
    pub async fn me(&self, patience: Patience) -> Result<Me, Fault> {
        self.rest.get(Call::new(Method::GET, "/users/@me"), patience).await
    }

    /// The application that the token belongs to.
    pub async fn application(&self, patience: Patience) -> Result<Application, Fault> {
        self.rest.get(Call::new(Method::GET, "/applications/@me"), patience).await
    }

    /// The address of the gateway.
    pub async fn gateway(&self, patience: Patience) -> Result<String, Fault> {
        self.rest
            .get::<Gateway>(Call::new(Method::GET, "/gateway"), patience)
            .await
            .map(|gateway| gateway.url)
    }

    /// Reads something, for `doorman check`.
    pub async fn look(&self, path: String, patience: Patience) -> Result<Value, Fault> {
        self.rest.get(Call::new(Method::GET, path), patience).await
    }
}
