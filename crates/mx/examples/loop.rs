use std::hint::black_box;
fn main() {
    let n: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mode = std::env::args().nth(2).unwrap();
    let m = std::fs::read("/work/main/samples/pacs.008.001.08.xml").unwrap();
    let mut l = mx::Library::empty();
    for f in ["head.001.001.02", "pacs.008.001.08"] {
        l.add_xsd(&std::fs::read(format!("/work/shared/schemas/xsd/{f}.xsd")).unwrap()).unwrap();
    }
    let mut c = mx::Checker::new();
    let mut r = mx::Reader::default();
    for _ in 0..n {
        if mode == "check" {
            black_box(c.check(&m, &l).is_good());
        } else {
            black_box(r.read(&m).is_ok());
        }
    }
}
