//! What `doorman init` asks for, each with the flag that answers it.

/// What is asked for: its flag, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The flag that answers it, with its value as `--help` has it; or a variable of the environment.
    pub(super) flag: &'static str,
    pub(super) english: &'static str,
    pub(super) korean: &'static str,
}

const fn question(flag: &'static str, english: &'static str, korean: &'static str) -> Question {
    Question { flag, english, korean }
}

pub(super) const TOKEN: Question = question("DISCORD_TOKEN", "The bot's token", "봇 토큰");
pub(super) const SERVER: Question = question("--guild", "Discord server", "Discord 서버");
pub(super) const CHANNEL: Question =
    question("--channel", "Channel for notices and reports", "알림과 보고를 올릴 채널");
pub(super) const VIEWER: Question =
    question("--viewer-role", "Role that may look (status, cost)", "조회할 수 있는 역할(status, cost)");
pub(super) const OPERATOR: Question = question(
    "--operator-role",
    "Role that may act (launch, terminate, nat, shell, session)",
    "실행할 수 있는 역할(launch, terminate, nat, shell, session)",
);
pub(super) const EVERYONE_ACTS: Question = question(
    "--everyone-may-act",
    "Everyone in the server could then open what costs money. Is that meant?",
    "서버의 모든 사람이 비용이 드는 작업을 실행할 수 있게 됩니다. 계속합니까?",
);
pub(super) const LOCALE: Question =
    question("--locale", "Language of what it posts unasked", "봇이 먼저 올리는 글의 언어");
pub(super) const REGION: Question = question("--region", "AWS region", "AWS 리전");
pub(super) const ACCOUNT: Question =
    question("--account", "Is that the right account?", "이 계정이 맞습니까?");
pub(super) const VPC: Question = question("--vpc", "VPC", "VPC");
pub(super) const PUBLIC_SUBNET: Question =
    question("--public-subnet", "Public subnet, for the NAT gateway", "NAT 게이트웨이를 둘 퍼블릭 서브넷");
pub(super) const TABLE: Question = question("--route-table", "Private route table", "프라이빗 라우팅 테이블");
pub(super) const FIRST_SUBNET: Question = question(
    "--private-subnet",
    "Private subnet of the first instance",
    "첫 번째 인스턴스의 프라이빗 서브넷",
);
pub(super) const SECOND_SUBNET: Question = question(
    "--private-subnet (a second time)",
    "Private subnet of the second instance",
    "두 번째 인스턴스의 프라이빗 서브넷",
);
pub(super) const GROUP: Question =
    question("--security-group", "Security group of the instances", "인스턴스의 보안 그룹");
pub(super) const NAMES: [Question; 2] = [
    question("--instance-name", "Name of the first instance", "첫 번째 인스턴스의 이름"),
    question("--instance-name (a second time)", "Name of the second instance", "두 번째 인스턴스의 이름"),
];
pub(super) const ADDRESSES: [Question; 2] = [
    question("--private-ip", "Private address of the first instance", "첫 번째 인스턴스의 프라이빗 주소"),
    question(
        "--private-ip (a second time)",
        "Private address of the second instance",
        "두 번째 인스턴스의 프라이빗 주소",
    ),
];
