//! The reports that are written: nothing wrong, everything at once, and very much.

use plimsoll::check::{Attested, AttestedState, Cause, Finding, NotJudged, NotSeen, Report, Waived, WhyNot};
use plimsoll::checklist::Severity;

/// Every case with the name of its folder.
pub fn all() -> Vec<(&'static str, Report)> {
    vec![("clean", clean()), ("nothing-given", nothing_given()), ("everything", everything()), ("many", many())]
}

fn empty() -> Report {
    Report { checklist: "production@2026.11".to_owned(), tier: 2, ..Report::default() }
}

fn left(why: WhyNot, kind: &str, count: usize) -> NotJudged {
    NotJudged { why, kind: kind.to_owned(), count }
}

/// Objects in which nothing is wrong.
fn clean() -> Report {
    Report {
        service: Some("checkout".to_owned()),
        files: 2,
        texts: vec![DEPLOYMENT.to_owned(), "k8s/service.yaml".to_owned()],
        objects: 7,
        passed: 183,
        ..empty()
    }
}

/// An empty input.
fn nothing_given() -> Report {
    Report { files: 1, texts: vec!["-".to_owned()], tier: 1, ..empty() }
}

/// A finding of an item that does not hold.
fn failed(item: &str, severity: Severity, message: &str, place: (&str, u32, u32), field: &str, excerpt: &str) -> Finding {
    let (file, line, column) = place;
    Finding {
        item: item.to_owned(),
        cause: Cause::Failed,
        limit: None,
        severity,
        message: message.to_owned(),
        fix: None,
        object: Some("Deployment/checkout".to_owned()),
        file: file.to_owned(),
        line,
        column,
        field: field.to_owned(),
        missing: false,
        excerpt: excerpt.to_owned(),
        excerpt_from: 1,
    }
}

fn fixed(finding: Finding, fix: &str) -> Finding {
    Finding { fix: Some(fix.to_owned()), ..finding }
}

const DEPLOYMENT: &str = "k8s/deployment.yaml";
const HOSTILE: &str = "k8s/team's \"b\" & <c>/100%,x:y/결제 #1.yaml";
const CONTAINER: &str = "spec.template.spec.containers[0]";

/// What the fixture is: all severities, causes and states, and texts that try to break out.
fn everything() -> Report {
    Report {
        service: Some("checkout".to_owned()),
        files: 7,
        texts: [DEPLOYMENT, "k8s/service.yaml", HOSTILE, "k8s/broken.yaml", "plimsoll.yaml", "k8s/pdb.yaml", "k8s/pod.yaml"]
            .map(str::to_owned)
            .into(),
        objects: 8,
        passed: 214,
        not_judged: vec![
            left(WhyNot::Unreadable, "document", 1),
            left(WhyNot::Template, "file", 12),
            left(WhyNot::NoItem, "Certificate of cert-manager.io", 2),
            left(WhyNot::NoItem, "Gateway|\u{1b}[31m", 1),
            left(WhyNot::Patch, "Deployment", 1),
            left(WhyNot::Component, "ConfigMap", 1),
            left(WhyNot::Kustomization, "Kustomization", 1),
            left(WhyNot::NoObject, "document", 3),
        ],
        findings: [plain_findings(), hostile_findings(), other_causes()].concat(),
        waived: waived(),
        not_seen: not_seen(),
        attestations: attestations(),
        ..empty()
    }
}

