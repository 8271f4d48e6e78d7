//! `[aws]`: which account and region.

use crate::read::Section;

/// Where in AWS doorman works. Credentials are not among the settings: the AWS SDK finds them by its standard
/// chain (`AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, an instance role, …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aws {
    /// The region, such as `ap-northeast-2` (the default, Seoul).
    pub region: String,
    /// A profile of the AWS configuration files: for doorman's own calls, and named in the command line that
    /// `/session start` hands out. Default: none, the SDK's own choice.
    pub profile: Option<String>,
    /// The ARN of a role to assume before anything else, for working in another account. Default: none.
    pub role_arn: Option<String>,
}

impl Default for Aws {
    fn default() -> Self {
        Self { region: "ap-northeast-2".to_owned(), profile: None, role_arn: None }
    }
}

impl Aws {
    pub(crate) fn read(section: &Section<'_, '_>) -> Self {
        let aws = Self {
            region: section.get_or("region", Self::default().region),
            profile: section.get("profile"),
            role_arn: section.get("role_arn"),
        };
        section.check("region", is_region(&aws.region), || {
            let zone =
                aws.region.strip_suffix(|c: char| c.is_ascii_lowercase()).filter(|name| is_region(name));
            match zone {
                Some(region) => format!("`{}` is a zone; its region is `{region}`", aws.region),
                None => format!("`{}` is not an AWS region such as `ap-northeast-2`", aws.region),
            }
        });
        section.check("region", partition(&aws.region) == "aws", || {
            let (region, partition) = (&aws.region, partition(&aws.region));
            format!(
                "`{region}` is in the partition `{partition}`, where services and roles have other names: doorman only \
                 knows those of the partition `aws`"
            )
        });
        section.check("profile", aws.profile.as_deref() != Some(""), || {
            "empty; leave the line out to use no profile".to_owned()
        });
        section.check("role_arn", aws.role_arn.as_deref().is_none_or(is_role_arn), || {
            "not the ARN of a role, which looks like `arn:aws:iam::123456789012:role/doorman`".to_owned()
        });
        aws
    }
}

/// The partition of AWS that a region is in
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-syntax>).
fn partition(region: &str) -> &'static str {
    let partitions =
        [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso", "aws-iso"), ("eu-isoe-", "aws-iso-e")];
    let found = partitions.iter().find(|(begins, _)| region.starts_with(begins));
    found.map_or("aws", |(_, partition)| partition)
}

/// Words joined by hyphens, the last of them a number, as in every region there is
/// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>). Whether it exists is
/// for AWS to say.
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let Some((number, names)) = words.split_last() else {
        return false;
    };
    names.len() >= 2
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && names.iter().all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else {
        return false;
    };
    partition.starts_with("aws")
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
}
