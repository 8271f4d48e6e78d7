//! A line that is slow or breaks, a page that is loaded again, two pages at once.

use std::time::Duration;

use super::demo::Demo;
use super::driver::{Browser, Look};

const READY: &str = "document.body.dataset.ready === 'true'";

#[tokio::test(flavor = "multi_thread")]
async fn on_a_slow_line_the_page_says_that_it_is_loading() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.slow_line(Duration::from_millis(2500)).await;
    browser.open(&demo.address).await;
    browser.wait_long(READY).await;
    // The browser's own stopwatch: the driver waits for a page to be loaded before it asks.
    let painted = "return performance.getEntriesByName('first-contentful-paint')[0].startTime";
    let painted = browser.answer(painted).await.as_f64().expect("milliseconds");
    let ready = browser.answer("return performance.now()").await.as_f64().expect("milliseconds");
    println!("first words after {painted:.0} ms, ready within {ready:.0} ms");
    assert!(painted < 8_000.0, "{painted} ms");
    assert!(ready < 25_000.0, "{ready} ms");
    assert_eq!(browser.answer("return document.querySelector('#loading')").await, serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn that_the_demo_cannot_be_reached_goes_away_when_it_can() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait(READY).await;
    let demo = {
        let stopping = tokio::task::spawn_blocking(move || demo.stopped());
        stopping.await.expect("it stops")
    };
    browser.wait("!document.querySelector('#reconnecting').hidden").await;
    browser.types("/status").await;
    let refused = "document.querySelector('[data-testid=refusal]').textContent";
    browser.wait(&format!("{refused}.includes('cannot be reached')")).await;
    let _demo = demo.again();
    browser.wait("document.querySelector('#reconnecting').hidden").await;
    browser.wait(&format!("{refused} === ''")).await;
    browser.wait(READY).await;
    // Another server knows nobody's language; this browser's is told again.
    browser.answer("document.querySelector('#composer').value = ''").await;
    browser.types("/cost now").await;
    browser.sees("Nothing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pages_show_the_same_and_each_speaks_its_language() {
    let Some(english) = Browser::start().await else { return };
    let Some(korean) = Browser::of(Look { languages: "ko-KR,ko,en", ..Look::default() }).await else {
        return;
    };
    let demo = Demo::start();
    english.open(&demo.address).await;
    english.wait(READY).await;
    english.types("/nat open 30m").await;
    english.sees("The NAT window is open").await;
    korean.open(&demo.address).await;
    korean.wait(READY).await;
    korean.sees("The NAT window is open").await;
    korean.choose("[data-testid=person]", "viewer").await;
    korean.types("/cost now").await;
    korean.wait("document.documentElement.lang === 'ko'").await;
    english.wait("document.querySelectorAll('[data-testid=message]').length >= 2").await;
    english.reload().await;
    english.wait(READY).await;
    english.sees("The NAT window is open").await;
    assert_eq!(english.answer("return document.documentElement.lang").await, "en-US");
    assert_eq!(english.console().await, Vec::<String>::new());
    assert_eq!(korean.console().await, Vec::<String>::new());
}
