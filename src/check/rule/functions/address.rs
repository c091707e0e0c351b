//! `ip` and `cidr`: addresses and networks.

use core::net::IpAddr;

use cel::common::types::{CelBool, CelInt, CelString};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

use super::{failed, opaque};

#[derive(Clone, Debug, PartialEq)]
struct Ip(IpAddr);

#[derive(Clone, Debug, PartialEq)]
struct Cidr {
    address: IpAddr,
    length: u8,
}

opaque!(Ip, "net.IP");
opaque!(Cidr, "net.CIDR");

pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(<Ip as cel::common::value::Val>::cel_type().to_owned())?;
    env.add_type(<Cidr as cel::common::value::Val>::cel_type().to_owned())?;
    add_overload!(env, fn ip: (CelString) -> Result<Ip>)?;
    add_overload!(env, fn is_ip: (CelString) -> CelBool, name = "isIP")?;
    add_overload!(env, fn is_canonical: (CelString) -> Result<CelBool>, name = "ip.isCanonical")?;
    add_overload!(env, fn ip_text: (Ip) -> CelString, name = "string")?;
    add_member_overload!(env, fn family: (Ip) -> CelInt)?;
    add_member_overload!(env, fn is_unspecified: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_loopback: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_multicast: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_link_local_unicast: (Ip) -> CelBool)?;
    add_member_overload!(env, fn is_global_unicast: (Ip) -> CelBool)?;
    add_overload!(env, fn cidr: (CelString) -> Result<Cidr>)?;
    add_overload!(env, fn is_cidr: (CelString) -> CelBool, name = "isCIDR")?;
    add_overload!(env, fn cidr_text: (Cidr) -> CelString, name = "string")?;
    add_member_overload!(env, fn contains_ip: (Cidr, Ip) -> CelBool, name = "containsIP")?;
    add_member_overload!(env, fn contains_ip_text: (Cidr, CelString) -> Result<CelBool>, name = "containsIP")?;
    add_member_overload!(env, fn contains_cidr: (Cidr, Cidr) -> CelBool, name = "containsCIDR")?;
    add_member_overload!(env, fn contains_cidr_text: (Cidr, CelString) -> Result<CelBool>, name = "containsCIDR")?;
    add_member_overload!(env, fn address_of: (Cidr) -> Ip, name = "ip")?;
    add_member_overload!(env, fn masked: (Cidr) -> Cidr)?;
    add_member_overload!(env, fn prefix_length: (Cidr) -> CelInt)
}

/// IPv6 addresses that stand for IPv4 ones are refused, as Kubernetes does.
fn parse_ip(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.parse().ok()?;
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => None,
        address => Some(address),
    }
}

fn parse_cidr(text: &str) -> Option<Cidr> {
    let (address, length) = text.split_once('/')?;
    let address = parse_ip(address)?;
    let plain = length == "0" || length.starts_with(|c: char| c.is_ascii_digit() && c != '0');
    let length = length.parse::<u8>().ok().filter(|length| plain && *length <= width(address))?;
    Some(Cidr { address, length })
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn ip(text: &CelString<'_>) -> Result<Ip, ExecutionError> {
    parse_ip(text.inner()).map(Ip).ok_or_else(|| failed("ip", format!("`{}` is not an IP address", text.inner())))
}

fn is_ip(text: &CelString<'_>) -> CelBool {
    parse_ip(text.inner()).is_some().into()
}

fn is_canonical(text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    ip(text).map(|ip| (ip.0.to_string() == text.inner()).into())
}

fn ip_text(ip: &Ip) -> CelString<'static> {
    ip.0.to_string().into()
}

fn family(ip: &Ip) -> CelInt {
    if ip.0.is_ipv4() { 4 } else { 6 }.into()
}

fn is_unspecified(ip: &Ip) -> CelBool {
    ip.0.is_unspecified().into()
}

fn is_loopback(ip: &Ip) -> CelBool {
    ip.0.is_loopback().into()
}

fn link_local_multicast(ip: &Ip) -> bool {
    match ip.0 {
        IpAddr::V4(v4) => v4.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(v6) => v6.segments()[0] & 0xff0f == 0xff02,
    }
}

fn link_local_unicast(ip: &Ip) -> bool {
    match ip.0 {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn is_link_local_multicast(ip: &Ip) -> CelBool {
    link_local_multicast(ip).into()
}

fn is_link_local_unicast(ip: &Ip) -> CelBool {
    link_local_unicast(ip).into()
}

fn is_global_unicast(ip: &Ip) -> CelBool {
    let broadcast = matches!(ip.0, IpAddr::V4(v4) if v4.is_broadcast());
    let special = broadcast || ip.0.is_unspecified() || ip.0.is_loopback() || ip.0.is_multicast();
    (!special && !link_local_unicast(ip)).into()
}

fn cidr(text: &CelString<'_>) -> Result<Cidr, ExecutionError> {
    parse_cidr(text.inner()).ok_or_else(|| failed("cidr", format!("`{}` is not a network in CIDR notation", text.inner())))
}

fn is_cidr(text: &CelString<'_>) -> CelBool {
    parse_cidr(text.inner()).is_some().into()
}

fn cidr_text(cidr: &Cidr) -> CelString<'static> {
    format!("{}/{}", cidr.address, cidr.length).into()
}

/// The first bits of an address; the others are zero.
fn prefix(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

fn contains(cidr: &Cidr, address: IpAddr) -> bool {
    address.is_ipv4() == cidr.address.is_ipv4() && prefix(address, cidr.length) == prefix(cidr.address, cidr.length)
}

fn contains_ip(cidr: &Cidr, ip: &Ip) -> CelBool {
    contains(cidr, ip.0).into()
}

fn contains_ip_text(cidr: &Cidr, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    ip(text).map(|ip| contains_ip(cidr, &ip))
}

fn contains_cidr(outer: &Cidr, inner: &Cidr) -> CelBool {
    (outer.length <= inner.length && contains(outer, inner.address)).into()
}

fn contains_cidr_text(outer: &Cidr, text: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    cidr(text).map(|inner| contains_cidr(outer, &inner))
}

fn address_of(cidr: &Cidr) -> Ip {
    Ip(cidr.address)
}

fn masked(cidr: &Cidr) -> Cidr {
    Cidr { address: prefix(cidr.address, cidr.length), length: cidr.length }
}

fn prefix_length(cidr: &Cidr) -> CelInt {
    i64::from(cidr.length).into()
}
