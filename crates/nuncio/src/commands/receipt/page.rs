//! A receipt as a page to print: what it proves in words, and the receipt itself as a QR code.
//!
//! One file of HTML without scripts, fonts or anything from elsewhere. The words are for people; what
//! counts are the bytes, which stand on the page twice: in the code, if they fit, and as base64. A
//! page of a receipt that does not verify is not made.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use trust::{Digest, ReceiptKind};

use crate::cli::{Output, ReceiptPrint};
use crate::commands::verify::{lines, read, read_keys, read_receipt, witnessed};
use crate::exit::{self, Failure};
use crate::log::write_whole;
use crate::output;

/// What a QR code of version 40 with the least correction holds, in bytes (ISO/IEC 18004).
const CODE_BYTES_MAX: usize = 2_953;
/// The width of the code on the screen, in CSS pixels; paper takes what it has.
const CODE_WIDTH: u32 = 480;
/// How many characters of base64 stand in a line.
const LINE: usize = 76;

const STYLE: &str = "body{font:11pt/1.4 sans-serif;max-width:19cm;margin:1cm auto;color:#000}\
    h1{font-size:16pt}li{overflow-wrap:anywhere}pre{font-size:7pt;line-height:1.2}\
    svg{display:block;width:11cm;height:11cm;margin:.5cm 0}@page{margin:1.5cm}";

/// What the page shows.
struct Page<'a> {
    title: &'static str,
    network: &'a str,
    proves: &'a [String],
    /// The one binary form.
    bytes: &'a [u8],
}

pub(super) fn run(options: &ReceiptPrint, output: Output) -> Result<ExitCode, Failure> {
    let keys = read_keys(&options.key)?;
    let invalid = |error: trust::ReceiptError| {
        let words = format!("no page is made of {}", options.receipt.display());
        Failure::new(exit::INVALID, anyhow::Error::new(error).context(words))
    };
    let receipt = read_receipt(&read(&options.receipt)?).map_err(invalid)?;
    let verified = receipt.verify(&keys).map_err(invalid)?;
    let mut proves = lines(&verified);
    proves.extend(witnessed(&verified, &keys));
    let title = match receipt.kind() {
        ReceiptKind::Acceptance => "Receipt of acceptance",
        ReceiptKind::Refusal => "Receipt of refusal",
        ReceiptKind::Delivery => "Receipt of delivery",
        ReceiptKind::NonDelivery => "Receipt of non-delivery",
    };
    let bytes = receipt.encode();
    let network = keys.network().to_string();
    let html = page(&Page { title, network: &network, proves: &proves, bytes: &bytes })?;
    write_whole(&options.to, html.as_bytes())?;
    let whole = bytes.len() <= CODE_BYTES_MAX;
    match output {
        Output::Json => output::json(&serde_json::json!({
            "file": options.to, "bytes": bytes.len(), "code_holds_receipt": whole,
        })),
        Output::Table => {
            let holds = if whole { "the receipt" } else { "the digest of the receipt" };
            output::line(&format!("{}: the code holds {holds}", options.to.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn page(page: &Page<'_>) -> anyhow::Result<String> {
    let Page { title, network, proves, bytes } = *page;
    let digest = Digest::of(bytes);
    let mut html = String::with_capacity(128 << 10);
    write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>Network {}</p>\n<ul>\n",
        escaped(network)
    )?;
    for line in proves {
        writeln!(html, "<li>{}</li>", escaped(line))?;
    }
    html.push_str("</ul>\n");
    let (code, words) = if bytes.len() <= CODE_BYTES_MAX {
        (QrCode::with_error_correction_level(bytes, EcLevel::L), "The code holds the receipt.")
    } else {
        let text = format!("nuncio receipt sha256:{digest}");
        let words = "The receipt is too large for a code; the code holds its SHA-256.";
        (QrCode::with_error_correction_level(text, EcLevel::M), words)
    };
    let code = code.context("a code of this size can be made")?;
    let mut renderer = code.render::<svg::Color<'_>>();
    renderer.dark_color(svg::Color("#000")).min_dimensions(CODE_WIDTH, CODE_WIDTH);
    let image = renderer.build();
    // The declaration of XML has no place within HTML.
    html.push_str(image.find("<svg").and_then(|at| image.get(at..)).unwrap_or(&image));
    write!(
        html,
        "\n<p>{words} SHA-256 of the receipt: {digest}</p>\n<p>These words are for reading. To check \
         the receipt, decode the text below (base64) into a file and run <code>nuncio verify FILE \
         --key network.keys</code>, with the public keys of the network from a source that you \
         trust.</p>\n<pre>\n"
    )?;
    let text = STANDARD.encode(bytes);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        writeln!(html, "{line}")?;
        rest = more;
    }
    html.push_str("</pre>\n</body></html>\n");
    Ok(html)
}

/// A text as HTML shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(bytes: &[u8]) -> String {
        let proves = ["refused: <b>&\"".to_owned()];
        page(&Page { title: "Receipt of refusal", network: "demo", proves: &proves, bytes })
            .unwrap()
    }

    #[test]
    fn what_others_wrote_is_text_and_no_markup() {
        let html = made(b"receipt");
        assert!(html.contains("<li>refused: &lt;b&gt;&amp;&quot;</li>"), "{html}");
        assert!(!["<script", "src=", "href="].iter().any(|it| html.contains(it)), "{html}");
    }

    #[test]
    fn the_receipt_itself_stands_on_the_page() {
        for length in [1, LINE, CODE_BYTES_MAX, CODE_BYTES_MAX + 1, 9_000] {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let html = made(&bytes);
            let text = html.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
            let text: String = text.split_whitespace().collect();
            assert_eq!(STANDARD.decode(text).unwrap(), bytes);
            let whole = html.contains("The code holds the receipt.");
            assert_eq!(whole, length <= CODE_BYTES_MAX, "{length}");
        }
    }
}
