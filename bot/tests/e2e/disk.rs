//! The disk of the store: full, and lost with only a copy left.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use doorman_stage::{Stage, text};

use crate::signs::{ask, free_address, until_status};

/// A file system of its own, a megabyte large.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None`: this machine does not let us mount one.
    fn mount() -> Option<Disk> {
        let folder = tempfile::tempdir().expect("a folder");
        let options = ["-t", "tmpfs", "-o", "size=1m", "doorman"];
        let mounted = Command::new("mount").args(options).arg(folder.path()).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("skipped: a small file system cannot be mounted without being root");
        }
        mounted.then_some(Disk(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Leaves no space at all.
    fn fill(&self) {
        let mut filler = File::create(self.path("filler")).expect("a file");
        while filler.write_all(&[0; 512]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.path("filler")).expect("the filler");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever still has the store open, for a moment.
        _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// A file system of its own that can be frozen: what is written to it then waits.
struct Frozen {
    mounted: PathBuf,
    _folder: tempfile::TempDir,
}

impl Frozen {
    /// `None`: this machine does not let us mount one.
    fn mount() -> Option<Frozen> {
        let folder = tempfile::tempdir().expect("a folder");
        let (image, mounted) = (folder.path().join("image"), folder.path().join("mounted"));
        File::create(&image).expect("a file").set_len(8 << 20).expect("a size");
        fs::create_dir(&mounted).expect("a folder");
        let ran = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        let made = ran(Command::new("mkfs.ext4").arg("-q").arg(&image))
            && ran(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&mounted));
        if !made {
            eprintln!("skipped: a file system in a file cannot be mounted without being root");
        }
        made.then_some(Frozen { mounted, _folder: folder })
    }

    fn freeze(&self, frozen: bool) {
        let flag = if frozen { "--freeze" } else { "--unfreeze" };
        let froze = Command::new("fsfreeze").arg(flag).arg(&self.mounted).status();
        assert!(froze.is_ok_and(|status| status.success()), "fsfreeze {flag}");
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        // Whoever still waits, and whoever still has the store open.
        _ = Command::new("fsfreeze").arg("--unfreeze").arg(&self.mounted).output();
        _ = Command::new("umount").arg("--lazy").arg(&self.mounted).status();
    }
}

const FULL: &str = "The disk with doorman's lease store is full";

/// What was posted unasked and reads so.
fn told(stage: &Stage, words: &str) -> usize {
    let messages = stage.world.discord.channel().messages;
    let unasked = messages.iter().filter(|view| view.is_bot && view.invoked_by.is_none());
    unasked.filter(|view| text(view).contains(words)).count()
}

/// Extends the window on a full disk: who asks is told that it cannot be, and the channel why.
async fn cannot_extend(stage: &Stage) {
    let refused = text(&stage.says("operator", "/nat extend 30m").await);
    assert!(refused.contains(FULL), "{refused}");
    stage.see("a notice", |stage| (told(stage, FULL) == 1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_keeps_nothing_open_and_lets_nothing_begin() {
    let Some(disk) = Disk::mount() else { return };
    let listen = free_address();
    let mut stage = Stage::set_with(|settings| {
        settings.store.path = disk.path("doorman.db");
        settings.health.listen = Some(listen);
    })
    .await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    disk.fill();

    // Nothing longer, and nothing new.
    cannot_extend(&stage).await;
    let full: serde_json::Value = serde_json::from_str(&ask(listen, "/healthz").await.1).expect("JSON");
    assert_eq!(
        (&full["store"], &full["healthy"], &full["alive"]),
        (&"full".into(), &false.into(), &true.into())
    );
    // What is open ends on time all the same, and the receipt is told.
    stage.later(25);
    stage.reads(&reply.id, "nothing of it is left").await;
    stage.nothing_left().await;
    let refused = text(&stage.says("operator", "/nat open 30m").await);
    assert!(refused.contains(FULL), "{refused}");
    assert!(stage.ours().is_empty(), "{:?}", stage.billing());

    // The process goes and comes, still without space: nothing is opened again.
    stage.restart_bot().await;
    stage.later(5);
    stage.says("viewer", "/status").await;
    assert!(stage.ours().is_empty(), "{:?}", stage.billing());

    disk.empty();
    stage.world.clock.set_rate(30.0);
    until_status(listen, 200).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.world.clock.set_rate(300.0);
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_there_is_space_again_it_goes_on_by_itself_and_says_so_once() {
    let Some(disk) = Disk::mount() else { return };
    let path = disk.path("doorman.db");
    let stage = Stage::set_with(|settings| settings.store.path = path).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    disk.fill();
    cannot_extend(&stage).await;
    stage.later(31);
    stage.nothing_left().await;
    disk.empty();
    let report = text(&stage.posted("doorman's lease store could not be written for").await);
    assert!(report.contains("• The NAT window was closed at"), "{report}");
    stage.reads(&reply.id, "nothing of it is left").await;
    stage.later(60);
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    assert_eq!(told(&stage, "lease store"), 2, "once each: {}", stage.channel());
    stage.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_hangs_keeps_nothing_open() {
    const HUNG: &str = "The disk with doorman's lease store does not answer";
    let Some(disk) = Frozen::mount() else { return };
    let listen = free_address();
    let stage = Stage::set_with(|settings| {
        settings.store.path = disk.mounted.join("doorman.db");
        settings.health.listen = Some(listen);
    })
    .await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    let end = stage.until_of(&stage.world.discord.message(&reply.id).expect("it is there"));
    // The disk is waited for in the machine's time.
    stage.world.clock.set_rate(3.0);
    // At the speed before, its last look may be minutes old.
    let looks = |stage: &Stage| stage.world.aws.calls().iter().filter(|call| !call.mutating).count();
    let looked = looks(&stage);
    stage.later(2);
    while looks(&stage) <= looked + 10 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    disk.freeze(true);

    let refused = text(&stage.says("operator", "/nat extend 30m").await);
    assert!(refused.contains(HUNG), "{refused}");
    stage.see("a notice", |stage| (told(stage, HUNG) == 1).then_some(())).await;
    let hung: serde_json::Value = serde_json::from_str(&ask(listen, "/healthz").await.1).expect("JSON");
    assert_eq!((&hung["store"], &hung["alive"]), (&"hung".into(), &true.into()), "{hung}");
    // What is open ends on time all the same, and the receipt is told.
    stage.world.clock.set_rate(300.0);
    stage.world.clock.advance(end - stage.world.clock.now());
    stage.nothing_left().await;
    let late = stage.world.clock.now() - end;
    assert!(late < chrono::TimeDelta::minutes(5), "{late}");
    stage.reads(&reply.id, "nothing of it is left").await;
    let refused = text(&stage.says("operator", "/nat open 30m").await);
    assert!(refused.contains(HUNG), "{refused}");
    assert!(stage.ours().is_empty(), "{:?}", stage.billing());

    disk.freeze(false);
    stage.world.clock.set_rate(30.0);
    until_status(listen, 200).await;
    let reply = stage.says("operator", "/nat open 30m").await;
    stage.world.clock.set_rate(300.0);
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.finish().await;
}

/// Whether the copy has a lease.
async fn has_lease(copy: &Path) -> bool {
    // A copy of the copy: opening it would lock it and leave files beside it.
    let look = tempfile::tempdir().expect("a folder");
    let path = look.path().join("look.db");
    if fs::copy(copy, &path).is_err() {
        return false;
    }
    let store = doorman_cloud::store::Store::open(&path).await.expect("a whole copy");
    let open = store.of("main").open_leases().await.expect("it reads");
    store.close().await;
    !open.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_the_bot_runs_takes_the_place_of_a_lost_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let mut stage = Stage::set_with(|settings| settings.store.backup = Some(copy.clone())).await;
    let reply = stage.says("operator", "/nat open 2h").await;
    stage.reads(&reply.id, "The NAT window is open").await;
    stage.world.clock.set_rate(30.0);
    stage.later(61);
    for _ in 0..300 {
        if has_lease(&copy).await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(has_lease(&copy).await, "the copy is renewed every hour");
    stage.kill_bot().await;

    // As docs/OPERATIONS.md says.
    stage.lose_store();
    fs::copy(&copy, stage.store()).expect("restored");
    stage.world.clock.set_rate(300.0);
    stage.start_bot().await;
    stage.later(60);
    // It is the same lease in the same message, not one that was found by its tags.
    stage.reads(&reply.id, "nothing of it is left").await;
    stage.nothing_left().await;
    stage.finish().await;
}
