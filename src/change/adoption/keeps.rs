//! What an adoption never changes in a service that runs, whatever the checklist asks: the number of
//! Pods where a second one would do harm, and `replicas` until an autoscaler has taken over.

use crate::adopt::{AdoptedObject, Family, ObjectField};
use crate::manifest::SCALED;
use crate::notation::FieldPattern;
use crate::service::Answers;
use crate::yaml::Route;

/// What stays as it is, with what that costs and how it ends.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Why it stays.
    pub why: KeepReason,
    /// The fields that stay.
    pub fields: Vec<FieldPattern>,
    /// The items that find fault with it.
    pub items: Vec<String>,
    /// What the service file leaves to others for it.
    pub owned: Vec<String>,
}

/// Why something stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepReason {
    /// A second Pod might do harm.
    Single(Vec<Single>),
    /// Something else scales the workload already, by its kind and name.
    Scaled(String),
    /// The autoscaler has not taken over this number of Pods yet.
    HandOver {
        /// The number of Pods that is written.
        replicas: i64,
        /// The workload as kubectl names it, such as `deployment/cart`.
        workload: String,
        /// Its namespace, where it names one.
        namespace: Option<String>,
    },
}

/// What tells that a second Pod might do harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Single {
    /// A rollout stops the old Pod before it starts the new one.
    Recreate,
    /// One Pod runs.
    OneReplica,
    /// A volume that Pods of one node alone can mount, by its claim.
    Claim(String),
}

impl KeepReason {
    /// Who the service file says owns the fields.
    #[must_use]
    pub fn owner(&self) -> &'static str {
        match self {
            Self::Single(_) => "people, as a second Pod might do harm",
            Self::Scaled(_) => "people, who have another autoscaler",
            Self::HandOver { .. } => "people, until the autoscaler has taken over",
        }
    }

    /// What makes it so, as half a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Single(signs) => {
                let sign = |sign: &Single| match sign {
                    Single::Recreate => "`strategy` is Recreate".to_owned(),
                    Single::OneReplica => "no more than one Pod runs".to_owned(),
                    Single::Claim(claim) => format!("the volume of claim {claim} is ReadWriteOnce"),
                };
                signs.iter().map(sign).collect::<Vec<_>>().join(", and ")
            }
            Self::Scaled(object) => format!("{object} scales it already"),
            Self::HandOver { replicas, .. } => {
                format!("without `replicas: {replicas}` the next apply sets its default, 1 Pod, until the autoscaler acts")
            }
        }
    }

    /// Why its items are not kept meanwhile.
    #[must_use]
    pub fn excuse(&self) -> String {
        match self {
            Self::Single(_) | Self::Scaled(_) => self.reason(),
            Self::HandOver { .. } => "until the autoscaler has taken over the Pods".to_owned(),
        }
    }

    /// What it costs while it is so.
    #[must_use]
    pub fn costs(&self) -> String {
        match self {
            Self::Single(_) => {
                "the service stops at each rollout, drain and lost node until the next Pod is ready; nothing scales it".to_owned()
            }
            Self::Scaled(object) => format!("the bounds are those of {object}, whatever `scale` says"),
            Self::HandOver { replicas, .. } => {
                format!("each apply sets {replicas} Pods again, whatever the autoscaler has chosen")
            }
        }
    }

    /// How it ends, step by step; `take` is the command that takes the fields from the render.
    #[must_use]
    pub fn way_out(&self, take: &str) -> Vec<String> {
        match self {
            Self::Single(signs) => {
                let mut steps = Vec::new();
                if signs.iter().any(|sign| matches!(sign, Single::Claim(_))) {
                    steps
                        .push("move what the volume holds into a database, an object store or a ReadWriteMany volume".to_owned());
                }
                steps.push("make sure that two Pods can run side by side".to_owned());
                steps.push(format!("`{take}` takes these fields from the render"));
                steps
            }
            Self::Scaled(object) => vec![
                format!("write what {object} scales by under `scale`"),
                format!("take {object} away; `{take}` takes these fields from the render"),
            ],
            Self::HandOver { workload, namespace, .. } => {
                let space = namespace.as_ref().map(|name| format!(" -n {name}")).unwrap_or_default();
                vec![
                    "apply the manifests, so that the autoscaler is there".to_owned(),
                    format!(
                        "`kubectl apply edit-last-applied {workload}{space}`: take `replicas` out there, and save; the \
                         Pods stay"
                    ),
                    "with server-side apply instead: give `spec.replicas` to another field manager, as `kubectl apply \
                     --server-side --field-manager=autoscaler --validate=false` with a file that holds nothing else of the spec"
                        .to_owned(),
                    format!("`{take}` takes `replicas` out of the manifest; apply it again"),
                ]
            }
        }
    }
}

