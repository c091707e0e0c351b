//! The table of Kubernetes' types, made again from the modules of Kubernetes.

use crate::support::golden;
use crate::tools::{Tools, Trouble};

/// Compares the table with what its program writes, or rewrites it; what it holds.
pub fn judge(tools: &Tools) -> Result<String, Trouble> {
    let written = tools.go_program("types")?;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manifest/types/table.txt");
    golden::compare(&path, &written)?;
    let count = |word: &str| written.lines().filter(|line| line.starts_with(word)).count();
    let (kinds, types, versions) = (count("kind "), count("type "), count("release "));
    Ok(format!("{kinds} kinds with {types} types in {versions} versions, as the modules have them"))
}
