//! Layer 0: the notations Kubernetes itself defines for single values.
//!
//! Names, quantities, image references and versions, each in a file of its own, checked as the API
//! server checks them. [`check`] is the one table from a format's name, as it stands in our JSON
//! Schemas, to the function that judges a value.

mod address;
mod counted;
mod digest;
mod field;
mod image;
mod kinds;
mod name;
mod quantity;
mod release;
mod route_words;
mod schedule;
mod shell;
mod text;
mod version;
mod visible;

pub use address::{Network, ip_address, ip_address_of_old, network, network_of_old, special_address};
pub use counted::counted;
pub use digest::sha256;
pub use field::{Field, FieldPattern, FieldStep, ObjectKey, fits, step_fits};
pub use image::ImageRef;
pub use kinds::{OF_OTHERS, OF_OTHERS_IN_CORE, SERVED, group_of, is_built_in, known_groups, known_kind};
pub use name::{
    annotation_or_label_key, any_env_name, config_key, dns_label, dns_subdomain, env_name, http_path, label_value, mount_path,
    path_segment, port_name, search_domain, service_name, wildcard_domain,
};
pub use quantity::Quantity;
pub use release::{find_release, release_name};
pub use route_words::{Word, route_words};
pub use schedule::{schedule, time_zone};
pub use shell::{shell_path, shell_word};
pub use text::Text;
pub use version::{KubeVersion, NEWEST, OLDEST};
pub use visible::{calls, command_breaks, inert, is_hidden, push_visible, visible};

/// Judges a value against the named format; `None` when the format is unknown.
///
/// The error is half a sentence that continues "`value` …", without a full stop.
#[must_use]
pub fn check(format: &str, value: &str) -> Option<Result<(), String>> {
    let judge: fn(&str) -> Result<(), String> = match format {
        "dns-label" => dns_label,
        "dns-subdomain" => dns_subdomain,
        "service-name" => service_name,
        "port-name" => port_name,
        "env-name" => env_name,
        "config-key" => config_key,
        "label-key" => annotation_or_label_key,
        "label-value" => label_value,
        "http-path" => http_path,
        "mount-path" => mount_path,
        "one-line" => one_line,
        "line" => line,
        "metric-name" => metric_name,
        "quantity" => |value| value.parse::<Quantity>().map(|_| ()),
        "image" => |value| value.parse::<ImageRef>().map(|_| ()),
        "kube-version" => |value| value.parse::<KubeVersion>().map(|_| ()),
        "field-pattern" => |value| FieldPattern::parse(value).map(|_| ()),
        "date" => |value| value.parse::<jiff::civil::Date>().map(|_| ()).map_err(|_| "is not a date like 2027-03-01".to_owned()),
        _ => return None,
    };
    Some(judge(value))
}

fn line(value: &str) -> Result<(), String> {
    if value.chars().any(char::is_control) {
        return Err("holds a line break or a control character; one line is wanted, or several behind `>-`".to_owned());
    }
    Ok(())
}

fn one_line(value: &str) -> Result<(), String> {
    if value.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    line(value)
}

/// The name of a metric becomes part of a path in the metrics API.
fn metric_name(value: &str) -> Result<(), String> {
    one_line(value)?;
    if value.contains(['/', '%']) || value == "." || value == ".." {
        return Err("holds `/` or `%`, or is `.` or `..`, which the metrics API cannot name".to_owned());
    }
    Ok(())
}
