//! The tools of the suite: pinned by version, built or installed into a cache folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Why a part of the suite has no result.
#[derive(Debug)]
pub enum Trouble {
    /// Something is not on this machine: what, and how to get it.
    Absent(String),
    /// What was found.
    Faults(Vec<String>),
}

impl From<String> for Trouble {
    fn from(fault: String) -> Self {
        Self::Faults(vec![fault])
    }
}

/// The release of Kubernetes that a module file of ours builds.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// The module file below `go/`.
    pub modules: &'static str,
    /// The version.
    pub version: &'static str,
}

/// The newest that the module proxy serves, and the oldest that manifests can be rendered for.
pub const NEWEST: Release = Release { modules: "go.mod", version: "v1.37.1" };
/// See [`NEWEST`].
pub const OLDEST: Release = Release { modules: "oldest.mod", version: "v1.29.15" };

/// The folder that tools are kept in.
#[derive(Debug)]
pub struct Tools {
    cache: PathBuf,
}

impl Tools {
    /// The cache folder: `PLIMSOLL_CONFORMANCE_CACHE`, else one in the user's cache folder.
    pub fn open() -> Result<Self, Trouble> {
        let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = given("PLIMSOLL_CONFORMANCE_CACHE")
            .or_else(|| given("XDG_CACHE_HOME").map(|folder| folder.join("plimsoll-conformance")))
            .or_else(|| given("HOME").map(|home| home.join(".cache/plimsoll-conformance")))
            .ok_or_else(|| Trouble::Absent("a cache folder; set PLIMSOLL_CONFORMANCE_CACHE".to_owned()))?;
        fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
        Ok(Self { cache })
    }

    /// Builds programs of the suite's own module against a release.
    pub fn build(&self, release: Release, programs: &[&str]) -> Result<PathBuf, Trouble> {
        let bin = self.cache.join(release.version);
        fs::create_dir_all(&bin).map_err(|error| format!("{}: {error}", bin.display()))?;
        let (_, minor) = release.version.split_once('.').unwrap_or_default();
        let minor = minor.split('.').next().unwrap_or_default();
        let version = "k8s.io/component-base/version";
        // What Kubernetes' own build writes into its programs, and without which it calls itself v0.0.0.
        let flags =
            format!("-s -w -X {version}.gitVersion={} -X {version}.gitMajor=1 -X {version}.gitMinor={minor}", release.version);
        let mut go = go(&bin)?;
        go.args(["build", "-trimpath", "-buildvcs=false", "-modfile", release.modules, "-ldflags", &flags, "-o"]);
        go.arg(&bin).args(programs.iter().map(|program| format!("./{program}")));
        fetched(run(&mut go))?;
        Ok(bin)
    }

    /// What a program of the suite's own module writes.
    pub fn go_program(&self, name: &str) -> Result<String, Trouble> {
        fetched(run(go(&self.cache)?.args(["run", "-buildvcs=false", &format!("./{name}")])))
    }

    /// Installs a program of a module at a version.
    pub fn install(&self, package: &str, version: &str) -> Result<PathBuf, Trouble> {
        self.program(package, version, package.rsplit('/').next().unwrap_or(package))
    }

    /// The same for a program that its package is not named after.
    pub fn program(&self, package: &str, version: &str, name: &str) -> Result<PathBuf, Trouble> {
        let bin = self.cache.join(format!("{name}@{version}"));
        let program = bin.join(name);
        if !program.exists() {
            fetched(run(go(&bin)?.args(["install", "-trimpath", "-buildvcs=false", &format!("{package}@{version}")])))?;
        }
        Ok(program)
    }

    /// The folder of a module's files.
    pub fn module(&self, path: &str, version: &str) -> Result<PathBuf, Trouble> {
        let output = fetched(run(go(&self.cache)?.args(["mod", "download", "-json", &format!("{path}@{version}")])))?;
        let about: serde_json::Value = serde_json::from_str(&output).map_err(|error| format!("{path}: {error}"))?;
        Ok(PathBuf::from(about["Dir"].as_str().unwrap_or_default()))
    }

    /// The files of a Python package, unpacked.
    pub fn python_package(&self, name: &str, version: &str) -> Result<PathBuf, Trouble> {
        let folder = self.cache.join(format!("{name}@{version}"));
        if folder.join("unpacked").exists() {
            return Ok(folder.join("unpacked"));
        }
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let python = || Command::new("python3");
        let wanted = format!("{name}=={version}");
        present(python().args(["-m", "pip", "--version"]), "python3 with pip", "install Python 3 and its module pip")?;
        let pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
        fetched(run(python().args(pip).arg("--dest").arg(&folder).arg(wanted)))?;
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let wheel = entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|end| end == "whl"));
        let wheel = wheel.ok_or_else(|| format!("{name} {version} came as no wheel"))?;
        // Under its own name only when it is whole.
        let (partial, whole) = (folder.join("partial"), folder.join("unpacked"));
        run(python().args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&partial))?;
        fs::rename(&partial, &whole).map_err(|error| format!("{}: {error}", whole.display()))?;
        Ok(whole)
    }

    /// Installs a program of a Python package at a version, with what that needs.
    pub fn python_program(&self, name: &str, version: &str) -> Result<PathBuf, Trouble> {
        let folder = self.cache.join(format!("{name}@{version}"));
        let (whole, program) = (folder.join("installed"), folder.join("bin").join(name));
        if !whole.exists() {
            present(
                Command::new("python3").args(["-c", "import ensurepip, venv"]),
                "python3 with venv",
                "install Python 3 and its modules venv and ensurepip",
            )?;
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
            fetched(run(Command::new(folder.join("bin/python")).args(pip).arg(format!("{name}=={version}"))))?;
            fs::write(&whole, "").map_err(|error| format!("{}: {error}", whole.display()))?;
        }
        Ok(program)
    }
}

/// The folder of the suite's own Go module.
pub fn go_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/go")
}

fn go(bin: &Path) -> Result<Command, Trouble> {
    let mut go = Command::new("go");
    present(Command::new("go").arg("version"), "go", "install Go 1.26 or newer and put it on the PATH")?;
    go.current_dir(go_folder()).env("CGO_ENABLED", "0").env("GOBIN", bin).env("GOFLAGS", "").env_remove("GOWORK");
    Ok(go)
}

fn present(command: &mut Command, what: &str, how: &str) -> Result<(), Trouble> {
    if command.output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    Err(Trouble::Absent(format!("{what}: {how}")))
}

/// What a machine without a network, or with an older Go, says when something is fetched or built.
const LACKING: &[(&str, &str)] = &[
    ("requires go >=", "a Go that is new enough: install Go 1.26 or newer, or unset GOTOOLCHAIN"),
    ("dial tcp", NETWORK),
    ("no such host", NETWORK),
    ("NewConnectionError", NETWORK),
    ("NameResolutionError", NETWORK),
];
const NETWORK: &str = "a network: connect it once, later runs use what the first one has fetched";

/// Tells what is lacking from what is wrong.
fn fetched(result: Result<String, String>) -> Result<String, Trouble> {
    result.map_err(|fault| {
        let lacking = LACKING.iter().find(|(words, _)| fault.contains(words));
        lacking.map_or_else(|| Trouble::Faults(vec![fault.clone()]), |(_, what)| Trouble::Absent((*what).to_owned()))
    })
}

/// Runs a command to its end and gives its standard output.
pub fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    Err(format!("{command:?}: {status}\n{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}
