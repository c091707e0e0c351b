//! The template engine, and what it renders held against what Kubernetes takes.

use std::io;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde_json::Value as Json;

use super::source::Templates;
use super::{Blueprint, BlueprintError, ObjectTemplate, scalars};
use crate::limits::Limit;
use crate::manifest::{self, ApiFault, Manifest};
use crate::notation::NEWEST;
use crate::plan::Plan;

/// Renders plans with one blueprint; compiles its templates once, when they are first needed.
#[derive(Debug)]
pub struct Renderer {
    commented: OnceLock<Environment<'static>>,
    bare: OnceLock<Environment<'static>>,
    blueprint: Blueprint,
    templates: Templates,
}

impl Renderer {
    /// A renderer of the blueprint with these templates.
    #[must_use]
    pub fn new(blueprint: Blueprint, templates: Templates) -> Self {
        Self { commented: OnceLock::new(), bare: OnceLock::new(), blueprint, templates }
    }

    /// The blueprint that is rendered.
    #[must_use]
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Renders every object of the blueprint that the plan asks for.
    ///
    /// # Errors
    /// A template that is not in order or fails, by name and line; or an object that Kubernetes would refuse: both are faults of
    /// the blueprint.
    pub fn render(&self, plan: &Plan) -> Result<Vec<Manifest>, BlueprintError> {
        self.render_again(plan, |_| None)
    }

    /// As [`render`](Self::render), where `last` gives the text of the last render by its path: what is still
    /// the same was held against Kubernetes then.
    ///
    /// # Errors
    /// As for [`render`](Self::render).
    pub fn render_again<'t>(&self, plan: &Plan, last: impl Fn(&str) -> Option<&'t str>) -> Result<Vec<Manifest>, BlueprintError> {
        let asked = plan.value("service.kubernetes").and_then(Json::as_str);
        let version = asked.and_then(|version| version.parse().ok()).unwrap_or(NEWEST);
        let object = |(object, text): (&ObjectTemplate, String)| {
            let path = object.path();
            let known = if last(&path) == Some(&text) { manifest::identify(&text) } else { None };
            let read = || manifest::read(&text, version).map_err(|faults| self.untyped(&object.template, &text, &faults));
            let id = known.map_or_else(read, Ok)?;
            Ok(Manifest { path, text, id })
        };
        let manifests = self.written(plan)?.into_iter().map(object).collect::<Result<Vec<Manifest>, BlueprintError>>()?;
        let workload = &self.blueprint.workload;
        if manifests.iter().filter(|manifest| manifest.id.known_kind() == Some(workload.as_str())).count() != 1 {
            return Err(BlueprintError::Workload { blueprint: self.blueprint.name.clone(), workload: workload.clone() });
        }
        Ok(manifests)
    }

    /// The files of a plan as [`render`](Self::render) gives them, by their paths; for comparison alone, as
    /// they are held against nothing.
    ///
    /// # Errors
    /// A template that is not in order or fails.
    pub fn texts(&self, plan: &Plan) -> Result<Vec<(String, String)>, BlueprintError> {
        Ok(self.written(plan)?.into_iter().map(|(object, text)| (object.path(), text)).collect())
    }

    fn written(&self, plan: &Plan) -> Result<Vec<(&ObjectTemplate, String)>, BlueprintError> {
        let environment = self.environment(plan.comments)?;
        let values = plan.values();
        let context = Value::from(Serde(&values));
        let mut written = Vec::new();
        for object in &self.blueprint.objects {
            if object.when.as_deref().is_some_and(|key| is_nothing(&values, key)) {
                continue;
            }
            let template = environment.get_template(&object.template).map_err(|error| in_template(&error))?;
            let mut output = BoundedOutput::default();
            let rendered = template.render_captured_to(context.clone(), &mut output).map(drop);
            let text = rendered.map_err(|error| in_template(&error)).and_then(|()| output.text(&object.template))?;
            written.push((object, text));
        }
        Ok(written)
    }

    fn environment(&self, comments: bool) -> Result<&Environment<'static>, BlueprintError> {
        let cell = if comments { &self.commented } else { &self.bare };
        if let Some(environment) = cell.get() {
            return Ok(environment);
        }
        let environment = environment(self.templates, comments)?;
        Ok(cell.get_or_init(|| environment))
    }

    /// The files that every service gets, whatever was answered.
    pub fn certain_files(&self) -> impl Iterator<Item = String> {
        self.blueprint.objects.iter().filter(|object| object.when.is_none()).map(ObjectTemplate::path)
    }

    fn untyped(&self, template: &str, text: &str, faults: &[ApiFault]) -> BlueprintError {
        let first = faults.first();
        let rendered = first.and_then(|fault| text.lines().nth(fault.place.line as usize - 1)).unwrap_or_default();
        let key = rendered.trim_start_matches([' ', '-']).split(':').next().unwrap_or_default();
        let source = self.templates.iter().find(|(name, _)| *name == template).map_or("", |(_, source)| source);
        let writes = |line: &str| line.trim_start_matches([' ', '-']).starts_with(&format!("{key}:"));
        let line = source.lines().position(writes).map_or(1, |index| index + 1);
        let message = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        BlueprintError::Untyped { template: template.to_owned(), line, message }
    }
}

