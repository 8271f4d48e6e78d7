//! The AWS side: region, account, and the parts of the network.

use std::net::Ipv4Addr;

use doorman_cloud::aws::{self, Aws};
use doorman_cloud::clock::Clock;
use doorman_cloud::failure::{Failure, FailureKind};
use doorman_cloud::ids::VpcId;
use doorman_cloud::survey::{self, Choice, Group, NoAddress, Subnet, Survey, Table, Vpc};
use doorman_config::{Instance, Settings, Stack};

use super::Options;
use super::ask::{Ask, End, Item};
use super::questions::{self, Question};
use super::words::Words;

/// The regions that a list is made of, Seoul and its neighbours first
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>). A flag or the AWS configuration
/// may name another one.
const REGIONS: [&str; 34] = [
    "ap-northeast-2",
    "ap-northeast-1",
    "ap-northeast-3",
    "ap-east-1",
    "ap-east-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-south-1",
    "ap-south-2",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "ca-west-1",
    "mx-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "af-south-1",
];
/// A name is the value of a tag, of at most so many characters.
const LONGEST_NAME: usize = 256;

/// What was chosen of AWS.
pub(super) struct Chosen {
    pub(super) region: String,
    pub(super) vpc: String,
    pub(super) public_subnet: String,
    pub(super) table: String,
    pub(super) group: String,
    pub(super) instances: [Instance; 2],
    /// What there is, for the prices.
    pub(super) survey: Survey,
}

/// Chooses all of it. `None`: something is missing, and was noted.
pub(super) async fn choose(ask: &mut Ask, options: &Options) -> Result<Option<Chosen>, End> {
    let words = ask.words;
    let Some(region) = region(ask, options).await? else {
        ask.note_missing(&[(questions::ACCOUNT, options.account.is_some())], questions::REGION.flag)?;
        ask.note_missing(&parts_of(options), questions::REGION.flag)?;
        return Ok(None);
    };
    let Some(survey) = look(ask, options, &region).await? else {
        ask.note_missing(&parts_of(options), &words.credentials())?;
        return Ok(None);
    };
    parts(ask, options, region, survey).await
}

/// The questions about the parts of the network, and whether each has an answer.
fn parts_of(options: &Options) -> [(Question, bool); 6] {
    [
        (questions::VPC, options.vpc.is_some()),
        (questions::PUBLIC_SUBNET, options.public_subnet.is_some()),
        (questions::TABLE, options.route_table.is_some()),
        (questions::FIRST_SUBNET, !options.private_subnets.is_empty()),
        (questions::SECOND_SUBNET, options.private_subnets.len() > 1),
        (questions::GROUP, options.security_group.is_some()),
    ]
}

async fn region(ask: &mut Ask, options: &Options) -> Result<Option<String>, End> {
    let configured = match &options.region {
        Some(_) => None,
        None => survey::configured_region().await.filter(|region| objection(region).is_none()),
    };
    if let Some(region) = configured {
        ask.say(&ask.words.region(&region));
        return Ok(Some(region));
    }
    let mut given = options.region.as_deref();
    if let Some(region) = given
        && !REGIONS.contains(&region)
    {
        match objection(region) {
            None => return Ok(Some(region.to_owned())),
            Some(objection) if ask.terminal().is_some() => {
                ask.say(&ask.words.objected(questions::REGION, &objection));
                given = None;
            }
            Some(objection) => {
                ask.note(ask.words.objected(questions::REGION, &objection))?;
                return Ok(None);
            }
        }
    }
    let items =
        REGIONS.map(|region| Item { label: region.to_owned(), keys: vec![region.to_owned()], unfit: None });
    let chosen = ask.choose(questions::REGION, given, &items, 0).await?;
    Ok(chosen.map(|at| REGIONS[at].to_owned()))
}

/// What the settings have against a region.
fn objection(region: &str) -> Option<String> {
    let text = format!("[aws]\nregion = {}\n", toml_edit::Value::from(region));
    let problems = Settings::from_toml(&text).err()?;
    let about = problems.0.into_iter().find(|problem| problem.path == "aws.region")?;
    Some(about.message)
}

/// Whose account it is, and what is in it.
async fn look(ask: &mut Ask, options: &Options, region: &str) -> Result<Option<Survey>, End> {
    let words = ask.words;
    let by = doorman_config::Aws { region: region.to_owned(), ..doorman_config::Aws::default() };
    let aws = Aws::connect_by(&by, &Clock::system(), aws::Options::default()).await;
    let identity = match aws.identity().await {
        Ok(identity) => identity,
        Err(failure) => {
            ask.note(said(&failure, &aws, words))?;
            return Ok(None);
        }
    };
    let account_id = &identity.account_id;
    ask.say(&words.account(account_id, identity.who(), region));
    let is_right = match &options.account {
        Some(given) if given == account_id => true,
        Some(_) => {
            ask.note(words.objected(questions::ACCOUNT, &words.other_account(account_id)))?;
            false
        }
        None if ask.terminal().is_some() => {
            let right = ask.confirm(questions::ACCOUNT, false).await?;
            if !right {
                return Err(End::Failed(words.choose_account()));
            }
            right
        }
        None => {
            let there = words.account(account_id, identity.who(), region);
            ask.note(format!("{}\n    {there}", words.missing(questions::ACCOUNT)))?;
            false
        }
    };
    match Survey::make(&aws, &Stack::default().name).await {
        Ok(survey) => Ok(Some(survey)),
        // Of another account nothing is to be chosen.
        Err(_) if !is_right => Ok(None),
        Err(failure) => {
            ask.note(said(&failure, &aws, words))?;
            Ok(None)
        }
    }
}

