//! Turns the table of Kubernetes' types into statics without a pointer: one text of all words, and rows that name
//! their words and each other by number.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;

/// Words of which each stands once, by number.
#[derive(Default)]
struct Words {
    numbers: BTreeMap<String, usize>,
    ends: Vec<usize>,
    text: String,
}

impl Words {
    fn number(&mut self, word: &str) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.ends.len();
        self.numbers.insert(word.to_owned(), number);
        self.text.push_str(word);
        self.ends.push(self.text.len());
        number
    }
}

/// The rows as they are written.
#[derive(Default)]
struct Rows {
    words: Words,
    /// The numbers of types by their names, in the order in which they stand.
    types: BTreeMap<String, usize>,
    shapes: Vec<String>,
    shape_numbers: BTreeMap<String, usize>,
    gates: BTreeMap<String, usize>,
}

impl Rows {
    /// The number of a shape such as `[]*core/v1.Container`.
    fn shape(&mut self, written: &str) -> Result<usize, String> {
        if let Some(number) = self.shape_numbers.get(written) {
            return Ok(*number);
        }
        let row = if let Some(of) = written.strip_prefix("[]") {
            format!("ValueShape::List({})", self.shape(of)?)
        } else if let Some(of) = written.strip_prefix("{}") {
            format!("ValueShape::Map({})", self.shape(of)?)
        } else if let Some(of) = written.strip_prefix('*') {
            format!("ValueShape::Object({})", self.types.get(of).ok_or_else(|| format!("there is no type {of}"))?)
        } else {
            let plain = match written {
                "bool" => "Bool",
                "bytes" => "Bytes",
                "int-or-string" => "IntOrString",
                "int32" => "Int32",
                "int64" => "Int64",
                "micro-time" => "MicroTime",
                "quantity" => "Quantity",
                "raw" => "Raw",
                "string" => "String",
                "time" => "Time",
                other => return Err(format!("there is no shape {other}")),
            };
            format!("ValueShape::{plain}")
        };
        self.shapes.push(row);
        self.shape_numbers.insert(written.to_owned(), self.shapes.len() - 1);
        Ok(self.shapes.len() - 1)
    }
}

/// The statics for a table.
///
/// # Errors
/// What in the table is not in order.
pub fn statics(table: &str) -> Result<String, Box<dyn Error>> {
    let mut rows = Rows::default();
    let minors: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("release 1.")?.split('.').next()).collect();
    let (oldest, newest) = (minors.first().ok_or("the table names no release")?, minors.last().ok_or("none")?);
    let names = table.lines().filter_map(|line| line.strip_prefix("type "));
    rows.types = names.enumerate().map(|(number, name)| (name.to_owned(), number)).collect();
    let (mut kinds, mut types, mut fields, mut gates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#') && !line.starts_with("release ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let bound = |key: &str| words.iter().find_map(|word| word.strip_prefix(key));
        let (since, until) = (bound("since=").unwrap_or(oldest), bound("until=").unwrap_or(newest));
        match words.as_slice() {
            ["gate", name, stages] if !line.starts_with(' ') => {
                rows.gates.insert((*name).to_owned(), gates.len());
                gates.push(format!("GateRow {{ name: {}, stages: *b{stages:?} }}", rows.words.number(name)));
            }
            ["kind", api_version, kind, of, ..] if !line.starts_with(' ') => {
                let of = rows.types.get(*of).ok_or_else(|| format!("there is no type {of}"))?;
                let (api_version, kind) = (rows.words.number(api_version), rows.words.number(kind));
                kinds.push(format!(
                    "KindRow {{ api_version: {api_version}, kind: {kind}, of: {of}, since: {since}, until: {until} }}"
                ));
            }
            // Fields are indented, and may be called `type` themselves.
            ["type", name] if !line.starts_with(' ') => {
                let name = rows.words.number(name.rsplit('.').next().unwrap_or(name));
                types.push(format!("TypeRow {{ name: {name}, first: {} }}", fields.len()));
            }
            [name, shape, ..] if line.starts_with("  ") => {
                let gate = match bound("gate=") {
                    Some(gate) => *rows.gates.get(gate).ok_or_else(|| format!("there is no gate {gate}"))?,
                    None => usize::from(u8::MAX),
                };
                let (name, shape) = (rows.words.number(name), rows.shape(shape)?);
                fields.push(format!("FieldRow {{ name: {name}, shape: {shape}, since: {since}, until: {until}, gate: {gate} }}"));
            }
            _ => return Err(format!("the line `{line}` says nothing").into()),
        }
    }
    let mut text =
        format!("const OLDEST: u8 = {oldest};\nconst NEWEST: u8 = {newest};\nstatic TEXT: &str = {:?};\n", rows.words.text);
    write_rows(&mut text, "ENDS", "u16", &rows.words.ends)?;
    write_rows(&mut text, "SHAPES", "ValueShape", &rows.shapes)?;
    write_rows(&mut text, "GATES", "GateRow", &gates)?;
    write_rows(&mut text, "KINDS", "KindRow", &kinds)?;
    write_rows(&mut text, "TYPES", "TypeRow", &types)?;
    write_rows(&mut text, "FIELDS", "FieldRow", &fields)?;
    Ok(text)
}

fn write_rows<Row: std::fmt::Display>(text: &mut String, name: &str, of: &str, rows: &[Row]) -> std::fmt::Result {
    write!(text, "static {name}: [{of}; {}] = [", rows.len())?;
    for row in rows {
        write!(text, "{row},")?;
    }
    text.push_str("];\n");
    Ok(())
}
