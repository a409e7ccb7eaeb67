//! Checks files of FIN messages and prints what is wrong: `cargo run -p mt --example check -- FILE...`
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use mt::{Options, Splitter, Standard, check_with};

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options { edited: true, unknown_types: false };
    for name in std::env::args().skip(1) {
        let mut splitter = Splitter::new();
        splitter.feed(&std::fs::read(&name)?);
        loop {
            let message = match splitter.next_message() {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(error) => {
                    println!("{name}: {error}");
                    break;
                }
            };
            report(&name, message, options);
        }
        match splitter.finish() {
            Ok(Some(message)) => report(&name, message, options),
            Ok(None) => (),
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

fn report(name: &str, message: &[u8], options: Options) {
    let checked = check_with(message, Standard::built_in(), options);
    if checked.is_good() {
        println!("{name}: good");
    }
    for finding in &checked.findings {
        println!("{name}: {finding}");
    }
}
