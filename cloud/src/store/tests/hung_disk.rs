//! A disk that does not answer.

use super::*;

/// The store in the folder, on time that jumps: nobody waits for real.
async fn on_time_that_jumps(folder: &Folder) -> Store {
    let clock = Clock::jumping_from(at(0));
    Store::open_backed_up(&folder.path("doorman.db"), None, &clock).await.expect("a store")
}

/// One on a disk that can hang, with a window in it.
async fn on_a_disk_that_can_hang(folder: &Folder) -> Store {
    let store = on_time_that_jumps(folder).await;
    store.of(STACK).put_lease(&window("01k0")).await.expect("it writes");
    // As the keeper does when it starts.
    store.of(STACK).open_leases().await.expect("it reads");
    store
}

/// Whoever has the connection does not give it back.
async fn hang(store: &Store) -> tokio::sync::OwnedMutexGuard<Option<SqliteConnection>> {
    Arc::clone(&store.connection).lock_owned().await
}

/// Until the disk answers again and everything is written.
async fn settled(store: &Store) {
    while store.trouble().borrow().is_some() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        store.settle().await;
    }
}

fn until(lease: &Lease, minute: i64) -> Lease {
    let extension = Extension { by: kim(), at: at(5), until: at(minute) };
    Lease { expires_at: Some(at(minute)), extensions: vec![extension], ..lease.clone() }
}

fn with_receipt(lease: &Lease) -> Lease {
    let receipt = Some(crate::receipt::of(lease, at(31), None));
    Lease { phase: Phase::Closed, receipt, ..lease.clone() }
}

fn is_refused_by_a_hung_disk<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    assert!(matches!(result, Err(StoreError::Unwritable { trouble: WriteTrouble::Hung, .. })), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn on_a_disk_that_hangs_nothing_begins_and_everything_ends() {
    let folder = Folder::new();
    let store = on_a_disk_that_can_hang(&folder).await;
    let (of_stack, open) = (store.of(STACK), window("01k0"));
    let (hung, began) = (hang(&store).await, tokio::time::Instant::now());

    // The first to ask finds out, and nobody after them waits.
    let second = Lease { kind: LeaseKind::Pair, ..window("01k0second") };
    is_refused_by_a_hung_disk(of_stack.put_lease(&second).await);
    assert_eq!(*store.trouble().borrow(), Some(WriteTrouble::Hung));
    is_refused_by_a_hung_disk(store.change_lease(&open, &until(&open, 60)).await);
    is_refused_by_a_hung_disk(of_stack.put_lease(&Lease { id: "01k0third".into(), ..second.clone() }).await);
    assert_eq!(of_stack.open_leases().await.expect("known"), std::slice::from_ref(&open));

    let ending = closing(&open);
    store.change_lease(&open, &ending).await.expect("it is owed");
    assert_eq!(of_stack.open_leases().await.expect("known"), std::slice::from_ref(&ending));
    let closed = with_receipt(&ending);
    store.change_lease(&ending, &closed).await.expect("it is owed");
    assert_eq!(of_stack.open_leases().await.expect("known"), []);
    assert_eq!(of_stack.leases_since(at(0)).await.expect("known"), std::slice::from_ref(&closed));
    assert!(of_stack.knows_lease(&open.id).await.expect("known"));
    assert!(!of_stack.was_told("receipt").await.expect("known"));
    of_stack.mark_told("receipt", at(32)).await.expect("it is owed");
    assert!(of_stack.was_told("receipt").await.expect("known"));
    of_stack.set_note("note", "1").await.expect("it is owed");
    assert_eq!(of_stack.note("note").await.expect("owed").as_deref(), Some("1"));
    store.settle().await;
    assert!(store.trouble().borrow().is_some(), "it still hangs");
    assert!(began.elapsed() < hang::PATIENCE + Duration::from_secs(1), "{:?}", began.elapsed());

    // It comes back, and with it what was asked for first. Nobody got that, so it is taken away again.
    drop(hung);
    settled(&store).await;
    store.close().await;
    let store = on_time_that_jumps(&folder).await;
    let of_stack = store.of(STACK);
    assert_eq!(of_stack.leases_since(at(0)).await.expect("it reads"), [closed]);
    for id in ["01k0second", "01k0third"] {
        assert!(!of_stack.knows_lease(&id.into()).await.expect("it reads"), "{id}");
    }
    assert!(of_stack.was_told("receipt").await.expect("it reads"));
    assert_eq!(of_stack.note("note").await.expect("it reads").as_deref(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn an_extension_that_a_hung_disk_refused_does_not_come_true_later() {
    let folder = Folder::new();
    let store = on_a_disk_that_can_hang(&folder).await;
    let open = window("01k0");
    let hung = hang(&store).await;
    is_refused_by_a_hung_disk(store.change_lease(&open, &until(&open, 60)).await);
    drop(hung);
    settled(&store).await;
    store.close().await;
    let store = on_time_that_jumps(&folder).await;
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), [open]);
}

#[tokio::test(start_paused = true)]
async fn what_was_found_by_its_tags_while_the_disk_hangs_is_kept_and_written_once() {
    let folder = Folder::new();
    let store = on_a_disk_that_can_hang(&folder).await;
    let found = Lease { kind: LeaseKind::Pair, phase: Phase::Ready, ..window("01k0found") };
    let hung = hang(&store).await;
    assert_eq!(store.of(STACK).put_lease(&found).await.expect("it is owed"), None);
    assert_eq!(store.of(STACK).open_leases().await.expect("known").len(), 2);
    drop(hung);
    settled(&store).await;
    store.close().await;
    let store = on_time_that_jumps(&folder).await;
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), [window("01k0"), found]);
}

#[tokio::test(start_paused = true)]
async fn a_store_on_a_disk_that_hangs_lets_go_in_time() {
    let folder = Folder::new();
    let store = on_a_disk_that_can_hang(&folder).await;
    let (_hung, began) = (hang(&store).await, tokio::time::Instant::now());
    store.close().await;
    assert!(began.elapsed() <= hang::PATIENCE, "{:?}", began.elapsed());
}
