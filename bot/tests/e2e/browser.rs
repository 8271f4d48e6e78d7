//! `doorman demo` in a real browser: what a newcomer does in the first minute.
//!
//! Needs Debian's `chromium` and `chromium-driver`. Without them it says so and is skipped; with
//! `DOORMAN_REQUIRE_TOOLS=1` it fails instead.

mod driver;

use std::process::Stdio;

use doorman_stage::program::{Process, command};
use driver::Browser;

use crate::DOORMAN;

/// `doorman demo` as a process of its own.
struct Demo {
    _process: Process,
    address: String,
}

impl Demo {
    /// Starts it on a free port, with time passing 60 times as fast.
    fn start() -> Demo {
        Demo::start_with(&[])
    }

    /// The same with more options.
    fn start_with(more: &[&str]) -> Demo {
        let options = ["demo", "--listen", "127.0.0.1:0", "--speed", "60"];
        let mut process = Process::start(command(DOORMAN).args(options).args(more).stderr(Stdio::null()));
        let line = process.line();
        let address = line.trim().strip_prefix("doorman demo: ").expect("it prints one address").to_owned();
        Demo { _process: process, address }
    }
}

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
    browser.choose("[data-testid=language]", "en-US").await;
    browser.types("/nat open 30m").await;
    browser.sees("You need the role").await;
    browser.wait("document.querySelector('[data-testid=message][data-private=true]')").await;
    browser.choose("[data-testid=person]", "operator").await;
    browser.wait("!document.body.innerText.includes('You need the role')").await;
}
