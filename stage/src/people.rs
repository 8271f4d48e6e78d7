//! What people do.

use doorman_sandbox::discord::MessageView;

use crate::message::{buttons, text};
use crate::stage::Stage;

impl Stage {
    /// Types a line and waits for the completed reply.
    pub async fn says(&self, person: &str, line: &str) -> MessageView {
        let interaction = self.types(person, line).await;
        self.reply_to(&interaction).await
    }

    /// Types a line and waits for its acknowledgement only; returns the interaction.
    pub async fn says_briefly(&self, person: &str, line: &str) -> String {
        let interaction = self.types(person, line).await;
        let acknowledged = self.world.discord.acknowledged(&interaction).await;
        acknowledged.unwrap_or_else(|why| panic!("{line} of {person} is not acknowledged: {why}"));
        interaction
    }

    /// Types a line and waits for nothing; returns the interaction.
    pub async fn types(&self, person: &str, line: &str) -> String {
        let sent = self.world.discord.slash(person, line).await;
        sent.unwrap_or_else(|why| panic!("{person} cannot type {line}: {why}")).interaction_id
    }

    /// The completed reply to an interaction.
    pub async fn reply_to(&self, interaction_id: &str) -> MessageView {
        let id = interaction_id.to_owned();
        self.see(&format!("a reply to {interaction_id}"), |stage| {
            stage.world.discord.reply(&id).filter(|reply| !reply.thinking && !reply.failed)
        })
        .await
    }

    /// Presses the button with that label on a message as it is now; returns the interaction.
    pub async fn presses(&self, person: &str, message: &str, label: &str) -> String {
        let view = self.world.discord.message(message).expect("the message is there");
        let custom_id = self.custom_id(&view, label);
        let sent = self.world.discord.press(person, message, &custom_id).await;
        sent.unwrap_or_else(|why| panic!("{person} cannot press {label}: {why}")).interaction_id
    }

    /// The custom id of the button with that label.
    pub fn custom_id(&self, view: &MessageView, label: &str) -> String {
        let button = buttons(view).into_iter().find(|button| button["label"] == label);
        let button = button.unwrap_or_else(|| panic!("no button {label} on {}", text(view)));
        button["custom_id"].as_str().expect("a button that is pressed").to_owned()
    }
}
