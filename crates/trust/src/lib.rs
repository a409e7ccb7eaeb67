//! Statements, signatures, the Merkle log, receipts, checkpoints, keys and certificates.
//!
//! What a message says is fixed in a [`Header`]; header and payload digest make a [`Statement`],
//! which its sender signs. What the hub made of it is fixed in a [`RecordHead`], which is chained
//! to the one before and is a leaf of the network's Merkle log. Nothing here does input or output.

mod checkpoint;
pub mod codec;
mod contradiction;
mod copy;
mod cosigned;
mod digest;
mod equivocation;
mod evidence;
mod frame;
pub mod governance;
mod grant;
mod header;
mod keys;
mod label;
pub mod merkle;
mod network_keys;
pub mod note;
mod outstanding;
mod pem;
pub mod pki;
mod receipt;
mod record;
mod sealed;
pub mod tiles;
mod time;
pub mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, Origin};
pub use contradiction::{Contradicted, Contradiction, ContradictionError};
pub use copy::{CopyDecision, Verdict};
pub use cosigned::{Cosigned, QuorumMissing};
pub use digest::{Digest, DigestError, Hasher};
pub use equivocation::{Equivocation, EquivocationError};
pub use evidence::{
    Accepted, Acknowledged, Acknowledgement, Declined, Fault, Lane, LaneError, Reason, Reasons,
    Refused, SignedRoot,
};
pub use frame::{
    FRAME_STATEMENTS_MAX, FrameContext, FrameError, FrameProof, FrameSignature, frame_proofs,
    sign_frame,
};
pub use grant::{GrantError, KeyGrant};
pub use header::{
    FileName, Header, HeaderError, Monitoring, Priority, Reference, ReferenceError, Statement,
};
pub use keys::{
    Algorithm, KeyError, KeyId, KeyModule, PublicKey, Signature, SignatureMemory, SigningKey,
};
pub use label::{Label, LabelError, MessageType, NetworkName, ServiceName};
pub use network_keys::{NetworkKeys, NetworkKeysError};
pub use note::{
    Cosignature, Cosigner, CosignerKey, NoteError, NoteKeyError, NoteSigner, VerifierKey,
};
pub use outstanding::Outstanding;
pub use receipt::{
    Acceptance, Delivery, LoggedRecord, NonDelivery, Receipt, ReceiptError, ReceiptKind,
    Undelivered, Verified, VerifiedAcceptance, VerifiedDelivery, VerifiedNonDelivery,
    VerifiedRefusal,
};
pub use record::{Body, LogTime, Position, RecordError, RecordHead, RecordKind, Shard};
pub use sealed::{
    Disclosure, Opened, OpeningKey, SEALED_LENGTH_MIN, SealError, SealedError, Sealer, open_sealed,
    sealed_to,
};
pub use time::TimeTextError;
