//! What holds over many commands: properties, limits, replay, speed of memory, codes and pages.

mod codes;
mod limits;
mod properties;
