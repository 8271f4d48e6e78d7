//! `doorman demo` as a process of its own.

use std::process::Stdio;

use doorman_stage::program::{Process, command};

use crate::DOORMAN;

/// A demo that is gone when this is dropped.
pub(crate) struct Demo {
    process: Process,
    pub(crate) address: String,
}

impl Demo {
    /// Starts it on a free port, with time passing 60 times as fast.
    pub(crate) fn start() -> Demo {
        Demo::start_with(&[])
    }

    /// The same with more options.
    pub(crate) fn start_with(more: &[&str]) -> Demo {
        Demo::listening("127.0.0.1:0", more)
    }

    /// Stops it; what is left knows where it was.
    pub(crate) fn stopped(mut self) -> Stopped {
        assert_eq!(self.process.terminate(), Some(0), "it ends well");
        Stopped { listen: self.address.trim_start_matches("http://").to_owned() }
    }

    fn listening(listen: &str, more: &[&str]) -> Demo {
        let options = ["demo", "--listen", listen, "--speed", "60"];
        let mut process = Process::start(command(DOORMAN).args(options).args(more).stderr(Stdio::null()));
        let line = process.line();
        let address = line.trim().strip_prefix("doorman demo: ").expect("it prints one address").to_owned();
        Demo { process, address }
    }
}

/// Where a demo was.
pub(crate) struct Stopped {
    listen: String,
}

impl Stopped {
    /// A new one at the same place.
    pub(crate) fn again(self) -> Demo {
        Demo::listening(&self.listen, &[])
    }
}
