//! A checkpoint with the cosignatures of the network's witnesses under it.
//!
//! A witness has seen that each checkpoint of a log continues the one before, so a log that shows
//! different histories needs as many bad witnesses as the network's quorum has. The one form of a
//! note here: the log's line first, then at most one line of each witness, by ascending names, and
//! no other; so no byte of it can be changed, and it can be part of a receipt. What others may have
//! put under a note that was fetched is left out by [`Cosigned::gather`].

use crate::note::{self, Cosignature, NoteError};
use crate::{Checkpoint, CheckpointError, LogTime, NetworkKeys};

/// A checkpoint of a log of the network, and who cosigned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// What the log said of itself.
    pub checkpoint: Checkpoint,
    /// By whom it was cosigned, in the order of their names; each witness once.
    pub by: Vec<Cosignature>,
}

impl Cosigned {
    /// Opens the one form of a note.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] says what does not fit; a line by nobody known is [`NoteError::Unsigned`].
    pub fn open(note: &str, keys: &NetworkKeys) -> Result<Self, CheckpointError> {
        let (text, lines) = note::split(note)?;
        let (first, more) = lines.split_first().ok_or(NoteError::Form)?;
        let checkpoint = Checkpoint::parse(text)?;
        let key = keys.logs().iter().find(|key| first.is_by(key)).ok_or(NoteError::Unsigned)?;
        first.verify(text, key)?;
        if key.name() != checkpoint.origin.to_string() {
            return Err(CheckpointError::Key);
        }
        let mut by: Vec<Cosignature> = Vec::with_capacity(more.len());
        for line in more {
            let key = keys.witnesses().iter().find(|key| key.made(line));
            let cosignature = key.ok_or(NoteError::Unsigned)?.verify(text, line)?;
            if by.last().is_some_and(|last| last.by.name() >= cosignature.by.name()) {
                return Err(CheckpointError::Order);
            }
            by.push(cosignature);
        }
        Ok(Self { checkpoint, by })
    }

    /// Makes the one form out of a note that the log signed, with all known cosignatures that stand
    /// in it or in `more` (lines as a witness answers with them); all other lines are left out.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] unless a log of the network signed the checkpoint.
    pub fn gather(note: &str, more: &str, keys: &NetworkKeys) -> Result<String, CheckpointError> {
        let (text, mut lines) = note::split(note)?;
        let checkpoint = Checkpoint::parse(text)?;
        let origin = checkpoint.origin.to_string();
        let mut of_log = lines.iter().filter_map(|line| {
            let key = keys.logs().iter().find(|key| line.is_by(key) && key.name() == origin)?;
            Some((line, key))
        });
        let (first, key) = of_log.next().ok_or(NoteError::Unsigned)?;
        first.verify(text, key)?;
        let mut whole = format!("{text}\n{}", first.print());
        let more = note::split_lines(more);
        lines.extend(more);
        let mut good: Vec<_> = lines
            .iter()
            .filter_map(|line| {
                let key = keys.witnesses().iter().find(|key| key.made(line))?;
                key.verify(text, line).ok()?;
                Some((key.name(), line))
            })
            .collect();
        good.sort_by_key(|(name, _)| *name);
        good.dedup_by_key(|(name, _)| *name);
        whole.extend(good.iter().map(|(_, line)| line.print()));
        Ok(whole)
    }

    /// Checks that as many witnesses cosigned as the network wants.
    ///
    /// # Errors
    ///
    /// [`QuorumMissing`] where there are fewer.
    pub fn check_quorum(&self, keys: &NetworkKeys) -> Result<(), QuorumMissing> {
        let (found, wanted) = (self.by.len(), keys.quorum());
        if found >= wanted { Ok(()) } else { Err(QuorumMissing { found, wanted }) }
    }

    /// By when as many witnesses as the network wants had seen it, by their own clocks; nothing
    /// where the network wants none, or there are fewer.
    #[must_use]
    pub fn witnessed_by(&self, keys: &NetworkKeys) -> Option<LogTime> {
        let mut times: Vec<LogTime> = self.by.iter().map(|it| it.at).collect();
        times.sort_unstable();
        times.get(keys.quorum().checked_sub(1)?).copied()
    }
}

/// Fewer witnesses cosigned a checkpoint than the network wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} of the network's witnesses cosigned the checkpoint, but it wants {wanted}")]
pub struct QuorumMissing {
    /// How many did.
    pub found: usize,
    /// How many must.
    pub wanted: usize,
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::note::Cosigner;
    use crate::{Digest, NoteSigner, SigningKey};

    const AT: u64 = 1_795_467_600_000_000;

    fn log() -> NoteSigner {
        NoteSigner::new("nuncio/demo/0", SigningKey::from_seed(&[1; 32])).unwrap()
    }

