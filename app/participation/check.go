package participation

import (
	"net/mail"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation/tally"
)

// The limits of a campaign.
const (
	MaxTitle     = 200
	MaxText      = 20_000
	MaxQuestions = 50
	MaxOptions   = 50
	MaxProjects  = 500
	MaxWords     = 2000 // characters of an answer in own words
	MaxObservers = 50
	mostMoney    = 1_000_000_000_000
)

// Finding is one thing that pre-flight has to say about a campaign: Key is the
// catalogue key of a sentence that tells what to do, Field the input that it is
// about.
type Finding struct {
	Field  string
	Key    string
	Params map[string]any
}

// Preflight is what stands against publishing and what is worth a second look.
type Preflight struct {
	Problems []Finding
	Warnings []Finding
}

// Ready reports whether the campaign can be published.
func (p *Preflight) Ready() bool { return len(p.Problems) == 0 }

func (p *Preflight) problem(field, key string, params ...any) {
	p.Problems = append(p.Problems, finding(field, key, params))
}

func (p *Preflight) warning(field, key string, params ...any) {
	p.Warnings = append(p.Warnings, finding(field, key, params))
}

func (p *Preflight) must(ok bool, field, key string, params ...any) {
	if !ok {
		p.problem(field, key, params...)
	}
}

func finding(field, key string, params []any) Finding {
	f := Finding{Field: field, Key: key}
	for i := 0; i+1 < len(params); i += 2 {
		if f.Params == nil {
			f.Params = map[string]any{}
		}
		if name, ok := params[i].(string); ok {
			f.Params[name] = params[i+1]
		}
	}
	return f
}

// Err is nil where the campaign can be published, else all problems as wrong
// inputs.
func (p *Preflight) Err() error {
	var check fault.Check
	for _, f := range p.Problems {
		var params []any
		for name, value := range f.Params {
			params = append(params, name, value)
		}
		check.Fail(f.Field, f.Key, params...)
	}
	return check.Err()
}

// Surroundings are what a campaign is checked against.
type Surroundings struct {
	Now      time.Time
	Holiday  func(time.Time) bool // whether nobody works on the day of an instant
	Holds    bool                 // the agency has the capability «participation»
	Levels   []Level              // that this installation can check
	Hearings []HearingRule        // which times the law asks for
}

// shortest is how long a vote should be open at least.
const shortest = 24 * time.Hour

// Check is the pre-flight: a function of the campaign and what is around it.
func Check(t *Terms, observers []string, s Surroundings) Preflight {
	var p Preflight
	p.texts(t)
	p.times(t, s)
	p.people(t, s)
	if t.Kind.Talks() {
		p.talk(t, s)
		return p
	}
	switch t.Kind {
	case Budget:
		p.money(t)
	case Vote, Poll:
		p.questions(t)
	default:
		p.problem("kind", "campaign.check.kind")
	}
	p.ties(t)
	p.must(len(observers) <= MaxObservers, "observers", "campaign.check.observers_many", "max", MaxObservers)
	for _, o := range observers {
		if _, err := mail.ParseAddress(o); err != nil {
			p.problem("observers", "campaign.check.observer", "address", o)
		}
	}
	if len(observers) == 0 {
		p.warning("observers", "campaign.check.no_observers")
	}
	return p
}

func (p *Preflight) texts(t *Terms) {
	p.must(t.Title.RU != "", "title", "campaign.check.title")
	p.must(utf8.RuneCountInString(t.Title.RU) <= MaxTitle, "title", "error.too_long", "max", MaxTitle)
	p.must(t.Text.RU != "", "text", "campaign.check.text")
	p.must(utf8.RuneCountInString(t.Text.RU) <= MaxText, "text", "error.too_long", "max", MaxText)
	if t.Title.EN == "" || t.Text.RU != "" && t.Text.EN == "" {
		p.warning("title_en", "campaign.check.no_english")
	}
}

func (p *Preflight) times(t *Terms, s Surroundings) {
	p.must(!t.Opens.IsZero(), "opens", "campaign.check.opens")
	p.must(!t.Closes.IsZero(), "closes", "campaign.check.closes")
	if t.Opens.IsZero() || t.Closes.IsZero() {
		return
	}
	p.must(t.Opens.After(s.Now), "opens", "campaign.check.opens_past")
	p.must(t.Closes.After(t.Opens), "closes", "campaign.check.closes_before")
	if t.Closes.After(t.Opens) && t.Closes.Sub(t.Opens) < shortest {
		p.warning("closes", "campaign.check.short")
	}
	// What closes at midnight ends with the day before.
	if s.Holiday != nil && s.Holiday(t.Closes.Add(-time.Nanosecond)) {
		p.warning("closes", "campaign.check.holiday")
	}
}

