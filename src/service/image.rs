//! What runs: the image and the credentials for its registry.

use super::Service;
use super::faults::{Faults, at};

pub fn check(service: &Service, faults: &mut Faults) {
    let secrets = service.pull_secrets.iter().enumerate().map(|(index, name)| (name.as_str(), at("pull-secrets").index(index)));
    faults.twice(secrets, "the Secret", "name it once");
}
