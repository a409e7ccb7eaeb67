//! Links libxml2 of the system.

fn main() {
    println!("cargo:rustc-link-lib=xml2");
}
