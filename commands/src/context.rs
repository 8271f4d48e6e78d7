//! What a handler may use. It knows no command, so that whoever needs the clock does not import them all.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use doorman_cloud::keeper::Keeper;
use doorman_cloud::store::StoreError;
use doorman_config::Settings;

use crate::message::Message;
use crate::outcome::Outcome;
use crate::request::Request;
use crate::told::outage;
use crate::words::sentence;

/// The settings and the keeper of one stack. Clones are the same.
#[derive(Clone)]
pub(crate) struct Context {
    settings: Arc<Settings>,
    keeper: Keeper,
}

impl Context {
    /// The context of `keeper`'s stack.
    pub(crate) fn new(settings: Arc<Settings>, keeper: Keeper) -> Context {
        Context { settings, keeper }
    }

    /// The settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The keeper of the stack.
    pub(crate) fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// The time now.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.keeper.clock().now()
    }

    /// Logs an error once and says the fixed sentence with the request's reference number.
    pub(crate) fn failed(&self, request: &Request, error: &(dyn Error + 'static)) -> Outcome {
        Outcome::show(self.broken_by(request, error))
    }

    /// As [`failed`](Self::failed), for those who show it another way.
    pub(crate) fn broken_by(&self, request: &Request, error: &(dyn Error + 'static)) -> Message {
        tracing::error!(request.id = request.id, "request {} failed: {error}", request.id);
        // The one thing of this kind that people can be told: it is nobody's mistake, and somebody can mend it.
        if let Some(StoreError::Unwritable { trouble, .. }) = error.downcast_ref() {
            return outage::store_trouble(*trouble, request.locale);
        }
        sentence::broken(request.locale, request.id)
    }
}
