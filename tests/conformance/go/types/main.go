// Writes the table of Kubernetes' types, from the sources of Kubernetes' own modules:
//
//	cd tests/conformance/go && go run ./types > ../../../src/manifest/types/table.txt
//
// Each kind that an API server of a version between the oldest and the newest serves stands there with its type, and
// each type with its fields; what is not the same in all versions says in which it is so.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// The newest patch of each minor version, by its number.
var releases = map[int]string{
	29: "29.15", 30: "30.14", 31: "31.14", 32: "32.13", 33: "33.13", 34: "34.13", 35: "35.10", 36: "36.6", 37: "37.1",
}

const oldest, newest = 29, 37

// The versions whose tables of feature gates are read, the one that counts first: the newest has the whole history of
// each gate that it still has, and so has one in the middle; the oldest says what was the case then.
var gateReleases = []int{37, 33, 29}

func main() {
	table := newTable()
	for minor := oldest; minor <= newest; minor++ {
		table.add(minor, readPackages(module("api", "v0."+releases[minor]), module("apimachinery", "v0."+releases[minor])))
	}
	gates := map[string]history{}
	for _, minor := range gateReleases {
		of := []string{module("kubernetes", "v1."+releases[minor]), module("apiserver", "v0."+releases[minor])}
		for _, folder := range of {
			for name, history := range readGates(filepath.Join(folder, "pkg/features/kube_features.go"), minor) {
				if _, known := gates[name]; !known {
					gates[name] = history
				}
			}
		}
	}
	out := bufio.NewWriter(os.Stdout)
	table.write(out, gates)
	check(out.Flush())
}

// The folder of a module of Kubernetes, which is downloaded where it is not there.
func module(name, version string) string {
	var downloaded struct{ Dir, Error string }
	output, err := exec.Command("go", "mod", "download", "-json", "k8s.io/"+name+"@"+version).Output()
	if len(output) > 0 {
		check(json.Unmarshal(output, &downloaded))
	}
	if err != nil || downloaded.Error != "" {
		fail("k8s.io/%s@%s: %v %s", name, version, err, downloaded.Error)
	}
	return downloaded.Dir
}

// A field as the versions from its first to its last have it.
type field struct {
	name, shape string
	first, last int
}

type kind struct {
	apiVersion, name, of string
	first, last          int
}

type table struct {
	kinds  map[string]*kind
	fields map[string][]*field
	gates  map[string]string
}

func newTable() *table {
	return &table{kinds: map[string]*kind{}, fields: map[string][]*field{}, gates: map[string]string{}}
}

// Adds what a version has.
func (t *table) add(minor int, packages *packages) {
	reached := map[string]bool{}
	for _, found := range packages.kinds() {
		if found.removed != 0 && found.removed <= minor {
			continue
		}
		key := found.apiVersion + " " + found.name
		of := packages.reach(found.of, reached)
		known := t.kinds[key]
		if known == nil {
			known = &kind{apiVersion: found.apiVersion, name: found.name, of: of, first: minor, last: minor - 1}
			t.kinds[key] = known
		}
		if known.last != minor-1 || known.of != of {
			fail("%s comes back in 1.%d", key, minor)
		}
		known.last = minor
	}
	for name := range reached {
		// There are types without a field.
		t.fields[name] = append([]*field{}, t.fields[name]...)
		for _, found := range packages.fields(name) {
			t.addField(minor, name, found)
			if found.gate != "" {
				t.gates[name+" "+found.name] = found.gate
			}
		}
	}
}

func (t *table) addField(minor int, of string, found structField) {
	for _, known := range t.fields[of] {
		if known.name == found.name && known.shape == found.shape && known.last == minor-1 {
			known.last = minor
			return
		}
	}
	t.fields[of] = append(t.fields[of], &field{name: found.name, shape: found.shape, first: minor, last: minor})
}

func (t *table) write(out *bufio.Writer, gates map[string]history) {
	fmt.Fprintln(out, "# The types of Kubernetes, written by tests/conformance/go/types from these of its modules.")
	for minor := oldest; minor <= newest; minor++ {
		fmt.Fprintf(out, "release 1.%s\n", releases[minor])
	}
	used := map[string]bool{}
	var lines []string
	for _, of := range sorted(t.fields) {
		lines = append(lines, "type "+of)
		fields := t.fields[of]
		// Where a type is there no longer than its fields, they need not say so.
		first, last := newest, oldest
		for _, field := range fields {
			first, last = min(first, field.first), max(last, field.last)
		}
		sort.SliceStable(fields, func(i, j int) bool {
			return fields[i].name < fields[j].name || (fields[i].name == fields[j].name && fields[i].first < fields[j].first)
		})
		for _, field := range fields {
			line := "  " + field.name + " " + field.shape
			if field.first > first {
				line += fmt.Sprintf(" since=%d", field.first)
			}
			if field.last < last {
				line += fmt.Sprintf(" until=%d", field.last)
			}
			if gate := t.gateOf(of, field.name, gates); gate != "" && gates[gate].isOff(field.first, field.last) {
				used[gate] = true
				line += " gate=" + gate
			}
			lines = append(lines, line)
		}
	}
	for _, gate := range sorted(used) {
		fmt.Fprintln(out, "gate "+gate+gates[gate].String())
	}
	for _, key := range sorted(t.kinds) {
		kind := t.kinds[key]
		line := "kind " + kind.apiVersion + " " + kind.name + " " + kind.of
		if kind.first > oldest {
			line += fmt.Sprintf(" since=%d", kind.first)
		}
		if kind.last < newest {
			line += fmt.Sprintf(" until=%d", kind.last)
		}
		fmt.Fprintln(out, line)
	}
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
}

// The gate that guards a field, where there is one that Kubernetes knows.
func (t *table) gateOf(of, name string, gates map[string]history) string {
	gate := t.gates[of+" "+name]
	if given, known := unmarked[of+"."+name]; known {
		gate = given
	}
	if renamed, known := misnamed[gate]; known {
		gate = renamed
	}
	if _, known := gates[gate]; gate != "" && !known {
		fmt.Fprintf(os.Stderr, "%s.%s: there is no gate %s\n", of, name, gate)
		return ""
	}
	return gate
}

func sorted[V any](set map[string]V) []string {
	names := make([]string, 0, len(set))
	for name := range set {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, strings.TrimSpace(format)+"\n", values...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}
