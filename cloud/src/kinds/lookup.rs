//! Things that the settings name.

/// Something looked up by name.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Lookup<T> {
    /// Exactly one carries the name.
    Found(T),
    /// None does.
    #[default]
    Missing,
    /// Several do; their ids.
    Ambiguous(Vec<String>),
}

impl<T> Lookup<T> {
    /// The thing, if there is exactly one.
    pub fn found(&self) -> Option<&T> {
        match self {
            Lookup::Found(thing) => Some(thing),
            Lookup::Missing | Lookup::Ambiguous(_) => None,
        }
    }

    /// Of several candidates, the only one.
    pub fn only(candidates: impl IntoIterator<Item = T>, id: impl Fn(&T) -> String) -> Self {
        let mut candidates: Vec<T> = candidates.into_iter().collect();
        match candidates.len() {
            0 => Lookup::Missing,
            1 => Lookup::Found(candidates.remove(0)),
            _ => Lookup::Ambiguous(candidates.iter().map(id).collect()),
        }
    }
}

impl<T: Clone> Lookup<&T> {
    /// The same with a thing of its own.
    pub fn cloned(self) -> Lookup<T> {
        match self {
            Lookup::Found(thing) => Lookup::Found(thing.clone()),
            Lookup::Missing => Lookup::Missing,
            Lookup::Ambiguous(ids) => Lookup::Ambiguous(ids),
        }
    }
}
