//! The binary in a pseudo-terminal, and a person's hands and eyes in front of it.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use super::sandbox::{PLIMSOLL, Sandbox};

pub const ENTER: &str = "\r";
pub const ESCAPE: &str = "\x1b";
pub const UP: &str = "\x1b[A";
pub const DOWN: &str = "\x1b[B";
pub const CTRL_C: &str = "\x03";

const ROWS: u16 = 40;
/// Between two looks at the terminal.
const TICK: Duration = Duration::from_millis(5);
/// How many looks are taken before a test fails: 20 seconds, as machines may be busy.
const PATIENCE: usize = 4000;

/// A running binary with its terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    listens: Box<dyn Fn() -> bool>,
    seen: Arc<Mutex<Seen>>,
    /// How much of what was said has been expected.
    read: usize,
}

/// What came out of the binary.
struct Seen {
    bytes: Vec<u8>,
    screen: vt100::Parser,
    ended: bool,
}

impl Terminal {
    /// Starts the binary in a terminal of the usual width.
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        Self::start_with(sandbox, args, 120, &[])
    }

    /// Starts the binary in a terminal of so many columns, with more in its environment.
    pub fn start_with(sandbox: &Sandbox, args: &[&str], columns: u16, environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: ROWS, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(PLIMSOLL);
        command.args(args);
        command.cwd(sandbox.dir());
        command.env_clear();
        for (name, value) in sandbox.environment() {
            command.env(name, value);
        }
        for (name, value) in environment {
            command.env(name, value);
        }
        let master = pair.master;
        let screen = vt100::Parser::new(ROWS.try_into().unwrap(), columns.try_into().unwrap(), 0);
        let seen = Arc::new(Mutex::new(Seen { bytes: Vec::new(), screen, ended: false }));
        watch(master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let keys = master.take_writer().unwrap();
        let resting = master.get_termios().unwrap().local_flags;
        let child = pair.slave.spawn_command(command).unwrap();
        let listens = Box::new(move || master.get_termios().is_some_and(|now| now.local_flags != resting));
        Self { child, keys, listens, seen, read: 0 }
    }

    /// Waits until a text is said after what was expected before; line breaks count as spaces.
    #[track_caller]
    pub fn expect(&mut self, text: &str) -> &mut Self {
        for _ in 0..PATIENCE {
            let ended = self.has_ended();
            let said = self.said();
            if let Some(at) = said.get(self.read..).and_then(|rest| rest.find(text)) {
                self.read += at + text.len();
                return self;
            }
            assert!(!ended, "it ended without `{text}`:\n{}", self.screen());
            thread::sleep(TICK);
        }
        panic!("`{text}` was not said:\n{}", self.screen());
    }

    /// Types text or a key, once the binary listens: a key before that is a signal or an echo.
    #[track_caller]
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for _ in 0..PATIENCE {
            if (self.listens)() {
                self.keys.write_all(keys.as_bytes()).unwrap();
                self.keys.flush().unwrap();
                return self;
            }
            thread::sleep(TICK);
        }
        panic!("it does not listen:\n{}", self.screen());
    }

    /// Waits for a question and types the answer to it.
    #[track_caller]
    pub fn answer(&mut self, question: &str, text: &str) -> &mut Self {
        self.expect(question).press(&format!("{text}{ENTER}"))
    }

    /// Waits for questions and takes the default of each.
    #[track_caller]
    pub fn accept(&mut self, questions: &[&str]) -> &mut Self {
        for question in questions {
            self.answer(question, "");
        }
        self
    }

    /// Waits for the end, and asserts the exit code.
    #[track_caller]
    pub fn exits(&mut self, code: u32) -> &mut Self {
        for _ in 0..PATIENCE {
            let ended = self.has_ended();
            if let Some(status) = self.child.try_wait().unwrap().filter(|_| ended) {
                assert_eq!(status.exit_code(), code, "{status}:\n{}", self.screen());
                return self;
            }
            thread::sleep(TICK);
        }
        panic!("it does not end:\n{}", self.screen());
    }

    /// All that was said, without escape sequences and with single spaces.
    pub fn said(&self) -> String {
        self.plain().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All that was said, line by line, without escape sequences.
    pub fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.raw()).to_string().replace('\r', "")
    }

    /// All that was said as it came.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap().bytes).into_owned()
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        self.seen.lock().unwrap().screen.screen().contents()
    }

    /// The id of the running binary.
    pub fn process_id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Whether nothing more will be said.
    pub fn has_ended(&self) -> bool {
        self.seen.lock().unwrap().ended
    }

    /// Whether the cursor shows.
    pub fn shows_cursor(&self) -> bool {
        !self.seen.lock().unwrap().screen.screen().hide_cursor()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Ends what a failed test has left running.
        let _ = self.child.kill();
    }
}

/// Takes in what comes out, until the last holder of the terminal is gone.
fn watch(mut output: Box<dyn Read + Send>, seen: Arc<Mutex<Seen>>) {
    thread::spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut chunk) {
            let mut seen = seen.lock().unwrap();
            seen.bytes.extend_from_slice(&chunk[..count]);
            seen.screen.process(&chunk[..count]);
        }
        seen.lock().unwrap().ended = true;
    });
}
