package participation

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otklik/otklik/app/lang"
)

// Steps are the steps of a hearing, or of a discussion that a law sets dates
// for. Days are YYYY-MM-DD in the campaign's zone. Remarks are taken from
// Terms.Opens to Terms.Closes.
type Steps struct {
	Rule       HearingRule `json:"rule"`
	Notice     string      `json:"notice"`   // people are told that it will be held
	Posted     string      `json:"posted"`   // the project is published, the exposition opens
	ShownTo    string      `json:"shown_to"` // last day of the exposition
	Place      string      `json:"place,omitempty"`
	Meetings   []Meeting   `json:"meetings,omitempty"`
	Protocol   string      `json:"protocol"`
	Conclusion string      `json:"conclusion"` // is published
}

// Meeting is one meeting of those who take part.
type Meeting struct {
	At    time.Time `json:"at"`
	Place string    `json:"place"` // an address, or a link where it is online
}

// HearingRule says which times the law asks for.
type HearingRule struct {
	Code string    `json:"code" yaml:"code"`
	Name lang.Text `json:"name" yaml:"name"`
	// NoticeDays is how many days before the publication of the project people are
	// told.
	NoticeDays int `json:"notice_days,omitempty" yaml:"notice_days"`
	// IntakeDays is for how many days remarks are taken at least.
	IntakeDays int `json:"intake_days,omitempty" yaml:"intake_days"`
	// The time up to the publication of the conclusion, from From on; 0 where
	// nothing is set.
	From      Since `json:"from" yaml:"from"`
	MinDays   int   `json:"min_days,omitempty" yaml:"min_days"`
	MaxDays   int   `json:"max_days,omitempty" yaml:"max_days"`
	MinMonths int   `json:"min_months,omitempty" yaml:"min_months"`
	MaxMonths int   `json:"max_months,omitempty" yaml:"max_months"`
	// Source names the articles that the numbers are from.
	Source lang.Text `json:"source" yaml:"source"`
	// Norms say on what each step stands.
	Norms map[Norm]lang.Text `json:"norms,omitempty" yaml:"norms"`
	// AsOf is the day, YYYY-MM-DD, whose text of the law the numbers are from.
	AsOf string `json:"as_of,omitempty" yaml:"as_of"`
	// Checked says who compared them with the law in force, and when.
	Checked lang.Text `json:"checked,omitzero" yaml:"checked"`
}

// Norm is a step of a hearing that a norm is named for.
type Norm string

// Norms lists them, in the order of the steps.
var Norms = []Norm{"notice", "posted", "exposition", "intake", "meeting", "protocol", "conclusion"}

// Since is the step from which the time of a hearing runs.
type Since string

// Where the time begins.
const (
	SinceNotice Since = "notice"
	SincePosted Since = "posted"
)

//go:embed hearing.yaml
var seededRules []byte

// SeededRules are the rules that come with the product.
func SeededRules() []HearingRule {
	rules, err := ReadHearingRules(seededRules)
	if err != nil { // embedded: a test reads it
		panic(err)
	}
	return rules
}

