//! The questions that the wizard can ask, as data; a blueprint says which, and in which order.

use super::Size;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The field of the service file that the answer sets.
    pub field: String,
    /// What is asked.
    pub prompt: String,
    /// What the answer does: a sentence without a full stop.
    pub help: String,
    /// The words to choose from, each with what it means; none where any text may be given.
    pub choices: Vec<(String, String)>,
    /// The answer that stands ready where the folder tells none.
    pub default: Option<String>,
    /// Whether an empty answer leaves the field out.
    pub optional: bool,
    /// The tiers at which the question is asked.
    pub tiers: &'static [u8],
}

impl Question {
    /// Every tier.
    pub const ALL: &[u8] = ALL;

    /// The question for a field of the service file, where there are words for one.
    #[must_use]
    pub fn of(field: &str) -> Option<Self> {
        let words = QUESTIONS.iter().find(|words| words.field == field)?;
        let choices = words.choices.iter().map(|(word, about)| ((*word).to_owned(), (*about).to_owned()));
        Some(Self {
            field: field.to_owned(),
            prompt: words.prompt.to_owned(),
            help: words.help.to_owned(),
            choices: choices.collect(),
            default: words.default.map(str::to_owned),
            optional: words.optional,
            tiers: words.tiers,
        })
    }

    /// The fields for which there is a question.
    pub fn fields() -> impl Iterator<Item = &'static str> {
        QUESTIONS.iter().map(|words| words.field)
    }
}

/// A [`Question`] as it stands in the table.
struct Words {
    field: &'static str,
    prompt: &'static str,
    help: &'static str,
    choices: &'static [(&'static str, &'static str)],
    default: Option<&'static str>,
    optional: bool,
    tiers: &'static [u8],
}

const ALL: &[u8] = &[1, 2, 3];

/// The words of every question that blueprints may ask.
const QUESTIONS: &[Words] = &[
    Words {
        field: "name",
        prompt: "Name of the service",
        help: "Names the objects; lower-case letters, digits and `-`",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "tier",
        prompt: "How critical is it?",
        help: "Decides replicas, spread, budgets and how strict the checklist is",
        choices: &[("1", "business critical"), ("2", "standard"), ("3", "internal or best effort")],
        default: Some("2"),
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "image",
        prompt: "Container image",
        help: "With a tag, such as registry.example.com/shop/checkout:1.4.2; tier 1 wants a digest too",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "runtime",
        prompt: "What runs in the container?",
        help: "Decides how the program learns how much memory and cpu it has",
        choices: &[
            ("jvm", "Java, Kotlin, Scala"),
            ("go", "Go"),
            ("node", "Node.js"),
            ("python", "Python"),
            ("ruby", "Ruby"),
            ("dotnet", ".NET"),
            ("rust", "Rust"),
            ("native", "anything else"),
        ],
        default: Some("native"),
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "ports.0.port",
        prompt: "Port on which it listens",
        help: "The port inside the container, 1 to 65535",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "ports.0.protocol",
        prompt: "What does it speak there?",
        help: "Decides the readiness probe and the name of the port",
        choices: &[("http", "HTTP"), ("grpc", "gRPC"), ("tcp", "another protocol over TCP")],
        default: Some("http"),
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "size",
        prompt: "How large is one Pod?",
        help: "What one Pod requests; exact amounts can be given as `resources` in plimsoll.yaml",
        choices: &[(Size::Small.word(), ""), (Size::Medium.word(), ""), (Size::Large.word(), "")],
        default: Some(Size::Small.word()),
        optional: false,
        tiers: ALL,
    },
    Words {
        field: "owner.team",
        prompt: "Team that owns it",
        help: "Becomes the label `team`",
        choices: &[],
        default: None,
        optional: true,
        tiers: ALL,
    },
    Words {
        field: "owner.contact",
        prompt: "Where is the team reached when it matters?",
        help: "A channel, a rota or an address",
        choices: &[],
        default: None,
        optional: true,
        tiers: &[1, 2],
    },
];
