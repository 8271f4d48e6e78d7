use doorman_cloud::catalog::Architecture;

use super::*;

fn every_trouble() -> Vec<Trouble> {
    let text = |text: &str| text.to_owned();
    let on = |kind, name| Some(Subject { kind, name: text(name) });
    let refused = |operation, code, kind, name| Trouble::Refused {
        operation: text(operation),
        code: text(code),
        on: on(kind, name),
    };
    vec![
        Trouble::Missing { what: text("vpc"), name: text("My-VPC") },
        Trouble::Missing { what: text("subnet"), name: text("my-subnet-public01") },
        Trouble::Missing { what: text("route-table"), name: text("my-route-private") },
        Trouble::Missing { what: text("security-group"), name: text("my-SG-private-service") },
        Trouble::Ambiguous {
            what: text("vpc"),
            name: text("My-VPC"),
            ids: vec![text("vpc-1"), text("vpc-2")],
        },
        Trouble::ForeignRoute { table: text("my-route-private"), target: text("igw-1") },
        Trouble::AddressTaken {
            address: text("10.20.10.31"),
            holder: text("eni-1"),
            wanted_for: text("my-service-01"),
        },
        Trouble::RoleWithoutPolicy { role: text("MySSMRole"), policy: text("AmazonSSMManagedInstanceCore") },
        Trouble::RoleForOthers { role: text("MySSMRole") },
        Trouble::NoBoundary { policy: text("doorman-instances") },
        Trouble::ProfileWithoutRole { profile: text("MySSMRole") },
        Trouble::EndpointShut {
            endpoint: text("vpce-1"),
            service: text("ssm"),
            group: text("sg-1"),
            instance: text("my-service-01"),
        },
        Trouble::InUse {
            kind: Kind::Endpoint,
            name: text("ssm"),
            by: text("other-01"),
            stack: text("other"),
        },
        Trouble::GatewayFailed { code: text("Gateway.NotAttached") },
        Trouble::GatewayFailed { code: text("InsufficientFreeAddressesInSubnet") },
        Trouble::GatewayFailed { code: text("InternalError") },
        Trouble::Quota { code: text("AddressLimitExceeded") },
        Trouble::Quota { code: text("NatGatewayLimitExceeded") },
        Trouble::Quota { code: text("VcpuLimitExceeded") },
        Trouble::Quota { code: text("SomethingNewExceeded") },
        Trouble::NoCapacity { instance: text("my-service-01") },
        Trouble::NoCapacity { instance: String::new() },
        Trouble::Credentials,
        Trouble::Clock { ahead_s: 0 },
        Trouble::Clock { ahead_s: 3601 },
        Trouble::Clock { ahead_s: -3601 },
        Trouble::AccessDenied { operation: text("AllocateAddress"), on: None },
        Trouble::AccessDenied { operation: text("DeleteRole"), on: on(Kind::Role, "MySSMRole") },
        Trouble::Refused { operation: text("CreateRoute"), code: text("InvalidParameterValue"), on: None },
        refused("DeleteNatGateway", "NewCode", Kind::NatGateway, "My-NAT"),
        refused("TerminateInstances", "OperationNotPermitted", Kind::Instance, "my-service-01"),
        refused("DeleteRole", "DeleteConflict", Kind::Role, "MySSMRole"),
        refused("RevokeSecurityGroupEgress", "DependencyViolation", Kind::Rule, "My-NAT out tcp 80"),
        refused("ReleaseAddress", "AuthFailure", Kind::Address, "203.0.113.20"),
        refused("RunInstances", "PendingVerification", Kind::Instance, "my-service-01"),
        refused("RunInstances", "OptInRequired", Kind::Instance, "my-service-01"),
        Trouble::TimedOut,
    ]
}

#[test]
fn every_trouble_has_a_sentence_and_a_remedy_in_both_languages() {
    let mut told = Vec::new();
    for one in every_trouble() {
        for locale in Locale::ALL {
            let Told { what, remedy } = trouble(locale, &one);
            assert!(what.chars().count() > 8 && remedy.chars().count() > 8, "{one:?}");
            assert!(!what.contains("trouble-") && !remedy.contains("trouble-"), "{one:?}");
            assert!(!told.contains(&what), "said of two troubles: {what}");
            told.push(what);
        }
    }
}

#[test]
fn a_trouble_names_what_it_is_about() {
    let foreign = Trouble::ForeignRoute { table: "my-route-private".into(), target: "igw-0abc".into() };
    let told = trouble(Locale::EnUs, &foreign).text();
    assert!(told.contains("`igw-0abc`") && told.contains("`my-route-private`"), "{told}");
    let missing = Trouble::Missing { what: "route-table".into(), name: "my-route-private".into() };
    assert_eq!(trouble(Locale::Ko, &missing).what, "라우팅 테이블을 찾을 수 없습니다: `my-route-private`");
}