    fn witness(name: &str, seed: u8) -> Cosigner {
        Cosigner::new(name, SigningKey::from_seed(&[seed; 32])).unwrap()
    }

    fn keys(quorum: usize) -> NetworkKeys {
        let root = NoteSigner::new("nuncio/demo/root", SigningKey::from_seed(&[2; 32])).unwrap();
        let keys = NetworkKeys::new(vec![log().verifier().clone()], vec![root.verifier().clone()]);
        let witnesses = [witness("b", 12), witness("a", 11), witness("c", 13)];
        let witnesses = witnesses.iter().map(|it| it.verifier().clone()).collect();
        keys.unwrap().with_witnesses(witnesses, quorum).unwrap()
    }

    fn note() -> String {
        let (origin, root) = ("nuncio/demo/0".parse().unwrap(), Digest([0xa5; 32]));
        Checkpoint { origin, size: 20_852_163, root, at: LogTime(AT) }.sign(&log()).unwrap()
    }

    fn line(by: &Cosigner, seconds: u64) -> String {
        let note = note();
        let (text, _) = note::split(&note).unwrap();
        by.cosign(text, LogTime(AT + seconds * 1_000_000)).unwrap()
    }

    #[test]
    fn cosignatures_stand_in_one_order_and_strangers_are_left_out() {
        let lines = [
            line(&witness("c", 13), 3),
            line(&witness("stranger", 14), 1),
            line(&witness("a", 11), 5),
            line(&witness("a", 99), 5),
            line(&witness("a", 11), 6),
        ];
        let whole = Cosigned::gather(&note(), &lines.concat(), &keys(2)).unwrap();
        expect![[r#"
            nuncio/demo/0
            20852163
            paWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=
            time 2026-11-23T21:00:00.000000Z

            — nuncio/demo/0 Z4bVwioneFM4MyVWDO6fQLL+OX8cOOSyHuGYQCCuxpubfzKHGgvVFAKzTZJz00MoHgEhAMAKaPqqeBxewop21Sl3pA4=
        "#]]
        .assert_eq(&note());
        let cosigned = Cosigned::open(&whole, &keys(2)).unwrap();
        let by: Vec<_> = cosigned.by.iter().map(|it| (it.by.name(), it.at.0 - AT)).collect();
        assert_eq!(by, [("a", 5_000_000), ("c", 3_000_000)]);
        assert_eq!(cosigned.check_quorum(&keys(2)), Ok(()));
        assert_eq!(cosigned.check_quorum(&keys(3)), Err(QuorumMissing { found: 2, wanted: 3 }));
        assert_eq!(cosigned.witnessed_by(&keys(1)), Some(LogTime(AT + 3_000_000)));
        assert_eq!(cosigned.witnessed_by(&keys(2)), Some(LogTime(AT + 5_000_000)));
        assert_eq!(cosigned.witnessed_by(&keys(3)), None);
        assert_eq!(cosigned.witnessed_by(&keys(0)), None);
        // Gathering again changes nothing, and a note of the log alone stays as it is.
        assert_eq!(Cosigned::gather(&whole, "", &keys(2)), Ok(whole));
        assert_eq!(Cosigned::gather(&note(), "", &keys(2)), Ok(note()));
    }

    #[test]
    fn no_byte_can_be_changed_and_no_line_moved() {
        let (a, c) = (line(&witness("a", 11), 5), line(&witness("c", 13), 3));
        let whole = format!("{}{a}{c}", note());
        assert!(Cosigned::open(&whole, &keys(2)).is_ok());
        for at in 0..whole.len() {
            for change in [1, 2, 32, 128] {
                let mut bytes = whole.clone().into_bytes();
                bytes[at] ^= change;
                let Ok(text) = String::from_utf8(bytes) else { continue };
                assert!(Cosigned::open(&text, &keys(0)).is_err(), "byte {at} ^ {change}: {text}");
            }
        }
        for (lines, want) in [
            (format!("{c}{a}"), CheckpointError::Order),
            (format!("{a}{a}"), CheckpointError::Order),
            (line(&witness("stranger", 14), 1), NoteError::Unsigned.into()),
            (line(&witness("a", 12), 1), NoteError::Unsigned.into()),
        ] {
            let found = Cosigned::open(&format!("{}{lines}", note()), &keys(0));
            assert_eq!(found, Err(want), "{lines}");
        }
        let log_line = note()[note().find("\n\n").unwrap() + 2..].to_owned();
        let text = note()[..note().find("\n\n").unwrap() + 2].to_owned();
        let moved = Cosigned::open(&format!("{text}{a}{log_line}"), &keys(0));
        assert_eq!(moved, Err(NoteError::Unsigned.into()));
        assert_eq!(
            Cosigned::gather(&format!("{text}{a}"), "", &keys(0)),
            Err(NoteError::Unsigned.into())
        );
    }
}