fn said(failure: &Failure, aws: &Aws, words: Words) -> String {
    match failure.kind {
        FailureKind::Credentials => {
            let sign_in = aws.sign_in().filter(|_| failure.is_without_credentials());
            words.no_credentials(sign_in.map(ToString::to_string).as_deref())
        }
        FailureKind::AccessDenied => words.denied(failure.operation),
        FailureKind::Unknown
        | FailureKind::Throttled
        | FailureKind::NotYet
        | FailureKind::Away
        | FailureKind::Quota
        | FailureKind::NoCapacity
        | FailureKind::Clock { .. }
        | FailureKind::Refused => words.aws_failed(failure.operation, &failure.code, aws.region()),
    }
}

async fn parts(
    ask: &mut Ask,
    options: &Options,
    region: String,
    survey: Survey,
) -> Result<Option<Chosen>, End> {
    let words = ask.words;
    let shipped = Stack::default();
    let vpcs = survey.vpcs();
    let about = |vpc: &Vpc| (vpc.id.to_string(), vpc.cidr.clone());
    let at = called(&vpcs, &shipped.vpc).unwrap_or_default();
    let vpc = one(ask, questions::VPC, options.vpc.as_deref(), &vpcs, at, about).await?;
    // While none is chosen, what there is is listed for all that can be.
    let among: Vec<&VpcId> = match vpc {
        Some(vpc) => vec![&vpc.thing.id],
        None => vpcs.iter().filter(|vpc| vpc.unfit.is_none()).map(|vpc| &vpc.thing.id).collect(),
    };

    let public: Vec<_> = among.iter().flat_map(|vpc| survey.public_subnets(vpc)).collect();
    let at = called(&public, &shipped.nat.subnet).unwrap_or_default();
    let given = options.public_subnet.as_deref();
    let public = one(ask, questions::PUBLIC_SUBNET, given, &public, at, of_subnet).await?;

    let tables: Vec<_> = among.iter().flat_map(|vpc| survey.private_tables(vpc)).collect();
    let about = |table: &Table| {
        let route = table.default_route.as_deref();
        let route = route.map_or(words.no_default_route(), |target| words.default_route(target));
        (table.id.to_string(), route)
    };
    let at = called(&tables, &shipped.nat.route_table).unwrap_or_default();
    let table = one(ask, questions::TABLE, options.route_table.as_deref(), &tables, at, about).await?;

    let behind = table.map(|table| &table.thing.id);
    let private: Vec<_> = among.iter().flat_map(|vpc| survey.private_subnets(vpc, behind)).collect();
    let mut given = options.private_subnets.iter().map(String::as_str);
    let first = one(ask, questions::FIRST_SUBNET, given.next(), &private, 0, of_subnet).await?;
    let at = private.iter().position(|choice| first.is_some_and(|first| is_elsewhere(first, choice)));
    let at = at.unwrap_or_default();
    let second = one(ask, questions::SECOND_SUBNET, given.next(), &private, at, of_subnet).await?;

    let groups: Vec<_> = among.iter().flat_map(|vpc| survey.groups(vpc)).collect();
    let about = |group: &Group| (group.id.to_string(), group.description.clone());
    // The group that AWS makes with each VPC is the last that anybody wants.
    let at = called(&groups, &shipped.service.security_group);
    let at = at.or_else(|| groups.iter().position(|choice| choice.name != "default")).unwrap_or_default();
    let group = one(ask, questions::GROUP, options.security_group.as_deref(), &groups, at, about).await?;

    for (question, many) in [
        (questions::FIRST_SUBNET, options.private_subnets.len()),
        (questions::NAMES[0], options.instance_names.len()),
        (questions::ADDRESSES[0], options.private_ips.len()),
    ] {
        if many > 2 {
            ask.note(words.given_too_often(question.flag))?;
        }
    }
    let Some((first, second)) = first.zip(second) else { return Ok(None) };
    let instances = instances(ask, options, &survey, [first.thing, second.thing]).await?;
    let network = vpc.zip(public).zip(table).zip(group).zip(instances);
    let named = network.map(|((((vpc, public), table), group), instances)| {
        ([vpc.name, public.name, table.name, group.name].map(str::to_owned), instances)
    });
    Ok(named.map(|([vpc, public_subnet, table, group], instances)| Chosen {
        region,
        vpc,
        public_subnet,
        table,
        group,
        instances,
        survey,
    }))
}

