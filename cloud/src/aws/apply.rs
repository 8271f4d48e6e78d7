//! One step as one AWS call.

use aws_sdk_ec2::types::Tag;

use crate::step::{Change, Failure, Step};
use crate::tags::{EXPIRES_AT, Owner};

use super::Aws;
use super::endpoint::NewEndpoint;
use super::failure::Call;
use super::group::NewRule;
use super::instance::NewInstance;
use super::schedule::NewSchedule;

impl Aws {
    /// Makes one mutation. Making it again does no harm: what is gone already is gone, what is there already
    /// asks for a look ([`Change::LookAgain`]).
    ///
    /// # Errors
    ///
    /// The [`Failure`] says whether the call may have taken effect and whether trying again can help.
    pub async fn apply(&self, step: &Step) -> Result<Vec<Change>, Failure> {
        match step {
            Step::AllocateAddress { owner } => self.allocate_address(owner).await,
            Step::ReleaseAddress { id } => self.release_address(id).await,
            Step::CreateNatGateway { owner, subnet, allocation, attempt } => {
                self.create_gateway(owner, subnet, allocation, *attempt).await
            }
            Step::DeleteNatGateway { id } => self.delete_gateway(id).await,
            Step::CreateRoute { table, gateway } => self.create_route(table, gateway).await,
            Step::ReplaceRoute { table, gateway } => self.replace_route(table, gateway).await,
            Step::DeleteRoute { table } => self.delete_route(table).await,
            Step::AuthorizeRule { owner, group, egress, port, peer, purpose } => {
                let new = NewRule { group, egress: *egress, port: *port, peer, purpose: *purpose };
                self.authorize_rule(owner, new).await
            }
            Step::RevokeRule { group, egress, id } => self.revoke_rule(group, *egress, id).await,
            Step::CreateRole { owner } => self.create_role(owner).await,
            Step::AttachRolePolicy => self.attach_role_policy().await,
            Step::CreateInstanceProfile { owner } => self.create_instance_profile(owner).await,
            Step::AddRoleToInstanceProfile => self.add_role_to_instance_profile().await,
            Step::DetachRolePolicy => self.detach_role_policy().await,
            Step::RemoveRoleFromInstanceProfile => self.remove_role_from_instance_profile().await,
            Step::DeleteInstanceProfile => self.delete_instance_profile().await,
            Step::DeleteRole => self.delete_role().await,
            Step::CreateEndpoint { owner, vpc, service, subnets, group, attempt } => {
                let new = NewEndpoint { vpc, service, subnets, group };
                self.create_endpoint(owner, new, *attempt).await
            }
            Step::DeleteEndpoint { id } => self.delete_endpoint(id).await,
            Step::RunInstance { owner, name, subnet, private_ip, group, spec, attempt } => {
                let new = NewInstance { name, subnet, private_ip: *private_ip, group, spec };
                self.run_instance(owner, new, *attempt).await
            }
            Step::StartInstance { id } => self.start_instance(id).await,
            Step::RebootInstance { id } => self.reboot_instance(id).await,
            Step::AssociateProfile { id } => self.associate_profile(id).await,
            Step::TerminateInstance { id } => self.terminate_instance(id).await,
            Step::DeleteVolume { id } => self.delete_volume(id).await,
            Step::CreateRunbook => self.create_runbook().await,
            Step::CreateSchedule { schedule, role_arn, table, group } => {
                self.create_schedule(NewSchedule { schedule, role_arn, table, group }).await
            }
            Step::DeleteSchedule { name, .. } => self.delete_schedule(name).await,
            Step::Retag { ids, owner } => self.retag(ids, owner).await,
        }
    }

    async fn retag(&self, ids: &[String], owner: &Owner) -> Result<Vec<Change>, Failure> {
        let expiry = Tag::builder().key(EXPIRES_AT).value(owner.expiry_tag()).build();
        let request = self.ec2().create_tags().set_resources(Some(ids.to_vec())).tags(expiry);
        match request.send().await.map_err(|error| Call::repeatable("CreateTags").failed(error)) {
            Ok(_) => Ok(vec![Change::Retagged { ids: ids.to_vec(), expires_at: owner.expires_at }]),
            // All or nothing: one of them is gone. The next look says which.
            Err(failure) if failure.code.contains("NotFound") || failure.is(&["InvalidID"]) => {
                Ok(vec![Change::LookAgain])
            }
            Err(failure) => Err(failure),
        }
    }
}
