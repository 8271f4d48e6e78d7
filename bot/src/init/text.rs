//! The text of the settings: the shipped file with what was chosen in it, and its comments.

use doorman_config::{EXAMPLE, Problems, Settings};
use toml_edit::{DocumentMut, Item, Value};

use super::{network, server};

/// The text, and the settings as doorman will read them.
///
/// # Errors
///
/// What doorman finds wrong with it: a name that cannot be one, or a contradiction.
pub(super) fn of(server: &server::Chosen, network: &network::Chosen) -> Result<(String, Settings), Problems> {
    let mut document: DocumentMut =
        EXAMPLE.parse().expect("the shipped settings are TOML: a test of theirs reads them");
    let roles = [server.viewer.id, server.operator.id];
    put(&mut document["discord"]["guild_id"], &server.guild.id.to_string());
    put(&mut document["discord"]["channel_id"], &server.channel.id.to_string());
    put(&mut document["discord"]["locale"], server.locale.as_str());
    for (grant, role) in tables(&mut document["policy"]["grant"]).zip(roles) {
        put(&mut grant["role_id"], &role.to_string());
    }
    put(&mut document["aws"]["region"], &network.region);
    let stack = &mut document["stack"];
    put(&mut stack["vpc"], &network.vpc);
    put(&mut stack["nat"]["subnet"], &network.public_subnet);
    put(&mut stack["nat"]["route_table"], &network.table);
    put(&mut stack["service"]["security_group"], &network.group);
    for (table, instance) in tables(&mut stack["service"]["instances"]).zip(&network.instances) {
        put(&mut table["name"], &instance.name);
        put(&mut table["subnet"], &instance.subnet);
        put(&mut table["private_ip"], &instance.private_ip.to_string());
    }
    let text = document.to_string();
    let settings = Settings::from_toml(&text)?;
    Ok((text, settings))
}

/// Puts a text in the place of another one, with the spaces and the comment around it.
fn put(item: &mut Item, text: &str) {
    if let Some(value) = item.as_value_mut().filter(|value| value.as_str() != Some(text)) {
        let decor = value.decor().clone();
        *value = Value::from(text);
        *value.decor_mut() = decor;
    }
}

/// The tables of a list of them.
fn tables(item: &mut Item) -> impl Iterator<Item = &mut toml_edit::Table> {
    item.as_array_of_tables_mut().into_iter().flat_map(|tables| tables.iter_mut())
}

#[cfg(test)]
mod tests {
    use doorman_cloud::survey::Survey;
    use doorman_config::{Instance, Locale, Stack};

    use super::*;
    use crate::init::server::Named;

    fn server() -> server::Chosen {
        let named = |id, name: &str| Named { id, name: name.to_owned() };
        server::Chosen {
            guild: named(1_180_000_000_000_000_001, "Sandbox"),
            channel: named(1_180_000_000_000_000_002, "ops"),
            viewer: named(1_180_000_000_000_000_001, "everyone"),
            operator: named(1_180_000_000_000_000_005, "operator"),
            locale: Locale::Ko,
        }
    }

    /// The network of the shipped settings.
    fn network() -> network::Chosen {
        let stack = Stack::default();
        network::Chosen {
            region: "ap-northeast-2".to_owned(),
            vpc: stack.vpc,
            public_subnet: stack.nat.subnet,
            table: stack.nat.route_table,
            group: stack.service.security_group,
            instances: <[Instance; 2]>::try_from(stack.service.instances).expect("a pair"),
            survey: Survey::default(),
        }
    }

    /// The lines that differ from the shipped file.
    fn changed(text: &str) -> Vec<&str> {
        assert_eq!(text.lines().count(), EXAMPLE.lines().count(), "{text}");
        text.lines().zip(EXAMPLE.lines()).filter(|(new, old)| new != old).map(|(new, _)| new).collect()
    }

    #[test]
    fn only_what_differs_from_the_shipped_file_is_changed_in_it() {
        let (text, settings) = of(&server(), &network()).expect("settings");
        assert_eq!(
            changed(&text),
            [
                r#"guild_id = "1180000000000000001"          # the only server it answers in"#,
                r#"channel_id = "1180000000000000002"        # notices and reports"#,
                r#"role_id = "1180000000000000001"           # the server's own id means everyone"#,
                r#"role_id = "1180000000000000005"           # a role of yours"#,
            ]
        );
        assert_eq!(settings.stack, Stack::default());
    }

    #[test]
    fn everything_that_was_chosen_is_read_back() {
        let (mut server, mut network) = (server(), network());
        server.locale = Locale::EnUs;
        network.region = "eu-west-1".to_owned();
        network.vpc = "회사 \"VPC\"".to_owned();
        network.public_subnet = "front".to_owned();
        network.table = "back".to_owned();
        network.group = "inner".to_owned();
        for (instance, name) in network.instances.iter_mut().zip(["a", "b"]) {
            instance.name = name.to_owned();
            instance.subnet = format!("of-{name}");
        }
        network.instances[0].private_ip = "10.9.8.7".parse().unwrap();
        let (text, settings) = of(&server, &network).expect("settings");
        assert_eq!(changed(&text).len(), 15, "{text}");
        assert_eq!((settings.discord.locale, settings.aws.region.as_str()), (Locale::EnUs, "eu-west-1"));
        let stack = settings.stack;
        assert_eq!((stack.vpc, stack.service.security_group), (network.vpc, network.group));
        assert_eq!((stack.nat.subnet, stack.nat.route_table), (network.public_subnet, network.table));
        assert_eq!(stack.service.instances, network.instances);
    }

    #[test]
    fn what_doorman_would_not_read_is_not_made() {
        let mut network = network();
        network.instances[1].private_ip = network.instances[0].private_ip;
        let problems = of(&server(), &network).expect_err("both have the same address");
        assert!(problems.to_string().contains("stack.service.instances"), "{problems}");
    }
}
