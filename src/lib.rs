//! Plimsoll: one versioned production checklist renders a Kubernetes service's manifests, commits them
//! to git, carries them forward when it changes, and checks any manifests.
//!
//! # The way of the data
//!
//! ```text
//! answers ─▶ service ─▶ plan ─▶ manifests ─▶ merged ─▶ written ─▶ commit
//!              ▲          ▲         ▲           ▲
//!         wizard/values  checklist  blueprint   lock + files on disk
//! ```
//!
//! The first three arrows are [`service::load`], [`plan::make`] and [`blueprint::Renderer::render`]. A new service
//! has nothing to merge: [`ops::prepare`] goes from answers to files, [`ops::write`] on to the commit. For a
//! service that stands already, [`ops::update::work_out()`] merges, and [`ops::update::run`] writes and commits.
//!
//! # Layers
//!
//! Each module imports only what stands above it in this list, and those of layer 3 do not know each other;
//! `tests/house.rs` reads the list and holds that.
//!
//! | layer | module | knows |
//! |---|---|---|
//! | 0 | [`limits`] | how much is read, evaluated and rendered at most |
//! | 0 | [`notation`] | the notations of single values: names, quantities, images, versions |
//! | 0 | [`yaml`] | YAML text as a tree with places, JSON Schema, and how values are written |
//! | 1 | [`service`] | what a person asked, topic by topic: `plimsoll.yaml`, answers, questions |
//! | 1 | [`checklist`] | what the checklist asks |
//! | 2 | [`manifest`] | what a cluster will get, held against the Kubernetes types; the table of workload kinds; what a change of a field does (restarts Pods, is refused); what an API server fills in, refuses and warns of; what is secret |
//! | 2 | [`plan`] | every value decided, topic by topic, and why; the catalogue of keys that templates use |
//! | 3 | [`blueprint`] | from a plan to manifests, by templates |
//! | 3 | [`adopt`] | from manifests that somebody else wrote to a service file, and what of it is a risk |
//! | 3 | [`check`] | from manifests to a report, by rules in CEL (`rule/`) and what objects point at (`pointers/`); waivers, statements, the export of rules to an API server |
//! | 3 | [`merge`] | base, ours and theirs become one, by structure; by what elements of lists are told apart (`identity.rs`) |
//! | 4 | [`change`] | base, ours and theirs become what changes, why, what it does to what runs, and how it is told: commit messages, chores, words; the edition and the lock; in `adoption/` what becomes of manifests that are adopted |
//! | 5 | [`workspace`] | disk and git: how far paths lead, what a folder tells (`detect.rs`), how files are written and committed, or put back after a run that was killed |
//! | 6 | [`ops`] | one function for each thing a user does: it reads, has the layers above decide, and lands what they decided; which edition is taken |
//! | 7 | [`cli`] | arguments, wizard, exit codes; the reports of `check` (`report/`) and of `update` (`update_*.rs`) |
//!
//! Layers 0 to 4 are pure: no clock, environment, disk or printing; `clippy.toml` names what only one room may call.
//!
//! # Topics
//!
//! A service is cut into topics (`probes`, `scale`, `ports`, …: [`plan::TOPICS`]). Each has a file of its name in
//! three rooms: its fields and their combinations in `src/service/`, its decisions in `src/plan/`, and what
//! manifests of others say of it in `src/adopt/readers/`. `tests/topics.rs` holds that, and names the rooms that a
//! topic does not need. Each key that a topic decides has a row in `src/plan/catalogue.rs`, and is written by a
//! template in `blueprints/`.
//!
//! # Files, and who reads and writes them
//!
//! | file | read by | written by |
//! |---|---|---|
//! | `plimsoll.yaml` | [`service`] | [`ops`] (`prepare.rs`); the pin: [`change`] (`pin.rs`) |
//! | `plimsoll.lock` | [`change`] (`lock.rs`) | the same |
//! | `k8s/*.yaml` | [`ops`] (`check.rs`, `update/standing.rs`) | [`blueprint`] renders, [`workspace`] (`write.rs`) writes |
//! | `blueprints/checklist/*.yaml`, a file a group of items | [`checklist`] (`shipped.rs`), through `build/` | people |
//! | an organisation's own checklist | [`checklist`] (`own.rs`) | people |
//! | `blueprints/*/*`, a folder a blueprint, and `parts/` for what they share | [`blueprint`] (`source.rs`), through `build/` | people |
//! | `blueprints/released/*`, earlier versions as lists of contents | both, through `build/` | `cargo run --example release` |
//! | `golden/*`, what the tests expect; under `golden/check/<item>/` the cases of an item's rule | `tests/` | `UPDATE_GOLDEN=1 cargo test`; cases of rules and inputs: people |
//! | `schemas/*.json` | editors, and people who write templates | `tests/house.rs`, from the types |

pub mod adopt;
pub mod blueprint;
pub mod change;
pub mod check;
pub mod checklist;
pub mod cli;
pub mod limits;
pub mod manifest;
pub mod merge;
pub mod notation;
pub mod ops;
pub mod plan;
pub mod service;
pub mod workspace;
pub mod yaml;
