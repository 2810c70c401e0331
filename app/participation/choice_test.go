package participation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/participation"
)

var noon = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func option(id string) participation.Option {
	return participation.Option{ID: id, Name: lang.Text{RU: "Вариант " + id, EN: "Option " + id}}
}

// poll has a question of every form.
func poll() *participation.Terms {
	three := []participation.Option{option("a"), option("b"), option("c")}
	q := func(id string, ask participation.Ask, change ...func(*participation.Question)) participation.Question {
		out := participation.Question{ID: id, Ask: ask, Name: lang.Text{RU: "Вопрос " + id, EN: "Question " + id}}
		switch ask {
		case participation.One, participation.Some, participation.Ranking, participation.Matrix:
			out.Options = three
		case participation.Scale:
			out.From, out.To = 1, 5
		case participation.YesNo, participation.Words:
		}
		for _, c := range change {
			c(&out)
		}
		return out
	}
	return &participation.Terms{
		Kind: participation.Poll, Title: lang.Text{RU: "Опрос", EN: "Poll"}, Text: lang.Text{RU: "О чём", EN: "About"},
		Opens: noon, Closes: noon.Add(72 * time.Hour), Zone: "Europe/Moscow", Level: participation.Contact, Shown: participation.WhenCounted,
		Ties: participation.TieOrder,
		Questions: []participation.Question{
			q("yn", participation.YesNo, func(q *participation.Question) { q.Required = true }),
			q("one", participation.One, func(q *participation.Question) { q.When = &participation.When{Question: "yn", Option: "yes"} }),
			q("some", participation.Some, func(q *participation.Question) { q.Most = 2 }),
			q("scale", participation.Scale),
			q("matrix", participation.Matrix, func(q *participation.Question) { q.Rows = []participation.Option{option("x"), option("y")} }),
			q("rank", participation.Ranking),
			q("words", participation.Words),
		},
	}
}

func budget(knapsack bool, most int) *participation.Terms {
	t := poll()
	t.Kind, t.Questions = participation.Budget, nil
	t.Money = &participation.Money{Budget: 100, Rule: "greedy", Knapsack: knapsack, Most: most, Projects: []participation.Project{
		{ID: "p1", Name: lang.Text{RU: "Сквер", EN: "Park"}, Cost: 60},
		{ID: "p2", Name: lang.Text{RU: "Мост", EN: "Bridge"}, Cost: 50},
		{ID: "p3", Name: lang.Text{RU: "Лавки", EN: "Benches"}, Cost: 30},
	}}
	return t
}

func picks(question string, ids ...string) participation.Answer {
	return participation.Answer{Question: question, Picks: ids}
}

func TestTidy_puts_a_choice_into_one_form(t *testing.T) {
	t.Parallel()
	terms := poll()
	got, err := participation.Tidy(terms, []participation.Answer{
		{Question: "words", Words: "  Больше\r\nскамеек "},
		picks("rank", "c", "a"), picks("matrix", "y:c", "x:a"), picks("scale", "4"),
		picks("some", "c", "a"), picks("one", "b"), picks("yn", "yes"),
	})
	require.NoError(t, err)
	require.Equal(t, `{"a":[{"q":"yn","p":["yes"]},{"q":"one","p":["b"]},{"q":"some","p":["a","c"]},{"q":"scale","p":["4"]},`+
		`{"q":"matrix","p":["x:a","y:c"]},{"q":"rank","p":["c","a"]},{"q":"words","w":"Больше\nскамеек"}]}`, string(got.Encode()))
	again, err := participation.Decode(terms, got.Encode())
	require.NoError(t, err)
	require.Equal(t, got, again)
}

func TestTidy_leaves_out_what_was_not_asked(t *testing.T) {
	t.Parallel()
	got, err := participation.Tidy(poll(), []participation.Answer{picks("yn", "no"), picks("one", "b")})
	require.NoError(t, err)
	require.Equal(t, `{"a":[{"q":"yn","p":["no"]}]}`, string(got.Encode()))
}

