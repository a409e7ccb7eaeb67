//! The few functions of libxml2 that parse a message and validate its parts.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

type Pointer = *mut c_void;

/// The begin of `struct _xmlNode`, which has not changed in twenty years.
#[repr(C)]
struct Node {
    private: Pointer,
    kind: c_uint,
    name: *const c_char,
}

unsafe extern "C" {
    static xmlParserVersion: *const c_char;
    fn xmlReadMemory(
        buffer: *const c_char,
        size: c_int,
        url: *const c_char,
        encoding: *const c_char,
        options: c_int,
    ) -> Pointer;
    fn xmlFreeDoc(document: Pointer);
    fn xmlDocGetRootElement(document: Pointer) -> *mut Node;
    fn xmlFirstElementChild(node: *mut Node) -> *mut Node;
    fn xmlNextElementSibling(node: *mut Node) -> *mut Node;
    fn xmlSchemaNewMemParserCtxt(buffer: *const c_char, size: c_int) -> Pointer;
    fn xmlSchemaParse(context: Pointer) -> Pointer;
    fn xmlSchemaFreeParserCtxt(context: Pointer);
    fn xmlSchemaNewValidCtxt(schema: Pointer) -> Pointer;
    fn xmlSchemaValidateOneElement(context: Pointer, element: *mut Node) -> c_int;
}

/// Quiet, without network.
const OPTIONS: c_int = 1 << 5 | 1 << 6 | 1 << 11;

/// A compiled schema with what validates by it.
pub(crate) struct Validator(Pointer);

impl Validator {
    pub(crate) fn new(xsd: &[u8]) -> Self {
        // SAFETY: the buffer outlives the parsing; libxml2 copies what it keeps. The schema and the
        // validator live until the process ends.
        unsafe {
            let size = c_int::try_from(xsd.len()).expect("a schema is small");
            let context = xmlSchemaNewMemParserCtxt(xsd.as_ptr().cast(), size);
            let schema = xmlSchemaParse(context);
            assert!(!schema.is_null(), "libxml2 takes the schema");
            xmlSchemaFreeParserCtxt(context);
            Self(xmlSchemaNewValidCtxt(schema))
        }
    }
}

/// Parses a message, and validates its parts in order. Whether all is good.
pub(crate) fn check(message: &[u8], validators: &[&Validator]) -> bool {
    // SAFETY: the nodes belong to the document, which is freed at the end, once.
    unsafe {
        let size = c_int::try_from(message.len()).expect("a message is below 2 GiB");
        let null = std::ptr::null();
        let document = xmlReadMemory(message.as_ptr().cast(), size, null, null, OPTIONS);
        if document.is_null() {
            return false;
        }
        let mut good = true;
        let mut next = 0;
        let mut todo = vec![xmlDocGetRootElement(document)];
        while let Some(node) = todo.pop() {
            let name = CStr::from_ptr((*node).name).to_bytes();
            if name == b"AppHdr" || name == b"Document" {
                let Some(validator) = validators.get(next) else {
                    good = false;
                    break;
                };
                good &= xmlSchemaValidateOneElement(validator.0, node) == 0;
                next += 1;
                continue;
            }
            let mut children = Vec::new();
            let mut child = xmlFirstElementChild(node);
            while !child.is_null() {
                children.push(child);
                child = xmlNextElementSibling(child);
            }
            todo.extend(children.into_iter().rev());
        }
        xmlFreeDoc(document);
        good && next == validators.len()
    }
}

pub(crate) fn version() -> String {
    // SAFETY: a constant string of the library.
    unsafe { CStr::from_ptr(xmlParserVersion).to_string_lossy().into_owned() }
}
