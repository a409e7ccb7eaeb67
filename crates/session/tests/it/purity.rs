//! The crate sees no executor and no input or output of one.

use std::process::Command;

fn normal_dependencies(arguments: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--edges", "normal", "--prefix", "none"]).args(arguments);
    let output = cargo.output().expect("cargo runs: it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names of crates are text")
}

#[test]
fn the_crate_has_no_executor() {
    let has_tokio = |tree: &str| tree.lines().any(|line| line.starts_with("tokio v"));
    assert!(!has_tokio(&normal_dependencies(&["--package", "session"])));
    // The control: a misspelt name above would pass for ever.
    assert!(has_tokio(&normal_dependencies(&["--package", "wire", "--features", "grpc"])));
}
