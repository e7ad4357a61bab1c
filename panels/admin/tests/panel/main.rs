//! The admin panel over a transport that only pretends: every page from the catalogue's samples, the guards, the escape of
//! hostile text, and a server on loopback for a person who wants to look.

mod browser;
mod bulk;
mod docs;
mod fake;
mod german;
mod guards;
mod harness;
mod hostile;
mod inside;
mod live;
mod outside;
mod pages;
mod passkeys;
mod private;
mod private_scene;
mod scene;
mod serve;
mod shell;
mod submits;
mod words;
