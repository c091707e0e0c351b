//! Runs the binary and kills it at the n-th change that it makes to the file system.
//!
//! Changes are told by their system calls, seen through ptrace before they are carried out, in all
//! threads and children. So the n-th death shows exactly the state between two changes.

use std::collections::BTreeSet;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use nix::errno::Errno;
use nix::libc::{self, user_regs_struct};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victims {
    /// The binary with all its children.
    All,
    /// The binary alone; a child goes on to its own end.
    Parent,
}

/// How a traced run ended.
#[derive(Debug)]
pub struct Traced {
    /// How the binary ended.
    pub status: ExitStatus,
    /// How many changes to the file system were begun.
    pub changes: usize,
}

/// Runs a command to its end, or kills it before the change of the given number, which counts from
/// zero. Changes outside `root` do not count.
///
/// # Errors
/// If the system does not let processes be traced.
pub fn run(command: &mut Command, root: &Path, kill_at: Option<usize>, victims: Victims) -> Result<Traced, Errno> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    start_traced(command);
    let child = command.spawn().map_err(|error| error.raw_os_error().map_or(Errno::EPERM, Errno::from_raw))?;
    let parent = Pid::from_raw(child.id().cast_signed());
    // It stops at its first instruction.
    waitpid(parent, Some(WaitPidFlag::__WALL))?;
    ptrace::setoptions(
        parent,
        Options::PTRACE_O_TRACESYSGOOD
            | Options::PTRACE_O_TRACEFORK
            | Options::PTRACE_O_TRACEVFORK
            | Options::PTRACE_O_TRACECLONE
            | Options::PTRACE_O_TRACEEXEC
            | Options::PTRACE_O_EXITKILL,
    )?;
    ptrace::syscall(parent, None)?;
    let mut run =
        Run { root, kill_at, victims, parent, known: BTreeSet::from([parent]), inside: BTreeSet::new(), changes: 0, dead: false };
    let mut status = None;
    loop {
        // Other threads of the test have children of their own.
        match waitpid(None, Some(WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD)) {
            Ok(WaitStatus::Exited(pid, code)) => {
                if pid == parent {
                    status = Some(ExitStatus::from_raw(code << 8));
                }
                run.known.remove(&pid);
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                if pid == parent {
                    status = Some(ExitStatus::from_raw(signal as i32));
                }
                run.known.remove(&pid);
            }
            Ok(stopped) => run.go_on(stopped)?,
            Err(Errno::ECHILD) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(Traced { status: status.unwrap_or_default(), changes: run.changes })
}

#[expect(unsafe_code, reason = "a child can only ask to be traced before it becomes the program")]
fn start_traced(command: &mut Command) {
    // SAFETY: between fork and exec only one system call is made.
    unsafe {
        command.pre_exec(|| ptrace::traceme().map_err(std::io::Error::from));
    }
}

struct Run<'a> {
    root: &'a Path,
    kill_at: Option<usize>,
    victims: Victims,
    parent: Pid,
    known: BTreeSet<Pid>,
    /// Those that are in a system call, whose end is the next stop.
    inside: BTreeSet<Pid>,
    changes: usize,
    dead: bool,
}

impl Run<'_> {
    fn go_on(&mut self, stopped: WaitStatus) -> Result<(), Errno> {
        let Some(pid) = stopped.pid() else { return Ok(()) };
        self.known.insert(pid);
        let signal = match stopped {
            WaitStatus::PtraceSyscall(_) => {
                if !self.inside.remove(&pid) {
                    self.inside.insert(pid);
                    if self.is_change(pid) {
                        if self.kill_at == Some(self.changes) && !self.dead {
                            self.kill();
                        }
                        self.changes += 1;
                    }
                }
                None
            }
            // A new thread or child stops once before its first instruction.
            WaitStatus::PtraceEvent(..) | WaitStatus::Stopped(_, Signal::SIGSTOP | Signal::SIGTRAP) => None,
            WaitStatus::Stopped(_, signal) => Some(signal),
            _ => return Ok(()),
        };
        gone_is_fine(ptrace::syscall(pid, signal))
    }

    fn kill(&mut self) {
        self.dead = true;
        let victims: Vec<Pid> = match self.victims {
            Victims::All => self.known.iter().copied().collect(),
            Victims::Parent => vec![self.parent],
        };
        for victim in victims {
            let _ = kill(victim, Signal::SIGKILL);
        }
    }

    /// Whether the system call that is about to be made changes the file system below the root.
    fn is_change(&self, pid: Pid) -> bool {
        let Ok(registers) = ptrace::getregs(pid) else { return false };
        match i64::from_ne_bytes(registers.orig_rax.to_ne_bytes()) {
            libc::SYS_rename
            | libc::SYS_renameat
            | libc::SYS_renameat2
            | libc::SYS_link
            | libc::SYS_linkat
            | libc::SYS_unlink
            | libc::SYS_unlinkat
            | libc::SYS_symlink
            | libc::SYS_symlinkat
            | libc::SYS_mkdir
            | libc::SYS_mkdirat
            | libc::SYS_rmdir
            | libc::SYS_truncate
            | libc::SYS_chmod
            | libc::SYS_fchmodat
            | libc::SYS_utimensat => true,
            libc::SYS_open => creates(registers.rsi),
            libc::SYS_openat => creates(registers.rdx),
            libc::SYS_write
            | libc::SYS_pwrite64
            | libc::SYS_writev
            | libc::SYS_pwritev
            | libc::SYS_ftruncate
            | libc::SYS_fallocate
            | libc::SYS_fchmod
            | libc::SYS_fsync
            | libc::SYS_fdatasync
            | libc::SYS_copy_file_range
            | libc::SYS_sendfile => self.is_below_root(pid, &registers),
            _ => false,
        }
    }

    fn is_below_root(&self, pid: Pid, registers: &user_regs_struct) -> bool {
        let number = registers.orig_rax.cast_signed();
        let file = if number == libc::SYS_copy_file_range { registers.rdx } else { registers.rdi };
        std::fs::read_link(PathBuf::from(format!("/proc/{pid}/fd/{file}"))).is_ok_and(|path| path.starts_with(self.root))
    }
}

fn creates(flags: u64) -> bool {
    let flags = i32::try_from(flags & 0xffff_ffff).unwrap_or_default();
    flags & (libc::O_CREAT | libc::O_TRUNC) != 0
}

/// A process that was killed meanwhile needs no word to go on.
fn gone_is_fine(outcome: Result<(), Errno>) -> Result<(), Errno> {
    match outcome {
        Err(Errno::ESRCH) => Ok(()),
        outcome => outcome,
    }
}
