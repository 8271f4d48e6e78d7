//! Runbooks of the backstop at Systems Manager.

use doorman_config::Stack;
use serde_json::Value;

use super::Runbook;
use crate::aws::{Aws, Call};
use crate::backstop::{self, runbooks};
use crate::failure::Failure;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

/// The status of a document that can be run.
const ACTIVE: &str = "Active";

impl Look for Runbook {
    /// Those that this version of doorman would run for the stack.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Runbook>, Failure> {
        let asked = runbooks(stack).map(|runbook| get(aws, runbook));
        let there = futures::future::try_join_all(asked).await?;
        Ok(Sorted::by_hand(there.into_iter().flatten().collect()))
    }
}

async fn get(aws: &Aws, runbook: &backstop::Runbook) -> Result<Option<Runbook>, Failure> {
    let answer = aws.ssm().get_document().name(runbook.name()).send().await;
    let found = Call::read("GetDocument").found(answer, &["InvalidDocument"])?;
    Ok(found.map(|document| {
        let is_active = document.status().is_some_and(|status| status.as_str() == ACTIVE);
        let is_ours = document.content().is_some_and(|content| same(content, runbook.content));
        Runbook { name: runbook.name().into(), sound: is_active && is_ours }
    }))
}

/// Whether two texts are the same JSON: AWS may hand it back with other white space.
fn same(there: &str, wanted: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    read(there).is_some_and(|there| read(wanted) == Some(there))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn white_space_is_no_difference_and_everything_else_is() {
        let wanted = r#"{"mainSteps": [{"name": "A"}]}"#;
        assert!(same("{ \"mainSteps\":[ {\"name\":\"A\"} ] }", wanted));
        assert!(!same(r#"{"mainSteps": []}"#, wanted));
        assert!(!same("", wanted));
    }
}