/// What must not change in the workload. Answers that ask for a number of Pods stand over one that runs
/// alone, and not over what its volume bears.
pub fn kept(family: &Family<'_>, given: &Answers) -> Option<Kept> {
    if let Some(scaler) = other_scaler(family) {
        let fields = replicas(family).into_iter().chain(autoscaler()).collect();
        return Some(Kept { why: KeepReason::Scaled(scaler), fields, items: Vec::new(), owned: Vec::new() });
    }
    let workload = family.workload.at();
    let asks = given.has(&Route::root().key("scale"));
    let strategy = workload.find("spec.strategy");
    let recreates = strategy.as_ref().and_then(|strategy| strategy.get("type")?.text()) == Some("Recreate");
    let number = family.replicas().and_then(|at| at.number());
    let mut signs = Vec::new();
    if recreates {
        signs.push(Single::Recreate);
    }
    if number.unwrap_or(1) <= 1 && family.autoscaler.is_none() && !asks {
        signs.push(Single::OneReplica);
    }
    signs.extend(claim(family).map(Single::Claim));
    let bound = signs.iter().any(|sign| matches!(sign, Single::Claim(_)));
    let mut fields = Vec::new();
    if recreates || bound || (!signs.is_empty() && strategy.is_some()) {
        fields.extend(FieldPattern::parse(&format!("{}.spec.strategy", family.kind.kind)));
    }
    if bound || (!signs.is_empty() && !asks) {
        fields.extend(replicas(family).into_iter().chain(autoscaler()));
    }
    (!fields.is_empty()).then(|| Kept { why: KeepReason::Single(signs), fields, items: Vec::new(), owned: Vec::new() })
}

/// The number of Pods that people have written and an autoscaler shall set from now on.
pub fn hand_over(family: &Family<'_>) -> Option<Kept> {
    let number = family.replicas().and_then(|at| at.number())?;
    let id = &family.workload.id;
    let workload = format!("{}/{}", id.kind.to_lowercase(), id.name);
    let why = KeepReason::HandOver { replicas: number, workload, namespace: id.namespace.clone() };
    Some(Kept { why, fields: replicas(family).into_iter().collect(), items: Vec::new(), owned: Vec::new() })
}

/// What scales the workload and is no `HorizontalPodAutoscaler`: two of them pull in two directions.
fn other_scaler(family: &Family<'_>) -> Option<String> {
    let scales = |object: &&&AdoptedObject| {
        let target = object.at().find("spec.scaleTargetRef").filter(|_| object.id.known_kind() == Some("ScaledObject"));
        target.is_some_and(|target| {
            let word = |key: &str| target.get(key).and_then(|at| at.text());
            word("kind").unwrap_or(SCALED) == family.kind.kind && word("name") == Some(&family.workload.id.name)
        })
    };
    family.others.iter().find(scales).map(|object| object.label())
}

/// The number of Pods of the workload.
fn replicas(family: &Family<'_>) -> Option<FieldPattern> {
    FieldPattern::parse(&format!("{}.{}", family.kind.kind, family.kind.replicas?)).ok()
}

/// The autoscaler that is rendered.
fn autoscaler() -> Option<FieldPattern> {
    FieldPattern::parse("HorizontalPodAutoscaler").ok()
}

/// The claim of a volume that no Pod on another node can mount beside this one.
fn claim(family: &Family<'_>) -> Option<String> {
    let volumes = family.pod()?.list("volumes");
    let named =
        |volume: &ObjectField<'_>| volume.find("persistentVolumeClaim.claimName").and_then(|at| at.text()).map(str::to_owned);
    volumes.iter().filter_map(named).find(|name| {
        let Some(claim) = family.other("PersistentVolumeClaim", name) else { return false };
        let modes: Vec<&str> = claim.at().list("spec.accessModes").iter().filter_map(|mode| mode.node.as_str()).collect();
        modes.iter().any(|mode| mode.starts_with("ReadWriteOnce")) && !modes.contains(&"ReadWriteMany")
    })
}
