//! What is refused, with which words, and that nothing was harmed.

mod full_disk;
mod hostile;
mod machine;
mod words;
