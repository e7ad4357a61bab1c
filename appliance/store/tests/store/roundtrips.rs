//! What is written into a table comes back as it was.

mod accounts;
mod fleet;
mod people;
mod samples;
mod serving;
