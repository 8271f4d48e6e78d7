//! The copy of the store.

use super::*;

#[tokio::test]
async fn a_copy_made_in_use_can_be_restored() {
    let folder = Folder::new();
    let (path, backup) = (folder.path("doorman.db"), folder.path("copy.db"));
    let store = Store::open(&path).await.expect("a store");
    store.of(STACK).put_lease(&window("01k0first")).await.expect("it writes");
    std::fs::write(folder.path("copy.db.new"), "left by a process that died while copying").expect("a file");
    store.back_up(&backup).await.expect("a copy");
    // The next one takes its place.
    store
        .of(STACK)
        .put_lease(&Lease { kind: LeaseKind::Pair, ..window("01k0second") })
        .await
        .expect("it writes");
    store.back_up(&backup).await.expect("a copy");
    store.of(STACK).mark_told("after", at(1)).await.expect("it writes");

    let restored = open_leases(&backup).await;
    assert_eq!(restored, store.of(STACK).open_leases().await.expect("it reads"));
    assert_eq!(restored.len(), 2);
    assert!(!folder.path("copy.db.new").exists());

    let error = store.back_up(&folder.path("no/such/folder.db")).await.expect_err("nowhere");
    assert!(matches!(error, BackupError::Copy { .. }), "{error:?}");
    assert!(store.trouble().borrow().is_none(), "the store itself is well");
}

/// Two names of one file: that of the store, and that of its copy, each in the folder.
#[cfg(unix)]
fn names_of_one_file(folder: &Folder) -> Vec<(&'static str, PathBuf, PathBuf)> {
    use std::os::unix::fs::symlink;

    let at = |name: &str| folder.path(name);
    std::fs::create_dir(at("sub")).expect("a folder");
    symlink(at("."), at("here")).expect("a link to the folder");
    symlink(at("doorman.db"), at("link.db")).expect("a link");
    symlink("link.db", at("link-to-link.db")).expect("a link");
    symlink(at("round"), at("round")).expect("a link to itself");
    let store = at("doorman.db");
    let mut names: Vec<_> = [
        ("the same path", "doorman.db"),
        ("by way of a folder", "sub/../doorman.db"),
        ("through a link to the folder", "here/doorman.db"),
        ("a link", "link.db"),
        ("a link to a link", "link-to-link.db"),
        ("the write-ahead log", "doorman.db-wal"),
        ("the log through a link", "here/doorman.db-wal"),
        ("the index of the log", "doorman.db-shm"),
        ("the journal", "doorman.db-journal"),
    ]
    .map(|(what, backup)| (what, store.clone(), at(backup)))
    .into();
    // While a copy is made it is called otherwise.
    names.push(("the half-written copy", at("copy.db.new"), at("copy.db")));
    names.push(("a store that is a link", at("link.db"), at("doorman.db-wal")));
    names
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_that_is_the_store_by_another_name_is_refused_at_the_start_and_nothing_is_lost() {
    let folder = Folder::new();
    for (what, path, backup) in names_of_one_file(&folder) {
        for existed in [false, true] {
            if existed {
                let store = Store::open(&path).await.expect("a store");
                store.of(STACK).put_lease(&window("01k0")).await.expect("it writes");
                store.close().await;
            }
            let refused = Store::open_backed_up(&path, Some(&backup), &Clock::system()).await;
            let refused = refused.err().unwrap_or_else(|| panic!("{what}, existed: {existed}"));
            assert!(matches!(refused, StoreError::NotApart(_)), "{what}: {refused}");
            let told = refused.to_string();
            let begins = format!("store.backup {} cannot be used: ", backup.display());
            assert!(told.starts_with(&begins) && told.ends_with("best on another disk"), "{told}");
            assert_eq!(path.exists(), existed, "{what}: nothing is made, and nothing removed");
        }
        assert_eq!(open_leases(&path).await, [window("01k0")], "{what}");
        std::fs::remove_file(std::fs::canonicalize(&path).expect("it is there")).expect("removed");
    }
    // A hard link has a name of its own.
    let (path, backup) = (folder.path("doorman.db"), folder.path("hard.db"));
    Store::open(&path).await.expect("a store").close().await;
    std::fs::hard_link(&path, &backup).expect("a link");
    let refused = Store::open_backed_up(&path, Some(&backup), &Clock::system()).await;
    assert!(matches!(refused, Err(StoreError::NotApart(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_that_becomes_the_store_while_it_is_open_is_refused_and_nothing_is_lost() {
    let folder = Folder::new();
    let (path, copy) = (folder.path("doorman.db"), folder.path("copy.db"));
    let store = Store::open_backed_up(&path, Some(&copy), &Clock::system()).await.expect("a store");
    store.back_up(&copy).await.expect("apart");
    store.of(STACK).put_lease(&window("01k0")).await.expect("it writes");
    let log = folder.path("doorman.db-wal");
    let links: [(&str, &dyn Fn() -> std::io::Result<()>); 3] = [
        ("a link", &|| std::os::unix::fs::symlink(&path, &copy)),
        ("a hard link", &|| std::fs::hard_link(&path, &copy)),
        ("a link to the log", &|| std::fs::hard_link(&log, &copy)),
    ];
    for (what, link) in links {
        std::fs::remove_file(&copy).expect("the copy is there");
        link().expect(what);
        let refused = store.back_up(&copy).await;
        assert!(matches!(refused, Err(BackupError::NotApart(_))), "{what}: {refused:?}");
    }
    // The lock is still held, and what was written is there.
    assert!(matches!(Store::open(&path).await, Err(StoreError::Locked(_))));
    std::fs::remove_file(&copy).expect("the link");
    store.back_up(&copy).await.expect("apart again");
    store.close().await;
    assert_eq!(open_leases(&path).await, [window("01k0")]);
    assert_eq!(open_leases(&copy).await, [window("01k0")]);
}
