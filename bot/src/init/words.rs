//! Every sentence of `doorman init`, in English and in Korean.
//!
//! What Discord, AWS and the settings say of themselves (ids, names, error codes) is the same in both.

use doorman_cloud::survey::{NoAddress, Unfit};
use doorman_config::Locale;

use super::questions::Question;

/// The language that whoever sits at the terminal reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words(pub(super) Locale);

/// The variables that say so, the first that is set counts
/// (<https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html>).
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

impl Words {
    /// By the environment: Korean where its locale is, and English everywhere else.
    pub(super) fn by(env: &dyn Fn(&str) -> Option<String>) -> Words {
        let locale = VARIABLES.iter().find_map(|name| env(name).filter(|value| !value.is_empty()));
        Words(match locale.as_deref() {
            Some(locale) if locale == "ko" || locale.starts_with("ko_") || locale.starts_with("ko.") => {
                Locale::Ko
            }
            Some(_) | None => Locale::EnUs,
        })
    }

    fn pick(self, english: impl Into<String>, korean: impl Into<String>) -> String {
        match self.0 {
            Locale::EnUs => english.into(),
            Locale::Ko => korean.into(),
        }
    }

    pub(super) fn question(self, question: Question) -> String {
        self.pick(question.english, question.korean)
    }

    pub(super) fn how_to_choose(self) -> String {
        self.pick("↑ ↓ to move, Enter to choose, type to filter", "↑ ↓ 이동, Enter 선택, 입력하면 검색")
    }

    pub(super) fn hidden(self) -> String {
        self.pick("what is typed is not shown", "입력한 내용은 표시되지 않습니다")
    }

    pub(super) fn yes_or_no(self) -> String {
        self.pick("y or n, please", "y 또는 n으로 답합니다")
    }

    pub(super) fn cancelled(self) -> String {
        self.pick("Cancelled: nothing was written.", "취소했습니다. 아무것도 쓰지 않았습니다.")
    }

    pub(super) fn nothing_written(self) -> String {
        self.pick("Nothing was written.", "아무것도 쓰지 않았습니다.")
    }

    pub(super) fn terminal_gone(self, why: &str) -> String {
        self.pick(format!("the terminal is gone: {why}"), format!("터미널을 사용할 수 없습니다: {why}"))
    }

    // What is missing when there is nobody to ask.

    pub(super) fn missing(self, question: Question) -> String {
        let (flag, what) = (question.flag, self.question(question));
        self.pick(format!("{flag} is missing: {what}"), format!("{flag} 값이 필요합니다: {what}"))
    }

    pub(super) fn objected(self, question: Question, objection: &str) -> String {
        format!("{}: {objection}", question.flag)
    }

    pub(super) fn later(self, with: &str) -> String {
        self.pick(format!("what there is can be listed with {with}"), format!("목록을 보려면 {with} 필요"))
    }

    pub(super) fn credentials(self) -> String {
        self.pick("AWS credentials", "AWS 자격 증명")
    }

    pub(super) fn no_such(self, given: &str) -> String {
        self.pick(format!("there is none called `{given}`"), format!("`{given}`에 해당하는 항목이 없습니다"))
    }

    pub(super) fn several(self, given: &str) -> String {
        self.pick(
            format!("several are called `{given}`: give the id"),
            format!("`{given}`에 해당하는 항목이 여러 개입니다. ID로 지정합니다"),
        )
    }

    pub(super) fn not_choosable(self, why: &str) -> String {
        self.pick(format!("cannot be chosen: {why}"), format!("선택할 수 없음: {why}"))
    }

    pub(super) fn nothing_fits(self, question: Question) -> String {
        let what = self.question(question);
        self.pick(
            format!("{what}: there is nothing that can be chosen."),
            format!("{what}: 선택할 수 있는 것이 없습니다."),
        )
    }

    pub(super) fn given_too_often(self, flag: &str) -> String {
        self.pick(
            format!("{flag} is given more than twice; there are two instances"),
            format!("{flag}: 두 번까지 지정할 수 있습니다(인스턴스 두 대)"),
        )
    }

    // The file.

