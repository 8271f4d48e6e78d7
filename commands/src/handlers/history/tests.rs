use doorman_cloud::lease::{Extension, MessageRef, Person, Receipt, Trouble};
use doorman_cloud::prices::Prices;
use doorman_cloud::receipt;

use doorman_cloud::lease::ReceiptItem;
use doorman_cloud::tags::Owner;

use super::*;
use crate::admit::Admission;
use crate::testbed::people::{ana, command, noon};
use crate::testbed::world::{World, ago, now, person, shown};
use crate::testbed::{Bot, shown as message_of};

/// A window that was opened so many minutes ago, was open for half an hour, and cost what that costs.
fn closed(number: u64, opened: i64, reason: CloseReason, late: i64) -> Lease {
    let mut world = World::empty();
    world.open_window();
    let mut lease = world.leases.remove(0);
    lease.id = format!("01window{number}").as_str().into();
    lease.opened_at = ago(opened);
    lease.expires_at = Some(ago(opened - 30));
    lease.closing = Some((ago(opened - 30), reason));
    lease.phase = Phase::Closed;
    lease.message = Some(MessageRef { channel_id: 3, message_id: number });
    for made in &mut lease.made {
        (made.made_at, made.gone_at) = (ago(opened), Some(ago(opened - 30 - late)));
    }
    world.observed.at = ago(opened - 30 - late);
    lease.receipt = Some(receipt::of(&lease, world.observed.at, Prices::shipped("ap-northeast-2")));
    lease
}

fn message(latest: Vec<Lease>, recent: Vec<Lease>, locale: Locale) -> Message {
    let world = World { leases: latest.clone(), ..World::empty() };
    let view = world.view();
    let page = Page { settings: &world.settings, view: &view, locale, now: now() };
    page.message(&Past { latest, recent })
}

fn many(count: u64) -> Vec<Lease> {
    let longest = |number: u64| {
        let mut lease =
            closed(number, 60 * (number as i64 + 1), CloseReason::Asked { by: person(u64::MAX - number) }, 9);
        lease.opened_by = person(u64::MAX);
        let extend = |by| Extension { by: person(u64::MAX - by), at: ago(1), until: ago(0) };
        lease.extensions = (0..5).map(extend).collect();
        lease.message = Some(MessageRef { channel_id: u64::MAX, message_id: u64::MAX });
        lease
    };
    (1..=count).map(longest).collect()
}

