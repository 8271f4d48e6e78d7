//! The store itself: schemas old and new, copies, disks that are full or do not answer.

mod copy;
mod full_disk;
mod hung_disk;

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
