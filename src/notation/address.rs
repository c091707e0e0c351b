//! Addresses and networks of the Internet Protocol.

use std::net::{IpAddr, Ipv4Addr};

/// A network: an address and how many of its first bits all addresses in it share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address as it was written.
    pub address: IpAddr,
    /// How many bits are shared.
    pub length: u8,
}

impl Network {
    /// The first address in it.
    #[must_use]
    pub fn first(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() & u32::MAX.checked_shl(32 - u32::from(self.length)).unwrap_or(0)).into()),
            IpAddr::V6(v6) => {
                IpAddr::V6((v6.to_bits() & u128::MAX.checked_shl(128 - u32::from(self.length)).unwrap_or(0)).into())
            }
        }
    }

    /// Whether the first address of another network lies in it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        let first = Self { address: other.first(), ..*self };
        self.address.is_ipv4() == other.address.is_ipv4() && self.first() == first.first()
    }
}

/// An address as Kubernetes reads it since 1.36.
///
/// # Errors
/// What is wrong with the text.
pub fn ip_address(text: &str) -> Result<IpAddr, String> {
    let address = ip_address_of_old(text)?;
    strict(text, address)?;
    Ok(address)
}

fn strict(text: &str, address: IpAddr) -> Result<(), String> {
    if text.parse::<IpAddr>().is_err() {
        return Err("has a part with a leading 0".to_owned());
    }
    if matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()) {
        return Err("is an address of IPv4 inside one of IPv6".to_owned());
    }
    Ok(())
}

/// An address as Kubernetes reads it before 1.36, with parts such as `010`, which it takes for 10.
///
/// # Errors
/// What is wrong with the text.
pub fn ip_address_of_old(text: &str) -> Result<IpAddr, String> {
    text.parse().or_else(|_| with_zeros(text)).map_err(|()| "is not an IP address such as 10.9.8.7 or 2001:db8::ffff".to_owned())
}

fn with_zeros(text: &str) -> Result<IpAddr, ()> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        *octet = part.and_then(|part| part.parse().ok()).ok_or(())?;
    }
    if parts.next().is_some() { Err(()) } else { Ok(IpAddr::V4(Ipv4Addr::from(octets))) }
}

/// A network as Kubernetes reads it since 1.36.
///
/// # Errors
/// What is wrong with the text.
pub fn network(text: &str) -> Result<Network, String> {
    let network = network_of_old(text)?;
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    strict(address, network.address)?;
    if length.len() > 1 && length.starts_with('0') {
        return Err("has a length with a leading 0".to_owned());
    }
    if network.first() != network.address {
        return Err(format!("has bits behind its first {}; it begins with {}", network.length, network.first()));
    }
    Ok(network)
}

/// A network as Kubernetes reads it before 1.36.
///
/// # Errors
/// What is wrong with the text.
pub fn network_of_old(text: &str) -> Result<Network, String> {
    let wrong = || "is not a network such as 10.9.8.0/24 or 2001:db8::/64".to_owned();
    let (address, length) = text.split_once('/').ok_or_else(wrong)?;
    let address = ip_address_of_old(address).map_err(|_| wrong())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    let length = length.parse::<u8>().ok().filter(|length| digits && *length <= most).ok_or_else(wrong)?;
    Ok(Network { address, length })
}

/// An address that traffic may be sent to: not that of a machine itself, of nobody, or of a single link.
///
/// # Errors
/// What is wrong with the text.
pub fn special_address(text: &str) -> Result<(), String> {
    let address = ip_address_of_old(text)?;
    let link = match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.octets().starts_with(&[224, 0, 0]),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments()[0] & 0xff0f == 0xff02,
    };
    match () {
        () if address.is_unspecified() => Err("is the address of nobody".to_owned()),
        () if address.is_loopback() => Err("is an address of each machine itself".to_owned()),
        () if link => Err("is an address of a single link".to_owned()),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_strictly_and_as_of_old() {
        for (text, old, new) in [
            ("10.0.0.1", true, true),
            ("2001:db8::1", true, true),
            ("010.0.0.1", true, false),
            ("::ffff:1.2.3.4", true, false),
            ("10.0.0", false, false),
            ("10.0.0.256", false, false),
            ("10.0.0.1 ", false, false),
            ("", false, false),
        ] {
            assert_eq!((ip_address_of_old(text).is_ok(), ip_address(text).is_ok()), (old, new), "{text}");
        }
    }

    #[test]
    fn networks_are_read_strictly_and_as_of_old() {
        for (text, old, new) in [
            ("10.0.0.0/8", true, true),
            ("0.0.0.0/0", true, true),
            ("::/0", true, true),
            ("10.0.0.1/8", true, false),
            ("10.0.0.0/08", true, false),
            ("10.0.0.0/33", false, false),
            ("10.0.0.0", false, false),
            ("10.0.0.0/", false, false),
        ] {
            assert_eq!((network_of_old(text).is_ok(), network(text).is_ok()), (old, new), "{text}");
        }
    }

    #[test]
    fn networks_hold_others() {
        let read = |text: &str| network_of_old(text).unwrap();
        assert!(read("10.0.0.0/8").holds(&read("10.1.0.0/16")));
        assert!(!read("10.0.0.0/8").holds(&read("11.0.0.0/16")));
        assert!(!read("0.0.0.0/0").holds(&read("::/0")));
    }

    #[test]
    fn traffic_goes_to_addresses_of_others() {
        for (text, right) in
            [("1.2.3.4", true), ("127.0.0.1", false), ("0.0.0.0", false), ("169.254.1.1", false), ("fe80::1", false)]
        {
            assert_eq!(special_address(text).is_ok(), right, "{text}");
        }
    }
}
