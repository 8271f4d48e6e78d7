//! Pieces of the network that nothing of doorman's is in.

use doorman_cloud::kinds::group::Group;
use doorman_cloud::kinds::route::RouteTable;

/// The private route table, leading nowhere.
pub(crate) fn route_table() -> RouteTable {
    let subnets = vec!["subnet-1".into(), "subnet-2".into()];
    RouteTable {
        id: "rtb-1".into(),
        named: true,
        vpc: Some("vpc-1".into()),
        subnets,
        is_main: false,
        default_route: None,
    }
}

/// The group of the service.
pub(crate) fn group() -> Group {
    Group { id: "sg-1".into(), vpc: Some("vpc-1".into()), lets: Vec::new() }
}
