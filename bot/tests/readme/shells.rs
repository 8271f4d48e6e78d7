//! What people paste runs in the shells they paste it into: each block of the documentation is run in bash, zsh and dash
//! beside programs that only write down how they were called, and has to do the same in all three.
//!
//! An interactive zsh has no comments, and words and patterns of its own: what is right in bash alone shows here. A shell
//! that is missing is skipped with a sentence; with `DOORMAN_REQUIRE_TOOLS` set the test fails instead.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

/// The programs that the blocks call. None of them is real here.
const PROGRAMS: [&str; 11] =
    ["apt-get", "aws", "buildah", "cargo", "curl", "docker", "doorman", "sh", "sudo", "systemctl", "tar"];

/// What every machine has.
const UTILITIES: [&str; 10] =
    ["basename", "cat", "chmod", "cp", "env", "mkdir", "mv", "printf", "rm", "xargs"];

/// Stands in for each of the programs. Linked to, not copied: a file that was just written may be "busy".
const STUB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readme/stub.sh");

/// Follows each block, so that it is known to have been read to its end.
const END: &str = "that was the block";

/// A shell, as somebody has it who pastes.
#[derive(Clone, Copy)]
struct Shell {
    name: &'static str,
    /// Nobody's own settings; a zsh that takes commands as if they were typed, without the terminal it may have.
    arguments: &'static [&'static str],
    /// What it sets first: the first command that fails ends it, and so does a name without a value.
    prelude: &'static str,
}

const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        arguments: &["--norc", "--noprofile", "-s"],
        // What an interactive bash does with `!`. Interactive itself it would take the terminal from the test runner.
        prelude: "set -eu -o history -o histexpand\n",
    },
    Shell {
        name: "zsh",
        arguments: &["-f", "-i", "+o", "monitor", "+o", "zle", "+o", "promptcr", "+o", "promptsp", "-s"],
        prelude: "set -eu\n",
    },
    Shell { name: "dash", arguments: &["-s"], prelude: "set -eu\n" },
];

impl Shell {
    /// Whether it is on this machine. Says so if not.
    fn is_here(self) -> bool {
        let here = found(self.name).is_some();
        if !here {
            let why = format!("{0} is not on the PATH; apt-get install {0}", self.name);
            assert!(env::var_os("DOORMAN_REQUIRE_TOOLS").is_none(), "{why}");
            // Written past the capturing of the test runner, which hides what passing tests print.
            _ = writeln!(io::stderr(), "SKIPPED: the documentation's blocks in {0}: {why}", self.name);
        }
        here
    }

    /// How the programs were called when the block was pasted, or what is wrong with it.
    fn paste(self, block: &str, account: &str) -> Result<String, String> {
        let desk = Desk::new();
        let pasted = desk.home.join("pasted");
        fs::write(&pasted, format!("{}{block}\necho '{END}'\n", self.prelude)).expect("written");
        let shell = Command::new(found(self.name).expect("it is here"))
            .args(self.arguments)
            .stdin(fs::File::open(&pasted).expect("a file"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir(&desk.folder)
            .env_clear()
            .env("HOME", &desk.home)
            .env("PATH", &desk.programs)
            .env("STUB_CALLS", desk.home.join("calls"))
            .env("STUB_ACCOUNT", account)
            .envs([("PS1", ""), ("PS2", ""), ("TERM", "dumb")])
            .output()
            .expect("it starts");
        let (stdout, stderr) =
            (String::from_utf8_lossy(&shell.stdout), String::from_utf8_lossy(&shell.stderr));
        let told = |why: &str| Err(format!("{}: {why}: {}\n{block}", self.name, stderr.trim()));
        // All that the stubs print goes to standard output: whatever is said here, a shell or a utility complains.
        if !stderr.trim().is_empty() || !shell.status.success() {
            return told("failed");
        }
        if !stdout.trim_end().ends_with(END) {
            return told("stopped before the end of the block");
        }
        let calls = fs::read_to_string(desk.home.join("calls")).unwrap_or_default();
        if let Some(why) = calls.split(" <").skip(1).filter_map(|rest| rest.split('>').next()).find_map(wrong)
        {
            return told(&format!("{why}: {calls}"));
        }
        Ok(calls.replace(&desk.folder.display().to_string(), "~/doorman"))
    }
}

/// What is wrong with an argument, if anything is.
fn wrong(argument: &str) -> Option<&'static str> {
    match argument {
        "#" => Some("a comment became arguments"),
        "None" => Some("nothing was found, and used"),
        "" => Some("an empty argument"),
        word if word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
            Some("a word that waits to be replaced")
        }
        _ => None,
    }
}

