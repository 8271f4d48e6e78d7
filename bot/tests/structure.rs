//! How the crates are cut: no files of one need each other in a circle, so that each can be read with those below it
//! alone. The sandbox is left out: in a simulated account everything can see everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The sources of a crate beside this one.
fn root(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(of).join("src")
}

/// All files of the crate.
fn sources(root: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// What only tests are made of, and the roots.
const OF_TESTS: [&str; 5] = ["tests", "testbed", "fixtures", "properties", "lib"];

/// A module as its path of names.
type Module = Vec<String>;

/// The modules of the crate but its root and what only tests are made of, with their code.
fn modules(root: &Path) -> BTreeMap<Module, String> {
    let module = |path: PathBuf| {
        let below = path.strip_prefix(root).expect("below it").with_extension("");
        let mut names: Module = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if names.last().is_some_and(|name| name == "mod") {
            names.pop();
        }
        let of_a_kind = names.first().is_some_and(|name| name == "kinds");
        let modelled = of_a_kind && names.last().is_some_and(|name| name == "model");
        let of_tests = modelled || names.iter().any(|name| OF_TESTS.contains(&name.as_str()));
        let text = std::fs::read_to_string(&path).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        (!of_tests).then(|| (names, without_test_items(code)))
    };
    sources(root)
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
    for (start, _) in ["crate::", "super::", "self::"].iter().flat_map(|root| code.match_indices(root)) {
        // A `super` that is not the first was read with that one.
        if code[..start].ends_with("::") {
            continue;
        }
        let rest = &code[start..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let (path, after) = rest.split_at(end);
        let mut base = if path.starts_with("crate") { Module::new() } else { here.clone() };
        for name in path.split("::").filter(|name| !["", "crate", "self"].contains(name)) {
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

/// The files of a crate that need each other.
fn circle(of: &str) -> Vec<String> {
    let modules = modules(&root(of));
    assert!(modules.len() > 10, "the sources were not found");
    let mut needs: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for (here, code) in &modules {
        for path in paths(here, code) {
            // The longest beginning of the path that is a file.
            let there = (1..=path.len()).rev().find_map(|n| modules.get_key_value(&path[..n]));
            let there = there.map(|(there, _)| there).filter(|there| *there != here);
            needs.entry(here).or_default().extend(there);
        }
    }
    assert!(needs.values().map(BTreeSet::len).sum::<usize>() > 20, "the paths were not read: {needs:?}");
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
    needs.keys().map(|module| module.join("::")).collect()
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    for of in ["cloud", "commands", "config"] {
        assert_eq!(circle(of), Vec::<String>::new(), "these files of {of} need each other");
    }
}
