//! The README in Korean says what the English one says: same sections, same blocks to paste, same commands, same links.
//! What is to be pasted runs in every shell.

#[cfg(unix)]
mod shells;

use std::path::Path;

/// What has to be the same in every language.
#[derive(Debug, Default, PartialEq)]
struct Skeleton {
    /// Levels of the headings.
    headings: Vec<usize>,
    /// What people paste.
    blocks: Vec<String>,
    /// How many rows the tables have in all.
    rows: usize,
    /// What is written as code within the text, sorted: languages have orders of their own.
    spans: Vec<String>,
    /// Where links lead, sorted.
    links: Vec<String>,
}

/// What is between these two, each time.
fn between(text: &str, open: &str, close: &str) -> Vec<String> {
    let after = text.split(open).skip(1);
    after.filter_map(|rest| rest.split_once(close)).map(|(inner, _)| inner.to_owned()).collect()
}

fn skeleton(text: &str) -> Skeleton {
    let mut skeleton = Skeleton::default();
    for (nth, part) in text.split("```").enumerate() {
        if nth % 2 == 1 {
            skeleton.blocks.push(part.to_owned());
            continue;
        }
        let headings = part.lines().filter(|line| line.starts_with('#'));
        skeleton.headings.extend(headings.map(|line| line.chars().take_while(|c| *c == '#').count()));
        skeleton.rows += part.lines().filter(|line| line.starts_with('|')).count();
        let spans = part.split('`').skip(1).step_by(2);
        skeleton.spans.extend(spans.map(str::to_owned));
        // The two lead to each other.
        let links = between(part, "](", ")").into_iter().filter(|link| !link.starts_with("README"));
        skeleton.links.extend(links);
    }
    skeleton.spans.sort();
    skeleton.links.sort();
    skeleton
}

#[test]
fn the_korean_readme_is_held_to_the_english_one() {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        std::fs::read_to_string(path).expect("it is there")
    };
    let (english, korean) = (skeleton(&read("README.md")), skeleton(&read("README.ko.md")));
    assert_eq!(english, korean);
    assert!(english.blocks.len() >= 5 && english.links.len() >= 10, "{english:?}");
}

#[test]
fn a_difference_shows() {
    let text = "# A\n\nThe `x` of [b](c).\n\n```sh\nmake\n```\n| a |\n";
    let whole = skeleton(text);
    assert_eq!((whole.headings.len(), whole.blocks.len(), whole.rows), (1, 1, 1));
    for (of, with) in [("make", "made"), ("`x`", "`y`"), ("(c)", "(d)"), ("# A", "## A"), ("| a |\n", "")] {
        assert_ne!(skeleton(&text.replace(of, with)), whole, "{of}");
    }
}
