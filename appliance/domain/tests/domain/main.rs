//! Stories of people who work with the Control Center, each on a database of its own.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod advice;
mod audit;
mod brands;
mod discovery;
mod entering;
mod factors;
mod forgotten;
mod full_disk;
mod image_jobs;
mod images;
mod import_dirs;
mod installs;
mod jobs;
mod networks;
mod oidc;
mod once;
mod paging;
mod passkeys;
mod passwords;
mod permissions;
mod private_servers;
mod profiles;
mod racks;
mod samples;
mod search;
mod sign_in;
mod tokens;
mod tree;
mod undo;
mod warnings;
mod watching;
mod webhooks;
