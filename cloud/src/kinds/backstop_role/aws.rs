//! The role of the backstop at IAM.

use doorman_config::Stack;

use super::BackstopRole;
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kinds::Look;
use crate::kinds::role::aws::GONE;
use crate::record::{Record, Sorted};

impl Look for BackstopRole {
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<BackstopRole>, Failure> {
        let backstop = &stack.backstop;
        if !backstop.enabled {
            return Ok(Sorted::none());
        }
        let answer = aws.iam().get_role().role_name(&backstop.role).send().await;
        let role = Call::read("GetRole").found(answer, &GONE)?.and_then(|answer| answer.role);
        let role = role.map(|role| BackstopRole { name: backstop.role.as_str().into(), arn: role.arn });
        Ok(Sorted::by_hand(role.into_iter().collect()))
    }
}
