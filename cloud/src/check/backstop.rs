//! The net under the bot: its role, who may take it and what it may do, the runbook, and whether Scheduler
//! can be asked. Windows work without any of it, so nothing here is worse than a warning.

use serde_json::Value;

use super::{Check, Difference, Finding, Flaw, Problem, Verdict, finding, problem};
use crate::aws::Call;
use crate::backstop::{Network, POLICY_NAME, Place, role_policy, trust_policy};
use crate::document::{self, Unlike};
use crate::failure::{Failure, FailureKind};
use crate::kind::Kind;
use crate::kinds::role::aws::GONE;
use crate::switchboard::Observed;
use crate::tags::{MANAGED_BY, MANAGED_BY_DOORMAN};

/// The role as IAM shows it.
#[derive(Clone, Debug)]
pub(super) struct RoleLook {
    /// Whether it may be changed: it carries doorman's tag, or there is none.
    pub(super) ours: bool,
    /// What is wrong with it.
    pub(super) flaws: Vec<Flaw>,
    /// Why its inline policy could not be read, if so.
    pub(super) unread: Option<Failure>,
}

impl Check<'_> {
    pub(super) async fn check_backstop(&self, account_id: &str, observed: &Observed) -> Vec<Finding> {
        let backstop = &self.stack.backstop;
        if !backstop.enabled {
            let words = "off, by stack.backstop.enabled: a window stays open if doorman is gone for good";
            return vec![finding("safety net", Verdict::Note(words.to_owned()))];
        }
        let place = Place { account_id, region: self.aws.region() };
        let policy = self.wanted_policy(place, observed);
        let role = self.backstop_role_look(&trust_policy(place), policy.as_ref()).await;
        let mut findings = of_role(&backstop.role, role);
        let unseen = |kind: Kind| observed.shelf(kind).unseen().cloned().map(warn);
        findings.push(finding(
            "permission scheduler:ListSchedules",
            unseen(Kind::Schedule).unwrap_or_else(|| Verdict::Good("allowed".to_owned())),
        ));
        findings.extend(self.check_parts(observed).await);
        // None of them has a dry run.
        let untried = "can only be tried by opening a window: its message says whether the net is there";
        findings.push(finding(
            "permissions scheduler:CreateSchedule, scheduler:DeleteSchedule, iam:PassRole",
            Verdict::Note(untried.to_owned()),
        ));
        findings
    }

    /// What the role should be allowed to do; `None` unless the table and the group that it names are one thing each.
    pub(super) fn wanted_policy(&self, place: Place<'_>, observed: &Observed) -> Option<Value> {
        let (table, group) = (observed.route_table(), observed.group());
        let network = Network { route_table: table.found()?.id.as_str(), group: group.found()?.id.as_str() };
        Some(role_policy(place, &self.stack.backstop.role, network))
    }

    /// Looks at the role, and holds it against what it should be; what it may do only if that is known. Fails when the
    /// role itself cannot be read.
    pub(super) async fn backstop_role_look(
        &self,
        trust: &Value,
        policy: Option<&Value>,
    ) -> Result<RoleLook, Failure> {
        let name = &self.stack.backstop.role;
        let answer = self.aws.iam().get_role().role_name(name).send().await;
        let Some(role) = Call::read("GetRole").found(answer, &GONE)?.and_then(|answer| answer.role) else {
            return Ok(RoleLook { ours: true, flaws: vec![Flaw::NoRole], unread: None });
        };
        let ours =
            |tag: &aws_sdk_iam::types::Tag| tag.key() == MANAGED_BY && tag.value() == MANAGED_BY_DOORMAN;
        let mut look = RoleLook { ours: role.tags().iter().any(ours), flaws: Vec::new(), unread: None };
        let there = document::read(role.assume_role_policy_document().unwrap_or_default());
        let unlike = document::difference(there.as_ref(), trust);
        look.flaws.extend(flaw(unlike, "/Principal/Service").map(Flaw::Trust));

        let request = self.aws.iam().get_role_policy().role_name(name).policy_name(POLICY_NAME);
        match Call::read("GetRolePolicy").found(request.send().await, &GONE) {
            Ok(Some(answer)) => {
                let there = document::read(answer.policy_document());
                let unlike = policy.map(|policy| document::difference(there.as_ref(), policy));
                look.flaws.extend(unlike.and_then(|unlike| flaw(unlike, "/Sid")).map(Flaw::Policy));
            }
            Ok(None) => look.flaws.push(Flaw::NoPolicy),
            Err(failure) => look.unread = Some(failure),
        }
        Ok(look)
    }
}

fn flaw(unlike: Unlike, name: &str) -> Option<Difference> {
    let names = unlike.lacks.iter().filter_map(|statement| statement.pointer(name)?.as_str());
    let difference = Difference { lacks: names.map(str::to_owned).collect(), more: unlike.more };
    (!unlike.is_nothing()).then_some(difference)
}

/// A line for the role, for who may take it and for what it may do.
fn of_role(role: &str, look: Result<RoleLook, Failure>) -> Vec<Finding> {
    let whole = format!("safety net: role {role}");
    let [trust, policy] = ["who may take it", "what it may do"].map(|part| format!("safety net: {part}"));
    let only = |verdict: Verdict| {
        let rest = [&trust, &policy].map(|what| finding(what, Verdict::Skipped));
        [finding(&whole, verdict)].into_iter().chain(rest).collect()
    };
    let look = match look {
        Ok(look) => look,
        Err(failure) => return only(warn(failure)),
    };
    let ours = look.ours;
    let bad = |flaw: &Flaw| Verdict::Warn(Problem::Backstop { flaw: flaw.clone(), ours });
    if look.flaws.contains(&Flaw::NoRole) {
        return only(bad(&Flaw::NoRole));
    }
    let of_trust = look.flaws.iter().find(|flaw| matches!(flaw, Flaw::Trust(_)));
    let of_policy = look.flaws.iter().find(|flaw| matches!(flaw, Flaw::NoPolicy | Flaw::Policy(_)));
    let whose = if ours { "made by doorman" } else { "not made by doorman, which leaves it as it is" };
    let can = "EventBridge Scheduler and Systems Manager, for this account only";
    vec![
        finding(whole, Verdict::Good(whose.to_owned())),
        finding(trust, of_trust.map_or_else(|| Verdict::Good(can.to_owned()), bad)),
        finding(
            policy,
            match (of_policy, look.unread) {
                (Some(flaw), _) => bad(flaw),
                (None, None) => Verdict::Good("closing a window, and nothing else".to_owned()),
                (None, Some(failure)) if failure.kind == FailureKind::AccessDenied => {
                    Verdict::Note("not looked at: these credentials may not iam:GetRolePolicy".to_owned())
                }
                (None, Some(failure)) => warn(failure),
            },
        ),
    ]
}

fn warn(failure: Failure) -> Verdict {
    Verdict::Warn(problem(failure))
}
