//! The buttons that let something go wrong, and what becomes of an open window then.

use super::demo::Demo;
use super::driver::Browser;

const GATEWAY: &str =
    "document.querySelector('[data-testid=aws-item][data-kind=nat-gateway][data-state=available]')";
const READY: &str = "document.body.dataset.ready === 'true'";

/// A browser at a demo with an open window; `None` without a browser.
async fn with_window(length: &str) -> Option<(Browser, Demo)> {
    let browser = Browser::start().await?;
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait(READY).await;
    browser.types(&format!("/nat open {length}")).await;
    browser.sees("The NAT window is open").await;
    browser.wait(GATEWAY).await;
    Some((browser, demo))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_closed_although_aws_was_away() {
    let Some((browser, _demo)) = with_window("30m").await else { return };
    browser.click("[data-testid=aws-away]").await;
    browser.wait("!document.querySelector('#aws-is-away').hidden").await;
    browser.wait("document.querySelector('[data-testid=aws-away]').disabled").await;
    browser.press("Close now").await;
    // Five minutes of simulated time later it is back by itself.
    browser.wait("document.querySelector('#aws-is-away').hidden").await;
    browser.sees("NAT window closed, nothing of it is left").await;
    browser.wait(&format!("!{GATEWAY}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_deleted_by_hand_is_said_and_can_be_repaired() {
    let Some((browser, _demo)) = with_window("1h").await else { return };
    browser.click("[data-testid=delete-gateway]").await;
    browser.wait("document.querySelector('[data-testid=delete-gateway]').disabled").await;
    browser.press("Repair").await;
    browser.wait(GATEWAY).await;
    browser.press("Close now").await;
    browser.sees("NAT window closed, nothing of it is left").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_was_killed_goes_on_where_it_was_when_it_is_started_again() {
    let Some((browser, _demo)) = with_window("30m").await else { return };
    browser.click("[data-testid=kill-bot]").await;
    browser.wait("document.body.dataset.ready === 'false'").await;
    browser.wait("!document.querySelector('#bot-is-killed').hidden").await;
    browser.keep_screenshot("killed").await;
    browser.click("[data-testid=start-bot]").await;
    browser.wait(READY).await;
    browser.wait("document.querySelector('#bot-is-killed').hidden").await;
    browser.press("Close now").await;
    browser.sees("NAT window closed, nothing of it is left").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_stays_dead_leaves_a_window_that_aws_closes() {
    let Some((browser, _demo)) = with_window("10m").await else { return };
    browser.click("[data-testid=kill-bot]").await;
    browser.wait("document.body.dataset.ready === 'false'").await;
    browser.click("[data-testid=speed-600]").await;
    browser.wait(&format!("!{GATEWAY}")).await;
    browser.wait("!document.querySelector('[data-testid=aws-item][data-kind=elastic-ip]')").await;
    assert_eq!(browser.answer("return document.body.dataset.ready").await, "false", "the bot is dead");
    // The next start has only to say so.
    browser.click("[data-testid=start-bot]").await;
    browser.sees("NAT window closed, nothing of it is left").await;
}
