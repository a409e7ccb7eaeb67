//! Files in pieces, and a place whose objects were harmed: a file is whole only with the bytes that its
//! digest names, and no chunk is given out that is not as it came.

#![no_main]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use files::{Object, Objects, Standing, Store};
use iso::Institution;
use libfuzzer_sys::fuzz_target;
use trust::{Digest, FileName, LogTime};

/// What is tried: the bytes of a file, where its pieces end, a lie about its name (digest, length), which
/// object is harmed (where, with what), and an object of a name that nobody gave.
type Trial = (Vec<u8>, Vec<u8>, Option<(u8, u8)>, Vec<(u8, u16, u8)>, Option<(String, Vec<u8>)>);

#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Objects for Memory {
    fn put(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        self.with(|all| all.insert(name.to_owned(), parts.concat()));
        Ok(())
    }

    fn get(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.with(|all| all.get(name).cloned()))
    }

    fn remove(&self, names: &[String]) -> io::Result<()> {
        self.with(|all| names.iter().for_each(|name| drop(all.remove(name))));
        Ok(())
    }

    fn list(&self, parts: &[&str]) -> io::Result<Vec<Object>> {
        let start = parts.iter().map(|part| format!("{part}/")).collect::<String>();
        Ok(self.with(|all| {
            let these = all.iter().filter(|(name, _)| name.starts_with(&start));
            let object = |(name, bytes): (&String, &Vec<u8>)| Object {
                name: name.clone(),
                bytes: bytes.len() as u64,
                written_at: LogTime(1),
            };
            these.map(object).collect()
        }))
    }
}

fuzz_target!(|trial: Trial| {
    let (whole_bytes, cuts, lies, harms, stray) = trial;
    let memory = Arc::new(Memory::default());
    let store = Store::new(Arc::clone(&memory) as Arc<dyn Objects>);
    let owner: Institution = "ALPHDEFF".parse().expect("it is an institution");
    let mut file = FileName { digest: Digest::of(&whole_bytes), bytes: whole_bytes.len() as u64 };
    if let Some((byte, more)) = lies {
        file.digest.0[usize::from(byte) % 32] ^= 1;
        file.bytes = file.bytes.wrapping_add(u64::from(more));
    }
    if let Ok(mut incoming) = store.receive(owner, file) {
        let mut taken = true;
        let mut rest = &whole_bytes[..];
        for cut in &cuts {
            let (piece, more) = rest.split_at(usize::from(*cut).min(rest.len()));
            taken &= incoming.take(piece).is_ok();
            rest = more;
        }
        taken &= incoming.take(rest).is_ok();
        let finished = taken && incoming.finish().is_ok();
        assert!(!finished || lies.is_none(), "a file is whole that is not what it is named");
        let whole = store.standing(owner, &file).ok() == Some(Standing::Whole);
        assert!(!whole || finished, "nobody finished it");
    }
    if let Some((name, bytes)) = &stray {
        memory.with(|all| all.insert(name.clone(), bytes.clone()));
    }
    for (which, at, byte) in &harms {
        memory.with(|all| {
            let which = usize::from(*which) % all.len().max(1);
            let Some(bytes) = all.values_mut().nth(which) else { return };
            let at = usize::from(*at) % bytes.len().max(1);
            if let Some(place) = bytes.get_mut(at) {
                *place = *byte;
            }
        });
    }
    if let Ok(chunk) = store.chunk(owner, &file, 0) {
        assert_eq!(chunk, whole_bytes, "a harmed chunk was given out");
    }
    let _ = (store.all(), store.kept(owner, &file.digest), store.is_whole(owner, &file));
    assert!(store.remove(owner, &file.digest).is_ok());
});