/// Where among them is the one of the name in the shipped settings: whoever followed those has it.
fn called<T>(choices: &[Choice<'_, T>], name: &str) -> Option<usize> {
    choices.iter().position(|choice| choice.unfit.is_none() && choice.name == name)
}

/// Id and particulars of a subnet.
fn of_subnet(subnet: &Subnet) -> (String, String) {
    (subnet.id.to_string(), format!("{}, {}", subnet.cidr, subnet.zone))
}

/// Whether the second instance is better off there: not both are gone when a zone is.
fn is_elsewhere(first: &Choice<'_, Subnet>, second: &Choice<'_, Subnet>) -> bool {
    second.unfit.is_none() && first.thing.zone != second.thing.zone
}

/// Has one of them chosen; `about` has its id and particulars.
async fn one<'c, 'a, T>(
    ask: &mut Ask,
    question: Question,
    given: Option<&str>,
    choices: &'c [Choice<'a, T>],
    at: usize,
    about: impl Fn(&T) -> (String, String),
) -> Result<Option<&'c Choice<'a, T>>, End> {
    let words = ask.words;
    let item = |choice: &Choice<'_, T>| {
        let (id, particulars) = about(choice.thing);
        let label = match choice.name.trim() {
            "" => format!("{id} ({particulars})"),
            _ => format!("{} ({id}, {particulars})", choice.name),
        };
        let unfit = choice.unfit.as_ref().map(|unfit| words.unfit(unfit));
        Item { label, keys: vec![id, choice.name.to_owned()], unfit }
    };
    let items: Vec<Item> = choices.iter().map(item).collect();
    let chosen = ask.choose(question, given, &items, at).await?;
    Ok(chosen.map(|at| &choices[at]))
}

/// The pair, one in each of the subnets.
async fn instances(
    ask: &mut Ask,
    options: &Options,
    survey: &Survey,
    subnets: [&Subnet; 2],
) -> Result<Option<[Instance; 2]>, End> {
    let shipped = Stack::default().service.instances;
    let mut pair: Vec<Instance> = Vec::new();
    let mut complete = true;
    for (nth, subnet) in subnets.into_iter().enumerate() {
        let given = options.instance_names.get(nth).map(String::as_str);
        let others: Vec<String> = pair.iter().map(|instance| instance.name.clone()).collect();
        let name = name(ask, questions::NAMES[nth], given, survey, &others).await?;

        let others: Vec<Ipv4Addr> = pair.iter().map(|instance| instance.private_ip).collect();
        let asked = shipped.get(nth).map_or(Ipv4Addr::UNSPECIFIED, |shipped| shipped.private_ip);
        let proposal = survey.free_address(subnet, asked, &others);
        let given = options.private_ips.get(nth).map(String::as_str);
        let words = ask.words;
        let read = |text: &str| read_address(text, survey, subnet, &others, words);
        let question = questions::ADDRESSES[nth];
        let address = ask.text(question, given, proposal.map(|free| free.to_string()), read).await?;

        match name.zip(address) {
            Some((name, private_ip)) => {
                let subnet = subnet.name.clone().unwrap_or_default();
                pair.push(Instance { name, subnet, private_ip });
            }
            None => complete = false,
        }
    }
    Ok(<[Instance; 2]>::try_from(pair).ok().filter(|_| complete))
}

async fn name(
    ask: &mut Ask,
    question: Question,
    given: Option<&str>,
    survey: &Survey,
    others: &[String],
) -> Result<Option<String>, End> {
    let words = ask.words;
    let is_taken = |name: &str| survey.is_instance(name) || others.iter().any(|other| other == name);
    let mut shipped = (1..).map(|number| format!("my-service-{number:02}"));
    let proposal = shipped.find(|name| !is_taken(name));
    let read = |text: &str| match text {
        text if text.trim() != text || !(1..=LONGEST_NAME).contains(&text.chars().count()) => {
            Err(words.name_needed())
        }
        text if is_taken(text) => Err(words.name_taken(text)),
        text => Ok(text.to_owned()),
    };
    ask.text(question, given, proposal, read).await
}

fn read_address(
    text: &str,
    survey: &Survey,
    subnet: &Subnet,
    others: &[Ipv4Addr],
    words: Words,
) -> Result<Ipv4Addr, String> {
    let address: Ipv4Addr = text.parse().map_err(|_| words.not_an_address(text))?;
    let objection = survey.objection(subnet, address);
    match objection.or_else(|| others.contains(&address).then_some(NoAddress::Taken)) {
        None => Ok(address),
        Some(why) => Err(words.no_address(text, &subnet.cidr, why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_objected_to_as_the_settings_do() {
        assert!(REGIONS.iter().all(|region| objection(region).is_none()));
        assert_eq!(objection("xx-somewhere-9"), None);
        for wrong in ["", "seoul", "ap-northeast-2a", "cn-north-1", "ap\"-1"] {
            assert!(objection(wrong).is_some(), "{wrong}");
        }
    }
}
