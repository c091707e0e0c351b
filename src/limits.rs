//! Every limit on what is read, evaluated and rendered, in one table, each with its reason.
//!
//! What is read is a stranger's until proved otherwise. All of it is held to these limits before it costs
//! anything, and whatever is within all of them needs less than 1.2 GB of address space. A limit that is hit
//! is a refusal with a word of its own, so that a program can tell what is too big from what is wrong.

use schemars::JsonSchema;
use serde::Serialize;

/// The most bytes of one input: a file, standard input, a side of a merge.
pub const INPUT_BYTES: usize = Limit::InputBytes.most();

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident $word:literal $most:expr, $what:literal, $why:literal;)+) => {
        /// A limit, by what it counts. Its word stands in JSON wherever something was refused for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum Limit {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Limit {
            /// All of them, in the order of the way that an input takes.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word that stands for it in JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// How much is allowed, in the unit that [`Limit::what`] names.
            #[must_use]
            pub const fn most(self) -> usize {
                match self { $(Self::$name => $most),+ }
            }

            /// What is counted, as it follows a number.
            #[must_use]
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what),+ }
            }

            /// Why there is a limit, and why it stands where it does.
            #[must_use]
            pub const fn why(self) -> &'static str {
                match self { $(Self::$name => $why),+ }
            }
        }
    };
}

limits! {
    /// Bytes of one input.
    InputBytes "input-bytes" 32 << 20, "bytes in one file",
        "The API server takes 3 MiB in one request; this is a whole folder in one file.";
    /// Bytes of all texts that are checked together, with what aliases add to them.
    TotalBytes "total-bytes" 64 << 20, "bytes in the files that are checked together",
        "Every text is held in memory until the report is written.";
    /// Levels of mappings and sequences.
    Depth "depth" 100, "levels of nesting",
        "Trees are walked on the stack; no Kubernetes object is nested deeper than 40.";
    /// Keys and values of one text: scalars, mappings and sequences, with those that aliases add.
    Values "values" 1_000_000, "keys and values in one file",
        "A value takes some hundred bytes of memory, however short it is written.";
    /// Keys and values of all texts that are checked together.
    TotalValues "total-values" 2_000_000, "keys and values in the files that are checked together",
        "Objects refer to each other, so that all of them are held at once.";
    /// Bytes that aliases and merge keys add to one text, and that are kept for them.
    AliasBytes "alias-bytes" 16 << 20, "bytes that aliases add",
        "A few lines of aliases can stand for terabytes.";
    /// Bytes of one key.
    KeyBytes "key-bytes" 1024, "bytes in one key",
        "Every message about a field spells its keys; Kubernetes allows 317 for a label.";
    /// Comparisons between objects: of selectors with labels, and what comes of them.
    Comparisons "comparisons" 4_000_000, "comparisons of selectors with objects",
        "Objects that all select each other are as many pairs as their square.";
    /// Bytes of all findings of a report.
    FindingsBytes "findings-bytes" 32 << 20, "bytes of findings",
        "A report that nobody can read to its end; code hosts take 25,000 findings at most.";
    /// Fields of one object that one item is said to fail at.
    Places "places" 500, "fields that fail one item",
        "What else fails is told in number, at the object itself.";
    /// Bytes of a checklist of one's own.
    ChecklistBytes "checklist-bytes" 1 << 20, "bytes in a checklist of one's own",
        "The shipped one has 170 kB.";
    /// Items of a checklist of one's own, with those that it extends.
    Items "items" 500, "items in a checklist",
        "Every item is held against every object; the shipped checklist has 123.";
    /// Cases of one item.
    Cases "cases" 100, "cases of one item",
        "Every case is a check of its own.";
    /// Bytes of one expression.
    ExpressionBytes "expression-bytes" 4096, "bytes in one expression",
        "Parts of it can be named in `variables`.";
    /// Levels of one expression, with the variables that it reads.
    ExpressionDepth "expression-depth" 48, "levels in one expression",
        "Expressions are evaluated on the stack.";
    /// Bytes of one regular expression once it is compiled.
    PatternBytes "pattern-bytes" 256 << 10, "bytes in a compiled regular expression",
        "Counted repetitions multiply.";
    /// Regular expressions in the texts of all expressions of a checklist.
    Patterns "patterns" 200, "regular expressions in a checklist",
        "Each is compiled once and kept.";
    /// The cost of one evaluation of one expression.
    ExpressionCost "expression-cost" 10_000_000, "units of cost for one expression",
        "Ten times that of an API server (`PerCallLimit`): one ConfigMap can fill a request.";
    /// The cost of all evaluations for one object.
    ObjectCost "object-cost" 50_000_000, "units of cost for one object",
        "Five times that of an API server (`RuntimeCELCostBudget`): there are as many items as policies.";
    /// The cost of all evaluations of a check, beside what each object may cost anyway.
    RunCost "run-cost" 1_000_000_000, "units of cost for all objects",
        "A minute or two on one processor, and 200,000 units more for each object.";
    /// Bytes of one string that an expression makes.
    MadeBytes "made-bytes" 1 << 20, "bytes in one string that an expression makes",
        "Replacing and joining multiply.";
    /// Elements of one list that an expression makes.
    MadeElements "made-elements" 100_000, "elements in one list that an expression makes",
        "Lists of lists multiply.";
    /// Bytes of one message that an expression makes.
    MessageBytes "message-bytes" 5 << 10, "bytes in one message",
        "That of an API server (`MaxEvaluatedMessageExpressionSizeBytes`); the item's title stands in.";
    /// What one template may use up: an instruction is one unit, 64 bytes of data another.
    Fuel "fuel" 1_000_000, "units of work for one template",
        "A shipped template takes some thousand; each unit is an instruction, or 64 bytes that are made.";
    /// Bytes of one rendered manifest.
    OutputBytes "output-bytes" 8 << 20, "bytes in one rendered manifest",
        "The API server takes 3 MiB; what is escaped can take more in a file.";
}

impl Limit {
    /// What is said of something that goes beyond the limit, as half a sentence.
    #[must_use]
    pub fn refusal(self) -> String {
        format!("more than {} {}", grouped(self.most()), self.what())
    }
}

impl Limit {
    /// What a person can do, where that is not plain.
    #[must_use]
    pub fn way_out(self) -> Option<&'static str> {
        match self {
            Self::InputBytes | Self::Values => Some("make several files of it"),
            Self::AliasBytes => Some("write out what the aliases stand for, or make several files of it"),
            Self::TotalBytes | Self::TotalValues | Self::Comparisons | Self::FindingsBytes | Self::RunCost => {
                Some("check fewer files at once, such as one folder after another")
            }
            Self::ExpressionBytes | Self::ExpressionDepth => Some("name parts of it in `variables`"),
            _ => None,
        }
    }
}

/// A number in groups of three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_json() {
        for limit in Limit::ALL {
            assert_eq!(serde_json::to_value(limit).unwrap(), limit.word());
        }
    }

    #[test]
    fn a_refusal_tells_the_number_and_its_unit() {
        assert_eq!(Limit::Depth.refusal(), "more than 100 levels of nesting");
        assert_eq!(Limit::InputBytes.refusal(), "more than 33,554,432 bytes in one file");
        assert_eq!(Limit::ObjectCost.refusal(), "more than 50,000,000 units of cost for one object");
    }
}
