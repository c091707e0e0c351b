//! Hostile paths: names, links, devices and journals that come with a repository lead nowhere out of it, and
//! nothing is believed because it lies there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::fleet::NEW;
use crate::support::sandbox::{PLIMSOLL, Run, Sandbox};

/// What must never be shown.
const SECRET: &str = "TOPSECRET";

/// Every command that reads a service's folder.
const READERS: &[&[&str]] = &[
    &["check", "svc"],
    &["check", "."],
    &["check", "svc", "--format", "json"],
    &["render", "svc"],
    &["update", "svc", "--check"],
    &["update", "svc", "--diff", "--dry-run"],
    &["update", "svc", "--check", "--output", "json"],
    &["update", "--all"],
    &["adopt", "svc", "--yes", "--tier", "3"],
];

/// A repository with a service in `svc`, and a file beside the repository that nobody may read.
struct Trap {
    sandbox: Sandbox,
    outside: PathBuf,
}

impl Trap {
    fn new() -> Self {
        let sandbox = Sandbox::repository();
        sandbox.run(&[NEW, &["svc"]].concat()).exits(0);
        let outside = sandbox.dir().with_file_name("home").join("secret.yaml");
        fs::write(&outside, format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: s}}\ndata: {{a: {SECRET}}}\n")).unwrap();
        Self { sandbox, outside }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.sandbox.dir().join(path)
    }

    /// Puts a link in the place of a file.
    fn link(&self, at: &str, to: &Path) {
        let _ = fs::remove_file(self.path(at));
        symlink(to, self.path(at)).unwrap();
    }

    /// Runs a command that has to end by itself.
    fn run(&self, args: &[&str]) -> Run {
        let mut command = self.sandbox.command(PLIMSOLL);
        command.env("TOKEN", SECRET).args(args).stdin(Stdio::null());
        ended(command, args)
    }

    /// Has every reader run; none shows the secret, and those that had to read what is hostile refuse.
    #[track_caller]
    fn leads_nowhere(&self, what: &str, refused: &[usize]) {
        for (number, args) in READERS.iter().enumerate() {
            let run = self.run(args);
            let said = format!("{what}: {args:?}: {}\n{}\n{}", run.code, run.stdout, run.stderr);
            assert!(!said.contains(SECRET), "{said}");
            assert!((0..=3).contains(&run.code), "{said}");
            assert!(!refused.contains(&number) || run.code == 2, "{said}");
        }
        assert!(fs::read_to_string(&self.outside).unwrap().contains(SECRET));
    }
}

/// Waits for a command to end; one that hangs fails the test.
fn ended(mut command: Command, args: &[&str]) -> Run {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut streams = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |stream: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (stdout, stderr) = thread::scope(|scope| {
        let readers = (scope.spawn(|| read(&mut streams.0)), scope.spawn(|| read(&mut streams.1)));
        let mut patience = 1200;
        while child.try_wait().unwrap().is_none() {
            patience -= 1;
            if patience == 0 {
                child.kill().unwrap();
                panic!("{args:?} does not end");
            }
            thread::sleep(Duration::from_millis(50));
        }
        (readers.0.join().unwrap(), readers.1.join().unwrap())
    });
    Run { code: child.wait().unwrap().code().unwrap_or(-1), stdout, stderr }
}

