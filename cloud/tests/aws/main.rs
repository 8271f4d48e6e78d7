//! The AWS side against the sandbox, over the wire and through the real SDK.

mod check;
mod check_backstop;
mod failure;
mod nat;
mod network;
mod offer;
mod pair;
mod shell;
mod survey;
mod world;
