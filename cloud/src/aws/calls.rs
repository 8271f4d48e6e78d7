//! Counts and traces every request that goes to AWS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use tracing::debug;

/// Requests by operation; clones count together. Installed in every client as an interceptor.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    by_operation: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Calls {
    /// Requests of all operations.
    pub(super) fn total(&self) -> u64 {
        self.lock().values().sum()
    }

    /// Requests by operation.
    pub(super) fn by_operation(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.by_operation.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When an operation began.
#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "doorman::Calls"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        bag.interceptor_state().store_put(Began(Instant::now()));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *self.lock().entry(operation(bag).to_owned()).or_default() += 1;
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let took = bag.load::<Began>().map(|began| began.0.elapsed()).unwrap_or_default();
        let ok = matches!(context.output_or_error(), Some(Ok(_)));
        debug!(aws.operation = operation(bag), aws.duration_ms = took.as_millis(), aws.ok = ok, "called AWS");
        Ok(())
    }
}

fn operation(bag: &ConfigBag) -> &str {
    bag.load::<Metadata>().map_or("unknown", Metadata::name)
}
