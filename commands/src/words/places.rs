//! Where things are: links that carry no credential and open nothing by themselves.

use doorman_cloud::ids::InstanceId;
use doorman_cloud::lease::MessageRef;

/// A message in Discord.
pub(crate) fn message(guild_id: u64, message: MessageRef) -> String {
    format!("https://discord.com/channels/{guild_id}/{}/{}", message.channel_id, message.message_id)
}

/// Session Manager in the AWS console, on one instance. Host and parameter must name the same region, or the
/// page stays blank.
pub(crate) fn session_console(region: &str, instance: &InstanceId) -> String {
    format!(
        "https://{region}.console.aws.amazon.com/systems-manager/session-manager/{instance}?region={region}"
    )
}

/// A page of the AWS console for one thing of a region, or the list of them if it is not one. The forms of the
/// addresses are those that the console itself shows, which AWS does not document.
pub(crate) fn console(region: &str, service: &str, page: &str, id: Option<&str>, list: &str) -> String {
    let home = format!("https://{region}.console.aws.amazon.com/{service}/home?region={region}");
    match id {
        Some(id) => format!("{home}#{page}{id}"),
        None => format!("{home}#{list}"),
    }
}

/// A role in the AWS console. IAM is the same in every region.
pub(crate) fn role_console(role: &str) -> String {
    format!("https://console.aws.amazon.com/iam/home#/roles/details/{role}")
}

/// The command line that starts a session. The names of profiles are up to people: quoted if need be.
pub(crate) fn session_command(region: &str, instance: &InstanceId, profile: Option<&str>) -> String {
    let mut command = format!("aws ssm start-session --target {instance} --region {region}");
    if let Some(profile) = profile {
        let plain = profile.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@/".contains(c));
        let quoted = if plain { profile.to_owned() } else { format!("'{}'", profile.replace('\'', r"'\''")) };
        command.push_str(&format!(" --profile {quoted}"));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_link_names_the_region_twice() {
        assert_eq!(
            session_console("ap-northeast-2", &"i-0abc".into()),
            "https://ap-northeast-2.console.aws.amazon.com/systems-manager/session-manager/i-0abc?region=ap-northeast-2"
        );
    }

    #[test]
    fn the_console_shows_one_thing_or_the_list() {
        let gateways = |id| {
            console("ap-northeast-2", "vpcconsole", "NatGatewayDetails:natGatewayId=", id, "NatGateways:")
        };
        let home = "https://ap-northeast-2.console.aws.amazon.com/vpcconsole/home?region=ap-northeast-2";
        assert_eq!(gateways(Some("nat-0abc")), format!("{home}#NatGatewayDetails:natGatewayId=nat-0abc"));
        assert_eq!(gateways(None), format!("{home}#NatGateways:"));
    }

    #[test]
    fn a_profile_is_quoted_for_the_shell_only_if_need_be() {
        let command = |profile| session_command("ap-northeast-2", &"i-0abc".into(), profile);
        assert_eq!(command(None), "aws ssm start-session --target i-0abc --region ap-northeast-2");
        assert!(command(Some("work")).ends_with(" --profile work"));
        assert!(command(Some("my work; rm")).ends_with(" --profile 'my work; rm'"));
        assert!(command(Some("it's")).ends_with(r" --profile 'it'\''s'"));
    }
}
