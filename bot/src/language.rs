//! The language of what is posted unasked: that of the settings. In the demo it follows whoever looks at the page.

use std::sync::Arc;

use doorman_config::Locale;
use tokio::sync::watch;

/// A language that may change while the bot runs. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Language {
    now: Arc<watch::Sender<Locale>>,
}

impl Language {
    /// It is this until it is [set](Self::set) to another.
    pub fn new(locale: Locale) -> Language {
        Language { now: Arc::new(watch::Sender::new(locale)) }
    }

    /// What it is now.
    pub fn get(&self) -> Locale {
        *self.now.borrow()
    }

    /// From now on it is another; what was posted stays as it is.
    pub fn set(&self, locale: Locale) {
        self.now.send_replace(locale);
    }
}
