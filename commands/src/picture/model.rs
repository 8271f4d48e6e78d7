//! What the picture of a stack shows.

use super::theme::Tone;

/// A stack as it was observed, in the reader's language.
#[derive(Clone, Debug, PartialEq)]
pub struct StackPicture {
    /// Which stack: `main · My-VPC 10.20.0.0/16`.
    pub title: String,
    /// When it was observed: `22 Nov 14:30 KST`.
    pub subtitle: String,
    /// Availability zones from left to right. None: the network was not found.
    pub zones: Vec<Zone>,
    /// The outside, and whether there is a way to it.
    pub internet: Internet,
    /// The time left of the window that is open.
    pub window: Option<Window>,
    /// Interface endpoints, as marks in their subnets.
    pub endpoints: Vec<EndpointMark>,
    /// What it costs now: `$0.092/h`.
    pub cost: String,
    /// The few words that the picture itself adds.
    pub labels: Labels,
}

/// Words of the picture, localised.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// After the endpoints' marks while all are alike: `shell endpoints`.
    pub endpoints: String,
    /// In a subnet that was not found: `not found`.
    pub missing: String,
    /// In a private subnet without instances: `no instances`.
    pub no_instances: String,
    /// Instead of zones: `no network found`.
    pub no_network: String,
}

/// An availability zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// `ap-northeast-2a`.
    pub name: String,
    /// In any order: public ones are drawn above private ones.
    pub subnets: Vec<Subnet>,
}

/// A subnet with what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subnet {
    /// Its `Name`, or its id.
    pub name: String,
    /// `10.20.10.0/24`.
    pub cidr: String,
    /// It has a route to an internet gateway.
    pub public: bool,
    /// Instances in it, and those expected in it. Six are drawn, the rest counted.
    pub instances: Vec<Instance>,
    /// The NAT gateway in it.
    pub gateway: Option<Gateway>,
    /// It is in the settings and was not found.
    pub missing: bool,
}

/// An instance, or the place of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its `Name`, or its id.
    pub name: String,
    /// Private address.
    pub address: String,
    /// State of the machine: `running`.
    pub state: String,
    /// How to take the state.
    pub tone: Tone,
    /// State of the shell: `shell ready`. Empty: nothing to say.
    pub shell: String,
    /// How to take the shell's state.
    pub shell_tone: Tone,
    /// A further detail: `t3.micro · spot`.
    pub note: Option<String>,
    /// Expected, but not there: drawn as a dashed outline.
    pub ghost: bool,
}

/// A NAT gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Gateway {
    /// Its `Name`, or its id.
    pub name: String,
    /// Public address, once it has one.
    pub address: Option<String>,
    /// `available`.
    pub state: String,
    /// How to take the state.
    pub tone: Tone,
}

/// The outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Internet {
    /// `Internet`.
    pub label: String,
    /// The default route of the private subnets.
    pub route: RouteState,
    /// The same in words: `open through My-NAT`, `no way out`.
    pub route_label: String,
}

/// The default route of the private subnets, as the route table has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteState {
    /// No default route: no line is drawn.
    None,
    /// To the bot's gateway: a solid line to it, and on to the internet while it works. Without a gateway in a
    /// public subnet it is drawn as [`RouteState::Foreign`].
    Active,
    /// To something that is gone: a broken line that ends in a cross.
    Blackhole,
    /// To something that is not the bot's: a broken line past everything, with a question mark.
    Foreign,
}

/// The time left of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// `12 min left`.
    pub label: String,
    /// Time left over time leased; from 0 to 1, anything else is brought into it.
    pub fraction_left: f32,
    /// How to take it.
    pub tone: Tone,
}

/// An interface endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointMark {
    /// Short name of its service: `ssmmessages`. Read only when its tone differs from good.
    pub name: String,
    /// How to take its state.
    pub tone: Tone,
    /// Names of the subnets that it stands in (or should), as in [`Subnet::name`].
    pub subnets: Vec<String>,
}
