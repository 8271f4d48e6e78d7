//! Where the AWS SDK may be named: beside the clients, in the check, and in the `aws.rs` of a kind and of the survey. Everything else is
//! about what AWS shows and not about how it is asked.

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
    let has_calls_apart = ["kinds", "switchboard", "survey"].iter().any(|folder| path.starts_with(folder));
    path.starts_with("aws") || path.starts_with("check") || (has_calls_apart && path.ends_with("aws.rs"))
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
