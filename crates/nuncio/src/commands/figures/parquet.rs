//! A table as Apache Parquet: plain encoding, no compression, one row group, all columns required.
//!
//! The format (<https://parquet.apache.org/docs/file-format/>) in this subset:
//!
//! ```text
//! "PAR1" | a data page for each column: page header, values | file metadata | its length u32 | "PAR1"
//! ```
//!
//! Headers and metadata are Thrift structures in the compact protocol. Values are in little-endian;
//! a text is its length u32 and its bytes of UTF-8. Why this is not a crate stands in
//! `docs/decisions/0008-parquet-is-written-by-hand.md`.

/// A column and all of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its values, as many as in the other columns.
    pub(crate) values: Values,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// Texts.
    Texts(Vec<String>),
    /// Numbers.
    Numbers(Vec<u64>),
    /// Days since 1970-01-01.
    Days(Vec<i32>),
}

const MAGIC: &[u8; 4] = b"PAR1";
/// Types of values: `INT32`, `INT64`, `BYTE_ARRAY`.
const INT32: i64 = 1;
const INT64: i64 = 2;
const BYTE_ARRAY: i64 = 6;
/// What values mean: `UTF8`, `DATE`; numbers mean themselves.
const UTF8: i64 = 0;
const DATE: i64 = 6;
/// The encodings PLAIN and RLE; the second is that of levels, of which required columns have none.
const PLAIN: i64 = 0;
const RLE: i64 = 3;

/// Types of fields in the compact protocol.
const TYPE_I32: u8 = 5;
const TYPE_I64: u8 = 6;
const TYPE_BINARY: u8 = 8;
const TYPE_LIST: u8 = 9;
const TYPE_STRUCT: u8 = 12;

/// The file of a table.
pub(crate) fn file(columns: &[Column]) -> Vec<u8> {
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut file = MAGIC.to_vec();
    let mut chunks = Vec::with_capacity(columns.len());
    for column in columns {
        assert_eq!(column.values.len(), rows, "all columns have as many values");
        let offset = file.len();
        let values = column.values.plain();
        let mut header = Thrift::default();
        header.page_header(values.len(), rows);
        file.extend_from_slice(&header.bytes);
        file.extend_from_slice(&values);
        chunks.push((offset, file.len() - offset));
    }
    let mut metadata = Thrift::default();
    metadata.file_metadata(columns, &chunks, rows);
    let length = u32::try_from(metadata.bytes.len()).expect("metadata is small");
    file.extend_from_slice(&metadata.bytes);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(MAGIC);
    file
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Self::Texts(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Days(values) => values.len(),
        }
    }

    fn plain(&self) -> Vec<u8> {
        match self {
            Self::Texts(values) => {
                let text = |text: &String| {
                    let length = u32::try_from(text.len()).expect("texts are short");
                    [&length.to_le_bytes(), text.as_bytes()].concat()
                };
                values.iter().flat_map(text).collect()
            }
            Self::Numbers(values) => values.iter().flat_map(|it| it.to_le_bytes()).collect(),
            Self::Days(values) => values.iter().flat_map(|it| it.to_le_bytes()).collect(),
        }
    }

    fn physical(&self) -> i64 {
        match self {
            Self::Texts(_) => BYTE_ARRAY,
            Self::Numbers(_) => INT64,
            Self::Days(_) => INT32,
        }
    }
}

/// Writes structures in Thrift's compact protocol.
#[derive(Debug, Default)]
struct Thrift {
    bytes: Vec<u8>,
    /// The last field of each structure that is open.
    last: Vec<i64>,
}

impl Thrift {
    fn page_header(&mut self, bytes: usize, rows: usize) {
        self.begin();
        self.int(1, TYPE_I32, 0);
        self.int(2, TYPE_I32, count(bytes));
        self.int(3, TYPE_I32, count(bytes));
        self.field(5, TYPE_STRUCT);
        self.begin();
        self.int(1, TYPE_I32, count(rows));
        self.int(2, TYPE_I32, PLAIN);
        self.int(3, TYPE_I32, RLE);
        self.int(4, TYPE_I32, RLE);
        self.end();
        self.end();
    }

