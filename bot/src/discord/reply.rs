//! A [`Message`] as Discord wants it.
//!
//! Every route that takes a message (answer, edit, follow-up, post) takes the same fields, so there is one
//! [`Payload`] for all of them. It always says everything: an edit that leaves a field out would leave what
//! was there before. It notifies those whom the message names and nobody else, and nothing is longer than Discord allows
//! (<https://discord.com/developers/docs/resources/message>): a message cut short is better than one refused.

use doorman_cloud::ids::LeaseId;
use doorman_commands::message::{Button, ButtonStyle, Does, Message, Panel, Tone};
use serde_json::{Value, json};
use serenity::all as discord;
use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateButton, CreateCommand, CreateEmbed, CreateEmbedFooter,
};
use tracing::error;

/// Characters of the plain text.
const TEXT: usize = 2_000;
/// Characters of an embed's title.
const TITLE: usize = 256;
/// Characters of an embed's description.
const BODY: usize = 4_096;
/// Fields of an embed.
const FIELDS: usize = 25;
/// Characters of a field's name.
const FIELD_NAME: usize = 256;
/// Characters of a field's value.
const FIELD_VALUE: usize = 1_024;
/// Characters of an embed's footer.
const FOOTER: usize = 2_048;
/// Characters of everything in an embed together.
const EMBED: usize = 6_000;
/// Characters of a button's label.
const LABEL: usize = 80;
/// Characters of a button's custom id.
const CUSTOM_ID: usize = 100;
/// Characters of a link button's address.
const LINK: usize = 512;
/// Buttons of a row.
const ROW: usize = 5;
/// Rows of a message.
const ROWS: usize = 5;
/// Users that a message may notify by name.
const MENTIONS: usize = 100;

/// What stands before the id of a lease in the small print of its living message, and what before that if there is
/// more small print. There the id can be read back from a message, whatever its language and its buttons.
const MARK: &str = "#";
const BEFORE_MARK: &str = " · ";
/// The longest id that is read back; doorman's have 26 characters.
const LEASE: usize = 64;

/// A character that takes no room, for where Discord refuses to have nothing.
const NOTHING: &str = "\u{200b}";

/// The body of a request that carries a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The JSON part.
    pub json: Value,
    /// The file that goes with it.
    pub file: Option<File>,
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
}

impl File {
    /// The one of a message.
    fn of(message: &Message) -> Option<File> {
        let picture = message.picture.as_ref().map(|picture| File {
            name: picture.name.clone(),
            bytes: picture.png.clone(),
            media_type: "image/png",
        });
        let text = || {
            message.file.as_ref().map(|file| File {
                name: file.name.clone(),
                bytes: file.text.clone().into_bytes(),
                media_type: "text/plain; charset=utf-8",
            })
        };
        picture.or_else(text)
    }
}

impl Payload {
    /// The payload that shows `message`, and nothing that was shown before.
    pub fn of(message: &Message) -> Payload {
        let embeds: Vec<CreateEmbed> = message.panel.iter().map(|panel| embed(panel, message)).collect();
        let file = File::of(message);
        let attachments: Vec<Value> =
            file.iter().map(|file| json!({ "id": 0, "filename": file.name })).collect();
        let json = json!({
            "content": clamp(&message.text, TEXT),
            "embeds": embeds,
            "components": rows(&message.buttons),
            "attachments": attachments,
            "allowed_mentions": mentions(&message.mentions),
        });
        Payload { json, file }
    }

    /// The same with one more field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Payload {
        self.json[field] = value.into();
        self
    }
}

/// Whom a message may notify: these people and nobody else.
fn mentions(ids: &[u64]) -> CreateAllowedMentions {
    // The ids that no user can have, and that serenity's own type has no room for.
    let users = ids.iter().copied().filter(|id| !matches!(*id, 0 | u64::MAX));
    CreateAllowedMentions::new().users(users.take(MENTIONS).map(discord::UserId::new))
}

/// Only the asker sees it ([`discord::MessageFlags::EPHEMERAL`]).
pub fn private() -> Value {
    discord::MessageFlags::EPHEMERAL.bits().into()
}

/// The colour of a tone.
fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Plain => 0x4E_5D_94,
        Tone::Busy => 0x34_98_DB,
        Tone::Good => 0x2E_A0_43,
        Tone::Warn => 0xE3_9B_12,
        Tone::Bad => 0xD1_3B_3B,
    }
}