#[test]
fn each_window_says_who_how_long_how_much_and_how_it_ended() {
    let mut open = closed(9, 10, CloseReason::Expired, 0);
    (open.phase, open.closing, open.receipt) = (Phase::Ready, None, None);
    open.made.iter_mut().for_each(|made| made.gone_at = None);
    let mut extended = closed(3, 600, CloseReason::Asked { by: person(8) }, 1);
    let by = |id| Extension { by: person(id), at: ago(590), until: ago(570) };
    extended.extensions = vec![by(8), by(9), by(8)];
    let windows = vec![
        open,
        closed(4, 200, CloseReason::Expired, 45),
        extended,
        closed(2, 900, CloseReason::Failed { trouble: Trouble::Credentials }, 0),
    ];
    let recent = [windows.clone(), vec![closed(1, 60 * 24 * 20, CloseReason::Expired, 0)]].concat();
    insta::assert_snapshot!(shown(&message(windows.clone(), recent.clone(), Locale::EnUs)), @r"
    [Plain] 🧾 NAT windows, newest first
    **Shown:** 4 windows, open for 2h26m, $0.3072
    **Last 30 days:** 5 windows, open for 2h56m, $0.3687

    🟢 since <t:1795324800:f> · $0.0598
    opened by <@7> · open until <t:1795326600:t> · [details](https://discord.com/channels/100000000000000001/3/9)
    ✅ <t:1795313400:f> – <t:1795317900:t> (1h15m) · $0.1242
    opened by <@7> · closed at its end · ⚠️ 42m late · [details](https://discord.com/channels/100000000000000001/3/4)
    ✅ <t:1795289400:f> – <t:1795291260:t> (31m) · $0.0616
    opened by <@7> · extended 3 times by <@8>, <@9> · closed by <@8> · [details](https://discord.com/channels/100000000000000001/3/3)
    ❌ <t:1795271400:f> – <t:1795273200:t> (30m) · $0.0615
    opened by <@7> · could not be opened · [details](https://discord.com/channels/100000000000000001/3/2)
    _AWS list price for ap-northeast-2 as of 2026-11-22, without tax and credits_
    ");
    insta::assert_snapshot!(shown(&message(windows, recent, Locale::Ko)), @r"
    [Plain] 🧾 NAT 연결 기록(최근 순)
    **표시한 4건:** 총 2시간 26분, $0.3072
    **최근 30일(5건):** 총 2시간 56분, $0.3687

    🟢 <t:1795324800:f>부터 · $0.0598
    <@7> 님이 엶 · <t:1795326600:t>까지 열려 있음 · [자세히](https://discord.com/channels/100000000000000001/3/9)
    ✅ <t:1795313400:f> – <t:1795317900:t> (1시간 15분) · $0.1242
    <@7> 님이 엶 · 시간이 끝나 닫힘 · ⚠️ 42분 늦음 · [자세히](https://discord.com/channels/100000000000000001/3/4)
    ✅ <t:1795289400:f> – <t:1795291260:t> (31분) · $0.0616
    <@7> 님이 엶 · <@8>, <@9> 님이 연장(3회) · <@8> 님이 닫음 · [자세히](https://discord.com/channels/100000000000000001/3/3)
    ❌ <t:1795271400:f> – <t:1795273200:t> (30분) · $0.0615
    <@7> 님이 엶 · 열지 못함 · [자세히](https://discord.com/channels/100000000000000001/3/2)
    _AWS ap-northeast-2 리전 정가(2026-11-22 기준, 세금·크레딧 제외)_
    ");
}

#[test]
fn a_window_that_cannot_be_closed_is_not_called_past() {
    let mut window = closed(1, 120, CloseReason::Expired, 0);
    (window.phase, window.receipt) = (Phase::Closing, None);
    let world = World::empty();
    // Its address is still there.
    let mut observed = world.observed.clone();
    let mut open = World::empty();
    open.open_window();
    observed.addresses = open.observed.addresses;
    observed.addresses[0].owner = Owner::of("main", &window);
    let world = World { observed, leases: vec![window.clone()], ..world };
    let view = world.view();
    let page = Page { settings: &world.settings, view: &view, locale: Locale::EnUs, now: now() };
    let text = shown(&page.message(&Past { latest: vec![window.clone()], recent: vec![window] }));
    assert!(
        text.contains("🔴 since <t:") && text.contains("**not closed yet, something is left**"),
        "{text}"
    );
}

#[test]
fn as_many_as_fit_are_shown_and_the_rest_is_counted() {
    for (count, locale) in [(25, Locale::EnUs), (25, Locale::Ko), (10, Locale::EnUs), (10, Locale::Ko)] {
        let windows = many(count);
        let panel = message(windows.clone(), windows, locale).panel.expect("a panel");
        let size = panel.body.encode_utf16().count();
        assert!(size <= 4_096, "{size}");
        let shown = panel.body.matches('✅').count();
        assert!(shown >= 10, "{shown} of {count}");
        if shown < count as usize {
            let rest = (count as usize - shown).to_string();
            assert!(panel.body.lines().last().expect("lines").contains(&rest), "{}", panel.body);
        }
    }
}

#[test]
fn without_a_list_no_sum_is_invented() {
    let mut window = closed(1, 120, CloseReason::Expired, 0);
    let receipt = window.receipt.take().expect("a receipt");
    let items = receipt.items.into_iter().map(|item| ReceiptItem { usd: 0.0, ..item }).collect();
    window.receipt = Some(Receipt { prices_as_of: None, usd: 0.0, items, ..receipt });
    let panel = message(vec![window.clone()], vec![window], Locale::EnUs).panel.expect("a panel");
    assert!(panel.body.contains("at least $0.00") && panel.footer.is_empty(), "{}", panel.body);
}

#[tokio::test]
async fn the_store_is_asked_for_as_many_as_were_asked_for() {
    let bot = Bot::start().await;
    let told = bot.types("/nat history").await;
    assert_eq!(message_of(&told).text, "No NAT window has been opened yet.");
    for opened in 0..12 {
        let mut lease = closed(opened, 60 * (40 - opened as i64), CloseReason::Expired, 0);
        let shift = noon() - now();
        lease.opened_at += shift;
        lease.receipt.as_mut().expect("a receipt").closed_at += shift;
        lease.opened_by = Person { id: 1_000 + opened, ..person(7) };
        let store = bot.app.context().keeper().store();
        assert_eq!(store.put_lease(&lease).await.expect("the store"), None);
    }
    let pair =
        Lease { kind: LeaseKind::Pair, id: "01pair".into(), ..closed(99, 60, CloseReason::Expired, 0) };
    assert_eq!(bot.app.context().keeper().store().put_lease(&pair).await.expect("the store"), None);
    let by = |outcome: &Outcome| {
        let body = &message_of(outcome).panel.as_ref().expect("a panel").body;
        let people = body.split("opened by <@").skip(1).filter_map(|rest| rest.split('>').next());
        people.map(|id| id.parse().expect("an id")).collect::<Vec<u64>>()
    };
    let newest = |count: u64| (0..count).map(|number| 1_011 - number).collect::<Vec<u64>>();
    assert_eq!(by(&bot.types("/nat history").await), newest(10));
    assert_eq!(by(&bot.types("/nat history count:3").await), newest(3));
    let told = bot.types("/nat history count:2").await;
    let body = &message_of(&told).panel.as_ref().expect("a panel").body;
    assert!(body.contains("**Shown:** 2 windows, open for 1h,"), "{body}");
    assert!(body.contains("**Last 30 days:** 12 windows, open for 6h,"), "{body}");
}

#[tokio::test]
async fn a_count_that_is_none_is_refused_with_the_limits() {
    let bot = Bot::start().await;
    for typed in ["0", "26", "-1", "ten", "1e3"] {
        let action = command(&format!("/nat history count:{typed}"));
        let request =
            crate::request::Request { person: ana(), ..crate::testbed::people::request(&[], action) };
        let Admission::Answer(message) = bot.app.admit(&request) else { panic!("{typed} is admitted") };
        assert_eq!(message.text, format!("`{typed}` cannot be shown: write a number from 1 to 25."));
    }
}
