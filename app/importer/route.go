package importer

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
)

// route is a routing rule by codes. When has one question at most.
type route struct {
	Rubric    string            `yaml:"rubric"`
	Territory string            `yaml:"territory"`
	When      map[string]string `yaml:"when,omitempty,flow"`
	Agency    string            `yaml:"agency"`
}

// RouteColumns are the columns of routes as a table. Question and answer may be
// missing, or empty where a rule has no condition.
var RouteColumns = []string{"rubric", "territory", "agency", "question", "answer"}

// Routes imports routing rules from .yaml or .csv. They replace all present ones.
func Routes(ctx context.Context, s *store.Store, name string, r io.Reader, dry bool) (Result, error) {
	in, err := readRouteFile(name, r)
	if err != nil {
		return Result{}, err
	}
	if in.tree, err = latestTree(ctx, s); err != nil {
		return Result{}, err
	}
	if err := inTx(ctx, s, dry, in.run); err != nil {
		return Result{}, err
	}
	return in.results[0], nil
}

// readRouteFile reads a file of nothing but rules.
func readRouteFile(name string, r io.Reader) (*agencyImport, error) {
	in := &agencyImport{}
	var err error
	switch form(name) {
	case "yaml":
		err = readYAML(r, &in.file)
		in.bad = unread(in.file.Routes)
		if len(in.file.Agencies)+len(in.file.Users)+len(in.file.Templates) > 0 {
			in.bad.Add(0, "", "the file holds more than routes: import it with «import agencies»")
		}
	case "csv":
		in.file.Routes, in.bad = readRoutes(withoutMark(r))
	default:
		err = wrongForm(name, "yaml", "csv")
	}
	if err == nil && len(in.file.Routes) == 0 && len(in.bad) == 0 {
		in.bad.Add(0, "routes", "the file holds none")
	}
	return in, err
}

// ReadRoutes reads rules from .yaml or .csv against a tree and saves nothing.
func ReadRoutes(ctx context.Context, s *store.Store, tree *rubricator.Tree, name string, r io.Reader) ([]rubricator.Rule, error) {
	in, err := readRouteFile(name, r)
	if err != nil {
		return nil, err
	}
	in.tree = tree
	err = inTx(ctx, s, true, in.run)
	return in.rules, err
}

// latestTree is the published tree, nil where none is.
func latestTree(ctx context.Context, s *store.Store) (*rubricator.Tree, error) {
	version, roots, err := s.LatestVersion(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // no tree is no error here
	}
	if err != nil {
		return nil, err
	}
	return rubricator.NewTree(version, roots)
}

