//! Traffic of any days as CSV and Parquet, out of the journal of a network of real processes. The
//! Parquet file is read by `DuckDB`, which shares no code with ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gateway::api::State;

use crate::net::{Net, nuncio, payment, within_a_day};

/// A Python that has `DuckDB`: the one of `cargo xtask oracle`, or that of `NUNCIO_ORACLE`.
fn python() -> Option<PathBuf> {
    let prepared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracle/bin/python");
    let python = std::env::var_os("NUNCIO_ORACLE").map_or(prepared, PathBuf::from);
    let imports = Command::new(&python).args(["-c", "import duckdb"]).output();
    if imports.is_ok_and(|it| it.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "DuckDB is not here: 'cargo xtask oracle' makes it");
    println!("skipped: DuckDB is not here");
    None
}

fn figures(net: &Net, more: &[&str]) -> (i32, String) {
    let output = nuncio()
        .args(["hub", "figures", "--from", "2020-01-01", "--to", "2100-01-01"])
        .args(more)
        .arg("--dir")
        .arg(net.path("hub"))
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// The rows of a CSV, without the day.
fn rows(csv: &str) -> Vec<String> {
    csv.lines().skip(1).map(|line| line.split_once(',').unwrap().1.to_owned()).collect()
}

#[test]
fn the_traffic_of_days_is_told_as_a_table() {
    within_a_day();
    let net = Net::start();
    let (alpha, brava) = (net.client("ALPHDEFF"), net.client("BRAVFRPP"));
    let mut bytes = 0;
    for number in 1..=3 {
        let message = payment("ALPHDEFF", "BRAVFRPP", number);
        bytes += message.len();
        let id = alpha.post(&message, &number.to_string()).id.unwrap();
        alpha.wait_for(&id, &[State::Delivered]);
    }
    let back = payment("BRAVFRPP", "ALPHDEFF", 4);
    let id = brava.post(&back, "4").id.unwrap();
    brava.wait_for(&id, &[State::Delivered]);
    // Nobody of that name is a member.
    let id = alpha.post(&payment("ALPHDEFF", "ZULUJPJT", 5), "5").id.unwrap();
    alpha.wait_for(&id, &[State::Refused]);

    let (code, csv) = figures(&net, &[]);
    assert_eq!(code, 0, "{csv}");
    let kind = |service: &str| format!("{service},pacs.008.001.08,normal");
    let service = csv.lines().nth(1).unwrap().split(',').nth(3).unwrap();
    let kind = kind(service);
    let back = back.len();
    let expected = [
        format!("ALPHDEFF,sent,{kind},BRAVFRPP,3,0,{bytes}"),
        format!("ALPHDEFF,sent,{kind},ZULUJPJT,0,1,0"),
        format!("ALPHDEFF,addressed,{kind},BRAVFRPP,1,0,{back}"),
        format!("BRAVFRPP,sent,{kind},ALPHDEFF,1,0,{back}"),
        format!("BRAVFRPP,addressed,{kind},ALPHDEFF,3,0,{bytes}"),
    ];
    assert_eq!(rows(&csv), expected);
    let (_, one) = figures(&net, &["--institution", "BRAVFRPP"]);
    assert_eq!(rows(&one), expected[3..]);

    let file = net.path("figures.parquet");
    let (code, said) = figures(&net, &["--format", "parquet", "--file", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = figures(&net, &["--format", "parquet"]);
    assert!(code == 2 && said.contains("--file"), "{said}");
    let Some(python) = python() else { return };
    let copied = net.path("copied.csv");
    let script = format!(
        "import duckdb\n\
         t = duckdb.read_parquet({:?})\n\
         assert [str(it) for it in t.types] == ['DATE'] + ['VARCHAR'] * 6 + ['BIGINT'] * 3, t.types\n\
         t.write_csv({:?})\n",
        file.to_str().unwrap(),
        copied.to_str().unwrap()
    );
    let output = Command::new(python).args(["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(copied).unwrap(), csv);
}