/// An embed within Discord's limits; what is over the limit of the whole is taken from the longest part, the
/// description, and then from the last fields.
fn embed(panel: &Panel, message: &Message) -> CreateEmbed {
    let title = clamp(&panel.title, TITLE);
    let footer = footer(&panel.footer, message.tells_of.as_ref());
    let mut left = EMBED - length(&title) - length(&footer);
    let mut fields = Vec::new();
    for field in panel.fields.iter().take(FIELDS) {
        let (name, value) = (clamp(&field.name, FIELD_NAME), clamp(&field.value, FIELD_VALUE));
        let (name, value) = (or_nothing(name), or_nothing(value));
        let size = length(&name) + length(&value);
        if size > left {
            break;
        }
        left -= size;
        fields.push((name, value, field.inline));
    }
    let mut embed = CreateEmbed::new().colour(colour(panel.tone)).fields(fields);
    let body = clamp(&panel.body, BODY.min(left));
    if !title.is_empty() {
        embed = embed.title(title);
    }
    if !body.is_empty() {
        embed = embed.description(body);
    }
    if !footer.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(footer));
    }
    if let Some(picture) = &message.picture {
        embed = embed.attachment(&picture.name);
    }
    embed
}

/// The small print, with the lease that the message tells of at its end, which is never cut off.
fn footer(text: &str, tells_of: Option<&LeaseId>) -> String {
    let Some(lease) = tells_of else { return clamp(text, FOOTER) };
    let mark = format!("{MARK}{lease}");
    if text.is_empty() {
        return mark;
    }
    let room = FOOTER.saturating_sub(length(&mark) + length(BEFORE_MARK));
    format!("{}{BEFORE_MARK}{mark}", clamp(text, room))
}

/// The lease that a message with this footer tells of; `None` if it tells of none, or of one that is over.
pub fn lease_of(footer: &str) -> Option<LeaseId> {
    let (_, id) = footer.rsplit_once(MARK)?;
    let plausible = !id.is_empty() && id.len() <= LEASE && id.bytes().all(|b| b.is_ascii_alphanumeric());
    plausible.then(|| id.into())
}

fn rows(buttons: &[Button]) -> Vec<CreateActionRow> {
    let buttons: Vec<CreateButton> = buttons.iter().filter_map(button).collect();
    buttons.chunks(ROW).take(ROWS).map(|row| CreateActionRow::Buttons(row.to_vec())).collect()
}

/// A button; `None` for one that Discord would refuse together with the whole message.
fn button(button: &Button) -> Option<CreateButton> {
    let built = match &button.does {
        Does::Press(custom_id) if length(custom_id) <= CUSTOM_ID => CreateButton::new(custom_id),
        Does::Open(address) if length(address) <= LINK => CreateButton::new_link(address),
        Does::Press(_) | Does::Open(_) => {
            error!("left out the button {:?}: what it carries is longer than Discord allows", button.label);
            return None;
        }
    };
    let style = match button.style {
        ButtonStyle::Primary => discord::ButtonStyle::Primary,
        ButtonStyle::Secondary => discord::ButtonStyle::Secondary,
        ButtonStyle::Success => discord::ButtonStyle::Success,
        ButtonStyle::Danger => discord::ButtonStyle::Danger,
    };
    // `style` leaves link buttons as they are.
    Some(built.style(style).label(or_nothing(clamp(&button.label, LABEL))).disabled(!button.enabled))
}

fn or_nothing(text: String) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text }
}

/// Length as Discord's own client counts it, in UTF-16 units: never less than the characters.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// `text`, or as much of it as fits, cut between characters and ended with `…`.
pub fn clamp(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut room = limit.saturating_sub(1);
    let mut cut: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= room;
            room = room.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    if limit > 0 {
        cut.push('…');
    }
    cut
}

