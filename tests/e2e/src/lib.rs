//! rackwright-e2e
