//! How two texts differ, line by line.

use git2::{DiffOptions, Patch};

use super::error::WorkspaceError;

/// The hunks of a unified diff, as git shows them, without the lines that name the files.
///
/// # Errors
/// A text that is too large for git.
pub fn hunks(before: &str, after: &str) -> Result<String, WorkspaceError> {
    let mut options = DiffOptions::new();
    options.force_text(true).indent_heuristic(true);
    let mut text = Vec::new();
    let mut print = |patch: &mut Patch<'_>| {
        patch.print(&mut |_, _, line| {
            match line.origin() {
                // The lines that name the files.
                'F' => {}
                origin @ ('+' | '-' | ' ') => {
                    text.extend_from_slice(origin.encode_utf8(&mut [0; 4]).as_bytes());
                    text.extend_from_slice(line.content());
                }
                _ => text.extend_from_slice(line.content()),
            }
            true
        })
    };
    Patch::from_buffers(before.as_bytes(), None, after.as_bytes(), None, Some(&mut options))
        .and_then(|mut patch| print(&mut patch))
        .map_err(WorkspaceError::git("compare two texts"))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_have_three_lines_around_them() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        let after = "a\nb\nc\nd\nE\nf\ng\nh";
        let expected = "@@ -2,7 +2,7 @@ a\n b\n c\n d\n-e\n+E\n f\n g\n-h\n+h\n\\ No newline at end of file\n";
        assert_eq!(hunks(before, after).unwrap(), expected);
        assert_eq!(hunks("", "a\n").unwrap(), "@@ -0,0 +1 @@\n+a\n");
        assert_eq!(hunks("a\n", "").unwrap(), "@@ -1 +0,0 @@\n-a\n");
        assert_eq!(hunks("a\n", "a\n").unwrap(), "");
        assert_eq!(hunks("\0\n", "\0\0\n").unwrap(), "@@ -1 +1 @@\n-\0\n+\0\0\n");
    }
}
