//! What a message says.

use doorman_sandbox::discord::MessageView;
use serde_json::Value;

/// All a person reads of a message: text, panel, fields, buttons.
pub fn text(view: &MessageView) -> String {
    let mut lines = vec![view.content.clone()];
    for embed in &view.embeds {
        let part = |name: &str| embed[name].as_str().unwrap_or_default().to_owned();
        lines.extend([part("title"), part("description")]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            let part = |name: &str| field[name].as_str().unwrap_or_default();
            lines.push(format!("{}: {}", part("name"), part("value")));
        }
        lines.push(embed["footer"]["text"].as_str().unwrap_or_default().to_owned());
    }
    let labels = buttons(view).into_iter().map(|button| {
        let off = if button["disabled"] == true { " (off)" } else { "" };
        format!("[{}{off}]", button["label"].as_str().unwrap_or_default())
    });
    lines.push(labels.collect::<Vec<_>>().join(" "));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// The title of a message.
pub fn title(view: &MessageView) -> Option<String> {
    view.embeds.first().and_then(|embed| embed["title"].as_str()).map(str::to_owned)
}

/// The buttons of a message and what else is in its rows, in Discord's JSON.
pub fn buttons(view: &MessageView) -> Vec<Value> {
    let rows = view.components.iter();
    rows.flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()).collect()
}