func TestTidy_refuses(t *testing.T) {
	t.Parallel()
	yes := picks("yn", "yes")
	blank := poll()
	blank.Questions[0].Required = false
	for name, one := range map[string]struct {
		terms   *participation.Terms
		answers []participation.Answer
		field   string
		key     string
	}{
		"an unknown option":            {poll(), []participation.Answer{picks("yn", "maybe")}, "yn", "ballot.unknown"},
		"an unknown question":          {poll(), []participation.Answer{yes, picks("zzz", "a")}, "zzz", "ballot.unknown"},
		"a required question left out": {poll(), nil, "yn", "ballot.required"},
		"two of one":                   {poll(), []participation.Answer{picks("yn", "yes", "no")}, "yn", "ballot.too_many"},
		"more than allowed":            {poll(), []participation.Answer{yes, picks("some", "a", "b", "c")}, "some", "ballot.too_many"},
		"an option twice":              {poll(), []participation.Answer{yes, picks("some", "a", "a")}, "some", "ballot.unknown"},
		"a row twice":                  {poll(), []participation.Answer{yes, picks("matrix", "x:a", "x:b")}, "matrix", "ballot.row_twice"},
		"a step beside the scale":      {poll(), []participation.Answer{yes, picks("scale", "6")}, "scale", "ballot.unknown"},
		"a place given twice":          {poll(), []participation.Answer{yes, picks("rank", "a", "a")}, "rank", "ballot.unknown"},
		"words to a choice":            {poll(), []participation.Answer{{Question: "yn", Words: "yes"}}, "yn", "ballot.unknown"},
		"hidden signs":                 {poll(), []participation.Answer{yes, {Question: "words", Words: "a\x00b"}}, "words", "ballot.unknown"},
		"too many words":               {poll(), []participation.Answer{yes, {Question: "words", Words: strings.Repeat("я", 2001)}}, "words", "error.too_long"},
		"an answer twice":              {poll(), []participation.Answer{yes, yes}, "yn", "ballot.twice"},
		"nothing at all":               {blank, nil, "yn", "ballot.empty"},
		"no project":                   {budget(false, 0), nil, participation.Projects, "ballot.empty"},
		"more projects than allowed":   {budget(false, 1), []participation.Answer{picks(participation.Projects, "p1", "p2")}, participation.Projects, "ballot.too_many"},
		"a knapsack that is too heavy": {budget(true, 0), []participation.Answer{picks(participation.Projects, "p1", "p2")}, participation.Projects, "ballot.too_dear"},
		"a project that is none":       {budget(true, 0), []participation.Answer{picks(participation.Projects, "p9")}, participation.Projects, "ballot.unknown"},
		"a question of another form":   {budget(true, 0), []participation.Answer{picks("yn", "yes")}, "yn", "ballot.unknown"},
	} {
		_, err := participation.Tidy(one.terms, one.answers)
		var e *fault.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, one.field, e.Fields[0].Name, name)
		require.Equal(t, one.key, e.Fields[0].Key, name)
	}
	blank.Blank = true
	_, err := participation.Tidy(blank, nil)
	require.NoError(t, err, "where a ballot may be empty")
}

func TestDecode_refuses_every_other_way_to_write_a_choice(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `{}`, `{"a":[{"q":"yn","p":["yes"]}]} `, `{"a":[{"q":"yn", "p":["yes"]}]}`, `{"a":[{"q":"yn","p":["yes"]}],"x":1}`,
		`{"a":[{"q":"some","p":["a"]},{"q":"yn","p":["yes"]}]}`, `{"a":[{"q":"yn","p":["yes"]},{"q":"some","p":["c","a"]}]}`,
		`{"a":[{"p":["yes"],"q":"yn"}]}`, `{"a":[{"q":"yn","p":["yes"]},{"q":"some"}]}`,
	} {
		_, err := participation.Decode(poll(), []byte(text))
		require.Error(t, err, text)
	}
}

