//! Without `grpc` the crate brings no executor: `session` is pure only if this holds.

use std::process::Command;

fn normal_dependencies(features: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--package", "wire", "--edges", "normal", "--prefix", "none"]);
    let output = cargo.args(features).output().expect("cargo runs: it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names of crates are text")
}

fn has_tokio(tree: &str) -> bool {
    tree.lines().any(|line| line.starts_with("tokio v"))
}

#[test]
fn only_grpc_brings_an_executor() {
    assert!(!has_tokio(&normal_dependencies(&[])));
    // The control: a misspelt name above would pass for ever.
    assert!(has_tokio(&normal_dependencies(&["--features", "grpc"])));
}
