//! The AWS side against the sandbox, over the wire and through the real SDK.

mod failure;
mod nat;
mod network;
mod world;