func TestThaw(t *testing.T) {
	t.Parallel()
	terms := poll()
	terms.Format = participation.FormatVersion
	frozen, hash := participation.Freeze(terms)
	got, err := participation.Thaw(frozen)
	require.NoError(t, err)
	require.Equal(t, terms, got)
	again, same := participation.Freeze(got)
	require.Equal(t, frozen, again)
	require.Equal(t, hash, same)
	for _, bad := range []string{"", "{}", string(frozen) + "\n", strings.Replace(string(frozen), "{", `{"more":1,`, 1)} {
		_, err := participation.Thaw([]byte(bad))
		require.Error(t, err, bad)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	around := participation.Surroundings{
		Now: noon.Add(-time.Hour), Holds: true, Levels: []participation.Level{participation.Contact},
		Holiday: func(at time.Time) bool { return at.After(noon.Add(90 * time.Hour)) },
	}
	found := participation.Check(poll(), []string{"watch@example.org"}, around)
	require.Empty(t, found.Problems)
	require.NoError(t, found.Err())
	require.Equal(t, "campaign.check.words", found.Warnings[0].Key)
	require.Len(t, found.Warnings, 1)

	keys := func(list []participation.Finding) (out []string) {
		for _, f := range list {
			out = append(out, f.Key)
		}
		return out
	}
	for name, one := range map[string]struct {
		terms   *participation.Terms
		change  func(*participation.Terms)
		problem string
		warning string
	}{
		"no title":                     {poll(), func(t *participation.Terms) { t.Title.RU = "" }, "campaign.check.title", ""},
		"opens in the past":            {poll(), func(t *participation.Terms) { t.Opens = noon.Add(-2 * time.Hour) }, "campaign.check.opens_past", ""},
		"closes before it opens":       {poll(), func(t *participation.Terms) { t.Closes = t.Opens }, "campaign.check.closes_before", ""},
		"a lot without a seed":         {poll(), func(t *participation.Terms) { t.Ties = participation.TieLot }, "campaign.check.seed", ""},
		"a draw without a procedure":   {budget(false, 0), func(t *participation.Terms) { t.Ties = participation.TieStop }, "campaign.check.procedure", ""},
		"a level that we can't check":  {poll(), func(t *participation.Terms) { t.Level = participation.Verified }, "campaign.check.level", ""},
		"residents of nowhere":         {poll(), func(t *participation.Terms) { t.Resident = true }, "campaign.check.residence", ""},
		"a branch to what comes after": {poll(), func(t *participation.Terms) { t.Questions[1].When.Question = "some" }, "campaign.check.branch", ""},
		"a scale upside down":          {poll(), func(t *participation.Terms) { t.Questions[3].To = 0 }, "campaign.check.scale", ""},
		"a vote by ranking":            {poll(), func(t *participation.Terms) { t.Kind = participation.Vote }, "campaign.check.question_kind", ""},
		"one option":                   {poll(), func(t *participation.Terms) { t.Questions[2].Options = t.Questions[2].Options[:1] }, "campaign.check.options", ""},
		"no questions":                 {poll(), func(t *participation.Terms) { t.Questions = nil }, "campaign.check.no_questions", ""},
		"an unknown rule":              {budget(false, 0), func(t *participation.Terms) { t.Money.Rule = "best" }, "campaign.check.rule", ""},
		"a project for nothing":        {budget(false, 0), func(t *participation.Terms) { t.Money.Projects[0].Cost = 0 }, "campaign.check.project_cost", ""},
		"a project twice":              {budget(false, 0), func(t *participation.Terms) { t.Money.Projects[0].ID = "p2" }, "campaign.check.project_twice", ""},
		"a project above the budget":   {budget(false, 0), func(t *participation.Terms) { t.Money.Projects[0].Cost = 101 }, "", "campaign.check.project_dear"},
		"money for all":                {budget(false, 0), func(t *participation.Terms) { t.Money.Budget = 140 }, "", "campaign.check.all_fit"},
		"closes on a holiday":          {poll(), func(t *participation.Terms) { t.Closes = noon.Add(96 * time.Hour) }, "", "campaign.check.holiday"},
		"open for an hour":             {poll(), func(t *participation.Terms) { t.Closes = noon.Add(time.Hour) }, "", "campaign.check.short"},
		"no English":                   {poll(), func(t *participation.Terms) { t.Title.EN = "" }, "", "campaign.check.no_english"},
		"an age that nobody checks":    {poll(), func(t *participation.Terms) { t.MinAge = 16 }, "", "campaign.check.declared"},
	} {
		one.change(one.terms)
		found := participation.Check(one.terms, nil, around)
		if one.problem != "" {
			require.Contains(t, keys(found.Problems), one.problem, name)
			require.Error(t, found.Err(), name)
		} else {
			require.Empty(t, found.Problems, name)
			require.Contains(t, keys(found.Warnings), one.warning, name)
		}
	}
}

func count(t *testing.T, terms *participation.Terms, voters int, draw string, ballots ...[]participation.Answer) (*participation.Result, error) {
	t.Helper()
	c := participation.NewCounting(terms)
	for _, answers := range ballots {
		choice, err := participation.Tidy(terms, answers)
		require.NoError(t, err)
		c.Add(choice)
	}
	return c.Result(voters, draw)
}

func vote(ties participation.TieRule) *participation.Terms {
	t := poll()
	t.Kind, t.Ties, t.Seed = participation.Vote, ties, "2026-12-01"
	t.Questions = t.Questions[2:3]
	return t
}

func TestCounting_vote(t *testing.T) {
	t.Parallel()
	a, b := []participation.Answer{picks("some", "a")}, []participation.Answer{picks("some", "b", "c")}
	r, err := count(t, vote(participation.TieStop), 3, "", a, a, b)
	require.NoError(t, err)
	require.Equal(t, []participation.PickCount{{ID: "a", N: 2}, {ID: "b", N: 1}, {ID: "c", N: 1}}, r.Questions[0].Picks)
	require.Equal(t, []string{"a"}, r.Questions[0].Winners)

	_, err = count(t, vote(participation.TieStop), 2, "", a, b)
	var tie *participation.TieError
	require.True(t, errors.As(err, &tie))
	require.Equal(t, []string{"a", "b", "c"}, tie.Equal)
	drawn, err := count(t, vote(participation.TieStop), 2, "17", a, b)
	require.NoError(t, err)
	require.Len(t, drawn.Questions[0].Winners, 1)
	again, err := count(t, vote(participation.TieStop), 2, "17", b, a)
	require.NoError(t, err)
	require.Equal(t, drawn, again, "the same draw and ballots in another order give the same")
	first, err := count(t, vote(participation.TieOrder), 2, "", a, b)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, first.Questions[0].Winners)

	strict := vote(participation.TieOrder)
	strict.MinShare, strict.Quorum = 67, 3
	r, err = count(t, strict, 3, "", a, a, b)
	require.NoError(t, err)
	require.Empty(t, r.Questions[0].Winners, "two of three is less than 67 %")
	strict.MinShare = 66
	r, err = count(t, strict, 3, "", a, a, b)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, r.Questions[0].Winners)
	r, err = count(t, strict, 2, "", a, a)
	require.NoError(t, err)
	require.False(t, r.Quorum)
	require.Empty(t, r.Questions[0].Winners)
}