#[test]
fn a_refusal_says_on_what_and_why() {
    for (operation, code, kind, name, words) in [
        (
            "TerminateInstances",
            "OperationNotPermitted",
            Kind::Instance,
            "my-service-01",
            "protected against termination",
        ),
        ("DeleteRole", "DeleteConflict", Kind::Role, "MySSMRole", "a further policy"),
        ("DeleteVpcEndpoints", "DependencyViolation", Kind::Endpoint, "ssm", "still uses it"),
    ] {
        let on = Some(Subject { kind, name: name.to_owned() });
        let one = Trouble::Refused { operation: operation.to_owned(), code: code.to_owned(), on };
        let told = trouble(Locale::EnUs, &one);
        assert!(told.what.contains(words) && told.what.contains(&format!("`{name}`")), "{}", told.what);
        assert!(told.what.contains(&format!("(`{code}`)")), "{}", told.what);
        let korean = trouble(Locale::Ko, &one).what;
        assert!(korean.contains(&format!("`{name}`")) && korean.contains(code), "{korean}");
    }
}

#[test]
fn a_wrong_clock_is_told_with_by_how_much() {
    let told = |ahead_s| failure(Locale::EnUs, FailureKind::Clock { ahead_s });
    assert!(told(-3_601).what.contains("is 1h behind AWS's"), "{}", told(-3_601).what);
    assert!(told(370).what.contains("is 6m ahead of AWS's"), "{}", told(370).what);
    assert!(!told(0).text().contains("AWS credentials are missing"), "{}", told(0).text());
    assert!(failure(Locale::Ko, FailureKind::Clock { ahead_s: 370 }).what.contains("6분"));
}

#[test]
fn every_failure_has_its_own_sentence() {
    let kinds = [
        FailureKind::Unknown,
        FailureKind::Throttled,
        FailureKind::NotYet,
        FailureKind::Away,
        FailureKind::Quota,
        FailureKind::NoCapacity,
        FailureKind::Credentials,
        FailureKind::Clock { ahead_s: 0 },
        FailureKind::Clock { ahead_s: 90 },
        FailureKind::AccessDenied,
        FailureKind::Refused,
    ];
    for locale in Locale::ALL {
        let mut said: Vec<String> = kinds.iter().map(|kind| failure(locale, *kind).what).collect();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), kinds.len());
    }
}

#[test]
fn a_type_that_cannot_be_had_comes_with_one_that_can() {
    let told = no_offer(
        Locale::EnUs,
        &NoOffer::NotInZone {
            instance_type: "t2.micro".into(),
            zones: vec!["ap-northeast-2b".into()],
            instead: Some("t3.micro".into()),
        },
    );
    assert_eq!(told.what, "AWS does not offer `t2.micro` in ap-northeast-2b.");
    assert!(told.remedy.contains("`t3.micro`"), "{}", told.remedy);
    for locale in Locale::ALL {
        for no in [
            NoOffer::UnknownType { instance_type: "t9.huge".into(), nearest: Some("t3.large".into()) },
            NoOffer::UnknownType { instance_type: "x".into(), nearest: None },
            NoOffer::NotInZone { instance_type: "t2.micro".into(), zones: vec!["a".into()], instead: None },
            NoOffer::UnknownImage { image: "debian".into() },
            NoOffer::Mismatch {
                image: "ami-1".into(),
                image_is: Architecture::X86_64,
                instance_type: "t4g.micro".into(),
                type_is: Architecture::Arm64,
            },
        ] {
            assert!(!no_offer(locale, &no).text().contains("trouble-"), "{no:?}");
        }
    }
}

#[test]
fn every_drift_is_said_in_plain_words() {
    let every = |kind, name: &str, how| Drift { kind, name: name.to_owned(), how };
    let closed = |egress| How::Closed { port: 443, egress };
    let instance = |how| every(Kind::Instance, "my-service-01", how);
    let missing = Trouble::Missing { what: "vpc".to_owned(), name: "My-VPC".to_owned() };
    let all = [
        every(Kind::NatGateway, "My-NAT", How::Missing),
        every(Kind::Address, "My-NAT", How::Missing),
        every(Kind::Route, "my-route-private", How::Missing),
        every(Kind::Route, "my-route-private", How::Elsewhere("eni-1".to_owned())),
        every(Kind::Rule, "my-SG-private-service", closed(true)),
        every(Kind::Rule, "my-SG-private-service", closed(false)),
        instance(How::Missing),
        instance(How::Stopped),
        instance(How::Detached),
        instance(How::Silent),
        every(Kind::Endpoint, "ssm", How::Missing),
        every(Kind::Role, "MySSMRoleForServiceInstance", How::Missing),
        every(Kind::Profile, "MySSMRoleForServiceInstance", How::Missing),
        every(Kind::Vpc, "My-VPC", How::Blocked(missing)),
    ];
    for locale in Locale::ALL {
        let mut said: Vec<String> = all.iter().map(|one| drift(locale, one)).collect();
        assert!(said.iter().all(|text| !text.contains("trouble-")), "{said:?}");
        said.sort();
        said.dedup();
        assert_eq!(said.len(), all.len(), "two of them read the same");
    }
}
