//! The runbook of the backstop, and the role it runs under.

use aws_sdk_ssm::types::{DocumentFormat, DocumentType, Tag};

use crate::backstop::{self, RUNBOOK};
use crate::observed::Backstop;
use crate::step::{Change, Failure};
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

use super::Aws;
use super::failure::Call;

impl Aws {
    /// What is there of what the backstop needs.
    pub(super) async fn backstop(&self) -> Result<Backstop, Failure> {
        if !self.stack().backstop.enabled {
            return Ok(Backstop::default());
        }
        let (role_arn, runbook) = futures::try_join!(self.backstop_role(), self.runbook())?;
        Ok(Backstop { role_arn, runbook })
    }

    async fn backstop_role(&self) -> Result<Option<String>, Failure> {
        let answer = self.iam().get_role().role_name(&self.stack().backstop.role).send().await;
        match answer.map_err(|error| Call::read("GetRole").failed(error)) {
            Ok(answer) => Ok(answer.role.map(|role| role.arn)),
            Err(failure) if failure.is(&["NoSuchEntity"]) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    pub(super) async fn runbook(&self) -> Result<bool, Failure> {
        let answer = self.ssm().describe_document().name(backstop::document_name()).send().await;
        match answer.map_err(|error| Call::read("DescribeDocument").failed(error)) {
            Ok(_) => Ok(true),
            Err(failure) if failure.is(&["InvalidDocument"]) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Installs the runbook. It is free, is named by its content and stays.
    pub(super) async fn create_runbook(&self) -> Result<Vec<Change>, Failure> {
        let call = Call::repeatable("CreateDocument");
        let tag = Tag::builder()
            .key(MANAGED_BY)
            .value(MANAGED_BY_DOORMAN)
            .build()
            .map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
        let request = self
            .ssm()
            .create_document()
            .name(backstop::document_name())
            .document_type(DocumentType::Automation)
            .document_format(DocumentFormat::Json)
            .content(RUNBOOK)
            .tags(tag);
        match request.send().await.map_err(|error| call.failed(error)) {
            Ok(_) => Ok(vec![Change::Runbook]),
            Err(failure) if failure.is(&["DocumentAlreadyExists"]) => Ok(vec![Change::Runbook]),
            Err(failure) => Err(failure),
        }
    }
}
