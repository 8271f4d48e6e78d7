//! What a query-protocol operation is to this sandbox.

use super::input::Input;
use super::refusal::Answer;
use super::world::World;
use super::xml::Xml;

/// One operation of a service.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
}

/// How an operation is carried out.
pub(crate) enum Run {
    /// It only looks.
    Read(fn(&World, &Input<'_>) -> Answer<Xml>),
    /// It changes the world, or would.
    Change(fn(&mut World, &Input<'_>) -> Answer<Xml>),
}

/// An operation that only looks.
pub(crate) const fn read(name: &'static str, run: fn(&World, &Input<'_>) -> Answer<Xml>) -> Operation {
    Operation { name, run: Run::Read(run) }
}

/// An operation that changes the world.
pub(crate) const fn change(name: &'static str, run: fn(&mut World, &Input<'_>) -> Answer<Xml>) -> Operation {
    Operation { name, run: Run::Change(run) }
}

/// The answer of operations that have nothing to say.
pub(crate) fn done() -> Xml {
    Xml::build(|xml| {
        xml.text("return", true);
    })
}
