package bleveindex

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search"
)

var whereNow = time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)

// same takes a name for its value, as an adapter does with codes.
type same struct{}

func (same) Named(_ search.Field, name string) ([]string, error) {
	if name == "nobody" {
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
	return []string{name}, nil
}

func asked(t testing.TB, box string) search.Query {
	t.Helper()
	ask, err := search.Read(box)
	require.NoError(t, err)
	q, err := ask.Query(search.Asker{Names: same{}, Now: whereNow, Zone: time.UTC})
	require.NoError(t, err)
	return q
}

func whereDocs() []search.Doc {
	day := func(n int) time.Time { return whereNow.AddDate(0, 0, n) }
	return []search.Doc{
		{ID: 1, Number: "26-000001-3", Text: "Большая яма на дороге у школы №5, ул. 50 лет Октября, д.12к1", Rubric: "roads.pothole", Category: "roads", Territory: 10, Agency: 100, Executor: 7, Stage: "in_work", Source: "portal", SubmittedAt: day(-9), DueAt: day(1), Lat: 51.7300, Lon: 36.1900},
		{ID: 2, Number: "26-000002-6", Text: "Во дворе не горит фонарь. Дорога в яме, улица Ленина, дом 12а", Rubric: "light.lamp", Category: "light", Territory: 11, Agency: 100, Stage: "assigned", Source: "desk", SubmittedAt: day(-5), DueAt: day(-1), Lat: 51.7340, Lon: 36.1900},
		{ID: 3, Number: "26-000003-1", Text: "Горит свалка, дома 12 к 1 и 12 а задыхаются", Answer: "Яму засыпали, свалку потушили", Rubric: "waste.dump", Category: "waste", Territory: 11, Agency: 200, Stage: "closed", Final: true, Source: "portal", SubmittedAt: day(-40), DueAt: day(-20), Outcome: "solved", Rating: 2, Lat: 51.9, Lon: 36.19},
		{ID: 4, Number: "26-000004-8", Text: "Ёлка упала. The playgrounds were closed all night", Rubric: "yards.tree", Category: "yards", Territory: 12, Agency: 300, Stage: "answered", Source: "api", SubmittedAt: day(-2), Outcome: "explained", Rating: 5},
	}
}

func TestIndex_Search_where(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix, whereDocs()[:2]...)
	apply(t, ix, whereDocs()[2:]...)
	for box, want := range map[string][]int64{
		`"яма на дороге"`:                     {1},
		`"яма дороге"`:                        {},
		`"большие ямы на дорогах"`:            {1},
		`"на дороге яма"`:                     {},
		`"не горит"`:                          {2},
		`"горит"`:                             {2, 3},
		`"ямы засыпали"`:                      {3},
		`"засыпали горит"`:                    {},
		`"the playground was"`:                {},
		`"playground were closed"`:            {4},
		`"и на"`:                              {},
		`горит -"не горит"`:                   {3},
		`-горит`:                              {4, 1},
		`яма -дорога`:                         {3},
		`-на`:                                 {4, 2, 1, 3},
		`ёлка | свалка`:                       {4, 3},
		`яма фонарь | школа`:                  {2, 1},
		`"на дороге" | playground`:            {4, 1},
		`школа 5`:                             {1},
		`школа №5`:                            {1},
		`"школа 5"`:                           {1},
		`12к1`:                                {1, 3},
		`д.12к1`:                              {1},
		`"дом 12 к 1"`:                        {3},
		`12-к-1`:                              {1, 3},
		`дом 12`:                              {2, 3},
		`дом 12а`:                             {2, 3},
		`"дом 12а"`:                           {2},
		`"50 лет октября"`:                    {1},
		`ул. 50 лет октября`:                  {1},
		`50 лет октябрь`:                      {1},
		`елки`:                                {4},
		`closing playground`:                  {4},
		`agency:100`:                          {2, 1},
		`-agency:100`:                         {4, 3},
		`rubric:roads`:                        {1},
		`rubric:light.lamp | rubric:yards`:    {4, 2},
		`stage:closed`:                        {3},
		`place:11 source:portal`:              {3},
		`executor:7`:                          {1},
		`outcome:solved`:                      {3},
		`number:26-000003-1`:                  {3},
		`due:overdue`:                         {2},
		`due:<2d`:                             {2, 1},
		`due:0d..2d`:                          {1},
		`-due:overdue`:                        {4, 1, 3},
		`due:2026-05-11`:                      {1},
		`rating:<3`:                           {3},
		`rating:3..5`:                         {4},
		`-rating:<3`:                          {4, 2, 1},
		`submitted:<7d`:                       {4, 2},
		`from:2026-05-01 to:2026-05-05`:       {2, 1},
		`near:51.73,36.19`:                    {2, 1},
		`near:51.73,36.19~100m`:               {1},
		`near:51.73,36.19~440m`:               {1},
		`near:0,0~50km`:                       {},
		`-near:51.73,36.19`:                   {4, 3},
		`near:51.73,36.19 яма -stage:in_work`: {2},
	} {
		t.Run(box, func(t *testing.T) {
			t.Parallel()
			q := asked(t, box)
			q.Region = true
			r, err := ix.Search(t.Context(), q, 0, 10)
			require.NoError(t, err)
			require.ElementsMatch(t, want, ids(r))
			require.Equal(t, len(want), r.Total)
			require.False(t, r.Fuzzy)
			heat, err := ix.HeatMap(t.Context(), search.HeatQuery{Query: q})
			require.NoError(t, err)
			require.Equal(t, r.Total, heat.Total, "the heat map counts what the search finds")
		})
	}
}

