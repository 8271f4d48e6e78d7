//! Runbooks of the backstop at Systems Manager.

use aws_sdk_ssm::types::{DocumentFormat, DocumentType, Tag};
use doorman_config::Stack;

use super::{Act, Runbook};
use crate::aws::{Aws, Call};
use crate::backstop::{runbook, runbooks};
use crate::failure::Failure;
use crate::kinds::{Change, Do, Look};
use crate::record::{Record, Sorted};
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN, Owner};

impl Look for Runbook {
    /// Those that this version of doorman would install for the stack.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Runbook>, Failure> {
        let asked = runbooks(stack).map(|runbook| is_there(aws, runbook.name()));
        let there = futures::future::try_join_all(asked).await?;
        Ok(Sorted::by_hand(there.into_iter().flatten().collect()))
    }
}

async fn is_there(aws: &Aws, name: &str) -> Result<Option<Runbook>, Failure> {
    let answer = aws.ssm().describe_document().name(name).send().await;
    match answer.map_err(|error| Call::read("DescribeDocument").failed(error)) {
        Ok(_) => Ok(Some(Runbook { name: name.into() })),
        Err(failure) if failure.is(&["InvalidDocument"]) => Ok(None),
        Err(failure) => Err(failure),
    }
}

impl Do for Act {
    async fn carry_out(&self, aws: &Aws, _: &Owner) -> Result<Change<Runbook>, Failure> {
        match self {
            Act::Create { closes, name } => {
                let call = Call::repeatable("CreateDocument");
                let tag = Tag::builder()
                    .key(MANAGED_BY)
                    .value(MANAGED_BY_DOORMAN)
                    .build()
                    .map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
                let content = runbook(*closes).map(|runbook| runbook.content).unwrap_or_default();
                let request = aws
                    .ssm()
                    .create_document()
                    .name(name.as_str())
                    .document_type(DocumentType::Automation)
                    .document_format(DocumentFormat::Json)
                    .content(content)
                    .tags(tag);
                let there = Change::Is(Runbook { name: name.clone() });
                match request.send().await.map_err(|error| call.failed(error)) {
                    Ok(_) => Ok(there),
                    Err(failure) if failure.is(&["DocumentAlreadyExists"]) => Ok(there),
                    Err(failure) => Err(failure),
                }
            }
        }
    }
}
