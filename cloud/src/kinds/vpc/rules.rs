//! The network that the settings name.

use doorman_config::Stack;

use super::Vpc;
use crate::kind::Kind;
use crate::kinds::Lookup;
use crate::kinds::group::Group;
use crate::kinds::route::RouteTable;
use crate::lease::Trouble;
use crate::plan::{Build, How};

/// What of the network was found. What was not is a trouble by now.
pub(crate) struct Named<'a> {
    pub(crate) vpc: Option<&'a Vpc>,
    pub(crate) group: Option<&'a Group>,
    pub(crate) table: Option<&'a RouteTable>,
}

/// The network with these subnets, and the private route table if that is needed.
pub(crate) fn named<'a>(b: &mut Build<'a>, subnets: &[&str], routes: bool) -> Named<'a> {
    let (stack, seen): (&Stack, _) = (b.stack, b.seen);
    let vpc = want(b, Kind::Vpc, "vpc", &stack.vpc, seen.vpc());
    if vpc.is_none() {
        // Without it nothing else can be found.
        return Named {
            vpc,
            group: seen.group().found().copied(),
            table: seen.route_table().found().copied(),
        };
    }
    let mut names = subnets.to_vec();
    names.sort_unstable();
    names.dedup();
    for name in names {
        want(b, Kind::Subnet, "subnet", name, seen.subnet(name));
    }
    let table = match routes {
        true => want(b, Kind::Route, "route-table", &stack.nat.route_table, seen.route_table()),
        false => None,
    };
    let group = want(b, Kind::SecurityGroup, "security-group", &stack.service.security_group, seen.group());
    Named { vpc, group, table }
}

fn want<'a, T>(
    b: &mut Build<'a>,
    kind: Kind,
    what: &str,
    name: &str,
    lookup: Lookup<&'a T>,
) -> Option<&'a T> {
    let trouble = match lookup {
        Lookup::Found(thing) => return Some(thing),
        Lookup::Missing => Trouble::Missing { what: what.to_owned(), name: name.to_owned() },
        Lookup::Ambiguous(ids) => Trouble::Ambiguous { what: what.to_owned(), name: name.to_owned(), ids },
    };
    b.missing(kind, name, How::Blocked(trouble.clone()), None);
    b.trouble(trouble);
    None
}
