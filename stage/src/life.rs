//! The bot while it lives, in each of the ways in which it can.

use std::time::Duration;

use doorman::StartError;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::program::Process;

/// A bot that lives.
pub(crate) enum Life {
    /// In a runtime of its own: ending that ends everything the bot spawned, as the end of a process does.
    Own(Task, Runtime),
    /// In the runtime of the stage, and dies with it.
    Here(Task),
    /// As another process.
    Apart(Process),
}

/// [`doorman::run`] on its way.
pub(crate) struct Task {
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<Result<(), StartError>>,
}

impl Life {
    /// Whether it has come to an end by itself.
    pub(crate) fn is_over(&mut self) -> bool {
        match self {
            Life::Own(task, _) | Life::Here(task) => task.running.is_finished(),
            Life::Apart(process) => process.is_over(),
        }
    }

    /// Ends it where it stands: nothing is finished, nothing is said.
    pub(crate) async fn kill(self, patience: Duration) {
        match self {
            Life::Own(_, runtime) => {
                let kill = move || runtime.shutdown_timeout(patience);
                tokio::task::spawn_blocking(kill).await.expect("it ends");
            }
            Life::Here(_) => {
                panic!("on time that jumps the bot dies with its runtime: see `Stage::move_here`")
            }
            Life::Apart(mut process) => process.kill(),
        }
    }

    /// Stops it as SIGTERM does; it must end in that time, and well.
    pub(crate) async fn stop(self, patience: Duration) {
        let stopped = async |task: Task| {
            task.stop.cancel();
            let ended = tokio::time::timeout(patience, task.running).await;
            ended.expect("stops in time").expect("does not panic").expect("ends well");
        };
        match self {
            Life::Own(task, runtime) => {
                stopped(task).await;
                runtime.shutdown_background();
            }
            Life::Here(task) => stopped(task).await,
            Life::Apart(mut process) => assert_eq!(process.terminate(), Some(0), "ends well"),
        }
    }

    /// Waits until it ends by itself, and says how.
    pub(crate) async fn ended(self, patience: Duration) -> Result<(), StartError> {
        let ended = async |task: Task| {
            let ended = tokio::time::timeout(patience, task.running).await;
            ended.expect("it ends").expect("it does not panic")
        };
        match self {
            Life::Own(task, runtime) => {
                let ended = ended(task).await;
                runtime.shutdown_background();
                ended
            }
            Life::Here(task) => ended(task).await,
            Life::Apart(_) => panic!("how a program ends is asked of the program"),
        }
    }
}