    pub(super) fn exists(self, path: &str) -> String {
        self.pick(
            format!("{path} is there already: --force replaces it"),
            format!("{path} 파일이 이미 있습니다. --force로 바꿉니다"),
        )
    }

    pub(super) fn replace(self, path: &str) -> String {
        self.pick(
            format!("{path} is there already. Replace it at the end?"),
            format!("{path} 파일이 이미 있습니다. 마지막에 바꿉니까?"),
        )
    }

    pub(super) fn left_alone(self, path: &str) -> String {
        self.pick(
            format!("{path} was left as it is. --config FILE writes another one."),
            format!("{path} 파일을 그대로 두었습니다. --config FILE로 다른 파일에 쓸 수 있습니다."),
        )
    }

    pub(super) fn no_folder(self, folder: &str) -> String {
        self.pick(format!("there is no folder {folder}"), format!("{folder} 폴더가 없습니다"))
    }

    pub(super) fn cannot_write(self, path: &str, why: &str) -> String {
        self.pick(format!("cannot write {path}: {why}"), format!("{path} 파일을 쓸 수 없습니다: {why}"))
    }

    pub(super) fn write(self, path: &str) -> String {
        self.pick(format!("Write {path}?"), format!("{path} 파일에 씁니까?"))
    }

    pub(super) fn written(self, path: &str) -> String {
        self.pick(format!("{path} was written."), format!("{path} 파일을 썼습니다."))
    }

    pub(super) fn unreadable(self, problems: &str) -> String {
        self.pick(
            format!("doorman would not read these settings:\n{problems}"),
            format!("doorman이 읽을 수 없는 설정입니다:\n{problems}"),
        )
    }

    // Discord.

    pub(super) fn token_refused(self) -> String {
        self.pick(
            "Discord does not accept this token. Copy a new one: Developer Portal → your application → Bot → Reset Token.",
            "Discord가 이 토큰을 받아들이지 않습니다. 새 토큰을 복사합니다: Developer Portal → 애플리케이션 → Bot → Reset Token.",
        )
    }

    pub(super) fn discord_failed(self, why: &str) -> String {
        self.pick(format!("Discord: {why}"), format!("Discord 오류: {why}"))
    }

    pub(super) fn bot(self, name: &str) -> String {
        self.pick(format!("The token belongs to the bot {name}."), format!("{name} 봇의 토큰입니다."))
    }

    pub(super) fn in_no_server(self, invitation: &str) -> String {
        self.pick(
            format!("The bot is in no server. Invite it: {invitation}"),
            format!("봇이 들어가 있는 서버가 없습니다. 초대합니다: {invitation}"),
        )
    }

    pub(super) fn when_invited(self) -> String {
        self.pick("Press Enter when you have invited it.", "초대한 뒤 Enter를 누릅니다.")
    }

    pub(super) fn lacks(self, permissions: &[&str]) -> String {
        let permissions = permissions.join(", ");
        self.pick(format!("the bot lacks {permissions}"), format!("봇에 권한이 없음: {permissions}"))
    }

    pub(super) fn no_channel(self, server: &str, each: &str) -> String {
        self.pick(
            format!(
                "In {server} there is no text channel in which the bot may do what it needs:\n{each}\
                 Allow it there (Edit Channel → Permissions), or choose another server."
            ),
            format!(
                "{server} 서버에는 봇이 필요한 권한을 가진 텍스트 채널이 없습니다.\n{each}\
                 채널 편집 → 권한에서 허용하거나 다른 서버를 선택합니다."
            ),
        )
    }

    pub(super) fn everyone(self) -> String {
        self.pick("everyone in the server", "서버의 모든 사람")
    }

