//! The questions that the wizard asks, in their order, as data.

/// One question.
#[derive(Debug)]
pub struct Question {
    /// The field of the service file that the answer sets.
    pub field: &'static str,
    /// What is asked.
    pub prompt: &'static str,
    /// What the answer does: a sentence without a full stop.
    pub help: &'static str,
    /// The words to choose from, each with what it means; none where any text may be given.
    pub choices: &'static [(&'static str, &'static str)],
    /// The answer that stands ready where the folder tells none.
    pub default: Option<&'static str>,
    /// Whether an empty answer leaves the field out.
    pub optional: bool,
    /// The tiers at which the question is asked.
    pub tiers: &'static [u8],
}

const ALL: &[u8] = &[1, 2, 3];

/// All questions, in their order.
pub const QUESTIONS: &[Question] = &[
    Question {
        field: "name",
        prompt: "Name of the service",
        help: "Names the objects; lower-case letters, digits and `-`",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Question {
        field: "tier",
        prompt: "How critical is it?",
        help: "Decides replicas, spread, budgets and how strict the checklist is",
        choices: &[("1", "business critical"), ("2", "standard"), ("3", "internal or best effort")],
        default: Some("2"),
        optional: false,
        tiers: ALL,
    },
    Question {
        field: "image",
        prompt: "Container image",
        help: "With a tag, such as registry.example.com/shop/checkout:1.4.2; tier 1 wants a digest too",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Question {
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
    Question {
        field: "ports.0.port",
        prompt: "Port on which it listens",
        help: "The port inside the container, 1 to 65535",
        choices: &[],
        default: None,
        optional: false,
        tiers: ALL,
    },
    Question {
        field: "ports.0.protocol",
        prompt: "What does it speak there?",
        help: "Decides the readiness probe and the name of the port",
        choices: &[("http", "HTTP"), ("grpc", "gRPC"), ("tcp", "another protocol over TCP")],
        default: Some("http"),
        optional: false,
        tiers: ALL,
    },
    Question {
        field: "size",
        prompt: "How large is one Pod?",
        help: "What one Pod requests; exact amounts can be given as `resources` in plimsoll.yaml",
        choices: &[("small", ""), ("medium", ""), ("large", "")],
        default: Some("small"),
        optional: false,
        tiers: ALL,
    },
    Question {
        field: "owner.team",
        prompt: "Team that owns it",
        help: "Becomes the label `team`",
        choices: &[],
        default: None,
        optional: true,
        tiers: ALL,
    },
    Question {
        field: "owner.contact",
        prompt: "Where is the team reached when it matters?",
        help: "A channel, a rota or an address",
        choices: &[],
        default: None,
        optional: true,
        tiers: &[1, 2],
    },
];
