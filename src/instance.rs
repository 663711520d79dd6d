//! Which server instance answered at an address first: all sessions of a run must be with that one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The instances that the sessions of a DSN reached, by address. Clones share them, so that every
/// session that is opened with a DSN or a copy of it is compared with the first one.
#[derive(Debug, Clone)]
pub struct Instances<I>(Arc<Mutex<BTreeMap<String, I>>>);

impl<I: Clone> Instances<I> {
    /// The instance that answered first at an address: an earlier one, or this one.
    pub(crate) fn first(&self, address: &str, instance: &I) -> I {
        let mut instances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        instances.entry(address.to_owned()).or_insert_with(|| instance.clone()).clone()
    }

    /// Whether any session was opened at that address.
    pub(crate) fn knows(&self, address: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(address)
    }

    /// Forgets all instances, for a caller that starts over after a server was replaced.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl<I> Default for Instances<I> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// Which sessions were opened is no property of the DSN.
impl<I> PartialEq for Instances<I> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<I> Eq for Instances<I> {}

#[cfg(test)]
mod tests {
    use super::Instances;

    #[test]
    fn clones_share_the_first_instance_of_each_address() {
        let instances = Instances::default();
        let clone = instances.clone();
        assert_eq!(instances.first("a:1", &"one"), "one");
        assert_eq!(clone.first("a:1", &"two"), "one");
        assert_eq!(clone.first("b:1", &"two"), "two");
        assert!(instances.knows("b:1"));
        clone.forget();
        assert_eq!(instances.first("a:1", &"two"), "two");
    }
}
