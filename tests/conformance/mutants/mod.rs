//! Valid objects changed at random, and what API servers and we say of them.
//!
//! A mutant is sent as YAML, with strict validation of fields and without a trace in the store. Where the
//! verdicts differ is written to `differences-…txt`, which is a golden: `UPDATE_GOLDEN=1` rewrites it.

mod answers;
mod mutation;
mod seeds;
mod table;
mod text;
mod types;
mod values;
mod written;

use std::path::Path;

use plimsoll::notation::KubeVersion;
use plimsoll::yaml::load;
use proptest::prelude::RngExt;
use rayon::prelude::*;
use serde_json::Value as Json;

use crate::api_server::{ApiServer, Request, collection};
use crate::support::{golden, services};
use crate::tools::Trouble;
use seeds::OF_THE_CLUSTER;
use table::Table;
use types::Types;

/// How many mutants are made.
const MUTANTS: usize = 24_000;
/// How many are sent before what came back is read.
const AT_ONCE: usize = 2_000;

/// An object that was changed.
struct Mutant {
    api_version: String,
    kind: String,
    how: String,
    text: String,
}

/// Sends the same mutants to servers of several versions. Gives the result in one line.
pub fn judge(servers: &[(ApiServer, KubeVersion)]) -> Result<String, Trouble> {
    let mut types = Vec::new();
    for (server, _) in servers {
        types.push(Types::of(server)?);
    }
    let mutants = mutants(&types);
    let mut faults = Vec::new();
    let mut shares = Vec::new();
    for (server, version) in servers {
        let written = compare(server, *version, &written::all())?;
        if written.validation.equal < written.validation.of {
            faults.push(format!("golden/verdicts: {}", written.text(&server.version)));
        }
        let table = compare(server, *version, &mutants)?;
        shares.push(format!(
            "on {version} {} of decoding, {} of validation and warnings, {} of dropped fields",
            table.decoding.percent(),
            table.validation.percent(),
            table.dropping.percent()
        ));
        let name = format!("tests/conformance/mutants/differences-v{version}.txt");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        faults.extend(golden::compare(&file, &table.text(&server.version)).err());
    }
    if faults.is_empty() {
        Ok(format!("{} mutants, verdicts equal: {}", mutants.len(), shares.join("; ")))
    } else {
        Err(Trouble::Faults(faults))
    }
}

fn mutants(types: &[Types]) -> Vec<Mutant> {
    let mut rng = services::runner().new_rng();
    let seeds = seeds::all();
    let weights: usize = seeds.iter().map(|seeds| seeds.weight).sum();
    let mut mutants = Vec::new();
    while mutants.len() < MUTANTS {
        let mut left = rng.random_range(0..weights);
        let drawn = seeds.iter().find(|seeds| {
            let found = left < seeds.weight;
            left = left.saturating_sub(seeds.weight);
            found
        });
        let seeds = drawn.unwrap();
        let types = &types[rng.random_range(0..types.len())];
        let Some(schema) = types.of_kind(&seeds.api_version, &seeds.kind) else { continue };
        let mut object = seeds.objects[rng.random_range(0..seeds.objects.len())].clone();
        // Mostly one thing is wrong.
        let changes = if values::once_in(6, &mut rng) { 2 } else { 1 };
        let how: Vec<String> = (0..changes).filter_map(|_| mutation::mutate(&mut object, types, schema, &mut rng)).collect();
        if !how.is_empty() {
            let (api_version, kind) = (seeds.api_version.clone(), seeds.kind.clone());
            mutants.push(Mutant { api_version, kind, how: how.join("; "), text: text::of(&object) });
        }
    }
    mutants
}

fn compare(server: &ApiServer, version: KubeVersion, mutants: &[Mutant]) -> Result<Table, Trouble> {
    let mut table = Table::default();
    for mutants in mutants.chunks(AT_ONCE) {
        let requests: Vec<Request> = mutants.iter().enumerate().map(|(number, mutant)| request(number, mutant)).collect();
        let answers = server.send(&requests)?;
        let judged: Vec<_> = mutants
            .par_iter()
            .zip(&answers)
            .map(|(mutant, answer)| {
                let sent = load("mutant.yaml", &mutant.text).ok().and_then(|mut documents| documents.pop());
                let sent = sent.map_or(Json::Null, |document| document.root.to_json());
                (mutant, answers::theirs(answer, &sent), answers::ours(&mutant.text, version))
            })
            .collect();
        for (mutant, theirs, ours) in judged {
            match theirs {
                Ok(theirs) => table.compare(&mutant.kind, &mutant.how, &theirs, &ours),
                Err(_) => table.apart += 1,
            }
        }
    }
    Ok(table)
}

fn request(number: usize, mutant: &Mutant) -> Request {
    let namespace = (!OF_THE_CLUSTER.contains(&mutant.kind.as_str())).then_some("default");
    Request::create(&number.to_string(), &collection(&mutant.api_version, &mutant.kind, namespace), &mutant.text).dry()
}
