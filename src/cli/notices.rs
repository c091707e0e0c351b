//! What a run tells while it is at work.

use std::cell::RefCell;

use serde_json::{Value as Json, json};

use super::ui;
use crate::workspace::{Notice, Recovered};

/// Shows notices as they come, and keeps what belongs in a report.
#[derive(Debug, Default)]
pub struct Notices(RefCell<Vec<Recovered>>);

impl Notices {
    /// Takes a notice.
    pub fn take(&self, notice: &Notice) {
        ui::err(&(ui::cyan("note:") + format!(" {notice}")).into());
        if let Notice::Recovered(recovered) = notice {
            self.0.borrow_mut().push(recovered.clone());
        }
    }

    /// The runs that were killed and have been put right.
    pub fn json(&self) -> Json {
        let one = |it: &Recovered| json!({"commit": it.commit, "putBack": it.put_back, "left": it.left});
        self.0.borrow().iter().map(one).collect()
    }
}
