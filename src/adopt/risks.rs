//! What may break a service that runs: fields that a render would change in what people wrote, each
//! with what may go wrong and what to try before it is taken.

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::notation::{Field, FieldPattern, ObjectKey};

/// A kind of change that may break a service that runs.
#[derive(Debug)]
pub struct Risk {
    /// Its name.
    pub id: &'static str,
    /// What is tried, as what follows on `we have not tried`.
    pub what: &'static str,
    /// What may go wrong.
    pub breaks: &'static str,
    /// What to try first; NAME stands for the workload.
    pub first: &'static str,
    /// The answers of the service file by which a person asks for just this.
    pub answers: &'static [&'static str],
    /// The fields with the changes of them that count.
    pub fields: &'static [(&'static str, When)],
    /// The field that stays as a whole, where parts of it would contradict each other.
    pub whole: Option<&'static str>,
}

/// Which changes of a field count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Each.
    Always,
    /// It comes where there was none.
    Comes,
    /// It was there, and is another or goes.
    Stood,
    /// It had this value.
    Was(&'static str),
    /// It had another value than this.
    WasNot(&'static str),
    /// This word is in what comes.
    Holds(&'static str),
    /// It is a number that becomes smaller.
    Falls,
}

impl When {
    fn fits(self, before: Option<&Json>, after: Option<&Json>) -> bool {
        let plain = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Self::Always => true,
            Self::Comes => before.is_none(),
            Self::Stood => before.is_some(),
            Self::Was(word) => before.is_some_and(|before| plain(before) == word),
            Self::WasNot(word) => before.is_some_and(|before| plain(before) != word),
            Self::Holds(word) => after.is_some_and(|after| after.to_string().contains(word)),
            Self::Falls => before.and_then(Json::as_f64).zip(after.and_then(Json::as_f64)).is_some_and(|(from, to)| to < from),
        }
    }
}

/// What may break a service, in the order in which it is told.
pub const RISKS: &[Risk] = &[
    Risk {
        id: "read-only-root",
        what: "a read-only root file system",
        breaks: "a write to any other path than the writable ones fails, and a new empty volume hides what the image has there",
        first: "run the image with `--read-only` in a test, or this field in one staging Pod; list what it writes to under \
                `writable-paths`",
        answers: &["writable-paths"],
        fields: &[
            ("Pod.spec.containers[*].securityContext.readOnlyRootFilesystem", When::Always),
            ("Pod.spec.containers[*].volumeMounts[*]", When::Comes),
            ("Pod.spec.volumes[*]", When::Comes),
        ],
        whole: None,
    },
    Risk {
        id: "user",
        what: "another user id",
        breaks: "a process under another user id cannot read or write files of the old one, and the kubelet changes the group of \
                 all files in volumes",
        first: "see who runs it: `kubectl exec deploy/NAME -- id`; answer `run-as-user` with that id, or build the image for one \
                that is not root",
        answers: &["run-as-user"],
        fields: &[
            ("Pod.spec.securityContext.runAs*", When::Always),
            ("Pod.spec.securityContext.fsGroup*", When::Always),
            ("Pod.spec.securityContext.sysctls", When::Always),
            ("Pod.spec.containers[*].securityContext.runAs*", When::Always),
        ],
        whole: None,
    },
    Risk {
        id: "privileges",
        what: "fewer privileges",
        breaks: "what needs a capability or a setuid program fails: chown, su, ping, a port below 1024",
        first: "run one staging Pod with `capabilities: {drop: [ALL]}` and look for `operation not permitted` in its log",
        answers: &[],
        fields: &[
            ("Pod.spec.containers[*].securityContext.capabilities", When::Always),
            ("Pod.spec.containers[*].securityContext.allowPrivilegeEscalation", When::Always),
            ("Pod.spec.containers[*].securityContext.privileged", When::Always),
        ],
        whole: None,
    },
    Risk {
        id: "system-calls",
        what: "the default filter of system calls",
        breaks: "system calls outside the runtime's default profile fail, as debuggers, sandboxes and some runtimes make them",
        first: "run one staging Pod with `seccompProfile: {type: RuntimeDefault}` under load",
        answers: &[],
        fields: &[
            ("Pod.spec.securityContext.seccompProfile", When::Always),
            ("Pod.spec.containers[*].securityContext.seccompProfile", When::Always),
        ],
        whole: None,
    },
    Risk {
        id: "account",
        what: "a ServiceAccount of its own",
        breaks: "the new ServiceAccount has no role in the API, no cloud identity and no pull secrets of the old one",
        first: "list what the old one may do: `kubectl get rolebindings,clusterrolebindings -A -o wide | grep ACCOUNT`, and its \
                annotations; give the new one the same",
        answers: &["service-account"],
        fields: &[("Pod.spec.serviceAccountName", When::Always)],
        whole: None,
    },
    Risk {
        id: "api-token",
        what: "going without a token for the Kubernetes API",
        breaks: "a program that calls the Kubernetes API, such as for leader election or discovery, finds no token; with the \
                 account's field, so do all Pods of that account",
        first: "look for `/var/run/secrets/kubernetes.io` in the code and its libraries; answer `service-account.api-access` with \
                true if it is used",
        answers: &["service-account"],
        fields: &[
            ("Pod.spec.automountServiceAccountToken", When::Holds("false")),
            ("ServiceAccount.automountServiceAccountToken", When::Holds("false")),
        ],
        whole: None,
    },
    Risk {
        id: "service-links",
        what: "going without variables of other Services",
        breaks: "the variables of other Services, such as DB_SERVICE_HOST, are gone",
        first: "look for `_SERVICE_HOST` and `_SERVICE_PORT` in the code, and use the DNS name in their place",
        answers: &[],
        fields: &[("Pod.spec.enableServiceLinks", When::Always)],
        whole: None,
    },
    Risk {
        id: "dns",
        what: "fewer DNS searches",
        breaks: "an image with musl, such as Alpine's, no longer finds short names with that many dots, such as db.shop.svc",
        first: "look for host names that end in `.svc` or in a namespace; write them in full, as db.shop.svc.cluster.local",
        answers: &[],
        fields: &[("Pod.spec.dnsConfig", When::Always), ("Pod.spec.dnsPolicy", When::Always)],
        whole: None,
    },
    Risk {
        id: "resources",
        what: "other requests and limits",
        breaks: "a memory limit that is too low kills the container (OOMKilled), too little local disk evicts the Pod, and \
                 requests that are too high find no room on nodes or in the quota",
        first: "measure a week under load: `kubectl top pod --containers`, `container_memory_working_set_bytes`; answer \
                `resources` with that",
        answers: &["resources", "size"],
        fields: &[("Pod.spec.containers[*].resources", When::Always)],
        whole: None,
    },
    Risk {
        id: "runtime",
        what: "other settings of the runtime",
        breaks: "the runtime is told another heap or number of workers than it had, which must fit the memory that it is given",
        first: "hold the value against what runs: `kubectl exec deploy/NAME -- env`; write it under `env` if it has to stay",
        answers: &["runtime"],
        fields: &[
            ("Pod.spec.containers[*].env[name=JAVA_TOOL_OPTIONS]", When::Always),
            ("Pod.spec.containers[*].env[name=GOMEMLIMIT]", When::Always),
            ("Pod.spec.containers[*].env[name=GOMAXPROCS]", When::Always),
            ("Pod.spec.containers[*].env[name=NODE_OPTIONS]", When::Always),
            ("Pod.spec.containers[*].env[name=WEB_CONCURRENCY]", When::Always),
            ("Pod.spec.containers[*].env[name=MALLOC_ARENA_MAX]", When::Always),
            ("Pod.spec.containers[*].env[name=DOTNET_GCHeapHardLimitPercent]", When::Always),
        ],
        whole: None,
    },
    Risk {
        id: "volume-size",
        what: "a bound on what volumes hold",
        breaks: "the Pod is evicted once the volume holds more than that",
        first: "look how much is in it: `kubectl exec deploy/NAME -- du -sh PATH`; answer `writable-paths` with enough",
        answers: &["writable-paths"],
        fields: &[
            ("Pod.spec.volumes[*].emptyDir.sizeLimit", When::Always),
            ("Pod.spec.volumes[*].emptyDir.medium", When::Always),
        ],
        whole: None,
    },
    Risk {
        id: "readiness",
        what: "another readiness probe",
        breaks: "a Pod that does not pass gets no traffic, and a rollout waits for it",
        first: "ask the port or path from inside one Pod: `kubectl exec deploy/NAME -- wget -qO- localhost:PORT/PATH`",
        answers: &["probes"],
        fields: &[
            ("Pod.spec.containers[*].readinessProbe", When::Comes),
            ("Pod.spec.containers[*].readinessProbe.exec", When::Always),
            ("Pod.spec.containers[*].readinessProbe.grpc", When::Always),
            ("Pod.spec.containers[*].readinessProbe.httpGet", When::Always),
            ("Pod.spec.containers[*].readinessProbe.tcpSocket", When::Always),
            ("Pod.spec.containers[*].readinessProbe.failureThreshold", When::Falls),
            ("Pod.spec.containers[*].readinessProbe.timeoutSeconds", When::Falls),
        ],
        whole: None,
    },
    Risk {
        id: "restarts",
        what: "a probe that restarts containers",
        breaks: "a container that starts or answers more slowly than the probe allows is killed, again and again",
        first: "measure the slowest start on a busy node; answer `probes.start-seconds` with it",
        answers: &["probes"],
        fields: &[("Pod.spec.containers[*].startupProbe", When::Always), ("Pod.spec.containers[*].livenessProbe", When::Always)],
        whole: None,
    },
    Risk {
        id: "stop",
        what: "less time to stop",
        breaks: "Pods are killed sooner while they finish their work",
        first: "measure how long the last requests take after SIGTERM; answer `stop.drain-seconds` with it",
        answers: &["stop"],
        fields: &[("Pod.spec.terminationGracePeriodSeconds", When::Falls)],
        whole: None,
    },
    Risk {
        id: "image-pull",
        what: "keeping images between starts",
        breaks: "a node that has an old image under the same tag goes on to run that one",
        first: "make sure that no tag is pushed twice, or pin the image by its digest",
        answers: &[],
        fields: &[("Pod.spec.containers[*].imagePullPolicy", When::Was("Always"))],
        whole: None,
    },
    Risk {
        id: "placement",
        what: "a spread that Pods wait for",
        breaks: "Pods that would not be spread evenly wait, also where a zone is full or nodes carry no zone",
        first: "see that all nodes have a zone and each zone room: `kubectl get nodes -L topology.kubernetes.io/zone`",
        answers: &[],
        fields: &[("Pod.spec.topologySpreadConstraints", When::Holds("DoNotSchedule"))],
        whole: None,
    },
    Risk {
        id: "surge",
        what: "one Pod more during rollouts",
        breaks: "a rollout starts a Pod more than there were ever at once, which needs room, licences or a port of its node",
        first: "see whether one more runs beside the others: `kubectl scale deploy/NAME --replicas=N+1`",
        answers: &[],
        fields: &[("Deployment.spec.strategy.rollingUpdate.maxSurge", When::Was("0"))],
        whole: Some("Deployment.spec.strategy"),
    },
    Risk {
        id: "exposure",
        what: "closing the way in from outside the cluster",
        breaks: "the address or node port under which the service is reached from outside is given back, and others get it",
        first: "see what still comes in by it; lead that through an Ingress or Gateway first",
        answers: &["exposure"],
        fields: &[
            ("Service.spec.type", When::WasNot("ClusterIP")),
            ("Service.spec.ports[*].nodePort", When::Always),
            ("Service.spec.externalTrafficPolicy", When::Stood),
            ("Service.spec.allocateLoadBalancerNodePorts", When::Stood),
            ("Service.spec.healthCheckNodePort", When::Stood),
            ("Service.spec.loadBalancerClass", When::Stood),
            ("Service.spec.loadBalancerIP", When::Stood),
            ("Service.spec.loadBalancerSourceRanges", When::Stood),
        ],
        whole: None,
    },
    Risk {
        id: "network-policy",
        what: "a NetworkPolicy",
        breaks: "traffic on all ports but the declared ones is closed, that of scrapers, debuggers and neighbours included",
        first: "list who calls it and where, such as by the flow log of the network plugin; declare those ports",
        answers: &[],
        fields: &[("NetworkPolicy", When::Comes), ("NetworkPolicy.spec", When::Always)],
        whole: None,
    },
    Risk {
        id: "evictions",
        what: "evictions",
        breaks: "drains and upgrades of nodes may take Pods away that were held until now",
        first: "find out why none might be taken: a quorum, or work that must not be cut off",
        answers: &["scale"],
        fields: &[
            ("PodDisruptionBudget.spec.maxUnavailable", When::Stood),
            ("PodDisruptionBudget.spec.minAvailable", When::Stood),
        ],
        whole: None,
    },
    Risk {
        id: "scaling",
        what: "other bounds of the autoscaler",
        breaks: "the autoscaler runs other numbers of Pods, or follows the load more slowly than it did",
        first: "hold its bounds and behaviour against the peaks of the last weeks: `kubectl describe hpa NAME`",
        answers: &["scale"],
        fields: &[
            ("HorizontalPodAutoscaler.spec.minReplicas", When::Always),
            ("HorizontalPodAutoscaler.spec.maxReplicas", When::Always),
            ("HorizontalPodAutoscaler.spec.behavior", When::Always),
            ("HorizontalPodAutoscaler.spec.metrics[*].*.target", When::Stood),
        ],
        whole: None,
    },
];

/// Each pattern of the table, parsed, with its risk.
static PATTERNS: LazyLock<Vec<(&'static Risk, FieldPattern, When)>> = LazyLock::new(|| {
    let rows = RISKS.iter().flat_map(|risk| risk.fields.iter().map(move |(text, when)| (risk, text, *when)));
    rows.filter_map(|(risk, text, when)| Some((risk, FieldPattern::parse(text).ok()?, when))).collect()
});

