//! Buttons: what their custom ids mean.
//!
//! A button outlives restarts, so its custom id says all that is needed to find what it is about. Ids come
//! from the client and may be forged: they are looked up, and authority is checked on every press.

use std::fmt;

use doorman_cloud::ids::LeaseId;

/// A pressed button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// Go ahead with a card.
    Confirm {
        /// The card's id.
        card: String,
    },
    /// Put a card away.
    Cancel {
        /// The card's id.
        card: String,
    },
    /// Show what is typed to do by hand what a card would do.
    ByHand {
        /// The card's id.
        card: String,
    },
    /// Extend a window by half an hour.
    Extend {
        /// Which window.
        lease: LeaseId,
    },
    /// Close a window now.
    Close {
        /// Which window.
        lease: LeaseId,
    },
    /// Build again what went missing.
    Repair {
        /// Of which lease.
        lease: LeaseId,
    },
}

impl Press {
    /// Reads a custom id; `None` if no button of ours has it.
    pub(crate) fn read(custom_id: &str) -> Option<Press> {
        let (what, id) = custom_id.rsplit_once(':')?;
        // Our ids are short and plain; anything else is not worth a look into the store.
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return None;
        }
        match what {
            "card:confirm" => Some(Press::Confirm { card: id.to_owned() }),
            "card:cancel" => Some(Press::Cancel { card: id.to_owned() }),
            "card:by-hand" => Some(Press::ByHand { card: id.to_owned() }),
            // There was one kind of window when these were named, and buttons with them are out there.
            "nat:extend" => Some(Press::Extend { lease: id.into() }),
            "nat:close" => Some(Press::Close { lease: id.into() }),
            "repair" => Some(Press::Repair { lease: id.into() }),
            _ => None,
        }
    }
}

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Press::Confirm { card } => write!(f, "card:confirm:{card}"),
            Press::Cancel { card } => write!(f, "card:cancel:{card}"),
            Press::ByHand { card } => write!(f, "card:by-hand:{card}"),
            Press::Extend { lease } => write!(f, "nat:extend:{lease}"),
            Press::Close { lease } => write!(f, "nat:close:{lease}"),
            Press::Repair { lease } => write!(f, "repair:{lease}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let lease = LeaseId::from("01k0abc");
        for press in [
            Press::Confirm { card: "launch-3f9a".into() },
            Press::Cancel { card: "terminate-3f9a".into() },
            Press::ByHand { card: "launch-3f9a".into() },
            Press::Extend { lease: lease.clone() },
            Press::Close { lease: lease.clone() },
            Press::Repair { lease },
        ] {
            assert_eq!(Press::read(&press.to_string()), Some(press));
        }
    }

    #[test]
    fn forged_ids_are_no_presses() {
        for id in [
            "",
            ":",
            "nat",
            "nat:",
            "nat:close:",
            "nat:open:01k0",
            "card:confirm",
            "card::x",
            "repair:a:b",
            "nat:close:01k0'; drop table leases",
            "NAT:close:01k0",
            "nat:extend:한글",
        ] {
            assert_eq!(Press::read(id), None, "{id}");
        }
        assert_eq!(Press::read(&format!("repair:{}", "x".repeat(65))), None);
    }
}
