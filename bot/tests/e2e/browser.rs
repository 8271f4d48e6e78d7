//! `doorman demo` in a real browser: what a newcomer does in the first ten minutes.
//!
//! Needs Debian's `chromium` and `chromium-driver`. Without them it says so and is skipped; with
//! `DOORMAN_REQUIRE_TOOLS=1` it fails instead.

mod accessible;
mod demo;
mod driver;
mod korean;
mod line;
mod links;
mod money;
mod trouble;

use demo::Demo;
use driver::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_opens_a_window_watches_it_and_closes_it() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.choose("[data-testid=language]", "en-US").await;

    browser.types("/nat open 30m").await;
    browser.sees("The NAT window is open").await;
    browser
        .wait("document.querySelector('[data-testid=aws-item][data-kind=nat-gateway][data-state=available]')")
        .await;
    assert_ne!(browser.text("[data-testid=aws-total]").await, "", "the meter runs");

    browser.types("/status").await;
    browser
        .wait("[...document.querySelectorAll('[data-testid=message] img')].some(image => image.naturalWidth > 500)")
        .await;
    browser.keep_screenshot("window").await;

    browser.press("Close now").await;
    browser.sees("NAT window closed, nothing of it is left").await;
    browser.sees("Nothing keeps billing").await;
    browser
        .wait(
            "!document.querySelector('[data-testid=aws-item][data-kind=nat-gateway][data-state=available]')",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_can_be_used_on_the_page() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.choose("[data-testid=language]", "en-US").await;

    browser.types("/help").await;
    browser.sees("/terminate service").await;
    browser.types("/launch service").await;
    browser.sees("Launch the service pair?").await;
    browser.press("Confirm").await;
    browser.sees("The service pair is ready").await;
    browser.wait("document.querySelectorAll('[data-testid=aws-item][data-kind=instance][data-state=running]').length === 2").await;
    browser.types("/session start my-service-01").await;
    browser.sees("my-service-01 is ready for a session").await;
    browser.types("/shell open 1h").await;
    browser.sees("Shell access is always there here").await;
    browser.types("/nat open 1h").await;
    browser.sees("The NAT window is open").await;
    browser.types("/nat extend 30m").await;
    browser.sees("extended the NAT window").await;
    browser.types("/cost now").await;
    browser.sees("when it closes at").await;
    browser.types("/status").await;
    browser.sees("2 instances running").await;
    browser
        .wait("[...document.querySelectorAll('[data-testid=message] img')].some(image => image.naturalWidth > 500)")
        .await;
    browser.keep_screenshot("everything").await;
    browser.types("/nat close").await;
    browser.sees("NAT window closed, nothing of it is left").await;
    browser.types("/terminate service").await;
    browser.sees("Terminate the service pair?").await;
    browser.press("Confirm").await;
    browser.sees("Service pair terminated, nothing of it is left").await;
    let gone = "![...document.querySelectorAll('[data-testid=aws-item]')].some(item => item.dataset.managed === 'true' \
                && !['document', 'automation'].includes(item.dataset.kind) \
                && !['gone', 'deleted', 'terminated'].includes(item.dataset.state))";
    browser.wait(gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shell_access_is_opened_for_a_while_and_closed() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start_with(&["--shell-windows"]);
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.choose("[data-testid=language]", "en-US").await;
    browser.types("/launch service").await;
    browser.sees("Shell access is no part of it").await;
    browser.press("Confirm").await;
    browser.sees("Shell access is closed").await;
    browser.types("/shell open 30m").await;
    browser.sees("3 interface endpoints").await;
    browser.keep_screenshot("shell-card").await;
    browser.press("Confirm").await;
    browser.sees("The shell window is open").await;
    browser.types("/shell extend 30m").await;
    browser.sees("extended the shell window").await;
    browser.types("/status").await;
    browser
        .wait("[...document.querySelectorAll('[data-testid=message] img')].some(image => image.naturalWidth > 500)")
        .await;
    browser.keep_screenshot("shell-open").await;
    browser.types("/shell close").await;
    browser.sees("Shell window closed, nothing of it is left").await;
    browser.keep_screenshot("shell-receipt").await;
    let endpoints = "[data-testid=aws-item][data-kind=vpc-endpoint][data-state=available]";
    browser.wait(&format!("!document.querySelector('{endpoints}')")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_one_person_may_read_only_that_person_sees() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.choose("[data-testid=person]", "outsider").await;
    browser.types("/nat open 30m").await;
    browser.sees("You need the role").await;
    browser.wait("document.querySelector('[data-testid=message][data-private=true]')").await;
    browser.choose("[data-testid=person]", "operator").await;
    browser.wait("!document.body.innerText.includes('You need the role')").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_may_look_and_an_outsider_may_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.choose("[data-testid=person]", "viewer").await;
    browser.types("/cost now").await;
    browser.sees("Nothing").await;
    browser.choose("[data-testid=person]", "outsider").await;
    browser.types("/cost now").await;
    browser.sees("You need the role").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_opened_and_closed_with_the_keyboard_alone() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    // A slash anywhere means the composer; Tab takes what is offered.
    browser.keys("/nat op").await;
    browser
        .wait(
            "document.activeElement.id === 'composer' && document.querySelector('[data-testid=completion]')",
        )
        .await;
    browser.keys("\u{e004}").await;
    browser.wait("document.querySelector('#composer').value === '/nat open '").await;
    browser.keys("30m\u{e007}").await;
    browser.sees("The NAT window is open").await;
    let on_close = "document.activeElement.textContent === 'Close now'";
    for _ in 0..20 {
        if browser.answer(&format!("return {on_close}")).await == true {
            break;
        }
        // Shift and Tab: back from the composer to the buttons above it.
        browser.shift_tab().await;
    }
    browser.wait(on_close).await;
    browser.keys("\u{e007}").await;
    browser.sees("NAT window closed, nothing of it is left").await;
}
