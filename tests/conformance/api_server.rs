//! Kubernetes' own API server with its store, on the loopback interface, with throw-away certificates.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::tools;

const TOKEN: &str = "throw-away";

/// The programs that a server is started from.
#[derive(Debug)]
pub struct Programs {
    /// `etcd`.
    pub etcd: PathBuf,
    /// `kube-apiserver`.
    pub api_server: PathBuf,
    /// The suite's own client.
    pub client: PathBuf,
}

/// A request; those of one group are sent in their order, and groups side by side.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The group.
    pub group: String,
    /// Such as `POST`.
    pub method: &'static str,
    /// With the query.
    pub path: String,
    /// Of the body.
    pub content_type: &'static str,
    /// As it is sent.
    pub body: String,
    /// The status to wait for; 0 takes the first answer.
    pub until: u16,
    /// What a warning must hold for the wait to end.
    pub until_warning: String,
}

impl Request {
    /// Creates an object from its text in YAML, with strict validation of its fields.
    pub fn create(group: &str, collection: &str, text: &str) -> Self {
        Self {
            group: group.to_owned(),
            method: "POST",
            path: format!("{collection}?fieldValidation=Strict"),
            content_type: "application/yaml",
            body: text.to_owned(),
            ..Self::default()
        }
    }

    /// The same without a trace in the store.
    pub fn dry(mut self) -> Self {
        self.path.push_str("&dryRun=All");
        self
    }
}

/// What came back.
#[derive(Debug, Deserialize)]
pub struct Answer {
    /// The status, such as 201.
    pub status: u16,
    /// The warning headers.
    pub warnings: Option<Vec<String>>,
    /// The object, or what the server says is wrong.
    pub body: Json,
}

impl Answer {
    /// What is wrong, where the request failed or brought a warning.
    pub fn complaint(&self) -> Option<String> {
        let refused = (!(200..300).contains(&self.status))
            .then(|| format!("{}: {}", self.status, self.body["message"].as_str().unwrap_or_default()));
        let warned = self.warnings.iter().flatten().map(|warning| format!("Warning: {warning}"));
        let all: Vec<String> = refused.into_iter().chain(warned).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct ApiServer {
    /// Such as `v1.37.1`.
    pub version: String,
    folder: tempfile::TempDir,
    address: String,
    client: PathBuf,
    children: Vec<Child>,
}

impl ApiServer {
    /// Starts a server with an empty store, without some plugins of admission, and waits until it is ready.
    pub fn start(programs: &Programs, without: &[&str]) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let key = path("service-accounts.key");
        tools::run(Command::new(&programs.client).args(["key", &key]))?;
        fs::write(path("tokens.csv"), format!("{TOKEN},admin,admin,system:masters\n")).map_err(|error| error.to_string())?;
        let (store, peers, port) = (free_port()?, free_port()?, free_port()?);
        let (store, peers) = (format!("http://127.0.0.1:{store}"), format!("http://127.0.0.1:{peers}"));
        let mut server = Self {
            version: String::new(),
            address: format!("https://127.0.0.1:{port}"),
            client: programs.client.clone(),
            children: Vec::new(),
            folder,
        };
        let folder = server.folder.path().to_owned();
        let in_folder = |name: &str| folder.join(name).to_string_lossy().into_owned();
        server.spawn(
            &programs.etcd,
            &[
                ("data-dir", &in_folder("etcd")),
                ("listen-client-urls", &store),
                ("advertise-client-urls", &store),
                ("listen-peer-urls", &peers),
                ("initial-advertise-peer-urls", &peers),
                ("initial-cluster", &format!("default={peers}")),
                ("unsafe-no-fsync", "true"),
                ("log-level", "error"),
            ],
        )?;
        server.spawn(
            &programs.api_server,
            &[
                ("etcd-servers", &store),
                ("bind-address", "127.0.0.1"),
                ("secure-port", &port.to_string()),
                ("cert-dir", &in_folder("certificates")),
                ("token-auth-file", &in_folder("tokens.csv")),
                ("authorization-mode", "RBAC"),
                ("service-cluster-ip-range", "10.0.0.0/16"),
                ("service-account-issuer", "https://localhost"),
                ("service-account-key-file", &key),
                ("service-account-signing-key-file", &key),
                // There are no nodes that would have to reach the server.
                ("endpoint-reconciler-type", "none"),
                // As installers of clusters have it.
                ("allow-privileged", "true"),
                // No controller runs here that would make the default ServiceAccount of a namespace.
                ("disable-admission-plugins", &[&["ServiceAccount"], without].concat().join(",")),
            ],
        )?;
        let wait = |path: &str| Request { method: "GET", path: path.to_owned(), until: 200, ..Request::default() };
        let answers = server.send(&[wait("/readyz"), wait("/version"), wait("/api/v1/namespaces/default")])?;
        answers[1].body["gitVersion"].as_str().unwrap_or_default().clone_into(&mut server.version);
        Ok(server)
    }

    fn spawn(&mut self, program: &Path, flags: &[(&str, &str)]) -> Result<(), String> {
        let log = self.log(program);
        let log = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let child = Command::new(program)
            .args(flags.iter().map(|(name, value)| format!("--{name}={value}")))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.children.push(child.map_err(|error| format!("{}: {error}", program.display()))?);
        Ok(())
    }

    fn log(&self, program: &Path) -> PathBuf {
        self.folder.path().join(program.file_name().unwrap_or_default()).with_extension("log")
    }

    /// Sends requests and gives their answers in the same order.
    pub fn send(&self, requests: &[Request]) -> Result<Vec<Answer>, String> {
        let certificate = self.folder.path().join("certificates/apiserver.crt");
        let mut client = Command::new(&self.client)
            .args(["send", &self.address])
            .arg(certificate)
            .arg(TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.client.display()))?;
        let mut lines = Vec::new();
        for request in requests {
            serde_json::to_writer(&mut lines, request).map_err(|error| error.to_string())?;
            lines.push(b'\n');
        }
        let mut input = client.stdin.take().ok_or("the client takes no input")?;
        // It reads all before it writes, so that neither waits for the other.
        input.write_all(&lines).map_err(|error| error.to_string())?;
        drop(input);
        let output = client.wait_with_output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("{}{}", String::from_utf8_lossy(&output.stderr), self.last_words()));
        }
        let answers: Result<Vec<Answer>, _> = serde_json::Deserializer::from_slice(&output.stdout).into_iter().collect();
        answers.map_err(|error| error.to_string())
    }

    /// The ends of the programs' logs.
    fn last_words(&self) -> String {
        let mut words = String::new();
        for name in ["etcd", "kube-apiserver"] {
            let log = fs::read_to_string(self.log(Path::new(name))).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            words.extend([name, ":\n", &lines[lines.len().saturating_sub(20)..].join("\n"), "\n"]);
        }
        words
    }
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            // One that has ended by itself needs no more.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// The collection that an object of a kind is created in.
pub fn collection(api_version: &str, kind: &str, namespace: Option<&str>) -> String {
    let root = if api_version.contains('/') { format!("/apis/{api_version}") } else { format!("/api/{api_version}") };
    let kind = kind.to_lowercase();
    let plural = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if kind.ends_with('s') => format!("{kind}es"),
        None => format!("{kind}s"),
    };
    match namespace {
        Some(namespace) => format!("{root}/namespaces/{namespace}/{plural}"),
        None => format!("{root}/{plural}"),
    }
}
