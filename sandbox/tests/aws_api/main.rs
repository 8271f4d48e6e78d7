//! The sandbox's AWS, entered by its front door: HTTP requests as an SDK would send them.

mod automation;
mod backstop;
mod by_hand;
mod client;
mod describe;
mod faults;
mod iam;
mod nat;
mod pair;
mod permissions;
mod protocol;
mod quotas;
mod scheduler;
mod shell;
mod steps;
