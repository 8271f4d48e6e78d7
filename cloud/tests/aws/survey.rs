//! What there is to name in an account, as it is listed over the wire.

use std::net::Ipv4Addr;

use doorman_cloud::failure::FailureKind;
use doorman_cloud::survey::{Choice, NoAddress, Survey, Unfit};

use crate::world::{World, refuse};

/// The names of what can be chosen.
fn fit<'a, T>(choices: &[Choice<'a, T>]) -> Vec<&'a str> {
    choices.iter().filter(|choice| choice.unfit.is_none()).map(|choice| choice.name).collect()
}

#[tokio::test]
async fn the_reference_network_can_be_chosen() {
    let world = World::start().await;
    let survey = Survey::make(&world.aws, &world.stack.name).await.expect("a survey");
    let vpcs = survey.vpcs();
    assert_eq!(fit(&vpcs), ["My-VPC"]);
    let vpc = &vpcs[0].thing.id;
    assert_eq!(fit(&survey.public_subnets(vpc)), ["my-subnet-public01", "my-subnet-public02"]);
    let tables = survey.private_tables(vpc);
    assert_eq!(fit(&tables), ["my-route-private"]);
    let all = ["my-subnet-private01", "my-subnet-private02", "my-subnet-private03", "my-subnet-private04"];
    let private = survey.private_subnets(vpc, Some(&tables[0].thing.id));
    assert_eq!(fit(&private), all);
    let groups = survey.groups(vpc);
    assert_eq!(fit(&groups), ["default", "my-SG-private-db", "my-SG-private-service", "my-SG-public"]);
    // The main table of the VPC, which nobody named.
    assert!(tables.iter().any(|choice| choice.unfit == Some(Unfit::Unnamed)));

    let observed = survey.observed(&world.stack, world.clock.now());
    let zones = observed.network().subnets.into_values().filter_map(|subnet| {
        let subnet = subnet.found()?.clone();
        Some((subnet.name, subnet.zone))
    });
    let seen = world.look().await.network().subnets.into_values().filter_map(|subnet| {
        let subnet = subnet.found()?.clone();
        Some((subnet.name, subnet.zone))
    });
    assert_eq!(zones.collect::<Vec<_>>(), seen.collect::<Vec<_>>());
}

#[tokio::test]
async fn what_instances_have_is_taken_unless_they_are_of_the_stack_itself() {
    let world = World::start().await;
    let hands = world.sandbox.by_hand();
    let own = hands.run_foreign_instance("own", "my-subnet-private01", "10.20.10.31").expect("it runs");
    hands.run_foreign_instance("others", "my-subnet-private01", "10.20.10.40").expect("it runs");
    for (key, value) in [("ManagedBy", "doorman"), ("doorman:stack", "main")] {
        let tag = [("ResourceId.1", own.as_str()), ("Tag.1.Key", key), ("Tag.1.Value", value)];
        hands.ec2("CreateTags", &tag).expect("it is there");
    }
    let free = Ipv4Addr::new(10, 20, 10, 31);
    let taken = Ipv4Addr::new(10, 20, 10, 40);
    for (stack, is_own) in [("main", true), ("another", false)] {
        let survey = Survey::make(&world.aws, stack).await.expect("a survey");
        let vpcs = survey.vpcs();
        let subnets = survey.private_subnets(&vpcs[0].thing.id, None);
        let subnet = subnets.iter().find(|choice| choice.name == "my-subnet-private01").expect("it").thing;
        assert_eq!((survey.is_instance("own"), survey.is_instance("others")), (!is_own, true));
        let of_own = (!is_own).then_some(NoAddress::Taken);
        assert_eq!(
            (survey.objection(subnet, free), survey.objection(subnet, taken)),
            (of_own, Some(NoAddress::Taken))
        );
        let proposed = if is_own { free } else { Ipv4Addr::new(10, 20, 10, 254) };
        assert_eq!(survey.free_address(subnet, free, &[]), Some(proposed));
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_had_is_a_failure_and_not_an_empty_one() {
    let world = World::start().await;
    for operation in [
        "DescribeVpcs",
        "DescribeSubnets",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
        "DescribeInstances",
    ] {
        world.fault(operation, refuse(403, "UnauthorizedOperation", "You are not authorized."));
        let failure = Survey::make(&world.aws, "main").await.expect_err("it was refused");
        assert_eq!((failure.operation, failure.kind), (operation, FailureKind::AccessDenied));
    }
}
