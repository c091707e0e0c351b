//! Layer 3: from a plan to manifests.
//!
//! A blueprint is a folder: `blueprint.yaml`, which says what it is, and the templates of its objects.
//! [`Blueprint`] is the shape of `blueprint.yaml`; [`source`] knows the blueprints that ship with
//! Plimsoll; [`Renderer`] turns a plan into manifests.

mod coherence;
mod error;
mod model;
mod render;
mod scalars;
pub mod source;

use std::sync::OnceLock;

use serde_json::Value as Json;

pub use error::BlueprintError;
pub use model::{Blueprint, ObjectTemplate};
pub use render::Renderer;

use crate::plan::Contract;
use crate::service::{Intake, OPTIONS, OptionType, Question};
use crate::yaml::{Fault, Route, Source, load_one, shape};

/// The folder of manifests below a service's folder.
pub const MANIFESTS: &str = "k8s";

/// The JSON Schema of `blueprint.yaml`, as it ships.
pub fn schema() -> &'static Json {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    SCHEMA.get_or_init(|| shape::shipped(include_str!("../../schemas/blueprint.schema.json"), schema_of_type))
}

/// The same, made from [`Blueprint`]: what the shipped file has to be.
#[must_use]
pub fn schema_of_type() -> Json {
    schemars::schema_for!(Blueprint).to_value()
}

impl ObjectTemplate {
    /// The path of the manifest below a service's folder.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{MANIFESTS}/{}", self.file)
    }
}

impl Blueprint {
    /// Reads `blueprint.yaml`; `name` is what faults call the text.
    ///
    /// # Errors
    /// Every fault of the text.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let root = load_one(name, text)?;
        let mut mended = root.clone();
        let mut faults = shape::check(schema(), &mut mended);
        match serde_json::from_value::<Self>(mended.to_json()) {
            Ok(blueprint) => {
                // What stands in for a faulty part is not the author's.
                let known = faults.len();
                for fault in coherence::check(&blueprint) {
                    if !faults[..known].iter().any(|known| known.route.contains(&fault.route)) {
                        faults.push(fault);
                    }
                }
                if faults.is_empty() {
                    return Ok(blueprint);
                }
            }
            Err(error) if faults.is_empty() => {
                faults.push(Fault::new(Route::root(), format!("cannot be read as a blueprint: {error}")));
            }
            // Too little is left to be looked at any further.
            Err(_) => {}
        }
        for fault in &mut faults {
            fault.source = Some(Source::File(name.into(), root.locate(&fault.route).0));
        }
        faults.sort_by(|one, other| one.source.cmp(&other.source));
        Err(faults)
    }

    /// What deciding needs to know of the blueprint.
    #[must_use]
    pub fn contract(&self) -> Contract<'_> {
        let Self { name, needs, takes, options, topics, defaults, .. } = self;
        let intake = Intake { blueprint: name, needs, takes, options, takers: source::takers };
        Contract { intake, topics, defaults }
    }

    /// The questions of the wizard, in their order.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        self.questions.iter().filter_map(|field| self.question(field)).collect()
    }

    /// The question for a field of the service file or an option, where there are words for one.
    fn question(&self, field: &str) -> Option<Question> {
        let Some((OPTIONS, name)) = field.split_once('.') else { return Question::of(field) };
        let option = self.options.get(name)?;
        let words = match (&option.schema.words, option.schema.kind) {
            (Some(words), _) => words.clone(),
            (None, OptionType::Boolean) => vec!["true".to_owned(), "false".to_owned()],
            (None, _) => Vec::new(),
        };
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(Question {
            field: field.to_owned(),
            prompt: option.prompt.as_ref()?.en.clone(),
            help: option.schema.description.as_deref().unwrap_or("An option of the blueprint").trim_end_matches('.').to_owned(),
            choices: words.into_iter().map(|word| (word, String::new())).collect(),
            default: option.default.as_ref().map(text),
            optional: false,
            tiers: Question::ALL,
        })
    }
}
