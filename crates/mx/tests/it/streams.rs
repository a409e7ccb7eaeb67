//! What is checked piece by piece is judged like the whole, rules included.

use mx::{Checker, Library, Profile, Settings, Stream};

use crate::support::{messages, shared};

#[test]
fn a_stream_with_rules_says_what_the_whole_says() {
    let Some(shared) = shared() else { return };
    let library = Library::built_in();
    let settings = Settings::default();
    let (mut count, mut bad) = (0, 0);
    for (name, message) in messages(&shared) {
        for profile in [Profile::Base, Profile::CrossBorder] {
            let mut checker = Checker::with_profile(profile, settings);
            let checked = checker.check(&message, &library);
            let complete = checked.is_complete();
            let whole = checked.into_findings();
            let mut stream = Stream::with_profile(&library, profile, settings);
            message.chunks(1_000).for_each(|piece| stream.feed(piece));
            let streamed = stream.finish();
            assert_eq!(streamed.findings.to_string(), whole.to_string(), "{name}");
            assert!(
                streamed.complete == complete
                    || streamed.findings.iter().any(|finding| finding.code.starts_with("XML")),
                "{name}"
            );
            count += 1;
            bad += usize::from(!whole.is_empty());
        }
    }
    assert!(count > 1_000 && bad > 100, "{count} checks, {bad} of them bad");
}
