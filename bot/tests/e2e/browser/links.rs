//! Links to messages, code to copy, and what the console of the browser says meanwhile.

use super::demo::Demo;
use super::driver::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_a_message_leads_to_it_on_the_page() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.types("/nat open 1h").await;
    browser.sees("The NAT window is open").await;
    for _ in 0..3 {
        browser.types("/help").await;
    }
    // What is open already is extended, with a link to its message.
    browser.types("/nat open 30m").await;
    let link = "[data-testid=channel] a[data-leads-to]";
    browser.wait(&format!("document.querySelector('{link}')")).await;
    browser.answer(&format!("document.querySelectorAll('{link}').forEach(link => link.id = 'lead'); document.querySelector('#lead').click()")).await;
    browser.wait("document.activeElement.matches('[data-testid=message]')").await;
    browser
        .wait(
            "(() => { const seen = document.activeElement.getBoundingClientRect(); const around = document.querySelector('#scroller').getBoundingClientRect(); \
             return seen.bottom > around.top && seen.top < around.bottom })()",
        )
        .await;
    let elsewhere = "[...document.querySelectorAll('a')].some(link => link.href.includes('discord.com'))";
    assert_eq!(browser.answer(&format!("return {elsewhere}")).await, false, "nothing leads to Discord");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_refuses_is_no_error_of_the_console() {
    let Some(browser) = Browser::start().await else { return };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    for (line, said) in [("/nat opne", "There is no opne there"), ("/nothing", "There is no command")] {
        browser.types(line).await;
        browser
            .wait(&format!("document.querySelector('[data-testid=refusal]').textContent.includes('{said}')"))
            .await;
        browser.answer("document.querySelector('#composer').value = ''").await;
    }
    assert_eq!(browser.console().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn code_wraps_and_has_its_copy_button_beside_it() {
    let Some(browser) =
        Browser::of(super::driver::Look { phone: Some((320, 640)), ..super::driver::Look::default() }).await
    else {
        return;
    };
    let demo = Demo::start();
    browser.open(&demo.address).await;
    browser.wait("document.body.dataset.ready === 'true'").await;
    browser.types("/launch service").await;
    browser.press("Confirm").await;
    browser.sees("The service pair is ready").await;
    browser.types("/session start my-service-01").await;
    browser.wait("document.querySelector('.codeblock')").await;
    let fits = "(() => { const pre = document.querySelector('.codeblock pre'); const [code, copy] = [pre, document.querySelector('.codeblock .copy')].map(node => node.getBoundingClientRect()); \
                return pre.scrollWidth <= pre.clientWidth && copy.left >= code.right && copy.right <= innerWidth })()";
    assert_eq!(browser.answer(&format!("return {fits}")).await, true);
    let wide = "return document.querySelector('#scroller').scrollWidth <= document.querySelector('#scroller').clientWidth";
    assert_eq!(browser.answer(wide).await, true, "nothing is wider than the phone");
}
