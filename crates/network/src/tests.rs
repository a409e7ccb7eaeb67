//! What holds over many commands: properties, limits, replay, speed of memory, codes and pages.

mod codes;
mod copies;
mod fates;
mod leases;
mod limits;
mod outcomes;
mod pages;
mod properties;
