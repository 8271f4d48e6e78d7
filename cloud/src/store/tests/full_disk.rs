//! A disk that is full.

use super::*;

/// Lets the file grow no further, as a full disk would; `0`: as far as it likes.
async fn fill(store: &Store, full: bool) {
    let pages = if full { 1 } else { 1_000_000 };
    let pragma = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(sqlx::AssertSqlSafe(pragma))
        .execute(&mut *store.db().await.expect("open"))
        .await
        .expect("a pragma");
    if full {
        // What is free inside the file is used up.
        for size in [3_000, 1] {
            let filler = || format!("filler-{:x}", rand::random::<u64>());
            while store
                .wrote(store.write_note(&(STACK.to_owned(), filler()), &"x".repeat(size)).await)
                .is_ok()
            {}
        }
    }
}

async fn empty(store: &Store) {
    fill(store, false).await;
    sqlx::query("DELETE FROM note").execute(&mut *store.db().await.expect("open")).await.expect("space");
}

/// More than fits into the space that is left on a row's own page.
fn long(lease: &Lease) -> Lease {
    let by = Person { id: 7, name: "k".repeat(5_000) };
    Lease { closing: Some((at(30), CloseReason::Asked { by })), phase: Phase::Closing, ..lease.clone() }
}

#[tokio::test]
async fn on_a_full_disk_nothing_begins_and_everything_ends() {
    let folder = Folder::new();
    let path = folder.path("doorman.db");
    let store = Store::open(&path).await.expect("a store");
    let open = window("01k0");
    store.of(STACK).put_lease(&open).await.expect("it writes");
    fill(&store, true).await;
    assert_eq!(*store.trouble().borrow(), Some(WriteTrouble::Full));

    // Nothing new, and nothing longer.
    let second = Lease { kind: LeaseKind::Pair, ..window("01k0second") };
    let refused = store.of(STACK).put_lease(&second).await;
    assert!(
        matches!(refused, Err(StoreError::Unwritable { trouble: WriteTrouble::Full, .. })),
        "{refused:?}"
    );
    let by = Person { id: 7, name: "k".repeat(5_000) };
    let longer = Lease {
        expires_at: Some(at(60)),
        extensions: vec![Extension { by, at: at(5), until: at(60) }],
        ..open.clone()
    };
    let refused = store.change_lease(&open, &longer).await;
    assert!(matches!(refused, Err(StoreError::Unwritable { .. })), "{refused:?}");
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), std::slice::from_ref(&open));

    // What ends, ends: for everybody who asks, though it is not on disk.
    let ending = long(&open);
    store.change_lease(&open, &ending).await.expect("it is owed");
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), std::slice::from_ref(&ending));
    let closed = Lease { phase: Phase::Closed, ..ending.clone() };
    store.change_lease(&ending, &closed).await.expect("it is owed");
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), []);
    assert_eq!(store.of(STACK).leases_since(at(0)).await.expect("it reads"), std::slice::from_ref(&closed));
    // Its place is not free before it is on disk.
    assert!(store.of(STACK).put_lease(&window("01k0next")).await.is_err());
    store.settle().await;
    assert!(store.trouble().borrow().is_some(), "still full");

    // There is space: it is written without anybody asking, and survives.
    empty(&store).await;
    store.settle().await;
    assert_eq!(*store.trouble().borrow(), None);
    assert_eq!(store.of(STACK).note("probe").await.expect("it reads"), None);
    assert_eq!(store.of(STACK).put_lease(&window("01k0next")).await.expect("it writes"), None);
    store.close().await;
    let store = Store::open(&path).await.expect("it opens");
    let ids = |leases: Vec<Lease>| leases.into_iter().map(|lease| lease.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.of(STACK).open_leases().await.expect("it reads")), ["01k0next"]);
    // That one was closed without a receipt, so it is found by its id alone.
    assert!(store.of(STACK).knows_lease(&LeaseId::from("01k0")).await.expect("it reads"));
}

#[tokio::test]
async fn a_process_that_ends_while_the_disk_is_full_loses_only_what_it_can_find_out_again() {
    let folder = Folder::new();
    let path = folder.path("doorman.db");
    let store = Store::open(&path).await.expect("a store");
    store.of(STACK).put_lease(&window("01k0")).await.expect("it writes");
    fill(&store, true).await;
    let open = window("01k0");
    store.change_lease(&open, &long(&open)).await.expect("it is owed");
    store.close().await;
    // It is open and past its end: the keeper closes it again.
    assert_eq!(open_leases(&path).await, [open]);
}

#[tokio::test]
async fn what_is_found_by_its_tags_counts_on_a_full_disk_too() {
    let folder = Folder::new();
    let path = folder.path("doorman.db");
    let store = Store::open(&path).await.expect("a store");
    fill(&store, true).await;
    let found = Lease { phase: Phase::Ready, ready_at: Some(at(1)), ..window("01k0found") };
    assert_eq!(store.of(STACK).put_lease(&found).await.expect("it is owed"), None);
    assert!(store.of(STACK).knows_lease(&found.id).await.expect("it reads"));
    store.change_lease(&found, &closing(&found)).await.expect("it is owed");
    assert_eq!(store.of(STACK).open_leases().await.expect("it reads"), [closing(&found)]);
    assert_eq!(store.of("other").open_leases().await.expect("it reads"), []);

    empty(&store).await;
    store.settle().await;
    store.close().await;
    assert_eq!(open_leases(&path).await, [closing(&found)]);
}

#[tokio::test]
async fn on_a_full_disk_what_was_told_is_known_and_a_button_works_once() {
    let folder = Folder::new();
    let path = folder.path("doorman.db");
    let store = Store::open(&path).await.expect("a store");
    let card = |id: &str| Card {
        id: id.to_owned(),
        payload: serde_json::json!({ "padding": "x".repeat(5_000) }),
        asked_by: kim(),
        made_at: at(0),
    };
    store.of(STACK).put_card(&card("on-disk")).await.expect("it writes");
    fill(&store, true).await;
    store.of(STACK).mark_told("warn", at(1)).await.expect("it is owed");
    store.of(STACK).set_note("daily.next", &"9".repeat(5_000)).await.expect("it is owed");
    assert!(store.of(STACK).was_told("warn").await.expect("it reads"));
    assert_eq!(store.of(STACK).note("daily.next").await.expect("it reads"), Some("9".repeat(5_000)));

    store.of(STACK).put_card(&card("in-memory")).await.expect("it is remembered");
    let lee = Person { id: 8, name: "l".repeat(5_000) };
    for id in ["on-disk", "in-memory"] {
        assert_eq!(
            store.of(STACK).take_card(id, &lee, at(2)).await.expect("it is there"),
            Taken::Now(card(id)),
            "{id}"
        );
        let again = store.of(STACK).take_card(id, &kim(), at(3)).await.expect("it is there");
        assert_eq!(again, Taken::Before { by: lee.clone(), at: at(2) }, "{id}");
    }
    assert_eq!(store.of(STACK).take_card("forged", &lee, at(2)).await.expect("it reads"), Taken::Unknown);

    empty(&store).await;
    store.settle().await;
    store.close().await;
    let store = Store::open(&path).await.expect("it opens");
    assert!(store.of(STACK).was_told("warn").await.expect("it reads"));
    assert_eq!(store.of(STACK).note("daily.next").await.expect("it reads"), Some("9".repeat(5_000)));
}