fn plain_findings() -> Vec<Finding> {
    let image = "        - image:\tregistry.example.com/shop/checkout:latest # 결제";
    vec![
        fixed(
            failed(
                "min-replicas",
                Severity::Error,
                "one Pod runs, and the floor at tier 2 is 2",
                (DEPLOYMENT, 12, 13),
                "spec.replicas",
                "  replicas: 1",
            ),
            "set `replicas: 2`, or leave the field out where a HorizontalPodAutoscaler counts",
        ),
        Finding {
            missing: true,
            ..fixed(
                failed(
                    "readiness-probe",
                    Severity::Error,
                    "the container `checkout` has no readiness probe",
                    (DEPLOYMENT, 31, 11),
                    &format!("{CONTAINER}.readinessProbe"),
                    "        - name: checkout",
                ),
                "add `readinessProbe: { httpGet: { path: /ready, port: http } }`",
            )
        },
        failed(
            "image-pinned",
            Severity::Warning,
            "the tag `latest` points to another image over time",
            (DEPLOYMENT, 32, 18),
            &format!("{CONTAINER}.image"),
            image,
        ),
        Finding {
            object: Some("shop/Service/checkout".to_owned()),
            ..failed(
                "image-pinned",
                Severity::Advice,
                "한국어 메시지",
                ("k8s/service.yaml", 7, 9),
                "metadata",
                "    이름: \"결제\"",
            )
        },
        Finding {
            object: Some("shop/Service/checkout".to_owned()),
            ..failed(
                "min-replicas",
                Severity::Warning,
                "a line that is much too long to be shown whole is shown around its column",
                ("k8s/service.yaml", 9, 412),
                "spec.ports[40].port",
                &format!("  ports: [{}]", "{ name: http, port: 80 }, ".repeat(40)),
            )
        },
    ]
}

/// Texts that mean something to terminals, HTML, XML, Markdown, URIs and workflow commands.
fn hostile_findings() -> Vec<Finding> {
    let message = "quote \" and ' \r\n::error::injected | ]]> <script>alert(1)</script> `code` [a](http://b) @team #12 \u{1b}[31mred\u{0}\u{202e}";
    vec![
        Finding {
            object: Some("Deployment/a|b`c<d>".to_owned()),
            ..fixed(
                failed(
                    "no-such:item,",
                    Severity::Error,
                    message,
                    (HOSTILE, 1, 3),
                    "a[\"|\"].b`",
                    "\u{1b}]0;title\u{7}\ta: ]]> <b> | `x`",
                ),
                "50% of\n::set-output name=x::y, a_b *c* ~d~ \\ $e$ {0}",
            )
        },
        Finding { field: String::new(), ..failed("no-such:item,", Severity::Warning, "twice", (HOSTILE, 1, 3), "", "") },
    ]
}

/// What is no item's failure.
fn other_causes() -> Vec<Finding> {
    vec![
        Finding {
            cause: Cause::RuleError,
            ..failed(
                "zone-spread",
                Severity::Error,
                "its rule: no such key: maxSkew",
                (DEPLOYMENT, 1, 1),
                "",
                "apiVersion: apps/v1",
            )
        },
        Finding {
            cause: Cause::Unreadable,
            object: None,
            ..failed("unreadable", Severity::Error, "a tab cannot indent here", ("k8s/broken.yaml", 3, 1), "", "\tspec: {")
        },
        Finding {
            cause: Cause::Waiver,
            object: None,
            ..fixed(
                failed(
                    "waiver-ends-soon",
                    Severity::Warning,
                    "the waiver of trusted-registry ends on 2026-12-01",
                    ("plimsoll.yaml", 20, 5),
                    "waivers[0].expires",
                    "  - { item: trusted-registry, expires: 2026-12-01 }",
                ),
                "mend it, or agree on a later day",
            )
        },
        Finding {
            cause: Cause::Refused,
            ..failed(
                "kubernetes-refuses",
                Severity::Error,
                "`spec.replicas` must be a whole number of 32 bits, and is a string",
                (DEPLOYMENT, 7, 3),
                "spec.replicas",
                "  replicas: two",
            )
        },
        Finding {
            cause: Cause::Dropped,
            object: Some("Pod/checkout".to_owned()),
            ..failed(
                "kubernetes-drops",
                Severity::Warning,
                "`spec.hostUsers` is dropped by Kubernetes 1.29 unless its feature gate UserNamespacesSupport is on",
                ("k8s/pod.yaml", 6, 3),
                "spec.hostUsers",
                "  hostUsers: false",
            )
        },
        Finding {
            cause: Cause::Warned,
            object: Some("Pod/checkout".to_owned()),
            ..failed(
                "kubernetes-warns",
                Severity::Warning,
                "`spec.containers[0].env[1].name` hides an earlier one of that name",
                ("k8s/pod.yaml", 9, 9),
                "spec.containers[0].env[1].name",
                "      - name: A",
            )
        },
    ]
}