/// Where somebody pastes: a clone with its settings filled in, a home of its own, and programs that are not real.
struct Desk {
    _kept: tempfile::TempDir,
    folder: PathBuf,
    home: PathBuf,
    programs: PathBuf,
}

impl Desk {
    fn new() -> Desk {
        let kept = tempfile::tempdir().expect("a folder");
        let root = kept.path().canonicalize().expect("it is there");
        let [folder, home, programs] = ["doorman", "home", "bin"].map(|name| root.join(name));
        for new in [&folder.join("config"), &folder.join("target/release"), &home, &programs] {
            fs::create_dir_all(new).expect("made");
        }
        for file in ["config/doorman.toml", "doorman.toml"] {
            fs::write(folder.join(file), "").expect("written");
        }
        fs::write(folder.join("doorman.env"), "DISCORD_TOKEN=a.b.c\nAWS_ACCESS_KEY_ID=AKIA\n")
            .expect("written");
        let stub = Path::new(STUB);
        for name in PROGRAMS {
            link(stub, &programs.join(name));
        }
        link(stub, &folder.join("target/release/doorman"));
        for name in UTILITIES {
            link(&found(name).expect("every machine has it"), &programs.join(name));
        }
        Desk { _kept: kept, folder, home, programs }
    }
}

fn link(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).expect("a link");
}

/// Where the `PATH` of the test has it.
fn found(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// How the programs are called when the block is pasted: the same in all shells, or what is wrong.
fn pasted(block: &str, shells: &[Shell]) -> Result<String, String> {
    if block.contains('…') {
        return Err(format!("something is left out, and would be pasted that way:\n{block}"));
    }
    let mut agreed = String::new();
    // In an account with something of doorman's, and in one without.
    for account in ["used", "empty"] {
        let calls = shells.iter().map(|shell| shell.paste(block, account)).collect::<Result<Vec<_>, _>>()?;
        for (shell, these) in shells.iter().zip(&calls) {
            if *these != calls[0] {
                let (first, name) = (shells[0].name, shell.name);
                return Err(format!("{first} called\n{}and {name}\n{these}for\n{block}", calls[0]));
            }
        }
        agreed.extend(calls.into_iter().next());
    }
    Ok(agreed)
}

/// What is to be pasted in each page, with the page's name.
fn blocks() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = [root.clone(), root.join("docs")]
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let pages = pages
        .map(|page| page.expect("an entry").path())
        .filter(|page| page.extension().is_some_and(|end| end == "md"));
    let mut blocks = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        let inner = super::between(&text, "```sh\n", "```");
        blocks.extend(inner.into_iter().map(|block| (page.display().to_string(), block)));
    }
    blocks
}

#[test]
fn every_block_runs_in_every_shell() {
    let shells: Vec<Shell> = SHELLS.into_iter().filter(|shell| shell.is_here()).collect();
    let blocks = blocks();
    assert!(blocks.len() >= 15, "{blocks:?}");
    let wrong: Vec<String> = blocks
        .iter()
        .filter_map(|(page, block)| Some(format!("{page}: {}", pasted(block, &shells).err()?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn what_does_not_run_everywhere_is_found() {
    let shells: Vec<Shell> = SHELLS.into_iter().filter(|shell| shell.is_here()).collect();
    let fine = "account=$(aws sts get-caller-identity --query Account)\nfor n in 1 2; do\n  aws iam get-user \"$account/$n\"\ndone";
    let calls = pasted(fine, &shells).expect("it runs");
    assert!(calls.contains("aws <iam> <get-user> <123456789012/2>\n"), "{calls}");
    let mut bad = vec![
        "no-such-program",
        "doorman check; false; doorman check",
        "doorman \"$nobody_set_this\"",
        "doorman --config ''",
        "doorman 'check",
        "TOKEN=… doorman",
        "aws get --name \"$(aws list --query 'Names[0]' --output text)\"",
        "cp nothing anything; doorman",
        "doorman --name NAME",
    ];
    let has = |name: &str| shells.iter().any(|shell| shell.name == name);
    if has("zsh") {
        bad.extend([
            "doorman check # looks",
            "# looks\ndoorman check",
            "doorman *.nothing",
            "doorman a[0]",
            "doorman \"$HOME:t\"",
        ]);
    }
    if has("bash") {
        bad.push("doorman \"look!here\"");
    }
    if has("dash") {
        bad.extend(["doorman check |& cat", "names=(a b); doorman \"${names[@]}\""]);
    }
    for block in bad {
        assert!(
            pasted(block, &shells).is_err(),
            "this was taken: {block}\n{}",
            pasted(block, &shells).unwrap_or_default()
        );
    }
}
