//! The role of the backstop at IAM.

use doorman_config::Stack;

use super::BackstopRole;
use crate::aws::{Aws, Call};
use crate::failure::Failure;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

impl Look for BackstopRole {
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<BackstopRole>, Failure> {
        let backstop = &stack.backstop;
        if !backstop.enabled {
            return Ok(Sorted::none());
        }
        let answer = aws.iam().get_role().role_name(&backstop.role).send().await;
        match answer.map_err(|error| Call::read("GetRole").failed(error)) {
            Ok(answer) => {
                let role = answer.role;
                let role =
                    role.map(|role| BackstopRole { name: backstop.role.as_str().into(), arn: role.arn });
                Ok(Sorted::by_hand(role.into_iter().collect()))
            }
            Err(failure) if failure.is(&["NoSuchEntity"]) => Ok(Sorted::none()),
            Err(failure) => Err(failure),
        }
    }
}
