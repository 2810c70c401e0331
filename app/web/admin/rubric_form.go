package admin

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/web/intake"
	"github.com/otklik/otklik/rubricator"
)

// nodeForm is a node as it is typed.
type nodeForm struct {
	Name, Help, Emergency                lang.Text
	Words                                string // one in a line
	Order, RuleSet, Days, Unit, Identity string
	SeasonFrom, SeasonTo                 string
	Classifier, Object, Radius, Photo    string
	PhotoRequired, ByHand                bool
	Questions                            []questionForm
}

// questionForm is a question as it is typed.
type questionForm struct {
	Code, Type string
	Name, Hint lang.Text
	Required   bool
	Options    string   // one in a line: «code | по-русски | in English»
	When       []string // «question=option»
}

func newNodeForm(r *rubricator.Rubric) nodeForm {
	f := nodeForm{
		Name: r.Name, Help: r.Help, Emergency: r.Emergency, Words: strings.Join(r.Words, "\n"), Order: r.Order, RuleSet: r.RuleSet,
		Days: number(r.Days), Unit: r.Unit, Identity: r.Identity, Classifier: r.Classifier, Object: r.Object,
		Radius: number(r.DuplicateRadius), Photo: r.Photo, PhotoRequired: r.PhotoRequired, ByHand: r.ByHand,
	}
	if r.Season != nil {
		f.SeasonFrom, f.SeasonTo = r.Season.From, r.Season.To
	}
	for _, q := range r.Questions {
		one := questionForm{Code: q.Code, Type: q.Type, Name: q.Name, Hint: q.Hint, Required: q.Required}
		for _, o := range q.Options {
			one.Options += strings.TrimSuffix(o.Code+" | "+o.Name.RU+" | "+o.Name.EN, " | ") + "\n"
		}
		if q.When != nil {
			for _, is := range q.When.Is {
				one.When = append(one.When, q.When.Question+"="+is)
			}
		}
		f.Questions = append(f.Questions, one)
	}
	return f
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// questionName is the name of a field of the i-th question.
func questionName(i int, field string) string { return fmt.Sprintf("q%d.%s", i, field) }

// mostQuestions bounds what a form can have.
const mostQuestions = 50

func readNodeForm(v url.Values) nodeForm {
	get := func(name string) string { return intake.Tidy(v.Get(name)) }
	both := func(name string) lang.Text {
		return lang.Text{RU: tidyLines(v.Get(name + "_ru")), EN: tidyLines(v.Get(name + "_en"))}
	}
	f := nodeForm{
		Name: both("name"), Help: both("help"), Emergency: both("emergency"), Words: tidyLines(v.Get("words")),
		Order: get("order"), RuleSet: get("rule_set"), Days: get("days"), Unit: get("unit"), Identity: get("identity"),
		SeasonFrom: get("season_from"), SeasonTo: get("season_to"), Classifier: get("classifier"), Object: get("object"),
		Radius: get("duplicate_radius_m"), Photo: get("photo"), PhotoRequired: v.Get("photo_required") != "",
		ByHand: v.Get("by_hand") != "",
	}
	for i := range mostQuestions {
		if !v.Has(questionName(i, "type")) {
			break
		}
		f.Questions = append(f.Questions, questionForm{
			Code: get(questionName(i, "code")), Type: get(questionName(i, "type")), Name: both(questionName(i, "name")),
			Hint: both(questionName(i, "hint")), Required: v.Get(questionName(i, "required")) != "",
			Options: tidyLines(v.Get(questionName(i, "options"))), When: slices.Clone(v[questionName(i, "when")]),
		})
	}
	return f
}

// tidyLines is a text as people mean it: no spaces at the ends of its lines.
func tidyLines(s string) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		out = append(out, strings.TrimRight(line, " \t\r"))
	}
	return strings.Trim(strings.Join(out, "\n"), "\n \t")
}

