//! The sandbox's Discord, from outside: a bot made of plain HTTP and websocket clients on one side, people on
//! the other.

mod bot;
mod commands;
mod faults;
mod gateway;
mod interactions;
mod messages;
mod people;
