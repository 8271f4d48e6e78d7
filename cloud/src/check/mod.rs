//! `doorman check`: credentials, network, quotas, permissions, image and type, the net under the bot, as findings in plain
//! data. Changes nothing; only what it proposes to fix does, when it is asked to.

mod backstop;
mod finding;
mod fix;
mod network;
mod parts;
mod permissions;
mod policy;
mod quotas;

use std::fmt::Display;

use chrono::{DateTime, Utc};
use doorman_config::Stack;

pub use finding::{Difference, Finding, Fix, FixError, Flaw, Part, Problem, Proposal, Verdict};

use crate::aws::{Aws, CLOCKS_AGREE, Identity};
use crate::failure::{Failure, FailureKind};
use crate::kind::Kind;
use crate::lease::Trouble;
use crate::record::Record;
use crate::switchboard::Observed;
use crate::switchboard::aws::look;
use crate::switchboard::network::Network;

/// Digits of the account id that are shown: enough to tell one's accounts apart.
const ACCOUNT_DIGITS: usize = 4;

/// A stack in an account, to be checked.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    aws: &'a Aws,
    stack: &'a Stack,
    /// The time now.
    now: DateTime<Utc>,
}

impl<'a> Check<'a> {
    /// Of that stack.
    pub fn new(aws: &'a Aws, stack: &'a Stack, now: DateTime<Utc>) -> Check<'a> {
        Check { aws, stack, now }
    }
}

impl Check<'_> {
    /// Nothing on record: the store is the bot's.
    fn record(&self) -> Record {
        Record::empty(&self.stack.name, None)
    }

    /// Looks at everything that the bot will need, and says of each thing how it stands. Makes only reading
    /// calls and dry runs. Without credentials, the rest is skipped.
    pub async fn all(&self) -> Vec<Finding> {
        let identity = match self.aws.identity().await {
            Ok(identity) => identity,
            Err(failure) => {
                let rest = ["network", "quotas", "permissions", "image and type", "safety net"];
                let rest = rest.map(|what| finding(what, Verdict::Skipped));
                let clock =
                    Some(self.check_clock()).filter(|found| !matches!(found.verdict, Verdict::Good(_)));
                return [finding("credentials", self.nobody(failure))]
                    .into_iter()
                    .chain(clock)
                    .chain(rest)
                    .collect();
            }
        };
        let mut findings = vec![finding("credentials", whose(&identity)), self.check_clock()];
        let account_id = identity.account_id;
        let observed = match Box::pin(look(self.aws, self.stack, &self.record(), self.now)).await {
            Ok(round) => round.into_seen(),
            Err(failure) => {
                findings.push(finding("network", bad(failure)));
                return findings;
            }
        };
        let named = [Kind::Vpc, Kind::Subnet, Kind::Route, Kind::SecurityGroup];
        if let Some((_, failure)) = observed.unknown().find(|(kind, _)| named.contains(kind)) {
            findings.push(finding("network", bad(failure.clone())));
            findings.extend(self.check_backstop(&account_id, &observed).await);
            return findings;
        }
        let network = observed.network();
        let offer = self.check_offer(&network).await;
        let image = offer.as_ref().ok().map(|offer| offer.image.clone());
        let vcpus = offer.as_ref().ok().map(|offer| offer.vcpus);
        let (of_network, quotas, writing, backstop) = futures::join!(
            self.check_network(&observed),
            self.check_quotas(&network, vcpus),
            self.check_writing(&observed, image.as_ref()),
            self.check_backstop(&account_id, &observed),
        );
        findings.extend(of_network);
        let service = &self.stack.service;
        let what = format!("image {} on {}", service.image, service.instance_type);
        findings.push(match offer {
            Ok(offer) => {
                finding(what, Verdict::Good(format!("{} for {}", offer.image, offer.architecture.as_str())))
            }
            Err(verdict) => finding(what, verdict),
        });
        findings.extend(quotas);
        findings.extend(self.check_reading(&observed));
        findings.extend(writing);
        findings.push(self.check_boundary(&observed).await);
        findings.extend(backstop);
        findings
    }

    /// Whether the clock agrees with AWS's, by the answers that there were.
    fn check_clock(&self) -> Finding {
        let ahead = self.aws.clock_ahead();
        let verdict = match ahead.abs() <= CLOCKS_AGREE {
            true => Verdict::Good("agrees with AWS's".to_owned()),
            false => Verdict::Warn(Problem::Trouble(Trouble::Clock { ahead_s: ahead.num_seconds() })),
        };
        finding("clock", verdict)
    }

    /// The verdict on a kind that could not be looked at.
    fn unseen(&self, observed: &Observed, kind: Kind) -> Verdict {
        let failure = observed.shelf(kind).unseen().cloned();
        failure.map_or(Verdict::Skipped, bad)
    }

    /// The verdict on credentials that did not even tell whose they are.
    fn nobody(&self, failure: Failure) -> Verdict {
        match self.aws.sign_in() {
            Some(sign_in) if failure.kind == FailureKind::Credentials && failure.is_without_credentials() => {
                Verdict::Bad(Problem::SignIn(sign_in.to_string()))
            }
            Some(_) | None => bad(failure),
        }
    }

    /// The shipped image and type in the zones of the pair.
    async fn check_offer(&self, network: &Network) -> Result<crate::catalog::Offer, Verdict> {
        let service = &self.stack.service;
        let subnets = service.instances.iter().filter_map(|instance| network.subnet(&instance.subnet));
        let mut zones: Vec<String> = subnets.map(|subnet| subnet.zone.clone()).collect();
        zones.dedup();
        match self.aws.offer(&service.image, &service.instance_type, &zones).await {
            Ok(Ok(offer)) => Ok(offer),
            Ok(Err(none)) => Err(Verdict::Bad(Problem::NoOffer(none))),
            Err(failure) => Err(bad(failure)),
        }
    }
}

fn whose(identity: &Identity) -> Verdict {
    let account_id = &identity.account_id;
    let shown = account_id.get(account_id.len().saturating_sub(ACCOUNT_DIGITS)..).unwrap_or_default();
    Verdict::Good(format!("account …{shown}, {}", identity.who()))
}

fn finding(what: impl Display, verdict: Verdict) -> Finding {
    Finding { what: what.to_string(), verdict }
}

fn bad(failure: Failure) -> Verdict {
    Verdict::Bad(problem(failure))
}

/// What a failed call means to whoever sets doorman up.
pub fn problem(failure: Failure) -> Problem {
    let operation = failure.operation.to_owned();
    match failure.kind {
        FailureKind::Credentials => Problem::Trouble(Trouble::Credentials),
        FailureKind::Clock { ahead_s } => Problem::Trouble(Trouble::Clock { ahead_s }),
        FailureKind::AccessDenied => Problem::Trouble(Trouble::AccessDenied { operation, on: None }),
        FailureKind::Quota => Problem::Trouble(Trouble::Quota { code: failure.code }),
        FailureKind::Refused | FailureKind::NoCapacity => {
            Problem::Trouble(Trouble::Refused { operation, code: failure.code, on: None })
        }
        FailureKind::Unknown | FailureKind::Throttled | FailureKind::NotYet | FailureKind::Away => {
            Problem::Away(format!("{operation}: {}", failure.code))
        }
    }
}