fn waived() -> Vec<Waived> {
    let registry = failed(
        "trusted-registry",
        Severity::Error,
        "docker.io is no trusted registry",
        (DEPLOYMENT, 40, 18),
        "spec.template.spec.containers[1].image",
        "          image: docker.io/vendor/agent:3.1",
    );
    let spread = Finding {
        missing: true,
        ..failed(
            "zone-spread",
            Severity::Warning,
            "no spread",
            (HOSTILE, 20, 7),
            "spec.template.spec.topologySpreadConstraints",
            "      containers:",
        )
    };
    let waived = |finding, reason: &str, owner: &str, expires: &str| Waived {
        finding,
        reason: reason.to_owned(),
        owner: owner.to_owned(),
        expires: expires.to_owned(),
    };
    vec![
        waived(registry, "vendor image, ticket SEC-112", "payments", "2027-03-01"),
        waived(spread, "one zone only </details> ]]> | \u{1}\nsecond line", "team \"결제\"", "2026-12-31"),
    ]
}

fn unseen(item: &str, object: &str) -> NotSeen {
    NotSeen { item: item.to_owned(), object: object.to_owned(), file: DEPLOYMENT.to_owned() }
}

fn not_seen() -> Vec<NotSeen> {
    vec![
        unseen("network-policy", "Deployment/checkout"),
        unseen("config-exists", "Deployment/checkout"),
        unseen("network-policy", "Deployment/a|b`c<d>"),
    ]
}

fn attestations() -> Vec<Attested> {
    let open = |item: &str, severity, statement: &str| Attested {
        item: item.to_owned(),
        state: AttestedState::Open,
        severity,
        statement: statement.to_owned(),
        by: None,
        on: None,
        link: None,
        review_by: None,
    };
    let stated = |attested: Attested, state| Attested {
        state,
        by: Some("kim".to_owned()),
        on: Some("2026-01-15".to_owned()),
        link: Some("https://wiki.example.com/load|test".to_owned()),
        review_by: Some("2026-07-15".to_owned()),
        ..attested
    };
    vec![
        open("alerts", Severity::Warning, "Alerts go to a person who is on call, and each names a runbook"),
        stated(open("load-test", Severity::Error, "The service was load tested"), AttestedState::Stated),
        stated(open("restore", Severity::Error, "Restoring from backup was rehearsed | <b>"), AttestedState::Overdue),
        open("post-mortem", Severity::Advice, "장애 후에는 회고를 남긴다"),
        open("on-call", Severity::Error, "There is a rota"),
    ]
}

/// More of everything than is shown.
fn many() -> Report {
    let finding = |index: u32| Finding {
        object: Some(format!("Deployment/service-{}", index / 3)),
        ..fixed(
            failed(
                ["min-replicas", "readiness-probe", "image-pinned"][index as usize % 3],
                [Severity::Error, Severity::Warning, Severity::Advice][index as usize % 3],
                &format!("finding {index}"),
                (&format!("k8s/service-{}/deployment.yaml", index / 3), 100 + index, 3),
                "spec.replicas",
                "  replicas: 1",
            ),
            "set more",
        )
    };
    let statement = |index: usize| Attested { item: format!("statement-{index}"), ..attestations()[index % 5].clone() };
    Report {
        files: 40,
        texts: (0..40).map(|index| format!("k8s/service-{index}/deployment.yaml")).collect(),
        objects: 90,
        passed: 1200,
        findings: (0..60).map(finding).collect(),
        waived: (0..60).map(|index| Waived { finding: finding(index), ..waived()[0].clone() }).collect(),
        not_seen: (0..240)
            .map(|index| unseen(&format!("item-{:02}", index / 20), &format!("Deployment/service-{index}")))
            .collect(),
        attestations: (0..60).map(statement).collect(),
        not_judged: (0..20).map(|index| left(WhyNot::NoItem, &format!("Kind{index}"), index + 1)).collect(),
        ..empty()
    }
}
