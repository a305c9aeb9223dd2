//! Runs the deployment scripts as they are with bash, against programs that stand for aws, docker, curl and sam.
//!
//! The fakes (`fake/`) hold one small world in a file: stacks, objects, jobs, rollouts, and what visitors see. A call
//! that they do not know, or that comes in the wrong order, fails the test even where the script looks away.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

mod amplify;
mod boundary;
mod build_image;
mod ecs_express;
mod existing;
mod lambda;
mod rules;
mod rules_of_stacks;
mod target;
mod world;