/// Files of others, and what is no file: what a link leads to, with whether it has an end.
fn targets(trap: &Trap) -> Vec<PathBuf> {
    let fifo = trap.path("../fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut targets = vec![trap.outside.clone(), fifo];
    targets.extend(["/proc/self/environ", "/dev/zero", "/dev/stdin"].map(PathBuf::from));
    targets.extend(["../../home/secret.yaml", "../../../home/secret.yaml"].map(PathBuf::from));
    targets
}

#[test]
fn links_lead_to_nothing_outside() {
    for (file, refused) in [
        ("svc/k8s/extra.yaml", &[0, 1, 2, 4, 5, 6, 7][..]),
        ("svc/k8s/deployment.yaml", &[0, 1, 2, 4, 5, 6, 7]),
        ("svc/plimsoll.yaml", &[0, 2, 3, 4, 5, 6, 7]),
        ("svc/plimsoll.lock", &[4, 5, 6, 7]),
    ] {
        let trap = Trap::new();
        for target in targets(&trap) {
            trap.link(file, &target);
            // From another depth a relative link leads to nothing.
            let leads = trap.path(file).parent().unwrap().join(&target).exists();
            trap.leads_nowhere(&format!("{file} -> {}", target.display()), if leads { refused } else { &[] });
        }
    }
}

#[test]
fn a_folder_that_is_a_link_is_not_walked_out_of() {
    let trap = Trap::new();
    let outside = trap.outside.with_file_name("folder");
    fs::create_dir(&outside).unwrap();
    fs::rename(trap.path("svc/k8s/pdb.yaml"), outside.join("pdb.yaml")).unwrap();
    fs::copy(&trap.outside, outside.join("secret.yaml")).unwrap();
    fs::remove_dir_all(trap.path("svc/k8s")).unwrap();
    symlink(&outside, trap.path("svc/k8s")).unwrap();
    trap.leads_nowhere("svc/k8s", &[0, 4, 5, 6, 7]);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 2);
    // The folder of a service itself, typed as a script would from a list of what changed.
    symlink(&outside, trap.path("else")).unwrap();
    for args in [&["check", "else"][..], &["adopt", "else", "--yes"], &["update", "else"], &["check", "else/*.yaml"]] {
        let run = trap.run(args);
        assert!(run.code == 2 && !run.stdout.contains(SECRET), "{args:?}: {}\n{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_file_that_a_person_types_may_be_a_pipe_and_no_link_out_of_the_work_tree() {
    let trap = Trap::new();
    let script = r#"exec "$0" check <(for file in svc/k8s/*.yaml; do echo ---; cat "$file"; done) svc/k8s/hpa.yaml"#;
    let mut command = trap.sandbox.command("bash");
    command.args(["-c", script, PLIMSOLL]).stdin(Stdio::null());
    let run = ended(command, &["check", "<(…)"]);
    assert!(run.code <= 1, "{}\n{}", run.stdout, run.stderr);
    trap.link("svc/k8s/extra.yaml", &trap.outside);
    let run = trap.run(&["check", "svc/k8s/extra.yaml"]);
    assert!(run.code == 2 && run.stderr.contains("symbolic link svc/k8s/extra.yaml leads to "), "{}", run.stderr);
    // Outside of any repository a person may name what they like.
    assert!(trap.run(&["check", trap.outside.to_str().unwrap()]).code <= 1);
}

#[test]
fn what_has_no_end_is_read_up_to_the_bound() {
    let trap = Trap::new();
    for path in ["/dev/zero", "-"] {
        let mut command = trap.sandbox.command(PLIMSOLL);
        command.args(["check", path]).stdin(fs::File::open("/dev/zero").unwrap());
        let run = ended(command, &["check", path]);
        assert!(run.code == 2 && run.stderr.contains("at most 32 MiB are read"), "{path}: {}", run.stderr);
    }
    let huge = fs::File::create(trap.path("svc/k8s/huge.yaml")).unwrap();
    huge.set_len(1 << 40).unwrap();
    trap.leads_nowhere("huge", &[0, 1, 2, 4, 5, 6, 7]);
}

#[test]
fn a_checklist_that_a_service_file_names_lies_in_its_work_tree() {
    let trap = Trap::new();
    let service = trap.sandbox.read("svc/plimsoll.yaml");
    let fifo = trap.path("../fifo.yaml");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    symlink(&trap.outside, trap.path("inside.yaml")).unwrap();
    let names = [
        trap.outside.to_str().unwrap(),
        "../../home/secret.yaml",
        "../inside.yaml",
        "../../fifo.yaml",
        "/dev/zero",
        "../.git/config.yaml",
        "..\\\\secret.yaml",
        "C:secret.yaml",
    ];
    for name in names {
        trap.sandbox.write("svc/plimsoll.yaml", &format!("{service}checklist: \"{name}\"\n"));
        // `check` and `render` go by the lock and do not read it.
        trap.leads_nowhere(name, &[4, 5, 6, 7]);
    }
    fs::remove_file(trap.path("svc/plimsoll.lock")).unwrap();
    for name in names {
        trap.sandbox.write("svc/plimsoll.yaml", &format!("{service}checklist: \"{name}\"\n"));
        trap.leads_nowhere(name, &[0, 2, 3]);
    }
    // Up within the work tree is fine, and a flag may name anything.
    let own = "schema: 1\nname: acme\nversion: '1'\nextends: production\n";
    trap.sandbox.write("acme.yaml", own);
    trap.sandbox.write("svc/plimsoll.yaml", &format!("{service}checklist: ../acme.yaml\n"));
    trap.run(&["render", "svc"]).exits(0);
    fs::write(trap.outside.with_file_name("acme.yaml"), own).unwrap();
    trap.run(&["check", "svc/k8s", "--checklist", "../home/acme.yaml"]).exits(0);
}

#[test]
fn a_lock_names_files_below_its_folder() {
    let trap = Trap::new();
    let lock = trap.sandbox.read("svc/plimsoll.lock");
    let absolute = trap.outside.to_str().unwrap().to_owned();
    let names =
        ["../../home/secret.yaml", &absolute, "k8s/../../../home/secret.yaml", "../.git/config", ".git/config", "k8s\\\\..\\\\a"];
    for name in names {
        trap.sandbox.write("svc/plimsoll.lock", &lock.replacen("path: k8s/hpa.yaml", &format!("path: \"{name}\""), 1));
        assert_ne!(trap.sandbox.read("svc/plimsoll.lock"), lock);
        trap.leads_nowhere(name, &[4, 5, 6, 7]);
    }
}

#[test]
fn names_that_another_system_reads_as_a_path_are_refused_before_anything_is_written() {
    use std::os::unix::ffi::OsStrExt as _;

    for name in [&b"a\\b.yaml"[..], b"C:b.yaml", b"\xff.yaml"] {
        let trap = Trap::new();
        let service = trap.sandbox.read("svc/plimsoll.yaml");
        trap.sandbox.write("svc/plimsoll.yaml", &format!("{service}scale: {{ max: 12 }}\n"));
        trap.sandbox.write("svc/k8s/a/b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: precious}\n");
        let moved = trap.path("svc/k8s").join(std::ffi::OsStr::from_bytes(name));
        fs::rename(trap.path("svc/k8s/deployment.yaml"), moved).unwrap();
        trap.sandbox.git(&["add", "--all"]);
        trap.sandbox.git(&["commit", "--quiet", "--message=move"]);
        let before = trap.sandbox.files();
        let run = trap.run(&["update", "svc"]).exits(2);
        assert!(run.stderr.contains("is not a portable file name"), "{}", run.stderr);
        assert_eq!(trap.sandbox.files(), before);
    }
}

#[test]
fn a_folder_of_the_name_of_ours_is_somebody_elses() {
    for follow in [false, true] {
        let trap = Trap::new();
        let precious = if follow { trap.outside.with_file_name("precious") } else { trap.path("new/.plimsoll") };
        fs::create_dir_all(precious.join("sub")).unwrap();
        fs::create_dir_all(trap.path("new")).unwrap();
        if follow {
            symlink(&precious, trap.path("new/.plimsoll")).unwrap();
        }
        // A journal that would write a hook, with the bytes for it.
        let journal = r#"{"format":3,"process":1,"folders":[],"files":[{"path":".git/hooks/post-commit","old":"0000000000000000000000000000000000000000","new":null}],"commit":null}"#;
        let kept =
            [("journal", journal), ("old-0", "#!/bin/sh\ntouch \"$HOME/ran\"\n"), ("thesis", "mine"), ("sub/photo", "mine")];
        for (name, text) in kept {
            fs::write(precious.join(name), text).unwrap();
        }
        for args in [&["--no-commit"][..], &["--init"], &[]] {
            trap.run(&[NEW, &["new"], args].concat());
        }
        fs::remove_file(trap.path("new/plimsoll.lock")).unwrap();
        fs::remove_file(trap.path("new/plimsoll.yaml")).unwrap();
        trap.run(&["adopt", "new", "--yes", "--tier", "3"]);
        trap.run(&["update", "new", "--no-commit"]);
        for (name, text) in kept {
            assert_eq!(fs::read_to_string(precious.join(name)).unwrap(), text);
        }
        assert!(!trap.path(".git/hooks/post-commit").exists());
        assert!(!trap.outside.with_file_name("ran").exists());
    }
}

#[test]
fn a_repository_in_the_work_tree_without_a_work_tree_is_not_opened() {
    let trap = Trap::new();
    let bare = trap.path("svc2");
    trap.sandbox.git(&["init", "--quiet", "--bare", "svc2"]);
    trap.sandbox.git(&["--git-dir", "svc2", "config", "core.bare", "false"]);
    trap.sandbox.git(&["--git-dir", "svc2", "config", "core.worktree", bare.to_str().unwrap()]);
    let hook = bare.join("hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\ntouch \"$HOME/ran\"\n").unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    trap.run(&[NEW, &["svc2"]].concat()).exits(0);
    assert!(!trap.outside.with_file_name("ran").exists());
    assert!(trap.sandbox.git(&["show", "--stat", "--format="]).contains("svc2/plimsoll.yaml"));
}

#[test]
fn state_that_others_can_write_to_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = Sandbox::new();
    let home = sandbox.dir().with_file_name("home");
    let args = [NEW, &["svc", "--no-commit"]].concat();
    let with = |name: &str, value: Option<&str>| {
        let mut command = sandbox.command(PLIMSOLL);
        command.args(&args).stdin(Stdio::null());
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        ended(command, &args)
    };
    let run = with("HOME", None).exits(2);
    assert!(run.stderr.contains("no private folder for state") && run.stderr.contains("XDG_STATE_HOME"), "{}", run.stderr);
    with("HOME", Some("relative")).exits(2);
    let shared = home.join("shared");
    fs::create_dir_all(shared.join("plimsoll")).unwrap();
    symlink(&home, shared.join("plimsoll/link")).unwrap();
    fs::set_permissions(shared.join("plimsoll"), fs::Permissions::from_mode(0o777)).unwrap();
    let run = with("XDG_STATE_HOME", shared.to_str()).exits(2);
    assert!(run.stderr.contains("other users can write to"), "{}", run.stderr);
    assert!(!sandbox.dir().join("svc").exists());
    with("XDG_STATE_HOME", home.join("state").to_str()).exits(0);
    assert!(!home.join("state").exists());
}

#[test]
fn what_is_written_by_name_does_not_leave_the_work_tree_either() {
    let trap = Trap::new();
    let base = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    trap.sandbox.write("base.yaml", base);
    for target in [trap.outside.clone(), trap.path(".git/config")] {
        let before = fs::read(&target).unwrap();
        trap.link("out.yaml", &target);
        let merge = ["merge", "base.yaml", "base.yaml", "base.yaml", "-o", "out.yaml"];
        for args in [&merge[..], &["update", "svc", "--check", "--body", "out.yaml"], &["check", "out.yaml"]] {
            let run = trap.run(args).exits(2);
            assert!(!run.stdout.contains(SECRET) && run.stderr.contains("symbolic link"), "{args:?}: {}", run.stderr);
            assert_eq!(fs::read(&target).unwrap(), before);
        }
    }
}

#[test]
fn a_link_to_another_repository_is_not_worked_in() {
    let trap = Trap::new();
    let other = trap.outside.with_file_name("other");
    let copied = Command::new("cp").arg("-a").args([&trap.sandbox.dir(), &other]).status().unwrap();
    assert!(copied.success());
    let before = fs::read(other.join(".git/HEAD")).unwrap();
    symlink(&other, trap.path("link")).unwrap();
    trap.run(&["adopt", "link/svc", "--yes"]).exits(2);
    for args in [&["update", "link/svc"][..], &["check", "link/svc"], &["render", "link/svc"]] {
        let run = trap.run(args).exits(2);
        assert!(run.stderr.contains("symbolic link"), "{args:?}: {}", run.stderr);
    }
    trap.run(&[NEW, &["link/new"]].concat()).exits(2);
    assert!(!other.join("new").exists());
    assert_eq!(fs::read(other.join(".git/HEAD")).unwrap(), before);
}

#[test]
fn outside_of_a_repository_a_folder_of_manifests_is_no_way_out() {
    let sandbox = Sandbox::new();
    let outside = sandbox.dir().with_file_name("home").join("elsewhere");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("q.yaml"), "apiVersion: v1\nkind: Service\nmetadata: {name: checkout}\n").unwrap();
    fs::create_dir(sandbox.dir().join("d")).unwrap();
    symlink(&outside, sandbox.dir().join("d/k8s")).unwrap();
    let run = sandbox.run(&[NEW, &["d", "--no-commit"]].concat()).exits(2);
    assert!(!run.stderr.contains("q.yaml") && run.stderr.contains("symbolic link"), "{}", run.stderr);
    sandbox.write("d/plimsoll.yaml", "name: a\nimage: b/c:1\nports: [{ port: 80 }]\n");
    let run = sandbox.run(&["check", "d"]).exits(2);
    assert!(run.stderr.contains("symbolic link"), "{}", run.stderr);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn rules_of_git_that_are_links_are_refused() {
    let trap = Trap::new();
    let fifo = trap.path("../fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for name in [".gitattributes", "svc/.gitignore"] {
        symlink(&fifo, trap.path(name)).unwrap();
        let run = trap.run(&[NEW, &["svc/new"]].concat()).exits(2);
        assert!(run.stderr.contains("not a regular file"), "{}", run.stderr);
        assert!(!trap.path(".git/index.lock").exists());
        fs::remove_file(trap.path(name)).unwrap();
    }
}
