//! What the AWS side says was spent, beside what the bot says.

use super::demo::Demo;
use super::driver::Browser;

/// What a difference of some minutes in when the address is said to be gone may come to, in USD.
const ROUNDING: f64 = 0.001;

/// The first amount in a text.
fn dollars(text: &str) -> f64 {
    let (_, after) = text.split_once('$').unwrap_or_else(|| panic!("no amount in {text}"));
    let digits: String = after.chars().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
    digits.trim_end_matches('.').parse().unwrap_or_else(|_| panic!("no amount in {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_side_counts_money_as_the_bot_does() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.types("/nat open 30m").await;
    browser.sees("The NAT window is open").await;
    browser.press("Close now").await;
    browser.sees("NAT window closed, nothing of it is left").await;
    browser.types("/nat history").await;
    let last = "[...document.querySelectorAll('[data-testid=message]')].at(-1).innerText";
    browser.wait(&format!("{last}.includes('/nat history') && {last}.includes('$')")).await;
    let said = browser.answer(&format!("return {last}")).await;
    let (bot, page) =
        (dollars(said.as_str().expect("text")), dollars(&browser.text("[data-testid=aws-spent]").await));
    // The gateway was there for minutes, and is charged for an hour.
    assert!(bot >= 0.059 && (bot - page).abs() < ROUNDING, "the bot says {bot}, the page {page}");
}
