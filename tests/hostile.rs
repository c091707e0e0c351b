//! What strangers may put into a repository, and what must not come of it.

mod answers;
#[cfg(unix)]
mod harmless;
#[cfg(unix)]
mod hints;
#[cfg(unix)]
mod inputs;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod paths;
#[cfg(unix)]
mod secrets;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod wizard;
