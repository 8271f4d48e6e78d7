//! Lists that come in pages: all of it, or a failure.

use std::error::Error;

use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::failure::Call;
use crate::failure::Failure;

/// Every item of every page; `operation` is what AWS calls the reading call. A list that breaks off is a failure: a
/// shorter one would look like less being there.
pub(crate) async fn all<T, E>(
    operation: &'static str,
    items: PaginationStream<Result<T, SdkError<E, HttpResponse>>>,
) -> Result<Vec<T>, Failure>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    items.try_collect().await.map_err(|error| Call::read(operation).failed(error))
}
