//! What can be read from a folder about the service in it.

use std::fs;
use std::path::Path;

use super::git::Repo;
use super::read::read_below;
use super::remote::public_address;

/// Something found, and what it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The field of the service file that it answers.
    pub field: &'static str,
    /// The answer.
    pub answer: String,
    /// What it was read from, such as `Dockerfile`.
    pub from: String,
}

/// Files that tell a runtime, in the order in which they decide.
const RUNTIMES: &[(&str, &str)] = &[
    ("pom.xml", "jvm"),
    ("build.gradle", "jvm"),
    ("build.gradle.kts", "jvm"),
    ("go.mod", "go"),
    ("Cargo.toml", "rust"),
    ("pyproject.toml", "python"),
    ("requirements.txt", "python"),
    ("Gemfile", "ruby"),
    ("package.json", "node"),
];

/// Reads what a folder tells: the name, the port, the runtime and the repository.
#[must_use]
pub fn detect(dir: &Path) -> Vec<Detected> {
    let remote = Repo::discover(dir).ok().and_then(|repo| Some((public_address(&repo.remote_url()?)?, is_root(&repo, dir))));
    let mut found = Vec::new();
    found.extend(name(dir, remote.as_ref()));
    found.extend(runtime(dir));
    found.extend(port(dir));
    if let Some((url, _)) = &remote {
        found.push(Detected { field: "repository", answer: url.clone(), from: "the git remote".to_owned() });
    }
    found
}

fn is_root(repo: &Repo, dir: &Path) -> bool {
    dir.canonicalize().is_ok_and(|dir| dir == repo.root())
}

/// A repository may hold several services; its name is the service's only at its root.
fn name(dir: &Path, remote: Option<&(String, bool)>) -> Option<Detected> {
    let from_remote = remote.filter(|(_, at_root)| *at_root).and_then(|(url, _)| {
        let last = url.trim_end_matches('/').rsplit(['/', ':']).next()?;
        Some(Detected { field: "name", answer: as_name(last.trim_end_matches(".git"))?, from: "the git remote".to_owned() })
    });
    from_remote.or_else(|| {
        let folder = std::path::absolute(dir).ok()?;
        let answer = as_name(&folder.file_name()?.to_string_lossy())?;
        Some(Detected { field: "name", answer, from: "the name of the folder".to_owned() })
    })
}

/// The nearest legal name, if anything of the text can be one.
fn as_name(text: &str) -> Option<String> {
    let lower: String = text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let start = lower.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let name: String = start.chars().take(63).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { None } else { Some(name.to_owned()) }
}

fn runtime(dir: &Path) -> Option<Detected> {
    let by_name = RUNTIMES.iter().find(|(file, _)| dir.join(file).is_file());
    if let Some((file, runtime)) = by_name {
        return Some(Detected { field: "runtime", answer: (*runtime).to_owned(), from: (*file).to_owned() });
    }
    let mut names: Vec<String> =
        fs::read_dir(dir).ok()?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let project = names.into_iter().find(|name| name.ends_with(".csproj"))?;
    Some(Detected { field: "runtime", answer: "dotnet".to_owned(), from: project })
}

/// The first port that the last stage of a Dockerfile exposes.
fn port(dir: &Path) -> Option<Detected> {
    let text = read_below(dir, "Dockerfile").ok()??;
    let begins = |line: &str| line.trim_start().get(..5).is_some_and(|word| word.eq_ignore_ascii_case("FROM "));
    let last_stage = text.lines().enumerate().filter(|(_, line)| begins(line)).last().map_or(0, |(index, _)| index);
    let exposed = text.lines().skip(last_stage).find_map(|line| {
        let (word, rest) = line.trim().split_once(char::is_whitespace)?;
        let port = rest.split_whitespace().next()?.trim_end_matches("/tcp");
        if word.eq_ignore_ascii_case("EXPOSE") { port.parse::<u16>().ok().filter(|port| *port > 0) } else { None }
    });
    exposed.map(|port| Detected { field: "ports.0.port", answer: port.to_string(), from: "EXPOSE in Dockerfile".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_what_it_can() {
        let base = tempfile::tempdir().unwrap();
        let dir = base.path().join("2 Check_Out");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("Dockerfile"), "FROM a AS build\nEXPOSE 1\nfrom b\n  expose 8080/tcp 9090\n").unwrap();
        fs::write(dir.join("package.json"), "{}").unwrap();
        fs::write(dir.join("go.mod"), "").unwrap();
        let told: Vec<_> = detect(&dir).into_iter().map(|found| (found.field, found.answer, found.from)).collect();
        let expected = [
            ("name", "check-out", "the name of the folder"),
            ("runtime", "go", "go.mod"),
            ("ports.0.port", "8080", "EXPOSE in Dockerfile"),
        ];
        assert_eq!(told, expected.map(|(field, answer, from)| (field, answer.to_owned(), from.to_owned())));
    }

    #[test]
    fn each_build_file_tells_its_runtime() {
        for (file, expected) in RUNTIMES.iter().chain(&[("Shop.csproj", "dotnet")]) {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(file), "").unwrap();
            assert_eq!(runtime(dir.path()).map(|found| found.answer).as_deref(), Some(*expected));
        }
    }
}
