//! How the crate is cut: where the AWS SDK may be named (beside the clients, in the check, and in the `aws.rs` of a kind;
//! everything else is about what AWS shows and not about how it is asked), and that no files need each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What the names of the SDK's crates begin with.
const SDK: [&str; 3] = ["aws_config", "aws_sdk_", "aws_smithy_"];

/// All files of the crate.
fn sources() -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// By path below `src`.
fn may_name_the_sdk(path: &Path) -> bool {
    let folder_of_a_kind = path.starts_with("kinds") || path.starts_with("switchboard");
    path.starts_with("aws") || path.starts_with("check") || (folder_of_a_kind && path.ends_with("aws.rs"))
}

#[test]
fn the_sdk_is_named_where_aws_is_called_and_nowhere_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names = |path: &&PathBuf| {
        let text = std::fs::read_to_string(path).expect("a source file");
        SDK.iter().any(|sdk| text.contains(sdk))
    };
    let sources = sources();
    let naming: Vec<&Path> =
        sources.iter().filter(names).map(|path| path.strip_prefix(&root).expect("below it")).collect();
    assert!(naming.len() > 20, "the sources were not found: {naming:?}");
    let elsewhere: Vec<&&Path> = naming.iter().filter(|path| !may_name_the_sdk(path)).collect();
    assert_eq!(elsewhere, Vec::<&&Path>::new());
}

/// A module as its path of names.
type Module = Vec<String>;

/// The modules of the crate but its root and what only tests are made of, with their code.
fn modules() -> BTreeMap<Module, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let module = |path: PathBuf| {
        let below = path.strip_prefix(&root).expect("below it").with_extension("");
        let mut names: Module = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|name| name == "mod") {
            names.pop();
        }
        let of_tests =
            names.iter().any(|name| ["tests", "model", "properties", "lib"].contains(&name.as_str()));
        let text = std::fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        (!of_tests).then(|| (names, without_test_items(code)))
    };
    sources()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .filter_map(module)
        .collect()
}

/// Code without comments and without the modules that only tests have.
fn without_test_items(code: &str) -> String {
    let (mut lines, mut skipping) = (Vec::new(), false);
    let mut before = "";
    for line in code.lines() {
        if before.trim() == "#[cfg(test)]" && line.contains("mod ") && line.ends_with('{') {
            skipping = true;
        }
        if !skipping {
            lines.push(line.split("//").next().unwrap_or_default());
        }
        // rustfmt puts the end of an item where it began.
        skipping &= line != "}";
        before = line;
    }
    lines.join("\n")
}

/// The paths that the code names, from the root of the crate.
fn paths(here: &Module, code: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        // A `super` that is not the first was read with that one.
        if code[..start].ends_with("::") {
            continue;
        }
        let rest = &code[start..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let (path, after) = rest.split_at(end);
        let mut base = if path.starts_with("crate") { Module::new() } else { here.clone() };
        for name in path.split("::").filter(|name| !name.is_empty() && *name != "crate") {
            if name == "super" { _ = base.pop() } else { base.push(name.to_owned()) }
        }
        let group = after.strip_prefix('{').and_then(|group| group.split('}').next());
        for leaf in group.unwrap_or_default().split(',') {
            let names = leaf.trim().split("::").filter(|name| !name.is_empty() && *name != "self");
            found.push(base.iter().cloned().chain(names.map(str::to_owned)).collect());
        }
    }
    found
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let modules = modules();
    assert!(modules.len() > 60, "the sources were not found");
    let mut needs: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (here, code) in &modules {
        for path in paths(here, code) {
            // The longest beginning of the path that is a file.
            let there = (1..=path.len()).rev().find_map(|n| modules.get_key_value(&path[..n]));
            let there = there.map(|(there, _)| there).filter(|there| *there != here);
            needs.entry(here).or_default().extend(there);
        }
    }
    assert!(needs.values().map(BTreeSet::len).sum::<usize>() > 200, "the paths were not read: {needs:?}");
    // Whatever needs nothing that is left, or is needed by nothing that is left, is in no circle.
    loop {
        let before = needs.len();
        let left: BTreeSet<&Module> = needs.keys().copied().collect();
        needs.retain(|_, there| there.iter().any(|there| left.contains(there)));
        let needed: BTreeSet<&Module> = needs.values().flatten().copied().collect();
        needs.retain(|here, _| needed.contains(here));
        if needs.len() == before {
            break;
        }
    }
    let circle: Vec<String> = needs.keys().map(|module| module.join("::")).collect();
    assert_eq!(circle, Vec::<String>::new(), "these need each other");
}
