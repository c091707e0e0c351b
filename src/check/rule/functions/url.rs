//! `url`: URLs as Go's `url.ParseRequestURI` reads them.

use std::collections::BTreeMap;

use cel::common::types::{CelBool, CelString};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use serde_json::Value as Json;

use super::{failed, opaque};
use crate::check::rule::Tree;

#[derive(Clone, Debug, Default, PartialEq)]
struct Url {
    scheme: String,
    host: String,
    path: String,
    query: String,
}

opaque!(Url, "kubernetes.URL");

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(<Url as cel::common::value::Val>::cel_type().to_owned())?;
    add_overload!(env, fn url: (CelString) -> Result<Url>)?;
    add_overload!(env, fn is_url: (CelString) -> CelBool, name = "isURL")?;
    add_member_overload!(env, fn get_scheme: (Url) -> CelString)?;
    add_member_overload!(env, fn get_host: (Url) -> CelString)?;
    add_member_overload!(env, fn get_hostname: (Url) -> CelString)?;
    add_member_overload!(env, fn get_port: (Url) -> CelString)?;
    add_member_overload!(env, fn get_escaped_path: (Url) -> CelString)?;
    add_member_overload!(env, fn get_query: (Url) -> Tree)
}

/// The scheme, lower-case, and the rest; `None` where the text begins with a colon.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match text.find(|c| !legal(c)) {
        Some(0) if text.starts_with(':') => None,
        Some(end) if text[end..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Some((text[..end].to_ascii_lowercase(), &text[end + 1..]))
        }
        _ => Some((String::new(), text)),
    }
}

/// The text with `%41` read as `A`; `None` where a percent sign has no two digits.
fn unescaped(text: &str, plus_is_blank: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            b'+' if plus_is_blank => b' ',
            other => other,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The host with its port, without the user.
fn read_host(authority: &str) -> Option<String> {
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let user_ok = |user: &str| user.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c));
    if user.is_some_and(|user| !user_ok(user) || unescaped(user, false).is_none()) {
        return None;
    }
    let port =
        if host.starts_with('[') { &host[host.rfind(']')? + 1..] } else { host.rfind(':').map_or("", |colon| &host[colon..]) };
    let port_ok = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    let legal = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c);
    let percent_ok = host.starts_with('[') || !host.contains('%');
    (port_ok && percent_ok && host.chars().all(legal)).then(|| host.to_owned())
}

fn parse(text: &str) -> Option<Url> {
    if text.is_empty() || text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return None;
    }
    if text == "*" {
        return Some(Url { path: text.to_owned(), ..Url::default() });
    }
    let (scheme, rest) = split_scheme(text)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query = query.to_owned();
    if !rest.starts_with('/') {
        // An opaque URL such as `mailto:someone`.
        return (!scheme.is_empty()).then(|| Url { scheme, query, ..Url::default() });
    }
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) if !scheme.is_empty() => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (read_host(authority)?, path)
        }
        _ => (String::new(), rest),
    };
    unescaped(path, false)?;
    Some(Url { scheme, host, path: path.to_owned(), query })
}

fn url(text: &CelString<'_>) -> Result<Url, ExecutionError> {
    parse(text.inner()).ok_or_else(|| failed("url", format!("`{}` is not a URL", text.inner())))
}

pub(super) fn is_uri(text: &str) -> bool {
    parse(text).is_some()
}

fn is_url(text: &CelString<'_>) -> CelBool {
    parse(text.inner()).is_some().into()
}

fn get_scheme(url: &Url) -> CelString<'static> {
    url.scheme.clone().into()
}

fn get_host(url: &Url) -> CelString<'static> {
    url.host.clone().into()
}

/// The host's name, without brackets, and its port.
fn split_port(host: &str) -> (&str, &str) {
    if let Some((name, port)) = host.strip_prefix('[').and_then(|host| host.rsplit_once(']')) {
        return (name, port.strip_prefix(':').unwrap_or(port));
    }
    host.rsplit_once(':').unwrap_or((host, ""))
}

fn get_hostname(url: &Url) -> CelString<'static> {
    split_port(&url.host).0.to_owned().into()
}

fn get_port(url: &Url) -> CelString<'static> {
    split_port(&url.host).1.to_owned().into()
}

fn get_escaped_path(url: &Url) -> CelString<'static> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@/%[]".contains(&b);
    let escaped = url.path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") });
    escaped.collect::<String>().into()
}

fn get_query(url: &Url) -> Tree {
    let mut values: BTreeMap<String, Vec<Tree>> = BTreeMap::new();
    for pair in url.query.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let (Some(key), Some(value)) = (unescaped(key, true), unescaped(value, true)) {
            values.entry(key).or_default().push(Tree::from_json(&Json::from(value)));
        }
    }
    Tree::map(values.into_iter().map(|(key, values)| (key, Tree::list(values))))
}