// readRoutes reads the rules of a table.
func readRoutes(r io.Reader) ([]item[route], fault.Lines) {
	var bad fault.Lines
	cr := csv.NewReader(r)
	head, err := cr.Read()
	if err != nil {
		bad.Add(1, "", "there is no header row: %s", err.Error())
		return nil, bad
	}
	for _, h := range head {
		if !slices.Contains(RouteColumns, h) {
			bad.Add(1, h, "unknown column; the columns are %s", strings.Join(RouteColumns, ", "))
		}
	}
	for _, must := range RouteColumns[:3] {
		if !slices.Contains(head, must) {
			bad.Add(1, must, "this column is missing")
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	var out []item[route]
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return out, bad
		}
		if err != nil {
			bad.Add(0, "", "%s", err.Error())
			return out, bad
		}
		line, _ := cr.FieldPos(0)
		cell := func(column string) string {
			if i := slices.Index(head, column); i >= 0 {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		it := item[route]{line: line, v: route{Rubric: cell("rubric"), Territory: cell("territory"), Agency: cell("agency")}}
		if q, a := cell("question"), cell("answer"); q != "" || a != "" {
			it.v.When = map[string]string{q: a}
		}
		out = append(out, it)
	}
}

func (in *agencyImport) saveRoutes() error {
	if len(in.file.Routes) == 0 {
		return nil
	}
	if in.tree == nil {
		in.bad.Add(in.file.Routes[0].line, "routes", "import a rubricator first")
		return nil
	}
	var rules []rubricator.Rule
	var lines []int
	for _, it := range in.file.Routes {
		if rule, ok := in.rule(it.line, it.v); ok {
			rules, lines = append(rules, rule), append(lines, it.line)
		}
	}
	for _, c := range rubricator.Clashes(rules) {
		switch first, second := rules[c.First].When, rules[c.Second].When; {
		case first.Question != second.Question:
			in.bad.Add(lines[c.Second], "when", "line %d asks %q at the same rubric and territory: neither would go first",
				lines[c.First], first.Question)
		case first.Question != "":
			in.bad.Add(lines[c.Second], "when", "the same rubric, territory and condition as in line %d", lines[c.First])
		default:
			in.bad.Add(lines[c.Second], "", "the same rubric and territory as in line %d", lines[c.First])
		}
	}
	if in.wrong() {
		return nil
	}
	in.results = append(in.results, Result{What: "routes", Added: len(rules)})
	in.rules = rules
	return in.tx.ReplaceRules(rules)
}

// rule turns codes into a rule; ok is false where its place or its condition
// isn't known, so that it can't be compared with others.
func (in *agencyImport) rule(line int, r route) (rule rubricator.Rule, ok bool) {
	ok = true
	rule = rubricator.Rule{Rubric: r.Rubric, Agency: in.lookup(line, "agency", r.Agency, in.agencies)}
	if r.Agency == "" {
		in.bad.Add(line, "agency", "name the agency that answers")
	}
	_, there := in.tree.Find(r.Rubric)
	if there = there || r.Rubric == rubricator.Any; !there {
		in.bad.Add(line, "rubric", "there is no %q", r.Rubric)
	}
	if r.Territory != rubricator.Any {
		rule.Territory = in.lookup(line, "territory", r.Territory, in.places)
		_, known := in.places[r.Territory]
		ok = known || r.Territory == ""
	}
	if len(r.When) > 1 {
		in.bad.Add(line, "when", "a rule asks one question")
		return rule, false
	}
	for q, a := range r.When {
		rule.When = rubricator.Condition{Question: q, Answer: a}
		if there && len(in.tree.Asking(r.Rubric, rule.When)) == 0 {
			in.bad.Add(line, "when", "no topic of %q has a question %q to choose with the option %q", r.Rubric, q, a)
			ok = false
		}
	}
	return rule, ok
}

// WriteRoutes writes rules as Routes reads them, in the form «yaml» or «csv».
func WriteRoutes(w io.Writer, form string, rules []rubricator.Rule, places []territory.Territory, agencies []identity.Agency) error {
	placeCode, agencyCode := map[int64]string{0: rubricator.Any}, map[int64]string{}
	for _, t := range places {
		placeCode[t.ID] = t.Code
	}
	for _, a := range agencies {
		agencyCode[a.ID] = a.Code
	}
	out := make([]route, len(rules))
	for i, r := range rules {
		out[i] = route{Rubric: r.Rubric, Territory: placeCode[r.Territory], Agency: agencyCode[r.Agency]}
		if r.When != (rubricator.Condition{}) {
			out[i].When = map[string]string{r.When.Question: r.When.Answer}
		}
	}
	switch form {
	case "yaml":
		enc := yaml.NewEncoder(w)
		enc.SetIndent(2)
		if err := enc.Encode(map[string]any{"routes": out}); err != nil {
			return fmt.Errorf("write routes: %w", err)
		}
		return enc.Close()
	case "csv":
		cw := csv.NewWriter(w)
		rows := [][]string{RouteColumns}
		for i, r := range out {
			when := rules[i].When
			rows = append(rows, []string{r.Rubric, r.Territory, r.Agency, when.Question, when.Answer})
		}
		return cw.WriteAll(rows)
	default:
		return fault.Lines{{Reason: fmt.Sprintf("%q is neither yaml nor csv", form)}}
	}
}