func TestCounting_poll_and_budget(t *testing.T) {
	t.Parallel()
	r, err := count(t, poll(), 2, "",
		[]participation.Answer{picks("yn", "yes"), picks("scale", "4"), picks("rank", "c", "a"), {Question: "words", Words: "б"}},
		[]participation.Answer{picks("yn", "no"), picks("scale", "5"), picks("matrix", "x:b"), {Question: "words", Words: "а"}})
	require.NoError(t, err)
	require.Equal(t, "4.50", r.Questions[3].Mean)
	require.Equal(t, []participation.PickCount{{ID: "a", N: 2}, {ID: "b", N: 0}, {ID: "c", N: 3}}, r.Questions[5].Picks)
	require.Equal(t, []string{"а", "б"}, r.Questions[6].Words)
	require.Empty(t, r.Questions[0].Winners, "a poll decides nothing")

	p := func(ids ...string) []participation.Answer {
		return []participation.Answer{picks(participation.Projects, ids...)}
	}
	r, err = count(t, budget(false, 0), 4, "", p("p1"), p("p1", "p2"), p("p1", "p2"), p("p3"))
	require.NoError(t, err)
	require.Equal(t, []string{"p1", "p3"}, r.Projects.Winners, "the bridge doesn't fit any more")
	require.Equal(t, int64(90), r.Projects.Cost)

	tied := budget(false, 0)
	tied.Ties = participation.TieStop
	tied.Procedure = lang.Text{RU: "жребий"}
	_, err = count(t, tied, 2, "", p("p1"), p("p2"))
	require.ErrorAs(t, err, new(*participation.TieError))
	r, err = count(t, tied, 2, "drawn in public: 5", p("p1"), p("p2"))
	require.NoError(t, err)
	require.Len(t, r.Projects.Winners, 2)
}

func TestStep_is_a_table_without_contradictions(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range participation.Transitions {
		key := string(s.Action) + " " + string(s.From)
		require.False(t, seen[key], key)
		seen[key] = true
	}
	_, ok := participation.Step(participation.Edit, participation.Open)
	require.False(t, ok, "what is voted on never changes")
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Anna@Example.org": "anna@example.org", " anna+1@example.org ": "anna@example.org",
		"": "", "anna": "", "anna@host": "", "Anna <anna@example.org>": "", "+a@example.org": "", "a@b.c, d@e.f": "",
	} {
		got, ok := participation.Mailbox(typed)
		require.Equal(t, want != "", ok, typed)
		if ok {
			require.Equal(t, want, got, typed)
		}
	}
}
