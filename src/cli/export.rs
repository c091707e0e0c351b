//! `plimsoll checklist export`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::checklist_flag::ChecklistFlag;
use super::tier_flag::tiers;
use super::ui::{self, TextLines};
use super::{CommandResult, OutputForm};
use crate::check::{Action, AdmissionExport, AdmissionPolicy, LeftOut, TIER_LABEL};
use crate::checklist::Checklist;
use crate::notation::visible;
use crate::ops;
use crate::service::Tier;
use crate::yaml::write;

/// Write the items that an API server can judge itself as admission policies
///
/// One `ValidatingAdmissionPolicy` for each item whose rule sees one object only, and a binding that
/// puts it in force in the namespaces with the label `plimsoll.dev/tier`. Expressions and messages go
/// out as they stand in the checklist. The other items are listed with the reason.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// The form in which the items are written
    #[arg(long = "as", value_name = "FORM")]
    form: ExportForm,
    /// The tier whose numbers and severities count
    #[arg(long, default_value_t = 2, value_parser = tiers())]
    tier: u8,
    /// What the server does where an item does not hold; by severity if not given
    #[arg(long, value_name = "ACTION")]
    action: Option<GivenAction>,
    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output: OutputForm,
    #[command(flatten)]
    checklist: ChecklistFlag,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExportForm {
    /// `ValidatingAdmissionPolicy` and its binding
    AdmissionPolicy,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GivenAction {
    /// Refuse the object; what an error calls for
    Deny,
    /// Tell the sender; what a warning calls for
    Warn,
    /// Note it in the audit log; what advice calls for
    Audit,
}

const EXAMPLES: &str = "\
Examples:
  plimsoll checklist export --as admission-policy --tier 1 > policies.yaml
  plimsoll checklist export --as admission-policy --action warn | kubectl apply -f -
  kubectl label namespace shop plimsoll.dev/tier=2";

impl ExportArgs {
    /// Runs the command.
    pub fn run(&self) -> CommandResult {
        let (checklist, export) = ops::export(self.checklist.name(), Tier(self.tier))?;
        match (self.output, self.form) {
            (OutputForm::Text, ExportForm::AdmissionPolicy) => {
                #[expect(clippy::disallowed_methods, reason = "data: YAML, with escapes of its own")]
                ui::data(&self.stream(&checklist, &export));
                ui::err(&self.left_out(&export));
            }
            (OutputForm::Json, ExportForm::AdmissionPolicy) => ui::json(&self.json(&checklist, &export)),
        }
        Ok(())
    }

    fn action(&self, policy: &AdmissionPolicy) -> Action {
        match self.action {
            Some(GivenAction::Deny) => Action::Deny,
            Some(GivenAction::Warn) => Action::Warn,
            Some(GivenAction::Audit) => Action::Audit,
            None => Action::of(policy.severity),
        }
    }

    /// The objects as a YAML stream that ends with what is not in it.
    fn stream(&self, checklist: &Checklist, export: &AdmissionExport) -> String {
        let title = format!("{}: {}", checklist.id(), checklist.title.en);
        let mut text = format!("# {} at tier {}, as admission policies.\n", visible(&title), self.tier);
        _ = writeln!(text, "# In force in namespaces with the label {TIER_LABEL}: \"{}\".", self.tier);
        let objects = export.policies.iter().flat_map(|policy| policy.objects(self.action(policy)));
        let documents: Vec<String> = objects.map(|object| write::document(&object)).collect();
        text.push_str(&documents.join("---\n"));
        if !export.left_out.is_empty() {
            text.push_str("# Not exported:\n");
        }
        for left_out in &export.left_out {
            _ = writeln!(text, "#   {}: {}", visible(&left_out.item), visible(&reasons(left_out)));
        }
        text
    }

    fn left_out(&self, export: &AdmissionExport) -> TextLines {
        let (exported, left) = (export.policies.len(), export.left_out.len());
        let mut text = TextLines::from(format!("{exported} items exported at tier {}, {left} not:", self.tier));
        let width = export.left_out.iter().map(|left_out| left_out.item.len()).max().unwrap_or_default();
        for left_out in &export.left_out {
            text.line(format!("  {:width$}  {}", left_out.item, reasons(left_out)));
        }
        text
    }

    fn json(&self, checklist: &Checklist, export: &AdmissionExport) -> Json {
        let exported = |policy: &AdmissionPolicy| {
            let action = self.action(policy);
            json!({"item": policy.item, "severity": policy.severity, "action": action.name(), "objects": policy.objects(action)})
        };
        let left_out =
            |left_out: &LeftOut| json!({"item": left_out.item, "message": reasons(left_out), "reasons": left_out.reasons});
        json!({
            "checklist": checklist.id(),
            "tier": self.tier,
            "exported": export.policies.iter().map(exported).collect::<Vec<_>>(),
            "not-exported": export.left_out.iter().map(left_out).collect::<Vec<_>>(),
        })
    }
}

fn reasons(left_out: &LeftOut) -> String {
    left_out.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
