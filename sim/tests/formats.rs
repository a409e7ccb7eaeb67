//! Stores of gateways as earlier programs have written them open, and tell what they always told.
//!
//! A format that was released never leaves this list; one that changes gets a new file, which
//! `UPDATE_EXPECT=1 cargo test -p sim --test formats` writes where there is none of its name. Kept
//! journals and snapshots of hubs are in `crates/hub/testdata`.

use std::path::Path;

use expect_test::{Expect, expect};
use sim::scenario::Result;
use sim::{Kind, Scenario, tell};

const SECOND: u64 = 1_000_000;

/// A store with messages that were delivered and refused, and with one in its inbox.
fn today() -> Result<Vec<u8>> {
    let mut net = Scenario::new(7, 3)?;
    net.strike(Kind::Post, 0, 1);
    net.strike(Kind::PostUrgent, 0, 2);
    net.strike(Kind::Post, 0, 99);
    net.play_for(3 * SECOND)?;
    // Before its back office looks.
    net.strike(Kind::Post, 1, 0);
    assert!(net.play_until(|net| net.waiting(0).is_some_and(|waiting| waiting > 0))?);
    Ok(net.keep_store(0))
}

#[track_caller]
fn check(name: &str, expected: &Expect) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    if !path.exists() && std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, today().expect("nothing breaks")).expect("the collection is ours");
    }
    expected.assert_eq(&tell(&std::fs::read(path).expect("it is in the collection")));
}

#[test]
fn a_store_of_format_1_opens() {
    check(
        "store-1",
        &expect![[r#"
            sent 1 b6069127ac854695da31fb2f6ae0a5f661e9f6952812e404b2b5ebd77edc540c accepted delivered
            sent 2 dd8a7067e07115a1d28bf9c6e5bc88d09283ce53d4a31de3e493f93a0606b353 accepted delivered
            sent 3 c910a9f88974364c275713340a222f3ff2934f9127475a4a8fa5dd1d081f4b31 refused
            inbox BRAVFRPPA-1 lane 2 number 1 9098ca11e6c8b6d5dd335c71f1dce80f6cc8f9cb9bd59314c3b58189bf16a383
            next 4
        "#]],
    );
}

#[test]
fn a_store_of_today_opens() -> Result {
    let told = tell(&today()?);
    for word in ["delivered", "refused", "inbox", "next"] {
        assert!(told.contains(word), "{told}");
    }
    Ok(())
}
