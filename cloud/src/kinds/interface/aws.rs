//! Who holds private addresses, at EC2.

use aws_sdk_ec2::types as sdk;
use doorman_config::Stack;

use super::{Interface, neighbourhoods};
use crate::aws::tagging::filter;
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::ids::VpcId;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

impl Look for Interface {
    /// Interfaces with addresses around the fixed ones of the settings, in any VPC.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Interface>, Failure> {
        // A filter takes `*` for anything.
        let patterns = neighbourhoods(stack).into_iter().map(|[a, b, c]| format!("{a}.{b}.{c}.*"));
        let request = aws.ec2().describe_network_interfaces();
        let request = request.filters(filter("addresses.private-ip-address", patterns));
        let all = all("DescribeNetworkInterfaces", request.into_paginator().items().send()).await?;
        Ok(Sorted::by_hand(all.iter().filter_map(read).collect()))
    }
}

fn read(interface: &sdk::NetworkInterface) -> Option<Interface> {
    let primary = interface.private_ip_address();
    let all = interface.private_ip_addresses().iter().filter_map(|address| address.private_ip_address());
    let addresses = all.chain(primary).filter_map(|address| address.parse().ok());
    let instance = interface.attachment().and_then(|attachment| attachment.instance_id());
    Some(Interface {
        id: interface.network_interface_id()?.into(),
        vpc: interface.vpc_id().map(VpcId::from),
        instance: instance.map(str::to_owned),
        addresses: addresses.collect(),
    })
}
