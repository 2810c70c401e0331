package importer

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// agencyFile is agencies with what belongs to them. Every part may be missing.
type agencyFile struct {
	Agencies []item[struct {
		Code         string    `yaml:"code"`
		Parent       string    `yaml:"parent"`
		Name         lang.Text `yaml:"name"`
		Short        lang.Text `yaml:"short"`
		Territory    string    `yaml:"territory"`
		Phone        string    `yaml:"phone"`
		Email        string    `yaml:"email"`
		Address      lang.Text `yaml:"address"`
		Hours        lang.Text `yaml:"hours"`
		Site         string    `yaml:"site"`
		Capabilities []string  `yaml:"capabilities"`
		Origins      []string  `yaml:"widget_origins"`
	}] `yaml:"agencies"`
	Routes []item[route] `yaml:"routes"`
	Users  []item[struct {
		Login    string `yaml:"login"`
		Name     string `yaml:"name"`
		Email    string `yaml:"email"`
		Position string `yaml:"position"`
		Phone    string `yaml:"phone"`
		Password string `yaml:"password"`
		Roles    []struct {
			Agency string `yaml:"agency"`
			Role   string `yaml:"role"`
		} `yaml:"roles"`
	}] `yaml:"users"`
	Templates []item[struct {
		Code    string    `yaml:"code"`
		Agency  string    `yaml:"agency"`
		Rubric  string    `yaml:"rubric"`
		Name    lang.Text `yaml:"name"`
		Outcome string    `yaml:"outcome"`
		Text    string    `yaml:"text"`
	}] `yaml:"templates"`
}

// Agencies imports bodies from .yaml, with routes (which replace all present
// ones), people and answer templates where the file has them. A user without a
// password gets the given one; "" leaves them without a way in until one is set.
func Agencies(ctx context.Context, s *store.Store, name string, r io.Reader, password string, dry bool) ([]Result, error) {
	if form(name) != "yaml" {
		return nil, wrongForm(name, "yaml")
	}
	var file agencyFile
	if err := readYAML(r, &file); err != nil {
		return nil, err
	}
	tree, err := latestTree(ctx, s)
	if err != nil {
		return nil, err
	}
	in := &agencyImport{file: file, tree: tree, password: password, bad: slices.Concat(
		unread(file.Agencies), unread(file.Routes), unread(file.Users), unread(file.Templates),
	)}
	if len(file.Agencies)+len(file.Routes)+len(file.Users)+len(file.Templates) == 0 {
		in.bad.Add(0, "", "the file holds no agencies, routes, users or templates")
	}
	if n := utf8.RuneCountInString(password); n > 0 && n < identity.MinPassword {
		in.bad.Add(0, "password", "the given one needs at least %d characters", identity.MinPassword)
	}
	if err := inTx(ctx, s, dry, in.run); err != nil {
		return nil, err
	}
	return in.results, nil
}

type agencyImport struct {
	file     agencyFile
	tree     *rubricator.Tree // nil while none is published: then routes can't be
	password string

	tx       *store.Import
	places   map[string]int64
	agencies map[string]int64
	bad      fault.Lines
	results  []Result
	rules    []rubricator.Rule // that were saved
}

func (in *agencyImport) run(tx *store.Import) error {
	in.tx = tx
	places, err := tx.ListTerritories()
	if err != nil {
		return err
	}
	in.places = idsOf(places, func(t territory.Territory) (string, int64) { return t.Code, t.ID })
	known, err := tx.ListAgencies()
	if err != nil {
		return err
	}
	in.agencies = idsOf(known, func(a identity.Agency) (string, int64) { return a.Code, a.ID })
	// What is wrong is told of all parts at once, so a part that can't be saved
	// for it doesn't keep the others from being looked at.
	for _, part := range []func() error{in.saveAgencies, in.saveRoutes, in.saveUsers, in.saveTemplates} {
		if err := part(); err != nil {
			return err
		}
	}
	return in.bad.Err()
}

func (in *agencyImport) wrong() bool { return len(in.bad) > 0 }

func idsOf[T any](list []T, of func(T) (string, int64)) map[string]int64 {
	ids := make(map[string]int64, len(list))
	for _, v := range list {
		code, id := of(v)
		ids[code] = id
	}
	return ids
}

// lookup finds an id by code; "" means none. What isn't there is noted.
func (in *agencyImport) lookup(line int, field, code string, ids map[string]int64) int64 {
	if code == "" {
		return 0
	}
	id, ok := ids[code]
	if !ok {
		in.bad.Add(line, field, "there is no %q", code)
	}
	return id
}

