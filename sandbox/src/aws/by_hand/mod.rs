//! What people do in the console while the bot is at work. It reaches the world directly: no fault stops
//! it, and the call log does not show it.

mod instances;
mod network;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use serde_json::Value;

use super::catalog::Image;
use super::ec2;
use super::iam;
use super::iam::authority::User;
use super::iam::policy::{Place, Policy};
use super::input::Form;
use super::json::{JsonOperation, JsonRun};
use super::operation::{Operation, Run};
use super::refusal::{Answer, Refusal};
use super::scheduler;
use super::select::Described;
use super::ssm;
use super::state::State;
use super::world::{Table, World};
use super::xml::Xml;

/// The hands of a person with every permission.
pub struct ByHand<'a> {
    state: &'a State,
}

/// The console said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ByHandError {
    /// AWS's error code; `NoSuchName` when nothing has that name.
    pub code: String,
    /// The message beside it.
    pub message: String,
}

impl From<Refusal> for ByHandError {
    fn from(Refusal { code, message, .. }: Refusal) -> Self {
        Self { code, message }
    }
}

type Done<T = ()> = Result<T, ByHandError>;

impl<'a> ByHand<'a> {
    pub(crate) fn new(state: &'a State) -> Self {
        Self { state }
    }

    /// Any EC2 operation of the sandbox, with parameters as on the wire; answers its XML.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn ec2(&self, operation: &str, parameters: &[(&str, &str)]) -> Done<String> {
        self.call(ec2::operation(operation), operation, parameters)
    }

    /// Any IAM operation of the sandbox, with parameters as on the wire; answers its XML.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn iam(&self, operation: &str, parameters: &[(&str, &str)]) -> Done<String> {
        self.call(iam::operation(operation), operation, parameters)
    }

    /// Any operation of Systems Manager that the sandbox has, with its members as on the wire.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn ssm(&self, operation: &str, members: &Value) -> Done<Value> {
        self.call_json(ssm::operation(operation), operation, members)
    }

    /// Any operation of the Scheduler that the sandbox has, with what path, query and body carry as members.
    ///
    /// # Errors
    /// When AWS would refuse it, or the sandbox has no such operation.
    pub fn scheduler(&self, operation: &str, members: &Value) -> Done<Value> {
        self.call_json(scheduler::operation(operation), operation, members)
    }

    /// From now on, whoever has that access key may do what these policies allow, and nothing else. They are one
    /// user's, and as many as they like.
    ///
    /// # Errors
    /// When IAM would refuse a document.
    pub fn grant(&self, access_key: &str, policies: &[String]) -> Done {
        self.change(|world| {
            let read = |text: &String| Policy::read(text, Place::Identity).map(Arc::new);
            let policies = policies.iter().map(read).collect::<Answer<Vec<_>>>()?;
            world.users.insert(access_key.to_owned(), User { policies });
            Ok(())
        })
    }

    /// Makes a role that has been there for a while, so that services can assume it: with its trust policy and its
    /// inline policies, each a name and a document; answers its ARN.
    ///
    /// # Errors
    /// When the name is taken, or IAM would refuse a document.
    pub fn create_role(&self, name: &str, trust: &str, policies: &[(&str, &str)]) -> Done<String> {
        self.change(|world| iam::roles::make(world, name, trust, policies))
    }

    /// Switches a schedule off, by name.
    ///
    /// # Errors
    /// When there is no such schedule.
    pub fn disable_schedule(&self, name: &str) -> Done {
        self.change(|world| {
            let schedule = world.schedules.values_mut().find(|schedule| schedule.name == name);
            schedule.ok_or_else(|| no_such("schedule", name))?.disable();
            Ok(())
        })
    }

    /// Lets chance choose that address for whatever AWS places in its subnet without being told where, as long as it is
    /// free.
    ///
    /// # Errors
    /// Never.
    pub fn chance(&self, address: Ipv4Addr) -> Done {
        self.change(|world| {
            world.chance.push(address);
            Ok(())
        })
    }

    /// Publishes an image for x86_64 with a root device of that name and a snapshot of that size.
    ///
    /// # Errors
    /// Never.
    pub fn publish_image(&self, id: &str, root_device: &str, snapshot_gib: u32) -> Done {
        self.change(|world| {
            world.images.insert(id.to_owned(), Image::of_others(id, root_device, snapshot_gib));
            Ok(())
        })
    }

    /// Withdraws an image, by id. Parameters no longer name it.
    ///
    /// # Errors
    /// When there is no such image.
    pub fn remove_image(&self, id: &str) -> Done {
        self.change(|world| world.images.remove(id).map(drop).ok_or_else(|| no_such("image", id)))
    }

    /// Changes a quota of the account, by its code.
    ///
    /// # Errors
    /// When the sandbox has no such quota.
    pub fn set_quota(&self, code: &str, value: f64) -> Done {
        self.change(|world| if world.quotas.set(code, value) { Ok(()) } else { Err(no_such("quota", code)) })
    }

    fn change<T>(&self, by: impl FnOnce(&mut World) -> Answer<T>) -> Done<T> {
        Ok(self.state.change(by)?)
    }

    fn call_json(&self, operation: Option<&JsonOperation>, name: &str, members: &Value) -> Done<Value> {
        match operation.ok_or_else(|| no_such("operation", name))?.run {
            JsonRun::Read(run) => Ok(self.state.look(|world| run(world, members))?),
            JsonRun::Change(run) => self.change(|world| run(world, members)),
        }
    }

    fn call(&self, operation: Option<&Operation>, name: &str, parameters: &[(&str, &str)]) -> Done<String> {
        let operation = operation.ok_or_else(|| no_such("operation", name))?;
        let values: BTreeMap<String, String> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let form = Form::new(values);
        let checked = |answer: Xml| form.nothing_unread().map(|()| answer.into_string());
        match operation.run {
            Run::Read(run) => Ok(self.state.look(|world| run(world, &form.input()).and_then(checked))?),
            Run::Change(run) => self.change(|world| run(world, &form.input()).and_then(checked)),
        }
    }
}

fn no_such(kind: &str, name: &str) -> Refusal {
    Refusal::new("NoSuchName", format!("there is no {kind} {name}"))
}

/// The text of the first element of that name in an answer.
fn first_element(xml: &str, name: &str) -> Done<String> {
    let after = xml.split_once(&format!("<{name}>")).map(|(_, after)| after);
    let text = after.and_then(|after| after.split_once('<')).map(|(text, _)| text.to_owned());
    Ok(text.ok_or_else(|| no_such("element", name))?)
}

/// The id of the thing that has this name or id and is still there.
fn id_of<T: Described>(table: &Table<T>, kind: &str, name: &str) -> Answer<String> {
    let is = |thing: &&T| thing.id() == name || thing.tags().get("Name").is_some_and(|tag| tag == name);
    table.values().rfind(is).map(|thing| thing.id().to_owned()).ok_or_else(|| no_such(kind, name))
}