/// What a template has written, up to the limit.
#[derive(Default)]
struct BoundedOutput {
    bytes: Vec<u8>,
    is_full: bool,
}

impl io::Write for BoundedOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The engine goes on to its end, which the fuel bounds; what it writes is dropped.
        self.is_full |= self.bytes.len() + bytes.len() > Limit::OutputBytes.most();
        if !self.is_full {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BoundedOutput {
    fn text(self, template: &str) -> Result<String, BlueprintError> {
        if self.is_full {
            return Err(BlueprintError::Beyond { template: template.to_owned(), line: 1, limit: Limit::OutputBytes });
        }
        String::from_utf8(self.bytes).map_err(|error| BlueprintError::Template {
            template: template.to_owned(),
            line: 1,
            message: error.to_string(),
        })
    }
}

fn environment(templates: Templates, comments: bool) -> Result<Environment<'static>, BlueprintError> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(|error| in_template(&error))?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_formatter(scalars::format);
    environment.add_filter("block", scalars::block);
    environment.set_fuel(Some(Limit::Fuel.most() as u64));
    for (name, source) in templates {
        let source = if comments { (*source).to_owned() } else { without_comments(source) };
        environment.add_template_owned(*name, source).map_err(|error| in_template(&error))?;
    }
    Ok(environment)
}

/// A template whose YAML comments write nothing; its lines keep their numbers.
fn without_comments(source: &str) -> String {
    let bare = |line| if is_comment(line) { "{# #}\n" } else { line };
    source.split_inclusive('\n').map(bare).collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// Whether the plan's value at `group.name` is empty, false or nothing.
fn is_nothing(values: &Json, key: &str) -> bool {
    let found = key.split('.').try_fold(values, |value, part| value.get(part));
    match found {
        None | Some(Json::Null | Json::Bool(false)) => true,
        Some(Json::Array(items)) => items.is_empty(),
        Some(Json::Object(map)) => map.is_empty(),
        Some(_) => false,
    }
}

fn in_template(error: &Error) -> BlueprintError {
    let mut innermost = error;
    while let Some(inner) = std::error::Error::source(innermost).and_then(|source| source.downcast_ref::<Error>()) {
        innermost = inner;
    }
    let template = innermost.name().unwrap_or("template").to_owned();
    let line = innermost.line().unwrap_or(1);
    if innermost.kind() == ErrorKind::OutOfFuel {
        return BlueprintError::Beyond { template, line, limit: Limit::Fuel };
    }
    BlueprintError::Template {
        template,
        line,
        message: format!("{}: {}", innermost.kind(), innermost.detail().unwrap_or("no detail")),
    }
}
