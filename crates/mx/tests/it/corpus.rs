//! The verdict on every message of the corpus is that of libxml2.

use mx::Checker;

use crate::mutants::explained;
use crate::oracle::{Oracle, agree, ours};
use crate::support::{Schemas, messages, shared};

#[test]
fn every_message_of_the_corpus_is_judged_like_libxml2_does() {
    let Some(shared) = shared() else { return };
    let Some(mut oracle) = Oracle::start() else { return };
    let mut schemas = Schemas::new(&shared);
    let mut checker = Checker::new();
    let (mut count, mut with_schema) = (0, 0);
    let mut differences = Vec::new();
    for (name, message) in messages(&shared) {
        let (library, paths) = schemas.of(&message);
        let own = ours(&checker.check(&message, &library));
        let other = oracle.ask(&message, &paths);
        count += 1;
        with_schema += usize::from(!paths.is_empty());
        if !agree(&own, &other) && explained(&own, &other).is_none() {
            differences.push(format!("{name}\n  ours  {own:?}\n  other {other:?}"));
        }
    }
    println!("{count} messages, {with_schema} with a schema");
    assert!(with_schema > 500, "the corpus has shrunk");
    assert!(differences.is_empty(), "{}\n{} differ", differences.join("\n"), differences.len());
}
