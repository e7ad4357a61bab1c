//! The HTTP face as its callers meet it, with a door that answers samples.

mod bodies;
mod catalogue;
mod door;
mod events;
mod openapi;
mod tls;
mod unix;
