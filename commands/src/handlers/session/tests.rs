use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::agent::Agent;
use doorman_cloud::kinds::endpoint::{Endpoint, EndpointState};
use doorman_cloud::kinds::rule::{Peer, Permission, Rule};
use doorman_cloud::lease::{Lease, MessageRef};
use doorman_cloud::tags::Owner;

use super::*;
use crate::testbed::people::{GUILD, OPERATOR, command, lease, noon, nothing, read, request, settings, view};
use crate::testbed::world::{away, profile, role};

/// Everything as a session needs it, for one instance.
fn all_well() -> Observed {
    let owner = Owner::of("main", &lease(LeaseKind::Pair));
    let stack = settings().stack;
    let mut observed = nothing();
    observed.instances.put(Instance {
        id: "i-0abc".into(),
        name: "my-service-01".to_owned(),
        state: InstanceState::Running,
        instance_type: "t3.micro".to_owned(),
        image: "ami-1".into(),
        root_device: None,
        spot: false,
        private_ip: None,
        subnet: "subnet-1".into(),
        vpc: Some("vpc-1".into()),
        groups: Vec::new(),
        launched_at: noon(),
        profile: Some(stack.shell.role.clone()),
        owner: owner.clone(),
    });
    observed.roles.put(role(Some(&owner)));
    observed.profiles.put(profile(Some(&owner)));
    let endpoints = stack.shell.endpoints.iter().zip(["vpce-1", "vpce-2", "vpce-3"]);
    for (endpoint, id) in endpoints {
        observed.endpoints.put(Endpoint {
            id: id.into(),
            service: endpoint.service.clone(),
            vpc: Some("vpc-1".into()),
            state: EndpointState::Available,
            private_dns: true,
            subnets: Vec::new(),
            groups: Vec::new(),
            others_let: Vec::new(),
            created_at: noon(),
            owner: Some(owner.clone()),
        });
    }
    let rule = |id: &str, egress| Rule {
        id: id.into(),
        name: "tcp 443".to_owned(),
        group: "sg-1".into(),
        lets: Permission::tcp(egress, 443, Peer::Group("sg-1".into())),
        owner: owner.clone(),
    };
    observed.rules.put(rule("sgr-1", false));
    observed.rules.put(rule("sgr-2", true));
    observed.agents.put(Agent { instance: "i-0abc".into(), ping: Ping::Online });
    observed
}

fn shown(observed: &Observed, leases: &[Lease], profile: Option<&str>) -> String {
    let request = request(&[OPERATOR], command("/session start instance:my-service-01"));
    let (settings, view) = (settings(), view(observed.clone(), leases));
    let way = Way {
        request: &request,
        stack: &settings.stack,
        region: "ap-northeast-2",
        profile,
        view: &view,
        observed,
        name: "my-service-01",
    };
    read(&way.message(None))
}

fn pair(phase: Phase) -> Lease {
    Lease { phase, expires_at: None, ..lease(LeaseKind::Pair) }
}

#[test]
fn a_ready_instance_comes_with_link_and_command() {
    let text = shown(&all_well(), &[pair(Phase::Ready)], Some("work"));
    assert_eq!(
        text,
        "# 🟢 my-service-01 is ready for a session\n✅ The instance runs\n\
         ✅ The role `MySSMRoleForServiceInstance` and its instance profile are there\n\
         ✅ The instance profile is attached\n✅ The endpoints are available: ssm, ssmmessages, ec2messages\n\
         ✅ `my-SG-private-service` lets port 443 through between instances and endpoints\n\
         ✅ The agent answers to Systems Manager\n\n\
         In a terminal with the AWS CLI and its Session Manager plugin:\n\
         ```sh\naws ssm start-session --target i-0abc --region ap-northeast-2 --profile work\n```\n\
         Both ways use your own AWS sign-in. No port 22, no key, no address of its own on the internet.\n\
         (Open in the AWS console) https://ap-northeast-2.console.aws.amazon.com/systems-manager/session-manager/i-0abc?region=ap-northeast-2"
    );
}

/// Something that went wrong with a pair that was well.
type Breaks = fn(&mut Observed);

#[test]
fn each_missing_thing_is_marked_and_nothing_else() {
    let breaks: [(Breaks, &str); 8] = [
        (|o| o.instances[0].state = InstanceState::Stopped, "❌ The instance is stopped"),
        (|o| o.roles.clear(), "❌ The role"),
        (|o| o.profiles[0].has_role = false, "❌ The role"),
        (|o| o.instances[0].profile = None, "❌ The instance profile"),
        (|o| o.endpoints[1].state = EndpointState::Pending, "❌ The endpoints"),
        (|o| _ = o.rules.remove(1), "❌ `my-SG-private-service`"),
        (|o| o.agents[0].ping = Ping::Lost, "❌ The agent"),
        (|o| o.hide(Kind::Agent, away()), "❔ The agent"),
    ];
    for (break_it, expected) in breaks {
        let mut observed = all_well();
        break_it(&mut observed);
        let text = shown(&observed, &[pair(Phase::Ready)], None);
        let marked: Vec<&str> = text.lines().filter(|line| line.starts_with(['❌', '❔', '⏳'])).collect();
        assert!(marked.len() == 1 && marked[0].starts_with(expected), "{expected}: {marked:?}");
        // What could not be asked for is no reason to hold anybody back.
        let ready = expected.starts_with('❔');
        assert_eq!(text.contains("is ready for a session"), ready, "{text}");
    }
}

