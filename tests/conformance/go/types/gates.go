package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
	"strconv"
	"strings"
)

// Fields that an API server drops where a gate is off, and that have no mark of it in their comment: from the functions
// `dropDisabled…` below pkg/api and pkg/registry of Kubernetes. All others are marked.
var unmarked = map[string]string{
	"batch/v1.JobSpec.managedBy":                "JobManagedBy",
	"batch/v1.JobSpec.successPolicy":            "JobSuccessPolicy",
	"coordination/v1.LeaseSpec.preferredHolder": "CoordinatedLeaderElection",
	"coordination/v1.LeaseSpec.strategy":        "CoordinatedLeaderElection",
	"core/v1.Lifecycle.stopSignal":              "ContainerStopSignals",
	"core/v1.LifecycleHandler.sleep":            "PodLifecycleSleepAction",
	"core/v1.PodAffinityTerm.matchLabelKeys":    "MatchLabelKeysInPodAffinity",
	"core/v1.PodAffinityTerm.mismatchLabelKeys": "MatchLabelKeysInPodAffinity",
	"core/v1.PodSpec.hostUsers":                 "UserNamespacesSupport",
	"core/v1.SecurityContext.procMount":         "ProcMountType",
	"core/v1.ServiceSpec.trafficDistribution":   "ServiceTrafficDistribution",
	"core/v1.Volume.image":                      "ImageVolume",
	"core/v1.VolumeMount.recursiveReadOnly":     "RecursiveReadOnlyMounts",
	"discovery/v1.EndpointHints.forNodes":       "PreferSameTrafficDistribution",
}

// Gates that comments call by another name, and those that no version of the table has any more.
var misnamed = map[string]string{
	"AdmissionWebhookMatchConditions": "",
	"CSIStorageCapacity":              "",
	"DRAControlPlaneController":       "",
	"PodCertificateProjection":        "PodCertificateRequest",
	"WorkloadAwarePreemption":         "",
}

type state struct {
	minor int
	stage byte
}

// What a gate was from which version on: `a` alpha, `b` beta and off, `d` deprecated and off, `+` on.
type history []state

func (h history) at(minor int) byte {
	stage := byte('-')
	for _, state := range h {
		if state.minor <= minor {
			stage = state.stage
		}
	}
	return stage
}

func (h history) isOff(first, last int) bool {
	for minor := first; minor <= last; minor++ {
		if h.at(minor) != '+' {
			return true
		}
	}
	return false
}

// The stages from the oldest version on, a letter for each; `-` where the version has no such gate.
func (h history) String() string {
	var stages strings.Builder
	for minor := oldest; minor <= newest; minor++ {
		stages.WriteByte(h.at(minor))
	}
	return " " + stages.String()
}

// The gates of a version of Kubernetes, from its table of them: with the versions of their stages, or in older
// versions with those of that version alone.
func readGates(name string, minor int) map[string]history {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	check(err)
	gates := map[string]history{}
	ast.Inspect(file, func(node ast.Node) bool {
		entry, isEntry := node.(*ast.KeyValueExpr)
		if !isEntry {
			return true
		}
		key, isIdent := entry.Key.(*ast.Ident)
		value, isComposite := entry.Value.(*ast.CompositeLit)
		if !isIdent || !isComposite || len(value.Elts) == 0 {
			return true
		}
		if _, isPlain := value.Elts[0].(*ast.KeyValueExpr); isPlain {
			at := stageOf(value, minor)
			gates[key.Name] = history{{oldest, at.stage}}
			if minor < newest && at.stage != '+' {
				// It has left since, so what it guarded is there for all.
				gates[key.Name] = append(gates[key.Name], state{minor + 1, '+'})
			}
			return false
		}
		var found history
		for _, element := range value.Elts {
			if spec, isSpec := element.(*ast.CompositeLit); isSpec {
				found = append(found, stageOf(spec, 0))
			}
		}
		sort.SliceStable(found, func(i, j int) bool { return found[i].minor < found[j].minor })
		if len(found) > 0 {
			gates[key.Name] = found
		}
		return false
	})
	if len(gates) < 20 {
		fail("%s has only %d gates", name, len(gates))
	}
	return gates
}

func stageOf(spec *ast.CompositeLit, minor int) state {
	on, release := false, ""
	for _, element := range spec.Elts {
		entry := element.(*ast.KeyValueExpr)
		switch entry.Key.(*ast.Ident).Name {
		case "Default":
			value, isIdent := entry.Value.(*ast.Ident)
			on = isIdent && value.Name == "true"
		case "PreRelease":
			switch value := entry.Value.(type) {
			case *ast.SelectorExpr:
				release = value.Sel.Name
			case *ast.Ident:
				release = value.Name
			}
		case "Version":
			call := entry.Value.(*ast.CallExpr)
			_, after, _ := strings.Cut(text(call.Args[0]), ".")
			parsed, err := strconv.Atoi(after)
			check(err)
			minor = parsed
		}
	}
	stage := map[string]byte{"Alpha": 'a', "Beta": 'b', "GA": 'd', "Deprecated": 'd'}[release]
	if on {
		stage = '+'
	}
	if stage == 0 {
		fail("a gate has the stage %s", fmt.Sprint(release))
	}
	return state{minor, stage}
}
