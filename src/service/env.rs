//! Environment variables.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Service;
use super::faults::{Faults, at};

/// An environment variable: exactly one of `value` and `secret`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnvVar {
    /// The name.
    #[schemars(extend("format" = "env-name", "examples" = ["LOG_LEVEL"]))]
    pub name: String,
    /// The value, in plain sight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The name of the Secret that holds the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "dns-subdomain"))]
    pub secret: Option<String>,
    /// The key in the Secret; the variable's name if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "config-key"))]
    pub key: Option<String>,
}

pub fn check(service: &Service, faults: &mut Faults) {
    let list = at("env");
    let names = service.env.iter().enumerate().map(|(index, var)| (var.name.as_str(), list.index(index).key("name")));
    let config = service.config.env.keys().map(|name| (name.as_str(), at("config").key("env").key(name.clone())));
    faults.twice(names.chain(config), "the variable", "keep one of them");
    for (index, var) in service.env.iter().enumerate() {
        let here = list.index(index);
        match (&var.value, &var.secret) {
            (None, None) => {
                faults.add(here.clone(), format!("`{}` has neither `value` nor `secret`", var.name), "add one of them");
            }
            (Some(_), Some(_)) => {
                faults.add(here.key("value"), format!("`{}` has both `value` and `secret`", var.name), "keep one of them");
            }
            _ => {}
        }
        if var.key.is_some() && var.secret.is_none() {
            faults.add(here.key("key"), "is the key in a Secret, and no `secret` is named", "add `secret`, or leave out `key`");
        }
        if var.value.as_deref().is_some_and(|value| value.contains('\0')) {
            faults.add(here.key("value"), "holds a null character, which no environment can carry", "leave it out");
        }
    }
}
