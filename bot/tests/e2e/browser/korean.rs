//! The page of somebody whose browser speaks Korean: no English is left on it, and what is posted unasked is Korean, too.

use std::collections::BTreeSet;

use super::demo::Demo;
use super::driver::{Browser, Look};

/// The English words on the page, in texts, labels, titles and placeholders. Left out are what people type and what is
/// somebody's name for a thing: commands, ids, names with a dash or like `StartAutomationExecution`, addresses, tags.
const ENGLISH_WORDS: &str = r"
    const texts = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const node = walk.currentNode;
        if (node.parentElement.closest('script, noscript, code, .aws-id, [translate=no], option[lang=en]')) continue;
        texts.push(node.data);
    }
    for (const node of document.querySelectorAll('*')) {
        for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
            const value = node.getAttribute(name);
            if (value && !(name === 'title' && node.matches('.aws-tag'))) texts.push(value);
        }
    }
    const found = new Set();
    for (const text of texts) {
        const bare = text
            .replace(/https?:\S+/g, ' ')
            .replace(/\/[a-z]+( (open|close|extend|history|now|start|service))?/g, ' ')
            .replace(/\b[A-Za-z0-9]+([-_.:\/][A-Za-z0-9]+)+\b/g, ' ')
            .replace(/[A-Za-z0-9]*[0-9][A-Za-z0-9]*/g, ' ')
            .replace(/\b[A-Z][A-Za-z]*[a-z][A-Z][A-Za-z]*\b/g, ' ');
        for (const word of bare.match(/[A-Za-z]{2,}/g) ?? []) found.add(word);
    }
    return [...found].sort();
";

/// What Koreans write in Latin letters, and names.
const MAY_STAY: &[&str] = &[
    // Words of the trade.
    "ALL",
    "AWS",
    "AZ",
    "CLI",
    "GMT",
    "IAM",
    "IP",
    "NAT",
    "SSM",
    "TCP",
    "VPC",
    // Names: of products and services, of people and the channel, of what AWS made.
    "Discord",
    "Manager",
    "Session",
    "default",
    "demo",
    "doorman",
    "operator",
    "ops",
    "outsider",
    "ssm",
    "ssmmessages",
    "viewer",
];

async fn check(browser: &Browser, when: &str) {
    let found = browser.answer(ENGLISH_WORDS).await;
    let found: BTreeSet<&str> =
        found.as_array().expect("words").iter().filter_map(|word| word.as_str()).collect();
    let left: Vec<_> = found.iter().filter(|word| !MAY_STAY.contains(word)).collect();
    assert!(left.is_empty(), "English is left {when}: {left:?}\n{}", browser.text("body").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_english_is_left_on_the_korean_page() {
    let Some(browser) = Browser::of(Look { languages: "ko-KR,ko,en", ..Look::default() }).await else {
        return;
    };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    assert_eq!(browser.answer("return document.documentElement.lang").await, "ko", "the browser's");
    browser.answer("document.querySelector('#aws-network').open = true").await;
    check(&browser, "at the start").await;

    browser.types("/nat 여러").await;
    browser.wait("document.querySelector('[data-testid=refusal]').textContent !== ''").await;
    check(&browser, "in a refusal").await;
    browser.answer("document.querySelector('#composer').value = ''").await;

    browser.types("/launch service").await;
    browser.press("확인").await;
    browser.types("/nat open 30m").await;
    browser
        .wait("document.querySelector('[data-testid=aws-item][data-kind=nat-gateway][data-state=available]')")
        .await;
    browser.wait("document.querySelectorAll('[data-testid=aws-item][data-kind=instance][data-state=running]').length === 2").await;
    check(&browser, "with everything open").await;
    browser.types("/status").await;
    browser.types("/cost now").await;
    browser.wait("document.querySelectorAll('[data-testid=message] img').length > 0").await;
    check(&browser, "in replies").await;

    browser.click("[data-testid=aws-away]").await;
    browser.wait("!document.querySelector('#aws-is-away').hidden").await;
    browser.click("[data-testid=kill-bot]").await;
    browser.wait("document.body.dataset.ready === 'false'").await;
    check(&browser, "when things go wrong").await;
    browser.keep_screenshot("korean").await;
    // AWS closes the window; its automation has words of its own.
    browser.click("[data-testid=speed-600]").await;
    browser.wait("document.querySelector('[data-testid=aws-event]') && [...document.querySelectorAll('[data-testid=aws-item][data-kind=automation]')].length > 0").await;
    check(&browser, "while AWS closes the window").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_unasked_is_in_the_language_of_the_browser() {
    for (languages, warning) in [("ko-KR,ko", "10분"), ("en-US,en", "10 minutes")] {
        let Some(browser) = Browser::of(Look { languages, ..Look::default() }).await else { return };
        let demo = Demo::start();
        browser.open(&demo.address).await;
        browser.wait("document.body.dataset.ready === 'true'").await;
        browser.types("/nat open 12m").await;
        let unasked = format!(
            "[...document.querySelectorAll('[data-testid=message]')].some(message => !message.querySelector('.command') && message.innerText.includes('{warning}'))"
        );
        browser.wait(&unasked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_in_the_zone_of_the_bot_wherever_the_browser_is() {
    let Some(browser) = Browser::of(Look { zone: "America/St_Johns", ..Look::default() }).await else {
        return;
    };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.wait("document.querySelector('#clock-date').textContent.includes('GMT+9')").await;
}