/// Commands as the body of a registration.
pub fn commands(commands: &[CreateCommand]) -> Value {
    serde_json::to_value(commands).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use doorman_commands::message::{Field, Picture};

    use super::*;

    fn panel(body: &str) -> Message {
        Message { panel: Some(Panel { body: body.to_owned(), ..Panel::default() }), ..Message::default() }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(clamp("한국어", 3), "한국어");
        assert_eq!(clamp("한국어 문장", 4), "한국어…");
        // 🙂 is two UTF-16 units and is never halved.
        assert_eq!(clamp("🙂🙂🙂", 4), "🙂…");
        assert_eq!(clamp("abc", 0), "");
    }

    #[test]
    fn an_embed_stays_within_the_limits_of_each_part_and_of_the_whole() {
        let field = Field { name: "n".repeat(300), value: "v".repeat(2_000), inline: false };
        let message = Message {
            text: "t".repeat(2_500),
            panel: Some(Panel {
                title: "T".repeat(300),
                body: "b".repeat(5_000),
                footer: "f".repeat(3_000),
                fields: vec![field; 30],
                tone: Tone::Good,
            }),
            ..Message::default()
        };
        let json = Payload::of(&message).json;
        assert_eq!(length(json["content"].as_str().unwrap()), 2_000);
        let embed = &json["embeds"][0];
        let sizes = |value: &Value| value.as_str().map_or(0, length);
        let mut total =
            sizes(&embed["title"]) + sizes(&embed["description"]) + sizes(&embed["footer"]["text"]);
        for field in embed["fields"].as_array().unwrap() {
            assert!(sizes(&field["name"]) <= 256 && sizes(&field["value"]) <= 1_024);
            total += sizes(&field["name"]) + sizes(&field["value"]);
        }
        assert!(total <= 6_000, "{total}");
        assert!(sizes(&embed["title"]) == 256 && sizes(&embed["footer"]["text"]) == 2_048);
    }

    #[test]
    fn an_edit_clears_what_the_message_no_longer_has() {
        let json = Payload::of(&Message::text("done")).json;
        assert_eq!(json["embeds"], json!([]));
        assert_eq!(json["components"], json!([]));
        assert_eq!(json["attachments"], json!([]));
        assert_eq!(json["allowed_mentions"]["parse"], json!([]));
    }

    #[test]
    fn a_picture_is_shown_inside_the_panel() {
        let picture = Picture { name: "status.png".to_owned(), png: vec![1, 2, 3] };
        let payload = Payload::of(&Message { picture: Some(picture.clone()), ..panel("a") });
        assert_eq!(payload.json["embeds"][0]["image"]["url"], "attachment://status.png");
        assert_eq!(payload.json["attachments"], json!([{ "id": 0, "filename": "status.png" }]));
        let sent = File { name: picture.name, bytes: picture.png, media_type: "image/png" };
        assert_eq!(payload.file, Some(sent));
    }

    #[test]
    fn the_lease_can_be_read_back_from_the_small_print_however_long_it_is() {
        let lease = LeaseId::from("01k0abcdefghjkmnpqrstvwxyz");
        for small_print in [String::new(), "AWS list price for #1 · 730 h".to_owned(), "f".repeat(3_000)] {
            let panel = Panel { footer: small_print.clone(), ..Panel::default() };
            let open = Message { panel: Some(panel), tells_of: Some(lease.clone()), ..Message::default() };
            let footer = Payload::of(&open).json["embeds"][0]["footer"]["text"].as_str().unwrap().to_owned();
            assert!(length(&footer) <= FOOTER);
            assert_eq!(lease_of(&footer), Some(lease.clone()));
            let over = Message { tells_of: None, ..open };
            let footer = Payload::of(&over).json["embeds"][0]["footer"]["text"].as_str().map(str::to_owned);
            assert_eq!(footer.and_then(|footer| lease_of(&footer)), None);
        }
    }

    #[test]
    fn an_empty_field_does_not_make_discord_refuse_the_message() {
        let field = Field { name: String::new(), value: String::new(), inline: true };
        let panel = Panel { fields: vec![field], ..Panel::default() };
        let json = Payload::of(&Message { panel: Some(panel), ..Message::default() }).json;
        assert_eq!(json["embeds"][0]["fields"][0]["value"], NOTHING);
    }

    #[test]
    fn buttons_come_in_rows_of_five_and_links_are_links() {
        let press = Button {
            label: "Close now".to_owned(),
            does: Does::Press("nat:close:01j".to_owned()),
            style: ButtonStyle::Danger,
            enabled: false,
        };
        let open = Button { does: Does::Open("https://example.com/".to_owned()), ..press.clone() };
        let long =
            Button { does: Does::Open(format!("https://example.com/{}", "x".repeat(512))), ..press.clone() };
        let buttons = [vec![press; 5], vec![open, long]].concat();
        let json = Payload::of(&Message { buttons, ..Message::default() }).json;
        let rows = json["components"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0]["components"].as_array().unwrap().len(), 5);
        assert_eq!(rows[0]["components"][0]["style"], 4);
        assert_eq!(rows[0]["components"][0]["disabled"], true);
        // The link that is too long is left out, not the message.
        assert_eq!(rows[1]["components"].as_array().unwrap().len(), 1);
        assert_eq!(rows[1]["components"][0]["style"], 5);
        assert_eq!(rows[1]["components"][0]["url"], "https://example.com/");
    }
}
