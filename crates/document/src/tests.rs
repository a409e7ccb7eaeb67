use std::collections::BTreeSet;
use std::path::Path;

use expect_test::{Expect, expect};

use super::*;

#[track_caller]
fn check(payload: &str, want: &Expect) {
    let mut checker = Checker::new(Rules::built_in(Profile::Base));
    want.assert_eq(&match checker.check(payload.as_bytes()) {
        Ok(it) => format!(
            "{:?} {} {} -> {} ref {} {}{}",
            it.format,
            it.message_type,
            it.from,
            it.to,
            it.reference,
            it.uetr.map_or_else(|| "no transaction".to_owned(), |uetr| uetr.to_string()),
            if it.urgent { " urgent" } else { "" },
        ),
        Err(findings) => {
            findings.list.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
    });
}

const MT103: &str = "{1:F01ALPHDEFFAXXX0000000000}{2:I103BRAVFRPPXXXXN}\
    {3:{121:5fb4fe6b-eaa3-4e16-a4db-1d50bd512220}}{4:\r\n\
    :20:INV-8812\r\n:23B:CRED\r\n:32A:261123EUR1234,56\r\n:33B:EUR1234,56\r\n\
    :50K:/12345678\r\nALPHA TRADING\r\n:59:/FR7630006000011234567890189\r\nBRAVO SUPPLIES\r\n\
    :71A:SHA\r\n-}";

#[test]
fn an_iso_20022_message_says_who_it_is() {
    check(
        include_str!("../../../samples/pacs.008.001.08.xml"),
        &expect![
            "Mx pacs.008.001.08 ALPHDEFFXXX -> BRAVFRPPXXX ref ALPH20261123-000417 dea3273f-e864-4b5e-b353-6bcb0556b29b"
        ],
    );
}

#[test]
fn a_fin_message_says_who_it_is() {
    check(
        MT103,
        &expect![
            "Fin fin.103 ALPHDEFFXXX -> BRAVFRPPXXX ref INV-8812 5fb4fe6b-eaa3-4e16-a4db-1d50bd512220"
        ],
    );
}

#[test]
fn an_urgent_fin_message_takes_the_urgent_lane() {
    check(
        &MT103.replace("XXXXN}", "XXXXU3}"),
        &expect![
            "Fin fin.103 ALPHDEFFXXX -> BRAVFRPPXXX ref INV-8812 5fb4fe6b-eaa3-4e16-a4db-1d50bd512220 urgent"
        ],
    );
}

#[test]
fn what_is_wrong_with_a_fin_message_has_its_place() {
    check(
        &MT103.replace("1234,56", "1234,567").replace("SHA", "SHO"),
        &expect![[r#"
        C03 line 4, column 15, block 4 field 32A: expected no more decimals than the currency has, but found "1234,567"
        C03 line 5, column 9, block 4 field 33B: expected no more decimals than the currency has, but found "1234,567"
        T36 line 10, column 6, block 4 field 71A: expected one of BEN, OUR, SHA, but found "SHO""#]],
    );
}

#[test]
fn a_document_alone_says_neither_sender_nor_receiver() {
    let text = include_str!("../../../samples/pacs.008.001.08.xml");
    let (from, to) = (text.find("<Document").unwrap(), text.rfind("</Document>").unwrap());
    check(
        &text[from..to + "</Document>".len()],
        &expect![
            "DOC001: expected a business application header (AppHdr) beside the document, but found only the document"
        ],
    );
}

#[test]
fn an_acknowledgement_is_no_users_message() {
    check(
        "{1:F21ALPHDEFFAXXX0001000001}{4:{177:2611231200}{451:0}}",
        &expect![
            "DOC002: expected a message of categories 1 to 9 in service 01; acknowledgements and system messages are the network's own"
        ],
    );
}

#[test]
fn an_output_message_is_not_sent_again() {
    let output = "{2:O1031200261123BRAVFRPPAXXX00010000012611231201N}";
    check(
        &MT103.replace("{2:I103BRAVFRPPXXXXN}", output),
        &expect![
            "DOC003: expected an input message (block 2 begins with I), but found one that a network has delivered"
        ],
    );
}

const FILE: &str = "nuncio file 1
from ALPHDEFFXXX
to BRAVFRPPXXX
reference STMT-2026-11-28
name statements.zip
type application/zip
bytes 2147483648
sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
description Statements of the day
";

#[test]
fn a_reference_to_a_file_says_who_it_is() {
    check(
        FILE,
        &expect![
            "File file.announcement.1 ALPHDEFFXXX -> BRAVFRPPXXX ref STMT-2026-11-28 no transaction"
        ],
    );
    let short = FILE.split("description").next().unwrap();
    for text in [FILE, short] {
        assert_eq!(text.parse::<FileReference>().unwrap().to_string(), text);
    }
    assert_eq!(FILE.parse::<FileReference>().unwrap().parts().sha256[..2], [0x9f, 0x86]);
}

#[test]
fn a_reference_to_a_file_has_one_form() {
    for (good, bad) in [
        ("ALPHDEFFXXX", "ALPHDEFF"),
        ("bytes 2147483648", "bytes 02147483648"),
        ("bytes 2147483648", "bytes +2147483648"),
        ("bytes 2147483648", "bytes 0"),
        ("9f86", "9F86"),
        ("a08\n", "a0\n"),
        ("name statements.zip", "name ../statements.zip"),
        ("name statements.zip", "name .."),
        ("name statements.zip", "name a\tb"),
        ("type application/zip", "type zip"),
        ("type application/zip", "type application/zip; a=b"),
        ("day\n", "day"),
        ("day\n", "day\nmore\n"),
        ("day\n", "day \n"),
        ("nuncio file 1", "nuncio file 2"),
        ("reference STMT", "ref STMT"),
        ("\n", "\r\n"),
    ] {
        let text = FILE.replacen(good, bad, 1);
        assert_ne!(text, FILE, "{bad}");
        assert!(text.parse::<FileReference>().is_err(), "{bad}");
    }
    check(
        &FILE.replace("name statements", "name a/statements"),
        &expect![[
            r#"FIL020 line 5, column 1: expected the name of a file, of 1 to 255 bytes and without folders, but found "a/statements.zip""#
        ]],
    );
    check(
        &FILE.replace("nuncio file 1", "nuncio file 7"),
        &expect![[r#"FIL020 line 1, column 1: expected nuncio file 1, but found "nuncio file 7""#]],
    );
}

#[test]
fn each_code_of_this_crate_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes");
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("DOC") || name.starts_with("FIL02"))
        .collect();
    let codes =
        ["DOC001.md", "DOC002.md", "DOC003.md", "DOC004.md", "FIL020.md"].map(str::to_owned);
    assert_eq!(pages, BTreeSet::from(codes));
}