// Whoever asks whatever by whatever field: what comes back, counts and facets
// and spellings included, is what an index of the visible appeals alone answers.
func TestIndex_answers_as_if_nothing_else_was_there(t *testing.T) {
	t.Parallel()
	whole := openTest(t, "")
	all := append(newCorpus(11).docs(1000, 400), whereDocs()...)
	for i := range all[:400] {
		all[i].Agency = 100 + 100*(all[i].Agency%3)
	}
	apply(t, whole, all...)
	boxes := []string{
		"", "яма", "яма | свалка", `"не горит"`, "-горит", "водоснобжение", "фанарь", "фонарь свалкка", "горит фонаре елька",
		"agency:100", "agency:200", "-agency:100", "agency:100 | agency:200", "rubric:roads", "-rubric:roads", "stage:closed", "-stage:new",
		"place:11", "due:overdue", "-due:overdue", "due:<2026-06-01", "submitted:>1w", "from:2026-01-01", "to:2026-05-09", "near:51.73,36.19~50km",
		"-near:51.73,36.19", "rating:<3", "-rating:5", "source:portal", "executor:7", "-executor:7", "outcome:solved", "number:26-000003-1",
		"-number:26-000001-3", "26-000003-1", `-"яма на дороге" -stage:closed`,
		all[3].Text[:60], strings.Fields(all[5].Text)[1] + "ъъ",
	}
	for _, agencies := range [][]int64{nil, {0}, {100}, {200}, {300}, {100, 300}, {999}} {
		own := openTest(t, "")
		var visible []search.Doc
		for _, d := range all {
			if slices.Contains(agencies, d.Agency) {
				visible = append(visible, d)
			}
		}
		apply(t, own, visible...)
		for _, box := range boxes {
			q := asked(t, box)
			q.FacetsAt = whereNow
			q.Agencies = agencies
			got, err := whole.Search(t.Context(), q, 0, 1000)
			require.NoError(t, err)
			want, err := own.Search(t.Context(), q, 0, 1000)
			require.NoError(t, err)
			at := fmt.Sprintf("%v %q", agencies, box)
			require.ElementsMatch(t, ids(want), ids(got), at)
			require.Equal(t, want.Total, got.Total, at)
			require.Equal(t, want.Fuzzy, got.Fuzzy, at)
			require.Equal(t, want.Facets, got.Facets, at)
			for _, h := range got.Hits {
				require.True(t, slices.ContainsFunc(visible, func(d search.Doc) bool { return d.ID == h.ID }), at)
			}
		}
	}
}