/// The patterns that a change of a field, or of something in it, may be about: each with its risk.
pub fn touching(object: &ObjectKey, field: &Field) -> impl Iterator<Item = (&'static Risk, &'static FieldPattern, When)> {
    // What comes or goes as a whole object is no change of a field.
    let is_whole = field.steps().is_empty();
    let about = move |pattern: &FieldPattern| (pattern.depth_in(object) == 0) == is_whole;
    PATTERNS
        .iter()
        .filter(move |(_, pattern, _)| about(pattern) && pattern.touches(object, field))
        .map(|(risk, pattern, when)| (*risk, pattern, *when))
}

/// Whether a change counts. The value of what the pattern names, or the part of it that changes.
#[must_use]
pub fn counts(when: When, before: Option<&Json>, after: Option<&Json>) -> bool {
    before != after && when.fits(before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_told() {
        assert_eq!(PATTERNS.len(), RISKS.iter().map(|risk| risk.fields.len()).sum::<usize>());
        assert!(RISKS.iter().filter_map(|risk| risk.whole).all(|whole| FieldPattern::parse(whole).is_ok()));
        let mut ids: Vec<&str> = RISKS.iter().map(|risk| risk.id).collect();
        ids.dedup();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RISKS.len());
        for risk in RISKS {
            for answer in risk.answers {
                let known = &crate::service::schema()["properties"][answer];
                assert!(known.is_object(), "{}: there is no answer {answer}", risk.id);
            }
            for sentence in [risk.what, risk.breaks, risk.first] {
                assert!(!sentence.is_empty() && !sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
            }
        }
    }

    #[test]
    fn a_change_counts_as_its_row_says() {
        let (always, cluster) = (Json::from("Always"), Json::from("ClusterIP"));
        let cases = [
            (When::Comes, None, Some(&always), true),
            (When::Comes, Some(&cluster), Some(&always), false),
            (When::Stood, None, Some(&always), false),
            (When::Was("Always"), Some(&always), Some(&cluster), true),
            (When::Was("Always"), None, Some(&cluster), false),
            (When::WasNot("ClusterIP"), Some(&always), Some(&cluster), true),
            (When::WasNot("ClusterIP"), None, Some(&cluster), false),
            (When::Always, Some(&cluster), Some(&cluster), false),
        ];
        for (when, before, after, expected) in cases {
            assert_eq!(counts(when, before, after), expected, "{when:?} {before:?} {after:?}");
        }
        assert!(counts(When::Falls, Some(&60.into()), Some(&45.into())));
        assert!(!counts(When::Falls, Some(&30.into()), Some(&45.into())));
    }
}
