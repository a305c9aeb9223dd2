//! The wizard in a pseudo-terminal, as a person meets it.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test makes its own repositories")]

mod interview;
mod person;
mod reading;
mod repositories;
mod values;
mod verify;
