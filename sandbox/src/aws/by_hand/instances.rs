//! What people, and AWS, do to instances.

use super::{ByHand, Done, first_element, id_of, no_such};
use crate::aws::ec2::instances::{Instance, State};

impl ByHand<'_> {
    /// Launches an instance that is none of the bot's, of the smallest Ubuntu kind; answers its id.
    ///
    /// # Errors
    /// When there is no such subnet, or the address cannot be had.
    pub fn run_foreign_instance(&self, name: &str, subnet: &str, address: &str) -> Done<String> {
        let (subnet, image) = self.state.look(|world| {
            let image = world.images.values().find(|image| image.architecture == "x86_64");
            (id_of(&world.subnets, "subnet", subnet), image.map(|image| image.id.clone()).unwrap_or_default())
        });
        let subnet = subnet?;
        let answer = self.ec2(
            "RunInstances",
            &[
                ("ImageId", &image),
                ("InstanceType", "t3.nano"),
                ("MinCount", "1"),
                ("MaxCount", "1"),
                ("SubnetId", &subnet),
                ("PrivateIpAddress", address),
                ("TagSpecification.1.ResourceType", "instance"),
                ("TagSpecification.1.Tag.1.Key", "Name"),
                ("TagSpecification.1.Tag.1.Value", name),
            ],
        )?;
        first_element(&answer, "instanceId")
    }

    /// Stops a running instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it cannot be stopped.
    pub fn stop_instance(&self, id: &str) -> Done {
        self.ec2("StopInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Starts a stopped instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it cannot be started.
    pub fn start_instance(&self, id: &str) -> Done {
        self.ec2("StartInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Terminates an instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it is protected.
    pub fn terminate_instance(&self, id: &str) -> Done {
        self.ec2("TerminateInstances", &[("InstanceId.1", id)]).map(drop)
    }

    /// Switches the protection of an instance against termination on or off, by id.
    ///
    /// # Errors
    /// When there is no such instance.
    pub fn protect_instance(&self, id: &str, protected: bool) -> Done {
        self.change(|world| {
            let instance = world.instances.get_mut(id).ok_or_else(|| no_such("instance", id))?;
            instance.protected = protected;
            Ok(())
        })
    }

    /// Takes the instance profile from an instance, by id.
    ///
    /// # Errors
    /// When there is no such instance, or it has none.
    pub fn take_profile(&self, id: &str) -> Done {
        self.change(|world| {
            let before = world.profile_associations.len();
            world.profile_associations.retain(|_, association| association.instance != id);
            let taken = world.profile_associations.len() < before;
            if taken { Ok(()) } else { Err(no_such("instance with a profile", id)) }
        })
    }

    /// Has the volumes of an instance outlive it, by the instance's id.
    ///
    /// # Errors
    /// When there is no such instance with a volume.
    pub fn keep_volumes(&self, id: &str) -> Done {
        self.change(|world| {
            let attachments = world.volumes.values_mut().filter_map(|volume| volume.attachment.as_mut());
            let mut kept = attachments.filter(|attachment| attachment.instance == id).peekable();
            kept.peek().ok_or_else(|| no_such("instance with a volume", id))?;
            kept.for_each(|attachment| attachment.delete_on_termination = false);
            Ok(())
        })
    }

    /// AWS takes a spot instance back, by id.
    ///
    /// # Errors
    /// When there is no such running spot instance.
    pub fn interrupt_spot(&self, id: &str) -> Done {
        self.change(|world| {
            let (now, time) = (world.clock, world.timing.instance_terminating);
            let running = |one: &&mut Instance| one.spot.is_some() && one.state == State::Running;
            let instance = world.instances.get_mut(id).filter(running);
            let instance = instance.ok_or_else(|| no_such("running spot instance", id))?;
            instance.enter(State::ShuttingDown, now);
            instance.next = Some((now + time, State::Terminated));
            instance.reason = Some((
                "Server.SpotInstanceTermination",
                "Server.SpotInstanceTermination: Instance terminated due to capacity constraints",
            ));
            Ok(())
        })
    }
}
