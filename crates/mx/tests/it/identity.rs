//! What a check says of a message's identity is what reading the message says.

use mx::{Checker, Library};

use crate::support::{Schemas, messages, shared};

/// Whether the two agree; nothing where the check leaves the matter to the reading.
fn agrees(checker: &mut Checker, message: &[u8], library: &Library) -> Option<bool> {
    let checked = checker.check(message, library);
    let identity = checked.identity()?;
    let Ok(routing) = mx::read(message) else { return Some(false) };
    let Some(header) = routing.header else { return Some(false) };
    Some(
        identity.message_type == routing.message_type
            && identity.from == header.from
            && identity.to == header.to
            && identity.message_id == header.message_id
            && identity.uetr == routing.uetr
            && identity.possible_duplicate == header.possible_duplicate,
    )
}

#[test]
fn the_check_knows_the_identity_that_the_reading_finds() {
    let Some(shared) = shared() else { return };
    let mut schemas = Schemas::new(&shared);
    let mut checker = Checker::new();
    let (mut known, mut left) = (0, 0);
    for (name, message) in messages(&shared) {
        let (library, _) = schemas.of(&message);
        match agrees(&mut checker, &message, &library) {
            Some(true) => known += 1,
            Some(false) => panic!("{name}: the two disagree"),
            None => left += 1,
        }
    }
    println!("{known} known from the check, {left} left to the reading");
    assert!(known > 50, "only {known} messages of the corpus are of the usual form");
}

#[test]
fn what_is_not_usual_is_left_to_the_reading() {
    let library = Library::built_in();
    let mut checker = Checker::new();
    let sample = include_str!("../../../../samples/pacs.008.001.08.xml");
    assert_eq!(agrees(&mut checker, sample.as_bytes(), &library), Some(true));
    let renamed = sample.replace("<MsgDefIdr>pacs.008.001.08<", "<MsgDefIdr>pacs.009.001.08<");
    assert_eq!(agrees(&mut checker, renamed.as_bytes(), &library), None);
    let (from, to) = (sample.find("<Document").unwrap(), sample.rfind("</Document>").unwrap());
    let alone = &sample[from..to + "</Document>".len()];
    assert_eq!(agrees(&mut checker, alone.as_bytes(), &library), None);
    let escaped = sample.replace("<BizMsgIdr>ALPH", "<BizMsgIdr>&#65;LPH");
    assert_eq!(agrees(&mut checker, escaped.as_bytes(), &library), Some(true));
}
