package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Groups that are spoken between the parts of Kubernetes: nobody writes objects of them.
var internal = map[string]bool{
	"admission.k8s.io": true, "apidiscovery.k8s.io": true, "imagepolicy.k8s.io": true, "internal.apiserver.k8s.io": true,
}

// Types that read JSON in a way of their own, or whose content is anybody's.
var own = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":   "quantity",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":   "raw",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":  "micro-time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":       "time",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":    "raw",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString": "int-or-string",
}

var basic = map[string]string{
	"bool": "bool", "string": "string", "int": "int64", "int32": "int32", "int64": "int64",
}

type typeDecl struct {
	in   string
	file *ast.File
	spec *ast.TypeSpec
	doc  string
}

// The packages of one version, by their import paths.
type packages struct {
	types   map[string]*typeDecl
	groups  map[string]string
	removed map[string]int
}

type structField struct{ name, shape, gate string }

type foundKind struct {
	apiVersion, name, of string
	removed              int
}

func readPackages(api, machinery string) *packages {
	p := &packages{types: map[string]*typeDecl{}, groups: map[string]string{}, removed: map[string]int{}}
	versions, err := filepath.Glob(filepath.Join(api, "*", "v*"))
	check(err)
	for _, folder := range versions {
		below, err := filepath.Rel(api, folder)
		check(err)
		p.read(folder, "k8s.io/api/"+filepath.ToSlash(below))
	}
	for _, below := range []string{"api/resource", "apis/meta/v1", "runtime", "types", "util/intstr"} {
		p.read(filepath.Join(machinery, "pkg", below), "k8s.io/apimachinery/pkg/"+below)
	}
	return p
}

func (p *packages) read(folder, path string) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	check(err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".pb.go") {
			continue
		}
		if strings.HasSuffix(name, "zz_generated.prerelease-lifecycle.go") {
			p.readLifecycle(name, path)
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		check(err)
		for _, decl := range file.Decls {
			general, isGeneral := decl.(*ast.GenDecl)
			if !isGeneral {
				continue
			}
			for _, spec := range general.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.types[path+"."+spec.Name.Name] = &typeDecl{in: path, file: file, spec: spec}
				case *ast.ValueSpec:
					if general.Tok == token.CONST && spec.Names[0].Name == "GroupName" {
						p.groups[path] = text(spec.Values[0])
					}
				}
			}
		}
	}
}

var removal = regexp.MustCompile(`func \(in \*(\w+)\) APILifecycleRemoved\(\) \(major, minor int\) \{\s*return 1, (\d+)`)

// The versions from which on kinds are no longer served.
func (p *packages) readLifecycle(file, path string) {
	source, err := os.ReadFile(file)
	check(err)
	for _, found := range removal.FindAllStringSubmatch(string(source), -1) {
		minor, err := strconv.Atoi(found[2])
		check(err)
		p.removed[path+"."+found[1]] = minor
	}
}

// The kinds: types with metadata of an object, in a package that has a group.
func (p *packages) kinds() []foundKind {
	var kinds []foundKind
	for name, decl := range p.types {
		group, hasGroup := p.groups[decl.in]
		structure, isStruct := decl.spec.Type.(*ast.StructType)
		if !hasGroup || !isStruct || internal[group] || !strings.HasPrefix(decl.in, "k8s.io/api/") {
			continue
		}
		embeds := map[string]bool{}
		for _, field := range structure.Fields.List {
			if len(field.Names) == 0 {
				embeds[p.named(decl, field.Type)] = true
			}
		}
		meta := "k8s.io/apimachinery/pkg/apis/meta/v1."
		if !embeds[meta+"TypeMeta"] || !embeds[meta+"ObjectMeta"] {
			continue
		}
		version := decl.in[strings.LastIndex(decl.in, "/")+1:]
		apiVersion := strings.TrimPrefix(group+"/"+version, "/")
		kinds = append(kinds, foundKind{apiVersion: apiVersion, name: decl.spec.Name.Name, of: name, removed: p.removed[name]})
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].of < kinds[j].of })
	return kinds
}

// Notes a type and all that it needs; what the table calls it.
func (p *packages) reach(name string, reached map[string]bool) string {
	short := short(name)
	if reached[short] {
		return short
	}
	reached[short] = true
	for _, field := range p.fieldsOf(name) {
		if i := strings.LastIndexAny(field.shape, "]}"); strings.HasPrefix(field.shape[i+1:], "*") {
			p.reach(long(field.shape[i+2:]), reached)
		}
	}
	return short
}