func (in *agencyImport) saveAgencies() error {
	if len(in.file.Agencies) == 0 {
		return nil
	}
	there := map[string]bool{}
	for code := range in.agencies {
		there[code] = true
	}
	var codes []string
	list := make([]identity.Agency, 0, len(in.file.Agencies))
	for _, it := range in.file.Agencies {
		a := it.v
		switch {
		case a.Code == "":
			in.bad.Add(it.line, "code", "an agency needs one")
		case slices.Contains(codes, a.Code):
			in.bad.Add(it.line, "code", "%q is used before", a.Code)
		}
		if a.Name.RU == "" {
			in.bad.Add(it.line, "name", "%s has no name in Russian", a.Code)
		}
		for _, o := range a.Origins {
			if !Origin(o) {
				in.bad.Add(it.line, "widget_origins", "%s: %q is no origin such as https://example.org", a.Code, o)
			}
		}
		if a.Site != "" && !webAddress(a.Site) {
			in.bad.Add(it.line, "site", "%s: %q is no address such as https://example.org", a.Code, a.Site)
		}
		for _, c := range a.Capabilities {
			if c != "appeals" && c != "participation" {
				in.bad.Add(it.line, "capabilities", "%s: %q is neither appeals nor participation", a.Code, c)
			}
		}
		codes = append(codes, a.Code)
		list = append(list, identity.Agency{
			Code: a.Code, Name: a.Name, Short: a.Short, Territory: in.lookup(it.line, "territory", a.Territory, in.places),
			Phone: a.Phone, Email: a.Email, Address: a.Address, Hours: a.Hours, Site: a.Site, Capabilities: a.Capabilities,
			WidgetOrigins: a.Origins,
		})
	}
	if in.wrong() {
		for _, a := range list { // the other parts may name them
			in.agencies[a.Code] = 0
		}
		for _, it := range in.file.Agencies {
			in.lookup(it.line, "parent", it.v.Parent, in.agencies)
		}
		return nil
	}
	// Once without and once with the body above: it may come later in the file.
	if err := in.tx.SaveAgencies(list); err != nil {
		return fmt.Errorf("save agencies: %w", err)
	}
	for _, a := range list {
		in.agencies[a.Code] = a.ID
	}
	for i, it := range in.file.Agencies {
		list[i].Parent = in.lookup(it.line, "parent", it.v.Parent, in.agencies)
		if it.v.Parent == it.v.Code {
			in.bad.Add(it.line, "parent", "%s can't be above itself", it.v.Code)
		}
	}
	in.results = append(in.results, counted("agencies", there, codes))
	return in.tx.SaveAgencies(list)
}

// webAddress reports whether s is a web address that a page may lead to.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Origin reports whether s is an origin as browsers send it: scheme, host and
// port, nothing else.
func Origin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && s == u.Scheme+"://"+u.Host
}

func (in *agencyImport) saveUsers() error {
	seen := map[string]int{}
	for _, it := range in.file.Users {
		// People sign in by it however they write it.
		u := identity.User{
			Login: strings.ToLower(strings.TrimSpace(it.v.Login)), Name: it.v.Name, Email: it.v.Email,
			Position: it.v.Position, Phone: it.v.Phone,
		}
		if u.Login == "" || u.Name == "" {
			in.bad.Add(it.line, "login", "a user needs a login and a name")
		}
		if first, twice := seen[u.Login]; twice && u.Login != "" {
			in.bad.Add(it.line, "login", "%q is there already, in line %d", u.Login, first)
		}
		seen[u.Login] = it.line
		if n := utf8.RuneCountInString(it.v.Password); n > 0 && n < identity.MinPassword {
			in.bad.Add(it.line, "password", "%s: it needs at least %d characters", u.Login, identity.MinPassword)
		}
		for _, r := range it.v.Roles {
			m := actor.Membership{Role: actor.Role(r.Role), Agency: in.lookup(it.line, "roles", r.Agency, in.agencies)}
			switch {
			case !m.Role.Known():
				in.bad.Add(it.line, "roles", "%s: %q is none of %v", u.Login, r.Role, actor.Roles)
			case m.Role.Regional() != (r.Agency == ""):
				in.bad.Add(it.line, "roles", "%s: supervisor and system_admin name no agency, other roles do", u.Login)
			}
			u.Memberships = append(u.Memberships, m)
		}
		if in.wrong() {
			continue
		}
		if password := cmp.Or(it.v.Password, in.password); password != "" {
			u.PasswordHash = identity.HashPassword(password)
		}
		if err := in.tx.SaveUser(&u); err != nil {
			return fmt.Errorf("save user %s: %w", u.Login, err)
		}
	}
	if len(in.file.Users) > 0 {
		in.results = append(in.results, Result{What: "users", Added: len(in.file.Users)})
	}
	return nil
}

func (in *agencyImport) saveTemplates() error {
	if len(in.file.Templates) == 0 {
		return nil
	}
	list := make([]workflow.AnswerTemplate, 0, len(in.file.Templates))
	for _, it := range in.file.Templates {
		t := it.v
		if t.Code == "" || t.Name.RU == "" || t.Text == "" {
			in.bad.Add(it.line, "", "a template needs a code, a name in Russian and a text")
		}
		if !slices.Contains(workflow.Outcomes, workflow.Outcome(t.Outcome)) {
			in.bad.Add(it.line, "outcome", "%q is none of %v", t.Outcome, workflow.Outcomes)
		}
		if t.Rubric != "" && in.tree != nil {
			if _, ok := in.tree.Find(t.Rubric); !ok {
				in.bad.Add(it.line, "rubric", "there is no %q", t.Rubric)
			}
		}
		list = append(list, workflow.AnswerTemplate{
			Code: t.Code, Agency: in.lookup(it.line, "agency", t.Agency, in.agencies), Rubric: t.Rubric, Name: t.Name,
			Outcome: workflow.Outcome(t.Outcome), Body: t.Text,
		})
	}
	if in.wrong() {
		return nil
	}
	in.results = append(in.results, Result{What: "answer templates", Added: len(list)})
	return in.tx.SaveTemplates(list)
}