// ReadHearingRules reads rules from YAML.
func ReadHearingRules(text []byte) ([]HearingRule, error) {
	var file struct {
		Rules []HearingRule `yaml:"hearings"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("rules of hearings: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range file.Rules {
		numbers := []int{r.NoticeDays, r.IntakeDays, r.MinDays, r.MaxDays, r.MinMonths, r.MaxMonths}
		switch {
		case r.Code == "" || seen[r.Code]:
			return nil, fmt.Errorf("rules of hearings: the code %q is empty or there twice", r.Code)
		case r.Name.RU == "" || r.Source.RU == "":
			return nil, fmt.Errorf("rules of hearings: %s: name and source are needed", r.Code)
		case r.From != SinceNotice && r.From != SincePosted:
			return nil, fmt.Errorf("rules of hearings: %s: from is %q; it is notice or posted", r.Code, r.From)
		case slices.Min(numbers) < 0:
			return nil, fmt.Errorf("rules of hearings: %s: a number is below zero", r.Code)
		}
		for norm := range r.Norms {
			if !slices.Contains(Norms, norm) {
				return nil, fmt.Errorf("rules of hearings: %s: there is no step %q; they are %v", r.Code, norm, Norms)
			}
		}
		if _, ok := Day(r.AsOf, time.UTC); !ok && r.AsOf != "" {
			return nil, fmt.Errorf("rules of hearings: %s: as_of is %q; it is a day, YYYY-MM-DD", r.Code, r.AsOf)
		}
		seen[r.Code] = true
	}
	if len(file.Rules) == 0 {
		return nil, errors.New("rules of hearings: there are none")
	}
	return file.Rules, nil
}

// FindRule finds a rule by its code.
func FindRule(rules []HearingRule, code string) (HearingRule, bool) {
	i := slices.IndexFunc(rules, func(r HearingRule) bool { return r.Code == code })
	if i < 0 {
		return HearingRule{}, false
	}
	return rules[i], true
}

// Day reads a day of the steps in a zone; ok is false for what is none.
func Day(text string, zone *time.Location) (_ time.Time, ok bool) {
	d, err := time.ParseInLocation(time.DateOnly, text, zone)
	return d, err == nil
}

// AddMonths adds months as terms of the law are counted: where the month has no
// such day its last day ends the term.
func AddMonths(day time.Time, n int) time.Time {
	first := time.Date(day.Year(), day.Month()+time.Month(n), 1, 0, 0, 0, 0, day.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(day.Day(), last)-1)
}

// steps checks the dates of a hearing against its rule.
func (p *Preflight) steps(t *Terms, s Surroundings) {
	h := t.Talk.Hearing
	rule, known := FindRule(s.Hearings, h.Rule.Code)
	p.must(known, "rule", "campaign.check.hearing_rule")
	zone, err := time.LoadLocation(t.Zone)
	if err != nil {
		zone = time.UTC
	}
	all := true
	day := func(name, text string) time.Time {
		d, ok := Day(text, zone)
		p.must(ok, name, "campaign.check.hearing_day."+name)
		all = all && ok
		return d
	}
	notice, posted, shown := day("notice", h.Notice), day("posted", h.Posted), day("shown_to", h.ShownTo)
	protocol, conclusion := day("protocol", h.Protocol), day("conclusion", h.Conclusion)
	p.must(t.Kind != Hearing || len(h.Meetings) > 0, "meetings", "campaign.check.hearing_meeting")
	if !known || !all || t.Opens.IsZero() || t.Closes.IsZero() {
		return
	}
	today := dayOf(s.Now, zone)
	opens, closes := dayOf(t.Opens, zone), dayOf(t.Closes.Add(-time.Nanosecond), zone)
	p.must(!notice.Before(today), "notice", "campaign.check.hearing_notice_past")
	p.must(!posted.Before(notice.AddDate(0, 0, rule.NoticeDays)), "posted", "campaign.check.hearing_notice",
		"n", rule.NoticeDays, "day", shortDay(notice.AddDate(0, 0, rule.NoticeDays)), "source", rule.Source)
	p.must(!opens.Before(posted), "opens", "campaign.check.hearing_opens")
	p.must(!shown.Before(posted), "shown_to", "campaign.check.hearing_shown")
	p.must(!closes.After(shown), "closes", "campaign.check.hearing_closes")
	p.must(!closes.Before(opens.AddDate(0, 0, rule.IntakeDays-1)), "closes", "campaign.check.hearing_intake", "n", rule.IntakeDays)
	last := shown
	for i, m := range h.Meetings {
		p.must(m.Place != "", "meetings", "campaign.check.hearing_place", "n", i+1)
		at := dayOf(m.At, zone)
		p.must(!at.Before(posted), "meetings", "campaign.check.hearing_meeting_early", "n", i+1)
		if at.After(last) {
			last = at
		}
	}
	p.must(!protocol.Before(last), "protocol", "campaign.check.hearing_protocol")
	p.must(!conclusion.Before(protocol), "conclusion", "campaign.check.hearing_conclusion")
	p.span(rule, map[Since]time.Time{SinceNotice: notice, SincePosted: posted}[rule.From], conclusion)
	if rule.Checked.RU == "" {
		p.warning("rule", "campaign.check.hearing_unchecked", "source", rule.Source)
	}
	if s.Holiday != nil && s.Holiday(conclusion.Add(12*time.Hour)) {
		p.warning("conclusion", "campaign.check.hearing_holiday")
	}
}

// span checks how long all of it takes.
func (p *Preflight) span(rule HearingRule, from, conclusion time.Time) {
	early := AddMonths(from, rule.MinMonths).AddDate(0, 0, rule.MinDays)
	if rule.MinMonths+rule.MinDays > 0 {
		p.must(!conclusion.Before(early), "conclusion", "campaign.check.hearing_too_short", "day", shortDay(early), "source", rule.Source)
	}
	late := AddMonths(from, rule.MaxMonths).AddDate(0, 0, rule.MaxDays)
	if rule.MaxMonths+rule.MaxDays > 0 {
		p.must(!conclusion.After(late), "conclusion", "campaign.check.hearing_too_long", "day", shortDay(late), "source", rule.Source)
	}
}

func dayOf(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

func shortDay(t time.Time) string { return t.Format("02.01.2006") }
