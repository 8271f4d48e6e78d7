//! Names and descriptions per language.

use serde_json::Value;

use super::{length, present, string};
use crate::discord::error::Form;

/// Source: Discord, "Locales".
const LOCALES: [&str; 34] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko", "ar", "he",
];

/// Checks a `*_localizations` object with `check` for each text. Returns the longest length of a text.
pub(super) fn check(
    form: &mut Form,
    object: &Value,
    key: &str,
    mut check: impl FnMut(&mut Form, &str),
) -> usize {
    let Some(value) = present(object.get(key)) else {
        return 0;
    };
    form.at(key, |form| {
        let Some(texts) = value.as_object() else {
            form.problem("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
            return 0;
        };
        let lengths = texts.iter().map(|(locale, text)| {
            form.at(locale, |form| {
                if !LOCALES.contains(&locale.as_str()) {
                    form.problem(
                        "BASE_TYPE_CHOICES",
                        format!("Value must be one of {{{}}}.", LOCALES.join(", ")),
                    );
                }
                if text.is_null() {
                    return 0;
                }
                let Some(text) = string(form, text) else { return 0 };
                check(form, text);
                length(text)
            })
        });
        lengths.max().unwrap_or(0)
    })
}

/// The text for a person's language, else the default one.
pub(in crate::discord) fn localized<'a>(object: &'a Value, key: &str, locale: &str) -> &'a str {
    let localizations = &object[format!("{key}_localizations").as_str()];
    localizations[locale].as_str().or(object[key].as_str()).unwrap_or_default()
}
