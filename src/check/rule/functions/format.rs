//! `format`: the named formats of Kubernetes, with what it says of a text that does not have them.

use cel::common::types::{CelList, CelOptional, CelString};
use cel::common::value::Val;
use cel::{DeclarationError, Env, add_member_overload, add_overload};

use super::{opaque, url};
use crate::notation;

#[derive(Clone, Debug)]
struct NamedFormat {
    name: &'static str,
    judge: fn(&str) -> Vec<String>,
}

impl PartialEq for NamedFormat {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

opaque!(NamedFormat, "kubernetes.NamedFormat");

/// Each format as a function without arguments, and the table of all.
macro_rules! formats {
    ($($function:ident $name:literal $judge:expr;)*) => {
        $(fn $function() -> NamedFormat {
            NamedFormat { name: $name, judge: $judge }
        })*

        fn declare_formats(env: &mut Env) -> Result<(), DeclarationError> {
            $(add_overload!(env, fn $function: () -> NamedFormat, name = concat!("format.", $name))?;)*
            Ok(())
        }

        const FORMATS: &[fn() -> NamedFormat] = &[$($function),*];
    };
}

formats! {
    dns_1123_label "dns1123Label" |text| LABEL.judge(text);
    dns_1123_subdomain "dns1123Subdomain" |text| SUBDOMAIN.judge(text);
    dns_1035_label "dns1035Label" |text| SERVICE_NAME.judge(text);
    dns_1123_label_prefix "dns1123LabelPrefix" |text| LABEL.judge(&unprefixed(text));
    dns_1123_subdomain_prefix "dns1123SubdomainPrefix" |text| SUBDOMAIN.judge(&unprefixed(text));
    dns_1035_label_prefix "dns1035LabelPrefix" |text| SERVICE_NAME.judge(&unprefixed(text));
    qualified_name "qualifiedName" judge_qualified_name;
    label_value "labelValue" |text| LABEL_VALUE.judge(text);
    uri "uri" |text| complaint(url::is_uri(text), "is not a URI");
    uuid "uuid" |text| complaint(is_uuid(text), "does not match the UUID format");
    byte "byte" |text| complaint(is_base64(text), "invalid base64");
    date "date" |text| complaint(text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(), "invalid date");
    datetime "datetime" |text| complaint(text.contains(['T', 't']) && text.parse::<jiff::Timestamp>().is_ok(), "invalid datetime");
}

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(<NamedFormat as Val>::cel_type().to_owned())?;
    declare_formats(env)?;
    add_overload!(env, fn named: (CelString) -> CelOptional, name = "format.named")?;
    add_member_overload!(env, fn validate: (NamedFormat, CelString) -> CelOptional)
}

fn named(name: &CelString<'_>) -> CelOptional<'static> {
    let found = FORMATS.iter().map(|format| format()).find(|format| format.name == name.inner());
    found.map_or_else(CelOptional::none, |format| CelOptional::of(Box::new(format)))
}

/// The complaints, or nothing where there are none.
fn validate(format: &NamedFormat, text: &CelString<'_>) -> CelOptional<'static> {
    let complaints = (format.judge)(text.inner());
    if complaints.is_empty() {
        return CelOptional::none();
    }
    let complaints = complaints.into_iter().map(|text| Box::new(CelString::from(text)) as Box<dyn Val>);
    CelOptional::of(Box::new(CelList::from(complaints.collect::<Vec<_>>())))
}

/// A notation of names, as Kubernetes describes it.
struct Notation {
    legal: fn(&str) -> Result<(), String>,
    most: usize,
    description: &'static str,
}

const LABEL: Notation = Notation {
    legal: notation::dns_label,
    most: 63,
    description: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end \
        with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
};
const SUBDOMAIN: Notation = Notation {
    legal: notation::dns_subdomain,
    most: 253,
    description: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start \
        and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
        '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
};
const SERVICE_NAME: Notation = Notation {
    legal: notation::service_name,
    most: 63,
    description: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
        character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is \
        '[a-z]([-a-z0-9]*[a-z0-9])?')",
};
const LABEL_VALUE: Notation = Notation {
    legal: notation::label_value,
    most: 63,
    description: "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start \
        and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
        '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
};

impl Notation {
    fn judge(&self, text: &str) -> Vec<String> {
        // The notation itself is judged on what is not too long.
        let start: String = text.chars().take(self.most).collect();
        let shown = if text.len() > self.most { start.trim_end_matches(['-', '.', '_']) } else { text };
        let mut complaints = Vec::new();
        if text.len() > self.most {
            complaints.push(format!("must be no more than {} characters", self.most));
        }
        if (self.legal)(shown).is_err() {
            complaints.push(self.description.to_owned());
        }
        complaints
    }
}

fn complaint(legal: bool, complaint: &str) -> Vec<String> {
    if legal { Vec::new() } else { vec![complaint.to_owned()] }
}

/// A prefix may end in a dash, as something follows it.
fn unprefixed(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(rest) if !rest.is_empty() && !rest.ends_with('-') => format!("{rest}a"),
        _ => text.to_owned(),
    }
}

fn judge_qualified_name(text: &str) -> Vec<String> {
    let fault = notation::annotation_or_label_key(text).err();
    fault
        .map(|fault| format!("a qualified name must be a name with an optional DNS prefix and '/': {fault}"))
        .into_iter()
        .collect()
}

fn is_uuid(text: &str) -> bool {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    digits.len() == 32
        && digits.bytes().all(|b| b.is_ascii_hexdigit())
        && [[8, 4, 4, 4, 12].as_slice(), &[32]].contains(&groups.as_slice())
}

fn is_base64(text: &str) -> bool {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    text.len().is_multiple_of(4) && padding <= 2 && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}