func TestIndex_Search_forgives_one_word_among_right_ones(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix,
		search.Doc{ID: 1, Text: "Горит фонарь у школы"},
		search.Doc{ID: 2, Text: "Горит фонарь у школ, горят шкалы"},
		search.Doc{ID: 3, Text: "Шкала прибора горит фонарём"},
	)
	q := search.Query{Region: true, Text: "фонорь школа"}
	r, err := ix.Search(t.Context(), q, 0, 10)
	require.NoError(t, err)
	require.True(t, r.Fuzzy)
	require.ElementsMatch(t, []int64{1, 2}, ids(r), "the word that is right is looked for as it is")
	require.Contains(t, r.Hits[0].Snippet, "<mark>фонарь</mark>")
}

func TestIndex_Search_facets(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix, whereDocs()...)
	changed := whereDocs()[0]
	changed.Stage = "on_sign"
	apply(t, ix, changed)
	q := asked(t, "")
	q.Region, q.FacetsAt = true, whereNow
	r, err := ix.Search(t.Context(), q, 0, 0)
	require.NoError(t, err)
	f := func(value string, n int) search.Facet { return search.Facet{Value: value, Count: n} }
	require.Equal(t, search.Facets{
		Categories: []search.Facet{f("light", 1), f("roads", 1), f("waste", 1), f("yards", 1)},
		Rubrics:    []search.Facet{f("light.lamp", 1), f("roads.pothole", 1), f("waste.dump", 1), f("yards.tree", 1)},
		Agencies:   []search.Facet{f("100", 2), f("200", 1), f("300", 1)},
		Stages:     []search.Facet{f("answered", 1), f("assigned", 1), f("closed", 1), f("on_sign", 1)},
		Places:     []search.Facet{f("11", 2), f("10", 1), f("12", 1)},
		Dues:       []search.Facet{f("overdue", 1), f("1d..3d", 1)},
		Ratings:    []search.Facet{f("2", 1), f("5", 1)},
	}, r.Facets)
	for _, due := range r.Facets.Dues {
		q := asked(t, "due:"+due.Value)
		q.Region = true
		found, err := ix.Search(t.Context(), q, 0, 0)
		require.NoError(t, err)
		require.Equal(t, due.Count, found.Total, "a facet counts what its query finds")
	}
	q.FacetsAt = time.Time{}
	r, err = ix.Search(t.Context(), q, 0, 0)
	require.NoError(t, err)
	require.Equal(t, search.Facets{}, r.Facets)
}

func TestIndex_Search_marks_phrases_whole(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	apply(t, ix, whereDocs()...)
	for box, want := range map[string]string{
		`"яма на дороге" школа`: "Большая <mark>яма на дороге</mark> у <mark>школы</mark> №5",
		`12к1 -двор`:            "<mark>12к1</mark>",
		`школа | фонарь -двор`:  "у <mark>школы</mark>",
	} {
		q := asked(t, box)
		q.Region = true
		r, err := ix.Search(t.Context(), q, 0, 10)
		require.NoError(t, err)
		require.NotEmpty(t, r.Hits, box)
		require.Contains(t, r.Hits[0].Snippet, want)
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Яма на дороге":        {"ям", "на", "дорог"},
		"д.12к1":               {"д", "12", "к", "1"},
		"12-к-1":               {"12", "к", "1"},
		"школа №5":             {"школ", "5"},
		"ул. 50 лет Октября":   {"ул", "50", "лет", "октябр"},
		"Ёлки the playgrounds": {"елк", "the", "playground"},
		"":                     nil,
	} {
		var got []string
		for _, w := range sequence(normal(text)) {
			got = append(got, w.stem)
		}
		require.Equal(t, want, got, text)
	}
}
