//! The store itself: schemas old and new, copies, a full disk.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::Locale;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::*;
use crate::ids::LeaseId;
use crate::kind::Kind;
use crate::lease::{CloseReason, Extension, Lease, LeaseKind, Person, Phase};
use crate::prices::{Billing, Price};

const STACK: &str = "main";

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minute)
}

fn kim() -> Person {
    Person { id: 7, name: "kim".to_owned() }
}

/// A window opened at minute 0, for half an hour.
fn window(id: &str) -> Lease {
    Lease {
        expires_at: Some(at(30)),
        ..Lease::new(id.into(), LeaseKind::NatWindow, kim(), at(0), Locale::Ko)
    }
}

fn closing(lease: &Lease) -> Lease {
    Lease { phase: Phase::Closing, closing: Some((at(30), CloseReason::Expired)), ..lease.clone() }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// The migrations of an older program, or of a newer one.
fn migrations(change: impl FnOnce(&mut Vec<Migration>)) -> Migrator {
    let mut migrations: Vec<Migration> = MIGRATIONS.iter().cloned().collect();
    change(&mut migrations);
    Migrator::with_migrations(migrations)
}

fn newer() -> Migrator {
    migrations(|migrations| {
        let sql = "ALTER TABLE lease ADD COLUMN later TEXT".into_sql_str();
        migrations.push(Migration::new(9_999, "later".into(), MigrationType::Simple, sql, false));
    })
}

async fn open_leases(path: &Path) -> Vec<Lease> {
    let store = Store::open(path).await.expect("it opens");
    let leases = store.of(STACK).open_leases().await.expect("it reads");
    store.close().await;
    leases
}

#[tokio::test]
async fn a_store_of_the_first_schema_is_migrated_with_what_is_open_in_it() {
    let (folder, first) = (Folder::new(), migrations(|migrations| migrations.retain(|m| m.version == 1)));
    let (path, backup) = (folder.path("doorman.db"), folder.path("copy.db"));
    let old = Store::open_as(&path, None, &first).await.expect("the first schema");
    // As version 0.1 wrote it: a window that was closed, and a pair that is up.
    let receipt = serde_json::json!({
        "closed_at": at(30), "late_s": 0, "usd": 0.059, "prices_as_of": null, "looked_at": at(30),
        "items": [{ "kind": "nat-gateway", "id": "nat-1", "name": "My-NAT", "from": at(0), "to": at(30),
            "billed_hours": 1.0, "usd": 0.059 }],
        "gone": ["gateway", "address", "route", "rules", "schedule"]
    });
    let spec = r#"{"image":"ami-1","image_name":"ubuntu-24.04","instance_type":"t3.micro","market":"spot"}"#;
    for (id, kind, phase, service, receipt) in [
        ("01k0window", "nat-window", "closed", None, Some(receipt.to_string())),
        ("01k0pair", "service", "ready", Some(spec), None),
    ] {
        sqlx::query(
            "INSERT INTO lease (id, stack, kind, phase, opened_by_id, opened_by_name, opened_at, locale,
                 building_since, service, closed_at, receipt)
             VALUES (?, 'main', ?, ?, '7', 'kim', ?, 'ko', ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(kind)
        .bind(phase)
        .bind(at(0).to_rfc3339())
        .bind(at(0).to_rfc3339())
        .bind(service)
        .bind(receipt.as_ref().map(|_| at(30).to_rfc3339()))
        .bind(receipt)
        .execute(&mut *old.db().await.expect("open"))
        .await
        .expect("a lease");
    }
    for (lease, kind, id, usd) in [
        ("01k0window", "nat-gateway", "nat-1", 0.059),
        ("01k0window", "rule", "sgr-1", 0.0),
        ("01k0window", "schedule", "doorman-main-1", 0.0),
        ("01k0pair", "instance", "i-1", 0.0),
        ("01k0pair", "endpoint", "vpce-1", 0.026),
    ] {
        let query =
            "INSERT INTO made (lease, kind, id, name, made_at, usd_per_hour) VALUES (?, ?, ?, '', ?, ?)";
        let query = sqlx::query(query).bind(lease).bind(kind).bind(id).bind(at(0).to_rfc3339()).bind(usd);
        query.execute(&mut *old.db().await.expect("open")).await.expect("something made");
    }
    for table in ["note (key, value) VALUES ('daily.next', 'x')", "told (key, at) VALUES ('warn', 'y')"] {
        let query = sqlx::query(sqlx::AssertSqlSafe(format!("INSERT INTO {table}")));
        query.execute(&mut *old.db().await.expect("open")).await.expect("a row");
    }
    old.close().await;

    let store = Store::open_as(&path, Some(&backup), &newer()).await.expect("it is migrated");
    let main = store.of(STACK);
    let leases = main.leases_since(at(0)).await.expect("it reads");
    let [closed, pair] = &leases[..] else { panic!("{leases:#?}") };
    assert_eq!((closed.kind, pair.kind), (LeaseKind::NatWindow, LeaseKind::Pair));
    assert_eq!(pair.spec.pair().expect("what it is made of").market, doorman_config::Market::Spot);
    let prices = |lease: &Lease| lease.made.iter().map(|made| made.price).collect::<Vec<_>>();
    let by = Billing::StartedHour;
    assert_eq!(prices(closed), [Price::Hourly { usd: 0.059, by }, Price::Free, Price::Free]);
    assert_eq!(
        prices(pair),
        [Price::NotListed { by: Billing::Second }, Price::Hourly { usd: 0.026, by }],
        "an instance had a price of 0 where the list has none"
    );
    let receipt = closed.receipt.as_ref().expect("a receipt");
    assert_eq!(receipt.gone[..2], [Kind::NatGateway, Kind::Address]);
    assert!(receipt.items[0].bills() && !receipt.has_unknown());
    assert_eq!(main.note("daily.next").await.expect("it reads").as_deref(), Some("x"));
    assert!(main.was_told("warn").await.expect("it reads"));
    assert_eq!(store.of("other").note("daily.next").await.expect("it reads"), None);
    // One pair is open, and stays the only one.
    let second = Lease { kind: LeaseKind::Pair, ..window("01k0second") };
    let open = main.put_lease(&second).await.expect("it answers");
    assert_eq!(open.map(|open| open.id), Some(pair.id.clone()));
    store.close().await;

    // The older program refuses what the newer one made of it, and runs on the copy from before.
    let error = Store::open_as(&path, None, &first).await.expect_err("newer");
    assert!(matches!(error, StoreError::Newer(_)), "{error:?}");
    let before = Store::open_as(&folder.path("copy.db.schema-1"), None, &first).await.expect("the copy");
    let pairs = sqlx::query("SELECT 1 FROM lease WHERE kind = 'service'");
    let pairs = pairs.fetch_all(&mut *before.db().await.expect("open")).await.expect("rows");
    assert_eq!(pairs.len(), 1);
}

#[tokio::test]
async fn a_store_of_a_later_version_is_refused_with_a_sentence_and_left_as_it_is() {
    let folder = Folder::new();
    let path = folder.path("doorman.db");
    let later = Store::open_as(&path, None, &newer()).await.expect("a later version");
    later.of(STACK).put_lease(&window("01k0")).await.expect("it writes");
    later.close().await;
    let error = Store::open(&path).await.expect_err("newer");
    assert_eq!(
        error.to_string(),
        format!(
            "the lease store {} was written by a newer doorman; run that version, or move the file away",
            path.display()
        )
    );
    let later = Store::open_as(&path, None, &newer()).await.expect("the later version goes on");
    assert_eq!(later.of(STACK).open_leases().await.expect("it reads").len(), 1);
}

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
        locale: Locale::Ko,
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