// The names of types are those of their packages, without what all of them begin with.
func short(name string) string {
	name = strings.TrimPrefix(name, "k8s.io/api/")
	return strings.Replace(name, "k8s.io/apimachinery/pkg/apis/meta/", "meta/", 1)
}

func long(name string) string {
	if strings.HasPrefix(name, "meta/") {
		return "k8s.io/apimachinery/pkg/apis/" + name
	}
	return "k8s.io/api/" + name
}

func (p *packages) fields(short string) []structField { return p.fieldsOf(long(short)) }

var gateMark = regexp.MustCompile(`\+featureGate=(\w+)`)

// The fields of a structure as JSON has them, with those of the structures that it embeds.
func (p *packages) fieldsOf(name string) []structField {
	decl := p.types[name]
	if decl == nil {
		fail("there is no type %s", name)
	}
	structure, isStruct := decl.spec.Type.(*ast.StructType)
	if !isStruct {
		return p.fieldsOf(p.named(decl, decl.spec.Type))
	}
	var fields []structField
	for _, field := range structure.Fields.List {
		tag := ""
		if field.Tag != nil {
			tag = reflect.StructTag(text(field.Tag)).Get("json")
		}
		key, options, _ := strings.Cut(tag, ",")
		if key == "-" {
			continue
		}
		if strings.Contains(options, "string") {
			fail("%s.%s is a number in quotes", name, key)
		}
		if key == "" && len(field.Names) == 0 {
			fields = append(fields, p.fieldsOf(p.named(decl, field.Type))...)
			continue
		}
		if key == "" {
			key = field.Names[0].Name
		}
		found := structField{name: key, shape: p.shape(decl, field.Type)}
		if mark := gateMark.FindStringSubmatch(field.Doc.Text()); mark != nil {
			found.gate = mark[1]
		} else if field.Doc != nil {
			for _, line := range field.Doc.List {
				if mark := gateMark.FindStringSubmatch(line.Text); mark != nil {
					found.gate = mark[1]
				}
			}
		}
		fields = append(fields, found)
	}
	return fields
}

// The full name of the type that an expression names.
func (p *packages) named(in *typeDecl, expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return p.named(in, expr.X)
	case *ast.Ident:
		return in.in + "." + expr.Name
	case *ast.SelectorExpr:
		alias := expr.X.(*ast.Ident).Name
		for _, imported := range in.file.Imports {
			path := text(imported.Path)
			if (imported.Name != nil && imported.Name.Name == alias) ||
				(imported.Name == nil && path[strings.LastIndex(path, "/")+1:] == alias) {
				return path + "." + expr.Sel.Name
			}
		}
		fail("%s imports no %s", in.in, alias)
	}
	return ""
}

// How the table writes a type: a word, `[]` before what it is a list of, `{}` before what it maps strings to, `*`
// before a structure.
func (p *packages) shape(in *typeDecl, expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return p.shape(in, expr.X)
	case *ast.ArrayType:
		if element, isIdent := expr.Elt.(*ast.Ident); isIdent && element.Name == "byte" {
			return "bytes"
		}
		return "[]" + p.shape(in, expr.Elt)
	case *ast.MapType:
		if key := p.shape(in, expr.Key); key != "string" {
			fail("%s has a map with keys of %s", in.in, key)
		}
		return "{}" + p.shape(in, expr.Value)
	case *ast.Ident:
		if word, isBasic := basic[expr.Name]; isBasic {
			return word
		}
	}
	name := p.named(in, expr)
	if word, isOwn := own[name]; isOwn {
		return word
	}
	decl := p.types[name]
	if decl == nil {
		fail("%s needs %s, which is not known", in.in, name)
	}
	if _, isStruct := decl.spec.Type.(*ast.StructType); isStruct {
		return "*" + short(name)
	}
	return p.shape(decl, decl.spec.Type)
}

func text(literal ast.Expr) string {
	basic, isBasic := literal.(*ast.BasicLit)
	if !isBasic {
		return ""
	}
	value, err := strconv.Unquote(basic.Value)
	check(err)
	return value
}
