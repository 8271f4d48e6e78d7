//! Refuses answers that are cut short.
//!
//! The SDK's readers of EC2's and IAM's answers take what they have read when the text ends early: a list
//! of gateways cut after the first would be a shorter list, and "nothing is left" would be a lie.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Installed in every client that speaks XML.
#[derive(Debug)]
pub(super) struct Whole;

#[derive(Debug, thiserror::Error)]
#[error("the answer ends before its last tag")]
struct Cut;

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "doorman::Whole"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        // Of a failed call, the status and whatever could be read of the code are enough.
        if !response.status().is_success() || response.body().bytes().is_none_or(is_whole) {
            Ok(())
        } else {
            Err(Cut.into())
        }
    }
}

/// Whether the text ends with the tag that closes its root.
fn is_whole(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    let opened = text.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']));
    let Some(root) =
        opened.and_then(|tag| tag.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next())
    else {
        return false;
    };
    text.trim_end().strip_suffix('>').is_some_and(|text| text.trim_end().ends_with(&format!("</{root}")))
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn an_answer_is_whole_when_its_root_is_closed() {
        let answer =
            "<?xml version=\"1.0\"?>\n<DescribeVpcsResponse xmlns=\"x\"><vpcSet/></DescribeVpcsResponse>\n";
        assert!(is_whole(answer.as_bytes()));
        for end in 0..answer.len() - 1 {
            assert!(!is_whole(&answer.as_bytes()[..end]), "{}", &answer[..end]);
        }
        assert!(!is_whole(b"<html><body>Sign in</body>"));
        assert!(!is_whole(&[0xff, 0xfe]));
    }
}