#[test]
fn while_it_is_being_built_missing_things_are_on_their_way() {
    let mut building = pair(Phase::Opening);
    building.message = Some(MessageRef { channel_id: 3, message_id: 6 });
    let text = shown(&nothing(), &[building], None);
    assert!(!text.contains('❌') && text.contains("⏳ There is no instance my-service-01"), "{text}");
    assert!(text.contains(&format!("https://discord.com/channels/{GUILD}/3/6")), "{text}");
    assert!(!text.contains("start-session") && !text.contains("console.aws"), "{text}");
}

#[test]
fn what_to_do_depends_on_the_lease() {
    assert!(shown(&nothing(), &[], None).contains("is not launched. Use `/launch service`"));
    assert!(shown(&nothing(), &[pair(Phase::Closing)], None).contains("is being taken down"));
    assert!(shown(&nothing(), &[pair(Phase::Ready)], None).contains("to repair what is marked ❌"));
    let mut unknown = all_well();
    unknown.hide(Kind::Agent, away());
    assert!(shown(&unknown, &[pair(Phase::Ready)], None).contains("Just try"));
}

#[test]
fn an_instance_is_found_by_name_or_id_and_a_slip_gets_the_nearest() {
    let (stack, observed) = (settings().stack, all_well());
    assert_eq!(find(&stack, &observed, "my-service-02"), Ok("my-service-02".to_owned()));
    assert_eq!(find(&stack, &observed, " My-Service-01 "), Ok("my-service-01".to_owned()));
    assert_eq!(find(&stack, &observed, "i-0abc"), Ok("my-service-01".to_owned()));
    assert_eq!(find(&stack, &observed, "my-servise-02"), Err(Some("my-service-02".to_owned())));
    assert_eq!(find(&stack, &observed, "zzz"), Err(None));
    // In characters that look the same.
    assert_eq!(
        find(&stack, &observed, "\u{feff}my\u{2011}service\u{2011}０１"),
        Ok("my-service-01".to_owned())
    );
    let mut decomposed = stack.clone();
    decomposed.service.instances[0].name = "\u{1109}\u{1165}\u{1107}\u{1165}".to_owned();
    assert_eq!(find(&decomposed, &observed, "서버"), Ok("\u{1109}\u{1165}\u{1107}\u{1165}".to_owned()));
    let told = unknown(&settings(), Locale::EnUs, "my-servise-02", Some("my-service-02".to_owned()));
    assert_eq!(
        told,
        "There is no instance `my-servise-02`. Did you mean `my-service-02`? There are: `my-service-01`, `my-service-02`."
    );
}

#[test]
fn an_endpoint_that_lets_nobody_in_is_the_cause_and_a_rule_of_ours_is_no_comfort() {
    let mut observed = all_well();
    observed.endpoints[0].owner = None;
    observed.endpoints[0].groups = vec!["sg-theirs".into()];
    observed.rules.put(Rule {
        id: "sgr-3".into(),
        lets: Permission::tcp(true, 443, Peer::Group("sg-theirs".into())),
        ..observed.rules[0].clone()
    });
    let text = shown(&observed, &[pair(Phase::Ready)], None);
    assert!(text.contains("❌ The interface endpoint `vpce-1` for `ssm`"), "{text}");
    assert!(text.contains("security group `sg-theirs` allows port 443"), "{text}");
    assert!(text.contains("→ In the EC2 console, let that group take TCP 443"), "{text}");
    assert!(!text.contains("✅ `my-SG-private-service` lets port 443 through"), "{text}");
    // Once the group lets the addresses of the instances in, all is well.
    let lets = |block: &str| Permission::tcp(false, 443, Peer::Cidr(block.to_owned()));
    observed.endpoints[0].others_let = vec![lets("10.20.0.0/16")];
    assert!(shown(&observed, &[pair(Phase::Ready)], None).contains("is ready for a session"));
    // Of only one of them, the other is named.
    observed.endpoints[0].others_let = vec![lets("10.20.10.0/24")];
    let text = shown(&observed, &[pair(Phase::Ready)], None);
    assert!(text.contains("does not let my-service-02 in"), "{text}");
}

#[test]
fn an_instance_that_was_taken_out_of_the_group_is_not_helped_by_its_rules() {
    let mut observed = all_well();
    observed.instances[0].groups = vec!["sg-other".into()];
    let text = shown(&observed, &[pair(Phase::Ready)], None);
    assert!(text.contains("❌ my-service-01 is not in the security group `my-SG-private-service`"), "{text}");
    assert!(text.contains("Give it the security group `my-SG-private-service` back"), "{text}");
    assert!(!text.contains("✅ `my-SG-private-service` lets port 443 through"), "{text}");
    observed.instances[0].groups.push("sg-1".into());
    assert!(shown(&observed, &[pair(Phase::Ready)], None).contains("is ready for a session"));
}