// press does to the questions what a button says: «add», «up 2», «down 0»,
// «drop 1». It returns where on the page to go on.
func (f *nodeForm) press(do string) (focus string) {
	what, at, _ := strings.Cut(do, " ")
	i, err := strconv.Atoi(at)
	if what == "add" {
		f.Questions = append(f.Questions, questionForm{Type: rubricator.QText, Code: f.freeCode()})
		return fmt.Sprintf("#question-%d", len(f.Questions)-1)
	}
	if err != nil || i < 0 || i >= len(f.Questions) {
		return ""
	}
	switch what {
	case "drop":
		f.Questions = slices.Delete(f.Questions, i, i+1)
		return "#questions"
	case "up":
		if i > 0 {
			f.Questions[i], f.Questions[i-1] = f.Questions[i-1], f.Questions[i]
			i--
		}
	case "down":
		if i+1 < len(f.Questions) {
			f.Questions[i], f.Questions[i+1] = f.Questions[i+1], f.Questions[i]
			i++
		}
	}
	return fmt.Sprintf("#question-%d", i)
}

func (f *nodeForm) freeCode() string {
	for n := len(f.Questions) + 1; ; n++ {
		code := "q" + strconv.Itoa(n)
		if !slices.ContainsFunc(f.Questions, func(q questionForm) bool { return q.Code == code }) {
			return code
		}
	}
}

// rubric is the node that is typed, without code and what is below it. What is
// wrong with its values the tree tells; here only what is no number at all.
func (f nodeForm) rubric() (rubricator.Rubric, error) {
	var check fault.Check
	whole := func(field, typed string) int {
		if typed == "" {
			return 0
		}
		n, err := strconv.Atoi(typed)
		check.That(err == nil, field, "error.not_a_number")
		return n
	}
	r := rubricator.Rubric{
		Name: f.Name, Help: f.Help, Emergency: f.Emergency, Order: f.Order, RuleSet: f.RuleSet, Days: whole("days", f.Days),
		Unit: f.Unit, Identity: f.Identity, Classifier: f.Classifier, Object: f.Object,
		DuplicateRadius: whole("duplicate_radius_m", f.Radius), Photo: f.Photo, PhotoRequired: f.PhotoRequired, ByHand: f.ByHand,
	}
	for line := range strings.SplitSeq(f.Words, "\n") {
		if word := intake.Tidy(line); word != "" {
			r.Words = append(r.Words, word)
		}
	}
	if f.SeasonFrom != "" || f.SeasonTo != "" {
		r.Season = &rubricator.Season{From: f.SeasonFrom, To: f.SeasonTo}
	}
	for i, typed := range f.Questions {
		q := rubricator.Question{Code: typed.Code, Type: typed.Type, Name: typed.Name, Hint: typed.Hint, Required: typed.Required}
		q.Options = options(typed.Options)
		for _, pair := range typed.When {
			question, option, _ := strings.Cut(pair, "=")
			if q.When == nil {
				q.When = &rubricator.When{Question: question}
			}
			check.That(q.When.Question == question, questionName(i, "when"), "tree.when_one")
			q.When.Is = append(q.When.Is, option)
		}
		r.Questions = append(r.Questions, q)
	}
	return r, check.Err()
}

// options reads one option in a line. A line without a code gets one.
func options(typed string) []rubricator.Option {
	var out []rubricator.Option
	for line := range strings.SplitSeq(typed, "\n") {
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = intake.Tidy(parts[i])
		}
		var o rubricator.Option
		switch len(parts) {
		case 1:
			if parts[0] == "" {
				continue
			}
			o.Name.RU = parts[0]
			for n := len(out) + 1; o.Code == ""; n++ {
				code := "o" + strconv.Itoa(n)
				if !strings.Contains(typed, code+" |") && !slices.ContainsFunc(out, func(b rubricator.Option) bool { return b.Code == code }) {
					o.Code = code
				}
			}
		case 2:
			o.Code, o.Name.RU = parts[0], parts[1]
		default:
			o.Code, o.Name.RU, o.Name.EN = parts[0], parts[1], parts[2]
		}
		out = append(out, o)
	}
	return out
}

// formField is the name of the input that a problem's field is typed into.
func formField(field string) string {
	if rest, ok := strings.CutPrefix(field, "questions["); ok {
		at, name, _ := strings.Cut(rest, "]")
		i, err := strconv.Atoi(at)
		if err != nil {
			return field
		}
		if name = strings.TrimPrefix(name, "."); name == "name" {
			name = "name_ru"
		}
		return questionName(i, name)
	}
	switch field {
	case "name":
		return "name_ru"
	case "season":
		return "season_from"
	case "words", "order", "rule_set", "days", "unit", "identity", "classifier", "duplicate_radius_m", "photo":
		return field
	default:
		return "node" // the page as a whole
	}
}