    pub(super) fn language(self, locale: Locale) -> &'static str {
        match locale {
            Locale::Ko => "한국어 (ko)",
            Locale::EnUs => "English (en-US)",
        }
    }

    // AWS.

    pub(super) fn region(self, region: &str) -> String {
        self.pick(
            format!("Region {region}, from the AWS configuration (--region chooses another)."),
            format!("리전은 AWS 구성에 있는 {region}입니다(--region으로 바꿀 수 있습니다)."),
        )
    }

    pub(super) fn no_credentials(self, sign_in: Option<&str>) -> String {
        match sign_in {
            Some(command) => self.pick(
                format!("The sign-in of the AWS credentials is over, or there was none. Sign in: {command}"),
                format!("AWS 로그인이 만료되었거나 로그인하지 않았습니다. 로그인합니다: {command}"),
            ),
            None => self.pick(
                "There are no AWS credentials, or AWS does not accept them. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, or run `aws configure`.",
                "AWS 자격 증명이 없거나 AWS가 받아들이지 않습니다. AWS_PROFILE이나 AWS_ACCESS_KEY_ID와 \
                 AWS_SECRET_ACCESS_KEY를 설정하거나 `aws configure`를 실행합니다.",
            ),
        }
    }

    pub(super) fn denied(self, operation: &str) -> String {
        self.pick(
            format!(
                "These AWS credentials do not allow {operation}. Run init as somebody who may look at the network: \
                 docs/OPERATIONS.md says what that takes."
            ),
            format!(
                "이 AWS 자격 증명에는 {operation} 권한이 없습니다. 네트워크를 조회할 수 있는 사람의 자격 \
                 증명으로 실행합니다. 필요한 권한은 docs/OPERATIONS.md에 있습니다."
            ),
        )
    }

    pub(super) fn aws_failed(self, operation: &str, code: &str, region: &str) -> String {
        self.pick(
            format!("AWS did not answer {operation} in {region}: {code}. Check the network and the region."),
            format!(
                "{region} 리전의 AWS가 {operation}에 답하지 않았습니다: {code}. 네트워크와 리전을 확인합니다."
            ),
        )
    }

    pub(super) fn account(self, account_id: &str, who: &str, region: &str) -> String {
        self.pick(
            format!("AWS account {account_id}, as {who}, in {region}."),
            format!("AWS 계정 {account_id}, {who}, 리전 {region}."),
        )
    }

    pub(super) fn other_account(self, account_id: &str) -> String {
        self.pick(
            format!("the credentials are of the account {account_id}"),
            format!("자격 증명은 계정 {account_id}의 것입니다"),
        )
    }

    pub(super) fn choose_account(self) -> String {
        self.pick(
            "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, of the right account, and run it again.",
            "맞는 계정의 AWS_PROFILE이나 AWS_ACCESS_KEY_ID와 AWS_SECRET_ACCESS_KEY를 설정하고 다시 실행합니다.",
        )
    }

    pub(super) fn unfit(self, unfit: &Unfit) -> String {
        match unfit {
            Unfit::Unnamed => self.pick("it has no Name tag", "Name 태그가 없음"),
            Unfit::NameOfOthers(ids) => {
                let ids = ids.join(", ");
                self.pick(format!("{ids} has the same name"), format!("이름이 같은 리소스가 있음: {ids}"))
            }
            Unfit::OddName => self.pick(
                "its name has a space before or after it, or over 256 characters",
                "이름 앞뒤에 공백이 있거나 256자를 넘음",
            ),
            Unfit::NotPublic => self
                .pick("no way leads from it to an internet gateway", "인터넷 게이트웨이로 가는 경로가 없음"),
            Unfit::Public => {
                self.pick("it leads to an internet gateway", "인터넷 게이트웨이로 가는 경로가 있음")
            }
            Unfit::OtherTable => {
                self.pick("another route table holds in it", "다른 라우팅 테이블에 연결되어 있음")
            }
            Unfit::LeadsTo(target) => self.pick(
                format!("its default route leads to {target}"),
                format!("기본 경로의 대상이 {target}임"),
            ),
        }
    }

    pub(super) fn no_default_route(self) -> String {
        self.pick("no default route", "기본 경로 없음")
    }

    pub(super) fn default_route(self, target: &str) -> String {
        self.pick(format!("default route to {target}"), format!("기본 경로 {target}"))
    }

    pub(super) fn not_an_address(self, given: &str) -> String {
        self.pick(
            format!("`{given}` is not an IPv4 address such as 10.20.10.31"),
            format!("IPv4 주소가 아닙니다(예: 10.20.10.31): `{given}`"),
        )
    }

    pub(super) fn no_address(self, address: &str, subnet: &str, why: NoAddress) -> String {
        match why {
            NoAddress::Outside => self.pick(
                format!("{address} is not in the subnet, {subnet}"),
                format!("서브넷 {subnet}에 속하지 않는 주소입니다: {address}"),
            ),
            NoAddress::Kept => self.pick(
                format!("{address} is kept by AWS: the first four and the last of {subnet}"),
                format!("AWS가 예약한 주소입니다({subnet}의 처음 네 개와 마지막): {address}"),
            ),
            NoAddress::Taken => {
                self.pick(format!("{address} is taken"), format!("이미 사용 중인 주소입니다: {address}"))
            }
        }
    }

    pub(super) fn name_needed(self) -> String {
        self.pick("a name of 1 to 256 characters belongs here", "1~256자의 이름이 필요합니다")
    }

    pub(super) fn name_taken(self, name: &str) -> String {
        self.pick(
            format!("an instance is called `{name}` already"),
            format!("같은 이름의 인스턴스가 이미 있습니다: `{name}`"),
        )
    }

    // The end.

    pub(super) fn summary(self) -> String {
        self.pick("These settings:", "설정 내용:")
    }

    pub(super) fn costs(self, as_of: &str) -> String {
        self.pick(
            format!("What it costs by the list of {as_of}, without tax, while it is there:"),
            format!("비용({as_of} 목록 가격, 세금 별도, 있는 동안):"),
        )
    }

    pub(super) fn no_prices(self, region: &str) -> String {
        self.pick(
            format!("What it costs: doorman has no price list for {region}, and will show none there."),
            format!("비용: {region} 리전의 가격표가 없습니다. 이 리전에서는 비용이 표시되지 않습니다."),
        )
    }

    pub(super) fn window(self) -> String {
        self.pick("a NAT window", "NAT 연결")
    }

    pub(super) fn pair(self) -> String {
        self.pick("the pair of instances", "인스턴스 두 대")
    }

    pub(super) fn shell(self) -> String {
        self.pick("shell access (a part of the pair)", "셸 접속(인스턴스에 포함)")
    }

    pub(super) fn an_hour(self, usd: Option<f64>) -> String {
        match usd {
            Some(usd) => {
                let usd = format!("${usd:.4}");
                let usd = usd.trim_end_matches('0').trim_end_matches('.');
                self.pick(format!("{usd} an hour"), format!("시간당 {usd}"))
            }
            None => self.pick("not in the list", "목록에 없음"),
        }
    }

    pub(super) fn next(self) -> String {
        self.pick("Next:", "다음 명령:")
    }

    /// What each of the next commands does, in their order: the policies, the parts for a person, the bot.
    pub(super) fn next_steps(self) -> [String; 3] {
        [
            self.pick("the policies for its credentials", "자격 증명에 줄 정책"),
            self.pick(
                "the safety net, by somebody who may change IAM",
                "안전망(IAM을 바꿀 수 있는 사람이 실행)",
            ),
            self.pick("the bot", "봇 실행"),
        ]
    }

    pub(super) fn token_not_kept(self) -> String {
        self.pick("the token, which is not in the file", "토큰(파일에는 없음)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let by = |variables: &[(&str, &str)]| {
            let find = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            Words::by(&find).0
        };
        for (variables, locale) in [
            (&[][..], Locale::EnUs),
            (&[("LANG", "ko_KR.UTF-8")], Locale::Ko),
            (&[("LANG", "ko_KR.UTF-8"), ("LC_ALL", "C")], Locale::EnUs),
            (&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "ko")], Locale::Ko),
            (&[("LANG", "ko_KR"), ("LC_ALL", "")], Locale::Ko),
            (&[("LANG", "kok_IN")], Locale::EnUs),
        ] {
            assert_eq!(by(variables), locale, "{variables:?}");
        }
    }

    #[test]
    fn a_price_has_no_more_digits_than_it_needs() {
        let words = Words(Locale::EnUs);
        assert_eq!(words.an_hour(Some(0.064)), "$0.064 an hour");
        assert_eq!(words.an_hour(Some(2.0)), "$2 an hour");
        assert_eq!(words.an_hour(None), "not in the list");
    }
}
