//! Webhooks against real receivers on loopback.

mod courier;
mod daemon;
mod receiver;
