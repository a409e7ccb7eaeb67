use expect_test::expect;
use trust::governance::{Act, Change, GovernanceError};
use trust::{NetworkKeys, NoteSigner, SigningKey};

use crate::command::Command;
use crate::rejection::Rejection;
use crate::script::{Line, Stage};

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
}

fn keys(consent: usize) -> NetworkKeys {
    let key = |name: &str, seed| signer(name, seed).verifier().clone();
    let governors = vec![key("ann", 21), key("bob", 22), key("eve", 23)];
    NetworkKeys::new(vec![key("nuncio/demo/0", 1)], vec![key("nuncio/demo/root", 2)])
        .unwrap()
        .with_governors(governors, consent)
        .unwrap()
}

/// A network of two members that two of three governors change.
fn governed() -> Stage {
    let mut stage = Stage::with_members();
    stage.run(Command::Found(Box::new(keys(2)))).unwrap();
    stage.said.clear();
    stage
}

fn order(stage: &Stage, line: &str) -> Command {
    stage.command(&Line::new(line))
}

/// A change that leads to the orders, signed by these.
fn signed(stage: &Stage, orders: &[&str], by: &[(&str, u8)]) -> Command {
    let governance = stage.network.governance().unwrap();
    let acts: Vec<Act> = orders.iter().map(|it| order(stage, it).to_act().unwrap()).collect();
    let change = Change {
        network: "demo".parse().unwrap(),
        number: governance.number() + 1,
        previous: governance.last(),
        because: "it was agreed".to_owned(),
        acts,
    };
    let note = by.iter().fold(change.text(), |file, (name, seed)| {
        Change::countersign(&file, &signer(name, *seed)).unwrap()
    });
    Command::Change { note: note.into() }
}

const BOTH: [(&str, u8); 2] = [("ann", 21), ("eve", 23)];

#[test]
fn the_operator_alone_changes_nothing() {
    let mut stage = governed();
    for line in [
        "admit CHASUS33 Chase",
        "suspend ALPHDEFF fees",
        "expel ALPHDEFF fraud",
        "grant ALPHDEFFA 2",
        "revoke-key ALPHDEFFA 1 stolen",
        "describe ALPHDEFF branches=BER",
        "service payments",
    ] {
        let refused = stage.run(order(&stage, line));
        assert_eq!(refused, Err(Rejection::NoConsent), "{line}");
    }
    let keys = stage.run(Command::ReplaceKeys(Box::new(keys(1))));
    assert_eq!(keys, Err(Rejection::NoConsent));
    let again = stage.run(Command::Found(Box::new(self::keys(1))));
    assert_eq!(again, Err(Rejection::AlreadyGoverned));
    // What is no change of the network goes on.
    stage.said.clear();
    stage.play("submit ALPHDEFFA 1 BANKFRPP\nbroadcast hello");
    expect![[r#"
        accepted 1 of ALPHDEFFA in record 8
        offer BANKFRPP normal 1: record 8
        offer ALPHDEFF system 1: notice
        offer BANKFRPP system 1: notice
    "#]]
    .assert_eq(&stage.said);
}

#[test]
fn what_enough_governors_have_signed_is_done_once_and_in_order() {
    let mut stage = governed();
    let orders = ["suspend ALPHDEFF fees", "admit CHASUS33 Chase"];
    let change = signed(&stage, &orders, &BOTH);
    stage.run(change.clone()).unwrap();
    let [first, second] = orders.map(|it| order(&stage, it));
    assert_eq!(stage.run(second.clone()), Err(Rejection::NoConsent), "the first comes first");
    stage.run(first).unwrap();
    stage.run(second).unwrap();
    let again = GovernanceError::Number { expected: 2, found: 1 };
    assert_eq!(stage.run(change), Err(Rejection::Change(again)));
    assert_eq!(stage.network.governance_records(), [7, 8]);
    expect![[r#"
        NET101 governors must sign this: it is not what the last change says is next
        ALPHDEFF is Suspended { reason: fees }
        CHASUS33 is Active
        NET103 the change is refused: this is change 1, but the next is 2
    "#]]
    .assert_eq(&stage.said);
}

#[test]
fn too_few_governors_change_nothing() {
    let mut stage = governed();
    let few = signed(&stage, &["suspend ALPHDEFF fees"], &BOTH[..1]);
    let error = GovernanceError::Signatures { found: 1, wanted: 2 };
    assert_eq!(stage.run(few), Err(Rejection::Change(error)));
    let order = order(&stage, "suspend ALPHDEFF fees");
    assert_eq!(stage.run(order), Err(Rejection::NoConsent));
}

#[test]
fn governors_change_governors() {
    let mut stage = governed();
    let replace = Command::ReplaceKeys(Box::new(keys(3)));
    let governance = stage.network.governance().unwrap();
    let change = Change {
        network: "demo".parse().unwrap(),
        number: 1,
        previous: governance.last(),
        because: "all three, from now on".to_owned(),
        acts: vec![replace.to_act().unwrap()],
    };
    let note = BOTH.iter().fold(change.text(), |file, (name, seed)| {
        Change::countersign(&file, &signer(name, *seed)).unwrap()
    });
    stage.run(Command::Change { note: note.into() }).unwrap();
    stage.run(replace).unwrap();
    let two = signed(&stage, &["suspend ALPHDEFF fees"], &BOTH);
    let error = GovernanceError::Signatures { found: 2, wanted: 3 };
    assert_eq!(stage.run(two), Err(Rejection::Change(error)));
}

#[test]
fn a_network_without_governors_takes_no_change() {
    let mut stage = governed();
    let change = signed(&stage, &["suspend ALPHDEFF fees"], &BOTH);
    stage = Stage::with_members();
    assert_eq!(stage.run(change), Err(Rejection::NotGoverned));
    let none = keys(1).with_governors(Vec::new(), 0).unwrap();
    let refused = stage.run(Command::Found(Box::new(none)));
    assert_eq!(refused, Err(Rejection::Change(GovernanceError::NoGovernors)));
}

#[test]
fn every_governed_order_is_an_act_and_comes_back() {
    let stage = governed();
    for line in [
        "admit CHASUS33 Chase",
        "suspend ALPHDEFF fees",
        "reinstate ALPHDEFF",
        "expel ALPHDEFF fraud",
        "revoke-key ALPHDEFFA 1 stolen",
        "describe ALPHDEFF branches=BER contact=+49-30-5550100",
        "service payments types=pacs.* closed",
        "change payments",
        "retire payments unused",
        "join payments ALPHDEFF",
        "leave payments ALPHDEFF",
    ] {
        let order = order(&stage, line);
        let act = order.to_act().unwrap();
        assert!(act.kind.is_governed(), "{line}");
        assert_eq!(Command::of_act(&act, &[]).as_ref(), Ok(&order), "{line}");
        let words = crate::event::Event::decode(act.kind, &act.meta).unwrap().words();
        assert!(!words.is_empty(), "{line}");
    }
    let grant = order(&stage, "grant ALPHDEFFA 2").to_act().unwrap();
    assert!(Command::of_act(&grant, keys(1).roots()).is_err(), "the root has not signed it");
    assert_eq!(order(&stage, "broadcast hello").to_act(), None);
}
