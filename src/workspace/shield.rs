//! Signals to end that come while files and branches change: what was begun is finished or undone first.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// The signals by which a person, a terminal or a system of CI ends a run.
const SIGNALS: &[i32] = &[
    #[cfg(unix)]
    signal_hook::consts::SIGHUP,
    SIGINT,
    SIGTERM,
];

/// What the handlers of the process go by; they are there from the first change on.
struct Handlers {
    /// Whether a signal ends the process at once, as it does by default.
    idle: Arc<AtomicBool>,
    /// The signal that came meanwhile; 0 for none.
    came: Arc<AtomicUsize>,
}

/// Holds signals off until it is dropped; one that came meanwhile ends the process then. A git that is our
/// child gets those of a terminal all the same, and ends.
#[must_use = "signals end the run as soon as it is dropped"]
pub(super) struct Shield(&'static Handlers);

impl Shield {
    pub(super) fn raise() -> Self {
        static HANDLERS: OnceLock<Handlers> = OnceLock::new();
        let handlers = HANDLERS.get_or_init(Handlers::register);
        handlers.idle.store(false, Ordering::SeqCst);
        Self(handlers)
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        self.0.idle.store(true, Ordering::SeqCst);
        let signal = self.0.came.load(Ordering::SeqCst);
        if let Some(signal) = i32::try_from(signal).ok().filter(|signal| *signal != 0) {
            let _ = low_level::emulate_default_handler(signal);
        }
    }
}

impl Handlers {
    fn register() -> Self {
        let handlers = Self { idle: Arc::new(AtomicBool::new(true)), came: Arc::new(AtomicUsize::new(0)) };
        for signal in SIGNALS {
            // One that cannot be held off ends the run, and the next run puts things right.
            let _ = flag::register_conditional_default(*signal, Arc::clone(&handlers.idle));
            let number = usize::try_from(*signal).unwrap_or_default();
            let _ = flag::register_usize(*signal, Arc::clone(&handlers.came), number);
        }
        handlers
    }
}
