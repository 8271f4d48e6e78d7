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

    /// Launches another instance like one that is there: same image, subnet, groups and profile; answers its id.
    ///
    /// # Errors
    /// When there is no such instance, or the address cannot be had.
    pub fn run_another(&self, like: &str, address: &str, tags: &[(&str, &str)]) -> Done<String> {
        let (image, subnet, groups, profile) = self.state.look(|world| {
            let like = world.instances.get(like).ok_or_else(|| no_such("instance", like))?;
            let attached = world.profile_associations.values().find(|one| one.instance == like.id);
            let profile = attached.map(|association| association.profile.clone());
            Done::Ok((like.image.clone(), like.subnet.clone(), like.groups.clone(), profile))
        })?;
        let mut parameters = vec![
            ("ImageId".to_owned(), image),
            ("InstanceType".to_owned(), "t3.nano".to_owned()),
            ("MinCount".to_owned(), "1".to_owned()),
            ("MaxCount".to_owned(), "1".to_owned()),
            ("SubnetId".to_owned(), subnet),
            ("PrivateIpAddress".to_owned(), address.to_owned()),
            ("TagSpecification.1.ResourceType".to_owned(), "instance".to_owned()),
        ];
        let groups = groups.into_iter().enumerate();
        parameters.extend(groups.map(|(n, group)| (format!("SecurityGroupId.{}", n + 1), group)));
        parameters.extend(profile.map(|profile| ("IamInstanceProfile.Name".to_owned(), profile)));
        for (n, (key, value)) in tags.iter().enumerate() {
            let tag = format!("TagSpecification.1.Tag.{}", n + 1);
            parameters.push((format!("{tag}.Key"), (*key).to_owned()));
            parameters.push((format!("{tag}.Value"), (*value).to_owned()));
        }
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        first_element(&self.ec2("RunInstances", &parameters)?, "instanceId")
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
