//! The bytes of every frame, which may not change once shipped, and the way back from them.

mod golden;
mod purity;
mod robust;
