//! How a Pod finds names and is found by one.

use super::super::complaints::Complaints;
use super::super::fields::ObjectFields;
use crate::notation::{dns_label, dns_subdomain, ip_address, ip_address_of_old, search_domain};
use crate::yaml::Node;

/// How much a resolver takes.
const MOST_SERVERS: usize = 3;
const MOST_SEARCHES: usize = 32;
const MOST_CHARACTERS: usize = 2048;

/// Judges `dnsPolicy`, `dnsConfig`, `hostAliases` and the names of the host.
pub(super) fn names<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    faults.one_of(spec, "dnsPolicy", &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    let config = spec.at("dnsConfig");
    let servers = config.list("nameservers");
    if spec.text("dnsPolicy") == "None" && servers.is_empty() {
        faults.at(spec, "dnsConfig.nameservers", "must name a server where `dnsPolicy` is `None`");
    }
    if servers.len() > MOST_SERVERS {
        faults.at(config, "nameservers", format!("are {}; {MOST_SERVERS} are allowed", servers.len()));
    }
    for server in servers {
        address(server, faults);
    }
    searches(config, faults);
    for option in config.list("options") {
        faults.needs(option, "name");
    }
    for alias in spec.list("hostAliases") {
        if faults.needs(alias, "ip") {
            address(alias.at("ip"), faults);
        }
        for name in alias.list("hostnames") {
            faults.judge(name, dns_subdomain);
        }
    }
    if faults.since(35) && spec.has("hostnameOverride") {
        let name = spec.at("hostnameOverride");
        if faults.judge(name, dns_subdomain) && name.words().len() > 64 {
            faults.add(name, format!("is {} characters long; 64 are allowed", name.words().len()));
        }
        for field in ["setHostnameAsFQDN", "hostNetwork"] {
            if spec.flag(field) {
                faults.add(name, format!("is not allowed where `{field}` is true"));
            }
        }
    }
}

/// Judges an address as strictly as the version does.
pub(super) fn address<'n>(node: &'n Node, faults: &mut Complaints<'n>) -> bool {
    let judge = if faults.since(36) {
        |text: &str| ip_address(text).map(|_| ())
    } else {
        |text: &str| ip_address_of_old(text).map(|_| ())
    };
    faults.judge(node, judge)
}

fn searches<'n>(config: &'n Node, faults: &mut Complaints<'n>) {
    let searches = config.list("searches");
    if searches.len() > MOST_SEARCHES {
        faults.at(config, "searches", format!("are {}; {MOST_SEARCHES} are allowed", searches.len()));
    }
    let characters = searches.iter().map(|search| search.words().len() + 1).sum::<usize>().saturating_sub(1);
    if characters > MOST_CHARACTERS {
        faults.at(config, "searches", format!("take {characters} characters together; {MOST_CHARACTERS} are allowed"));
    }
    // Names of services, such as `_http`, may begin with `_` since 1.33.
    let relaxed = faults.since(33);
    for search in searches {
        let text = search.words();
        if relaxed && text == "." {
            continue;
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        faults.judge_text(search, name, if relaxed { search_domain } else { dns_subdomain });
    }
}

/// Judges the names that a Pod has in the cluster's DNS; those of a `StatefulSet`'s Pods are its own.
pub(super) fn host_name<'n>(spec: &'n Node, faults: &mut Complaints<'n>) {
    faults.judge_given(spec, "hostname", dns_label);
    faults.judge_given(spec, "subdomain", dns_label);
}
