//! The page for those who cannot see it, or not well, as axe-core judges it, which nobody here wrote
//! (<https://github.com/dequelabs/axe-core>). It is no part of what is built, and not downloaded by the tests: without it this
//! test says so and is skipped, unless `DOORMAN_REQUIRE_TOOLS` is `1`.

use std::path::Path;

use serde_json::Value;

use super::demo::Demo;
use super::driver::{Browser, Look};

/// The folder with the `node_modules` that it is in.
const FOLDER: &str = "DOORMAN_AXE";
/// How to get it.
const INSTALL: &str = "install it with `npm install axe-core@4.14.1` and set DOORMAN_AXE to that folder";

/// Its source; `None`, said loudly: it is not here.
fn axe() -> Option<String> {
    let Some(folder) = std::env::var_os(FOLDER) else {
        assert!(std::env::var_os("DOORMAN_REQUIRE_TOOLS").is_none(), "axe-core is not here; {INSTALL}");
        // Past the test runner's capturing, so that a skipped test is seen in a passing run.
        _ = std::fs::write("/dev/stderr", format!("SKIPPED: what axe-core says of the page: {INSTALL}\n"));
        return None;
    };
    let file = Path::new(&folder).join("node_modules/axe-core/axe.min.js");
    Some(std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}

/// What it finds on the page as it is, each with the element; and how many rules it looked at.
async fn findings(browser: &Browser, axe: &str) -> (Vec<String>, usize) {
    let run = "const done = arguments[0]; axe.run().then(done, error => done(String(error)));";
    let report = browser.script_async(&format!("{axe};\n{run}")).await;
    let violations = report["violations"].as_array().unwrap_or_else(|| panic!("no report: {report}"));
    let each = |violation: &Value| {
        let nodes = violation["nodes"].as_array().cloned().unwrap_or_default();
        let (rule, help) = (violation["id"].clone(), violation["help"].clone());
        nodes
            .into_iter()
            .map(move |node| format!("{rule}: {help}: {} {}", node["html"], node["failureSummary"]))
    };
    let passed = report["passes"].as_array().map_or(0, Vec::len);
    (violations.iter().flat_map(each).collect(), passed)
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing() {
    let Some(axe) = axe() else { return };
    let looks = [
        Look::default(),
        Look { phone: Some((390, 844)), languages: "ko-KR,ko", ..Look::default() },
        Look { phone: Some((320, 640)), ..Look::default() },
    ];
    for look in looks {
        let Some(browser) = Browser::of(look).await else { return };
        let demo = Demo::start();
        browser.open(&demo.address).await;
        browser.wait("document.body.dataset.ready === 'true'").await;
        let check = async |when: &str| {
            let (found, passed) = findings(&browser, &axe).await;
            assert!(found.is_empty(), "{look:?} {when}: {found:#?}");
            assert!(passed > 15, "{passed} rules fit");
        };
        check("at the start").await;
        browser.types("/nat open 1h").await;
        browser.wait("document.querySelector('[data-testid=aws-item][data-kind=nat-gateway][data-state=available]')").await;
        browser.types("/status").await;
        browser.wait("document.querySelector('[data-testid=message] img')").await;
        browser.types("/help").await;
        browser.wait("document.querySelector('[data-testid=message][data-private=true]')").await;
        check("with an open window").await;
        browser.answer("document.querySelector('#composer').focus()").await;
        browser.keys("/").await;
        browser.wait("document.querySelector('[data-testid=completion]')").await;
        check("with what can be typed").await;
        if look.phone.is_some() {
            browser.click("#tab-aws").await;
            check("on the AWS side").await;
        }
        browser.click("[data-testid=aws-away]").await;
        browser.wait("!document.querySelector('#aws-is-away').hidden").await;
        browser.click("[data-testid=kill-bot]").await;
        browser.wait("!document.querySelector('#bot-is-killed').hidden").await;
        check("when things go wrong").await;
    }
}
