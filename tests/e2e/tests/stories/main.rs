//! Blank machines become managed servers, and what can go wrong on the way, told from the operator's side: through
//! `rackwright` and the panel only. The outermost module says what a story needs.

mod browser;
mod story;
mod vm;
