//! The run of a crowd at the size of a CI machine; `docs/network/run.md` has the figures of the whole.

use serde_json::Value;

use crate::net::nuncio;
use crate::traffic::setting;

/// Members send through four services, some are away, the hub is killed in between; a checker that has
/// seen what they saw finds every promise kept. `NUNCIO_CROWD` sets how many are connected, five times as
/// many are in the directory.
#[test]
fn a_crowd_finds_every_promise_kept_through_kills() {
    let connected = setting("NUNCIO_CROWD", 12);
    let mut command = nuncio();
    command.args(["bench", "crowd", "--output", "json", "--messages", "40", "--kills", "2"]);
    command.args(["--connected", &connected.to_string()]);
    command.args(["--institutions", &(connected * 5).to_string()]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let figures: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(figures["broken"].as_array().unwrap().len(), 0, "{figures}");
    assert_eq!(figures["made"], connected * 40);
    assert!(figures["refused"].as_u64() > Some(0) && figures["waiting"].as_u64() > Some(0));
    assert!(figures["links"].as_u64() > Some(connected), "nobody came back: {figures}");
}
