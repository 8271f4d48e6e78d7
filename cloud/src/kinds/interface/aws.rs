//! Who holds the fixed private addresses, at EC2.

use std::net::Ipv4Addr;

use aws_sdk_ec2::types as sdk;
use doorman_config::Stack;

use super::Interface;
use crate::aws::tagging::filter;
use crate::aws::{Aws, all};
use crate::failure::Failure;
use crate::ids::VpcId;
use crate::kinds::Look;
use crate::record::{Record, Sorted};

impl Look for Interface {
    /// Interfaces with the fixed addresses of the settings, in any VPC.
    async fn look(aws: &Aws, stack: &Stack, _: &Record) -> Result<Sorted<Interface>, Failure> {
        let fixed: Vec<Ipv4Addr> = stack.service.instances.iter().map(|slot| slot.private_ip).collect();
        let values = fixed.iter().map(Ipv4Addr::to_string);
        let request = aws.ec2().describe_network_interfaces();
        let request = request.filters(filter("addresses.private-ip-address", values));
        let all = all("DescribeNetworkInterfaces", request.into_paginator().items().send()).await?;
        Ok(Sorted::by_hand(all.iter().filter_map(|interface| read(&fixed, interface)).collect()))
    }
}

fn read(fixed: &[Ipv4Addr], interface: &sdk::NetworkInterface) -> Option<Interface> {
    let primary = interface.private_ip_address();
    let all = interface.private_ip_addresses().iter().filter_map(|address| address.private_ip_address());
    let addresses = all.chain(primary).filter_map(|address| address.parse().ok());
    let instance = interface.attachment().and_then(|attachment| attachment.instance_id());
    Some(Interface {
        id: interface.network_interface_id()?.into(),
        vpc: interface.vpc_id().map(VpcId::from),
        instance: instance.map(str::to_owned),
        addresses: addresses.filter(|address| fixed.contains(address)).collect(),
    })
}
