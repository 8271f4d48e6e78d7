//! How things are said: the texts themselves, and words for people, times, money, places and kinds of thing.

pub(crate) mod buttons;
pub(crate) mod kinds;
pub(crate) mod leases;
pub(crate) mod money;
pub(crate) mod people;
pub(crate) mod places;
pub(crate) mod sentence;
pub(crate) mod texts;
pub(crate) mod when;