func (p *Preflight) people(t *Terms, s Surroundings) {
	p.must(s.Holds, "agency", "campaign.check.capability")
	known := false
	for _, l := range s.Levels {
		known = known || l == t.Level
	}
	p.must(known, "level", "campaign.check.level")
	p.must(t.MinAge >= 0 && t.MinAge <= 100, "min_age", "campaign.check.age")
	if t.Level == Contact && (t.MinAge > 0 || t.Resident) {
		p.warning("level", "campaign.check.declared")
	}
	if t.Level == Contact && t.Kind != Poll && !t.Kind.Talks() {
		p.warning("level", "campaign.check.contact")
	}
	p.must(!t.Resident || len(t.Territories) > 0, "territories", "campaign.check.residence")
	p.must(t.Quorum >= 0, "quorum", "campaign.check.quorum")
	p.must(t.MinShare >= 0 && t.MinShare <= 100, "min_share", "campaign.check.share")
	p.thresholds(t)
	p.quotas(t)
	p.paper(t)
}

func (p *Preflight) ties(t *Terms) {
	switch t.Ties {
	case TieStop:
		if t.Kind != Poll {
			p.must(t.Procedure.RU != "", "procedure", "campaign.check.procedure")
		}
	case TieLot:
		p.must(t.Seed != "", "seed", "campaign.check.seed")
	case TieOrder:
	default:
		p.problem("ties", "campaign.check.ties")
	}
}

func (p *Preflight) money(t *Terms) {
	if t.Money == nil || len(t.Money.Projects) == 0 {
		p.problem("projects", "campaign.check.no_projects")
		return
	}
	m := t.Money
	p.must(m.Budget > 0 && m.Budget <= mostMoney, "budget", "campaign.check.budget")
	if r, err := tally.ParseRule(m.Rule); err != nil || r.Threshold || r.Reserve > 0 {
		p.problem("rule", "campaign.check.rule")
	} else if _, err := t.Rule("draw"); err != nil && t.Ties != TieLot {
		p.problem("rule", "campaign.check.rule")
	}
	p.forms(m)
	p.must(len(m.Projects) <= MaxProjects, "projects", "campaign.check.many_projects", "max", MaxProjects)
	var all int64
	seen := map[string]bool{}
	for i, project := range m.Projects {
		p.must(project.Name.RU != "", "projects", "campaign.check.project_name", "n", i+1)
		p.must(project.ID != "" && !seen[project.ID], "projects", "campaign.check.project_twice", "n", i+1)
		p.must(project.Cost > 0 && project.Cost <= mostMoney, "projects", "campaign.check.project_cost", "name", project.Name.RU)
		if project.Cost > m.Budget {
			p.warning("projects", "campaign.check.project_dear", "name", project.Name.RU)
		}
		seen[project.ID] = true
		all += min(project.Cost, mostMoney)
	}
	if all <= m.Budget {
		p.warning("budget", "campaign.check.all_fit")
	}
}

func (p *Preflight) questions(t *Terms) {
	if len(t.Questions) == 0 {
		p.problem("questions", "campaign.check.no_questions")
		return
	}
	p.must(len(t.Questions) <= MaxQuestions, "questions", "campaign.check.many_questions", "max", MaxQuestions)
	english := true
	for i := range t.Questions {
		q := &t.Questions[i]
		n := i + 1
		allowed := false
		for _, a := range Asks(t.Kind) {
			allowed = allowed || a == q.Ask
		}
		p.must(allowed, "questions", "campaign.check.question_kind", "n", n)
		p.must(q.Name.RU != "", "questions", "campaign.check.question_name", "n", n)
		english = english && q.Name.EN != ""
		switch q.Ask {
		case One, Some, Ranking, Matrix:
			p.must(len(q.Options) >= 2, "questions", "campaign.check.options", "n", n)
			p.must(len(q.Options) <= MaxOptions && len(q.Rows) <= MaxOptions, "questions", "campaign.check.many_options", "n", n, "max", MaxOptions)
			p.must(distinct(q.Options) && distinct(q.Rows), "questions", "campaign.check.option_twice", "n", n)
			p.must(q.Ask != Matrix || len(q.Rows) > 0, "questions", "campaign.check.rows", "n", n)
			p.must(q.Winners >= 0 && q.Winners < max(2, len(q.Options)), "questions", "campaign.check.question_winners", "n", n)
			p.must(q.Ask != Some || q.Most >= 0 && q.Most <= len(q.Options), "questions", "campaign.check.question_most", "n", n)
		case Scale:
			p.must(q.From < q.To && q.To-q.From <= 100, "questions", "campaign.check.scale", "n", n)
		case Words:
			p.warning("questions", "campaign.check.words", "n", n)
		case YesNo:
		}
		if q.When != nil {
			before, ok := (&Terms{Questions: t.Questions[:i]}).Question(q.When.Question)
			ok = ok && has(before.Choosable(), q.When.Option)
			p.must(ok, "questions", "campaign.check.branch", "n", n)
		}
	}
	if !english {
		p.warning("questions", "campaign.check.no_english_questions")
	}
}

func has(list []string, id string) bool {
	for _, one := range list {
		if one == id {
			return true
		}
	}
	return false
}

func distinct(options []Option) bool {
	ids, names := map[string]bool{}, map[lang.Text]bool{}
	for _, o := range options {
		if ids[o.ID] || names[o.Name] || o.Name.RU == "" {
			return false
		}
		ids[o.ID], names[o.Name] = true, true
	}
	return true
}

func steps(from, to int) []string {
	var out []string
	for n := from; n <= to && n-from <= 100; n++ {
		out = append(out, strconv.Itoa(n))
	}
	return out
}
