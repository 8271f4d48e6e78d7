use doorman_cloud::lease::{Lease, MessageRef};
use doorman_cloud::observed::{Endpoint, EndpointState, Peer, Profile, Role, Rule, Sight};

use super::*;
use crate::admit::fixtures::{GUILD, OPERATOR, command, lease, noon, nothing, read, request, settings, view};
use crate::scene::fixtures::away;

/// Everything as a session needs it, for one instance.
fn all_well() -> Observed {
    let owner = lease(LeaseKind::Service).owner();
    let stack = settings().stack;
    let mut observed = nothing();
    observed.instances = vec![Instance {
        id: "i-0abc".into(),
        name: "my-service-01".to_owned(),
        state: InstanceState::Running,
        instance_type: "t3.micro".to_owned(),
        image: "ami-1".into(),
        spot: false,
        private_ip: None,
        subnet: "subnet-1".into(),
        launched_at: noon(),
        profile: Some(stack.shell.role.clone()),
        owner: owner.clone(),
    }];
    observed.role = Some(Role { has_policy: true, owner: Some(owner.clone()) });
    observed.profile = Some(Profile { has_role: true, owner: Some(owner.clone()) });
    let endpoints = stack.shell.endpoints.iter().zip(["vpce-1", "vpce-2", "vpce-3"]);
    observed.endpoints = endpoints
        .map(|(endpoint, id)| Endpoint {
            id: id.into(),
            service: endpoint.service.clone(),
            state: EndpointState::Available,
            private_dns: true,
            subnets: Vec::new(),
            created_at: noon(),
            owner: Some(owner.clone()),
        })
        .collect();
    let rule = |id: &str, egress| Rule {
        id: id.into(),
        egress,
        protocol: "tcp".to_owned(),
        ports: Some((443, 443)),
        peer: Peer::Group("sg-1".into()),
        owner: Some(owner.clone()),
    };
    observed.rules = vec![rule("sgr-1", false), rule("sgr-2", true)];
    observed.agents.insert("i-0abc".into(), Ping::Online);
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
    Lease { phase, expires_at: None, ..lease(LeaseKind::Service) }
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
        (|o| o.role = None, "❌ The role"),
        (|o| o.profile = Some(Profile { has_role: false, owner: None }), "❌ The role"),
        (|o| o.instances[0].profile = None, "❌ The instance profile"),
        (|o| o.endpoints[1].state = EndpointState::Pending, "❌ The endpoints"),
        (|o| o.rules.truncate(1), "❌ `my-SG-private-service`"),
        (|o| _ = o.agents.insert("i-0abc".into(), Ping::Lost), "❌ The agent"),
        (|o| _ = o.unknown.insert(Sight::Agents, away()), "❔ The agent"),
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
    unknown.unknown.insert(Sight::Agents, away());
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
    let told = unknown(&settings(), Locale::EnUs, "my-servise-02", Some("my-service-02".to_owned()));
    assert_eq!(
        told,
        "There is no instance `my-servise-02`. Did you mean `my-service-02`? There are: `my-service-01`, `my-service-02`."
    );
}