    fn file_metadata(&mut self, columns: &[Column], chunks: &[(usize, usize)], rows: usize) {
        self.begin();
        self.int(1, TYPE_I32, 1);
        self.list(2, TYPE_STRUCT, columns.len() + 1);
        self.begin();
        self.text(4, "table");
        self.int(5, TYPE_I32, count(columns.len()));
        self.end();
        for Column { name, values } in columns {
            self.begin();
            self.int(1, TYPE_I32, values.physical());
            self.int(3, TYPE_I32, 0);
            self.text(4, name);
            match values {
                Values::Texts(_) => self.int(6, TYPE_I32, UTF8),
                Values::Days(_) => self.int(6, TYPE_I32, DATE),
                Values::Numbers(_) => {}
            }
            self.end();
        }
        self.int(3, TYPE_I64, count(rows));
        self.list(4, TYPE_STRUCT, 1);
        self.begin();
        self.list(1, TYPE_STRUCT, columns.len());
        for (Column { name, values }, (offset, length)) in columns.iter().zip(chunks) {
            self.column_chunk((name, values.physical()), (*offset, *length), rows);
        }
        self.int(2, TYPE_I64, count(chunks.iter().map(|(_, length)| length).sum()));
        self.int(3, TYPE_I64, count(rows));
        self.end();
        self.text(6, concat!("nuncio ", env!("CARGO_PKG_VERSION")));
        self.end();
    }

    fn column_chunk(
        &mut self,
        (name, physical): (&str, i64),
        (offset, length): (usize, usize),
        rows: usize,
    ) {
        self.begin();
        self.int(2, TYPE_I64, count(offset));
        self.field(3, TYPE_STRUCT);
        self.begin();
        self.int(1, TYPE_I32, physical);
        self.list(2, TYPE_I32, 2);
        self.zigzag(PLAIN);
        self.zigzag(RLE);
        self.list(3, TYPE_BINARY, 1);
        self.varint(name.len() as u64);
        self.bytes.extend_from_slice(name.as_bytes());
        self.int(4, TYPE_I32, 0);
        self.int(5, TYPE_I64, count(rows));
        self.int(6, TYPE_I64, count(length));
        self.int(7, TYPE_I64, count(length));
        self.int(9, TYPE_I64, count(offset));
        self.end();
        self.end();
    }

    fn begin(&mut self) {
        self.last.push(0);
    }

    fn end(&mut self) {
        self.last.pop();
        self.bytes.push(0);
    }

    /// The head of a field: its type and how far its number is from the one before.
    fn field(&mut self, number: i64, kind: u8) {
        let last = self.last.last_mut().expect("fields stand in a structure");
        let step = u8::try_from(number - *last).expect("fields rise by a few");
        assert!((1..=15).contains(&step), "fields rise by a few");
        *last = number;
        self.bytes.push(step << 4 | kind);
    }

    fn int(&mut self, number: i64, kind: u8, value: i64) {
        self.field(number, kind);
        self.zigzag(value);
    }

    fn text(&mut self, number: i64, text: &str) {
        self.field(number, TYPE_BINARY);
        self.varint(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn list(&mut self, number: i64, kind: u8, length: usize) {
        self.field(number, TYPE_LIST);
        match u8::try_from(length) {
            Ok(length) if length < 15 => self.bytes.push(length << 4 | kind),
            _ => {
                self.bytes.push(0xf0 | kind);
                self.varint(length as u64);
            }
        }
    }

    fn zigzag(&mut self, value: i64) {
        // 0, -1, 1, -2 are 0, 1, 2, 3: of 2^62 and more there are none here.
        self.varint((value.unsigned_abs() << 1) - u64::from(value < 0));
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(u8::try_from(value & 0x7f).expect("seven bits") | 0x80);
            value >>= 7;
        }
        self.bytes.push(u8::try_from(value).expect("seven bits"));
    }
}

fn count(value: usize) -> i64 {
    i64::try_from(value).expect("a table fits into memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_and_ends_with_its_magic_and_says_where_its_metadata_is() {
        let columns = [
            Column { name: "day", values: Values::Days(vec![20_000, -1]) },
            Column {
                name: "who",
                values: Values::Texts(vec!["ALPHDEFF".to_owned(), String::new()]),
            },
            Column { name: "count", values: Values::Numbers(vec![1, 1 << 40]) },
        ];
        let file = file(&columns);
        let (rest, magic) = file.split_last_chunk::<4>().unwrap();
        let (rest, length) = rest.split_last_chunk::<4>().unwrap();
        assert_eq!((magic, file.first_chunk::<4>()), (MAGIC, Some(MAGIC)));
        let metadata = &rest[rest.len() - u32::from_le_bytes(*length) as usize..];
        // Field 1, an i32: the version 1.
        assert_eq!(metadata[..2], [0x15, 2]);
        assert_eq!(metadata.last(), Some(&0));
    }

    #[test]
    fn numbers_have_the_least_bytes() {
        let written = |value| {
            let mut thrift = Thrift::default();
            thrift.zigzag(value);
            thrift.bytes
        };
        assert_eq!(written(0), [0]);
        assert_eq!(written(1), [2]);
        assert_eq!(written(-1), [1]);
        assert_eq!(written(64), [0x80, 1]);
    }
}
