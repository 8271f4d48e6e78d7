//! What of all there is can be named, and is of use where a name is asked for.

use super::{Group, Subnet, Survey, Table, Vpc};
use crate::ids::{RouteTableId, VpcId};

/// Why something cannot be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has no name to be named by.
    Unnamed,
    /// Others of its kind have the same name: their ids.
    NameOfOthers(Vec<String>),
    /// Its name has a space before or after it, or is longer than what settings take.
    OddName,
    /// A subnet from which no way leads to an internet gateway: a NAT gateway in it would reach nothing.
    NotPublic,
    /// A subnet or a route table with a way to an internet gateway already.
    Public,
    /// A subnet in which another route table holds, so that a window would not reach it.
    OtherTable,
    /// A route table whose default route leads somewhere else, by id: a window needs its place.
    LeadsTo(String),
}

/// Something, and what stands in the way of choosing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a, T> {
    /// What it is.
    pub thing: &'a T,
    /// Its name, empty without one.
    pub name: &'a str,
    /// `None`: nothing does.
    pub unfit: Option<Unfit>,
}

/// The longest name that settings take, in characters, as of a tag.
const LONGEST: usize = 256;

/// What stands in the way of naming each, as long as it is of use.
fn choices<'a, T>(
    things: impl Iterator<Item = &'a T>,
    name: impl Fn(&'a T) -> &'a str,
    id: impl Fn(&'a T) -> &'a str,
    of_no_use: impl Fn(&'a T) -> Option<Unfit>,
) -> Vec<Choice<'a, T>> {
    let things: Vec<&T> = things.collect();
    let unfit = |thing: &'a T| {
        let own = name(thing);
        let others = things.iter().filter(|other| name(other) == own && id(other) != id(thing));
        let others: Vec<String> = others.map(|other| id(other).to_owned()).collect();
        if own.trim().is_empty() {
            Some(Unfit::Unnamed)
        } else if !others.is_empty() {
            Some(Unfit::NameOfOthers(others))
        } else if own.trim() != own || own.chars().count() > LONGEST {
            Some(Unfit::OddName)
        } else {
            of_no_use(thing)
        }
    };
    let mut choices: Vec<Choice<'a, T>> =
        things.iter().map(|&thing| Choice { thing, name: name(thing), unfit: unfit(thing) }).collect();
    choices.sort_by_key(|choice| (choice.unfit.is_some(), choice.name, id(choice.thing)));
    choices
}

