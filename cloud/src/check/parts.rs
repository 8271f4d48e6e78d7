//! What only a person can make, beside the role of the backstop: the runbooks, the group of the schedules, and the policy
//! that the role of the instances stays within. Looked at, made and put right.

use aws_sdk_iam::types::Tag as IamTag;
use aws_sdk_ssm::types::{DocumentFormat, DocumentType, Tag as SsmTag};
use doorman_config::ShellMode;

use super::{Check, Finding, Part, Problem, Verdict, bad, finding, problem};
use crate::aws::Call;
use crate::backstop::{GROUP, runbook, runbooks};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::Look;
use crate::kinds::role::aws::GONE;
use crate::kinds::role::{BOUNDARY, Boundary, Role, boundary_arn, boundary_policy};
use crate::kinds::runbook::Runbook;
use crate::lease::LeaseKind;
use crate::switchboard::Observed;
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

impl Check<'_> {
    /// Whether the group of the schedules is there.
    pub(super) async fn has_group(&self) -> Result<bool, Failure> {
        let answer = self.aws.scheduler().get_schedule_group().name(GROUP).send().await;
        let found = Call::read("GetScheduleGroup").found(answer, &["ResourceNotFoundException"])?;
        Ok(found.is_some())
    }

    /// What of the runbooks is missing, or not as doorman writes it.
    pub(super) fn of_runbooks(&self, there: &[Runbook]) -> Vec<Part> {
        let shell = self.stack.shell.mode == ShellMode::Window;
        let wanted = LeaseKind::ALL.iter().filter(|kind| shell || **kind != LeaseKind::ShellWindow);
        let wrong = wanted.filter_map(|closes| {
            let wanted = runbook(*closes)?;
            let found = there.iter().find(|found| found.name.as_str() == wanted.name());
            let sound = found.is_some_and(|found| found.sound);
            (!sound).then_some(Part::Runbook { closes: *closes, changed: found.is_some() })
        });
        wrong.collect()
    }

    /// All of it that is missing, or not as it should be.
    pub(super) async fn missing_parts(&self) -> Result<Vec<Part>, Failure> {
        let mut parts = Vec::new();
        if self.stack.backstop.enabled {
            parts.extend((!self.has_group().await?).then_some(Part::Group));
            parts.extend(self.of_runbooks(&Runbook::look(self.aws, self.stack, &self.record()).await?.here));
        }
        match self.aws.boundary().await? {
            Boundary::Sound => {}
            Boundary::Missing => parts.push(Part::Boundary { changed: false }),
            Boundary::Changed => parts.push(Part::Boundary { changed: true }),
        }
        Ok(parts)
    }

    /// The policy that the role of the instances stays within, and whether it does.
    pub(super) async fn check_boundary(&self, observed: &Observed) -> Finding {
        let what = format!("policy {BOUNDARY}");
        let verdict = match self.aws.boundary().await {
            Ok(Boundary::Missing) => Verdict::Bad(Problem::Part(Part::Boundary { changed: false })),
            Ok(Boundary::Changed) => Verdict::Bad(Problem::Part(Part::Boundary { changed: true })),
            Ok(Boundary::Sound) => match observed.roles.iter().find(|role| is_beyond(role)) {
                None => Verdict::Good("limits what the role of the instances may do".to_owned()),
                Some(role) => Verdict::Note(format!(
                    "the role {} was made without it; after `/terminate service` the next launch makes it anew",
                    role.name.as_str()
                )),
            },
            Err(failure) => bad(failure),
        };
        finding(what, verdict)
    }

    /// The group and the runbooks.
    pub(super) async fn check_parts(&self, observed: &Observed) -> Vec<Finding> {
        let group = match self.has_group().await {
            Ok(true) => Verdict::Good("is there".to_owned()),
            Ok(false) => Verdict::Warn(Problem::Part(Part::Group)),
            Err(failure) => Verdict::Warn(problem(failure)),
        };
        let mut findings = vec![finding(format!("safety net: schedule group {GROUP}"), group)];
        let there: Vec<Runbook> = observed.runbooks.iter().cloned().collect();
        let wrong = self.of_runbooks(&there);
        for runbook in runbooks(self.stack) {
            let part = wrong.iter().find(|part| is_of(**part, runbook.name()));
            let unseen = observed.shelf(Kind::Runbook).unseen().cloned();
            let verdict = match (unseen, part) {
                (Some(failure), _) => Verdict::Warn(problem(failure)),
                (None, Some(part)) => Verdict::Warn(Problem::Part(*part)),
                (None, None) => Verdict::Good("as doorman writes it".to_owned()),
            };
            findings.push(finding(format!("safety net: runbook {}", runbook.name()), verdict));
        }
        findings
    }

    /// Makes one of them, or puts it right. Doing it again does no harm.
    pub(super) async fn make_part(&self, part: Part, account_id: &str) -> Result<(), Failure> {
        match part {
            Part::Group => self.create_group().await,
            Part::Runbook { closes, changed } => {
                let Some(runbook) = runbook(closes) else { return Ok(()) };
                if changed {
                    self.delete_document(runbook.name()).await?;
                }
                self.create_document(runbook.name(), runbook.content).await
            }
            Part::Boundary { changed: false } => self.create_boundary().await,
            Part::Boundary { changed: true } => self.replace_boundary(account_id).await,
        }
    }

    async fn create_group(&self) -> Result<(), Failure> {
        let call = Call::repeatable("CreateScheduleGroup");
        let answer = self.aws.scheduler().create_schedule_group().name(GROUP).send().await;
        answer.map(drop).map_err(|error| call.failed(error).not_yet_if(&["ConflictException"]))
    }

    async fn create_document(&self, name: &str, content: &str) -> Result<(), Failure> {
        let call = Call::repeatable("CreateDocument");
        let tag = SsmTag::builder().key(MANAGED_BY).value(MANAGED_BY_DOORMAN).build();
        let tag = tag.map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
        let request = self
            .aws
            .ssm()
            .create_document()
            .name(name)
            .document_type(DocumentType::Automation)
            .document_format(DocumentFormat::Json)
            .content(content)
            .tags(tag);
        let answer = request.send().await;
        answer.map(drop).map_err(|error| call.failed(error).not_yet_if(&["DocumentAlreadyExists"]))
    }

    async fn delete_document(&self, name: &str) -> Result<(), Failure> {
        let answer = self.aws.ssm().delete_document().name(name).send().await;
        Call::repeatable("DeleteDocument").found(answer, &["InvalidDocument"]).map(drop)
    }

    async fn create_boundary(&self) -> Result<(), Failure> {
        let call = Call::repeatable("CreatePolicy");
        let tag = IamTag::builder().key(MANAGED_BY).value(MANAGED_BY_DOORMAN).build();
        let tag = tag.map_err(|error| call.refused("InvalidRequest", &error.to_string()))?;
        let request = self
            .aws
            .iam()
            .create_policy()
            .policy_name(BOUNDARY)
            .description("What the role of doorman's instances may do at most.")
            .policy_document(boundary_policy().to_string())
            .tags(tag);
        let answer = request.send().await;
        answer.map(drop).map_err(|error| call.failed(error).not_yet_if(&["EntityAlreadyExists"]))
    }

    async fn replace_boundary(&self, account_id: &str) -> Result<(), Failure> {
        let call = Call::repeatable("CreatePolicyVersion");
        let request = self
            .aws
            .iam()
            .create_policy_version()
            .policy_arn(boundary_arn(account_id))
            .policy_document(boundary_policy().to_string())
            .set_as_default(true);
        request.send().await.map(drop).map_err(|error| call.failed(error).not_yet_if(&GONE))
    }
}

fn is_of(part: Part, name: &str) -> bool {
    match part {
        Part::Runbook { closes, .. } => runbook(closes).is_some_and(|runbook| runbook.name() == name),
        Part::Group | Part::Boundary { .. } => false,
    }
}

/// Whether a role of doorman's may do more than the policy allows.
fn is_beyond(role: &Role) -> bool {
    role.owner.is_some() && !role.bounded
}