/// What there is, what can be chosen first, by name.
impl Survey {
    /// The VPCs.
    pub fn vpcs(&self) -> Vec<Choice<'_, Vpc>> {
        let vpcs = self.vpcs.iter();
        choices(vpcs, |vpc| vpc.name.as_deref().unwrap_or_default(), |vpc| vpc.id.as_str(), |_| None)
    }

    /// The subnets of a VPC, for the NAT gateway of a window.
    pub fn public_subnets(&self, vpc: &VpcId) -> Vec<Choice<'_, Subnet>> {
        self.subnets(vpc, |subnet| {
            let public = self.table_of(subnet).is_some_and(Table::is_public);
            (!public).then_some(Unfit::NotPublic)
        })
    }

    /// The route tables of a VPC, for the route of a window.
    pub fn private_tables(&self, vpc: &VpcId) -> Vec<Choice<'_, Table>> {
        let here = self.tables.iter().filter(|table| table.vpc == *vpc);
        let of_no_use = |table: &Table| match &table.default_route {
            _ if table.is_public() => Some(Unfit::Public),
            // It may be that of a window that is open; whether it is, `doorman check` says.
            Some(target) if !target.starts_with("nat-") => Some(Unfit::LeadsTo(target.clone())),
            Some(_) | None => None,
        };
        choices(here, |table| table.name.as_deref().unwrap_or_default(), |table| table.id.as_str(), of_no_use)
    }

    /// The subnets of a VPC, for instances behind that route table, or while that is not chosen behind any that is not
    /// public.
    pub fn private_subnets(&self, vpc: &VpcId, behind: Option<&RouteTableId>) -> Vec<Choice<'_, Subnet>> {
        self.subnets(vpc, |subnet| {
            let table = self.table_of(subnet);
            match (table, behind) {
                (Some(table), _) if table.is_public() => Some(Unfit::Public),
                (table, Some(behind)) if table.map(|table| &table.id) != Some(behind) => {
                    Some(Unfit::OtherTable)
                }
                _ => None,
            }
        })
    }

    /// The security groups of a VPC.
    pub fn groups(&self, vpc: &VpcId) -> Vec<Choice<'_, Group>> {
        let here = self.groups.iter().filter(|group| group.vpc == *vpc);
        choices(here, |group| &group.name, |group| group.id.as_str(), |_| None)
    }

    fn subnets<'a>(
        &'a self,
        vpc: &VpcId,
        of_no_use: impl Fn(&'a Subnet) -> Option<Unfit>,
    ) -> Vec<Choice<'a, Subnet>> {
        let here = self.subnets.iter().filter(|subnet| subnet.vpc == *vpc);
        let name = |subnet: &'a Subnet| -> &'a str { subnet.name.as_deref().unwrap_or_default() };
        choices(here, name, |subnet| subnet.id.as_str(), of_no_use)
    }

    /// The table that holds in a subnet: the one it is associated with, or the main one of its VPC.
    fn table_of(&self, subnet: &Subnet) -> Option<&Table> {
        let own = self.tables.iter().find(|table| table.subnets.contains(&subnet.id));
        own.or_else(|| self.tables.iter().find(|table| table.is_main && table.vpc == subnet.vpc))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(id: &str, name: Option<&str>) -> Subnet {
        let (name, vpc) = (name.map(str::to_owned), "vpc-1".into());
        Subnet { id: id.into(), name, vpc, zone: "z".to_owned(), cidr: "10.0.0.0/24".to_owned() }
    }

    fn table(id: &str, subnets: &[&str], is_main: bool, default_route: Option<&str>) -> Table {
        Table {
            id: id.into(),
            name: Some(id.to_owned()),
            vpc: "vpc-1".into(),
            subnets: subnets.iter().map(|id| (*id).into()).collect(),
            is_main,
            default_route: default_route.map(str::to_owned),
        }
    }

    fn network() -> Survey {
        Survey {
            subnets: vec![
                subnet("s1", Some("public")),
                subnet("s2", Some("private")),
                subnet("s3", None),
                subnet("s4", Some("twin")),
                subnet("s5", Some("twin")),
                subnet("s6", Some("at the main table")),
                subnet("s7", Some(" odd")),
            ],
            tables: vec![
                table("rtb-public", &["s1"], false, Some("igw-1")),
                table("rtb-private", &["s2", "s3", "s4", "s5", "s7"], false, None),
                table("rtb-main", &[], true, Some("tgw-1")),
                table("rtb-window", &[], false, Some("nat-1")),
            ],
            ..Survey::default()
        }
    }

    fn said<T>(choices: &[Choice<'_, T>]) -> Vec<(String, Option<Unfit>)> {
        choices.iter().map(|choice| (choice.name.to_owned(), choice.unfit.clone())).collect()
    }

    #[test]
    fn only_what_is_named_once_and_leads_where_it_should_can_be_chosen() {
        let survey = network();
        let vpc = "vpc-1".into();
        let twin = |other: &str| ("twin".to_owned(), Some(Unfit::NameOfOthers(vec![other.to_owned()])));
        let named = |name: &str, unfit| (name.to_owned(), unfit);
        assert_eq!(
            said(&survey.public_subnets(&vpc)),
            [
                named("public", None),
                named("", Some(Unfit::Unnamed)),
                named(" odd", Some(Unfit::OddName)),
                named("at the main table", Some(Unfit::NotPublic)),
                named("private", Some(Unfit::NotPublic)),
                twin("s5"),
                twin("s4"),
            ]
        );
        let behind = "rtb-private".into();
        assert_eq!(
            said(&survey.private_subnets(&vpc, Some(&behind))),
            [
                named("private", None),
                named("", Some(Unfit::Unnamed)),
                named(" odd", Some(Unfit::OddName)),
                named("at the main table", Some(Unfit::OtherTable)),
                named("public", Some(Unfit::Public)),
                twin("s5"),
                twin("s4"),
            ]
        );
        let anywhere = survey.private_subnets(&vpc, None);
        assert_eq!(said(&anywhere)[..2], [named("at the main table", None), named("private", None)]);
        assert_eq!(
            said(&survey.private_tables(&vpc)),
            [
                named("rtb-private", None),
                named("rtb-window", None),
                named("rtb-main", Some(Unfit::LeadsTo("tgw-1".to_owned()))),
                named("rtb-public", Some(Unfit::Public)),
            ]
        );
        assert!(survey.public_subnets(&"vpc-2".into()).is_empty());
    }
}
