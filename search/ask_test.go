package search_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/search"
)

// wrong lists the sentences of an error as «key name=value».
func wrong(err error) []string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil
	}
	var out []string
	for _, field := range f.Fields {
		s := field.Key
		for _, name := range []string{"field", "term", "nearest", "example"} {
			if v, ok := field.Params[name]; ok {
				s += fmt.Sprintf(" %s=%v", name, v)
			}
		}
		out = append(out, s)
	}
	return out
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		box, want string
		wrong     []string
	}{
		"nothing is asked":                       {"  \t ", "", nil},
		"words are words":                        {"  яма\n на   дороге ", "яма на дороге", nil},
		"phrases of any quotes":                  {`"не горит" «во дворе» “ночью”`, `"не горит" "во дворе" "ночью"`, nil},
		"a quote that isn't closed ends at last": {`яма "на дороге`, `яма "на дороге"`, nil},
		"minus turns words, phrases and fields":  {`-двор -"не горит" -этап:new`, `-двор -"не горит" -stage:new`, nil},
		"a dash between words is no minus":       {"северо-запад - яма — снег", "северо-запад яма снег", nil},
		"or, in three spellings":                 {"яма | лужа или снег OR лёд двор", "яма | лужа | снег | лёд двор", nil},
		"a lonely bar is nothing":                {"| яма |", "яма", nil},
		"Russian names of fields":                {"Ведомство:roads ТЕМА:light срок:<2д", "agency:roads rubric:light due:<2д", nil},
		"a space after the colon":                {"этап: new яма", "stage:new яма", nil},
		"values in quotes":                       {`этап:"в работе" тема:«Дороги и дворы»`, `stage:"в работе" rubric:"Дороги и дворы"`, nil},
		"dots and commas belong to the sentence": {"яма, снег. (stage:new)", "яма снег stage:new", nil},
		"places keep their commas":               {"near:51.73,36.19~500m", "near:51.73,36.19~500m", nil},
		"times of day and addresses are words":   {"12:30 https://example.org/a", "12:30 https://example.org/a", nil},
		"a colon in a sentence is no field":      {"Прошу: почините", "Прошу почините", nil},
		"house numbers are words":                {"д.12к1 школа №5", "д.12к1 школа 5", nil},
		"a field that is misspelt":               {"agancy:7 яма", "яма", []string{"search.field_meant field=agancy nearest=agency"}},
		"a Russian field that is misspelt":       {"ведомсво:7", "", []string{"search.field_meant field=ведомсво nearest=ведомство"}},
		"a field that is not there":              {"абракадабра:7", "", []string{"search.field_unknown field=абракадабра"}},
		"a field without a value":                {"срок:", "", []string{"search.value_missing field=срок example=срок:<2d"}},
		"everything that is wrong is told":       {"стади:1 due:", "", []string{"search.field_meant field=стади nearest=стадия", "search.value_missing field=due example=due:<2d"}},
		"broken bytes part words":                {"яма\xff\x00снег", "яма снег", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ask, err := search.Read(c.box)
			require.Equal(t, c.want, ask.String())
			require.Equal(t, c.wrong, wrong(err))
		})
	}
}

func TestAsk_With_and_Without(t *testing.T) {
	t.Parallel()
	ask, err := search.Read("яма")
	require.NoError(t, err)
	more := ask.With(search.ByStage, "in_work").With(search.ByStage, "in_work")
	require.Equal(t, "яма stage:in_work", more.String())
	require.True(t, more.Has(search.ByStage, "in_work"))
	require.False(t, ask.Has(search.ByStage, "in_work"))
	require.Equal(t, "яма", more.Without(search.ByStage, "in_work").String())
	require.Equal(t, "яма", ask.String())
	require.Equal(t, "яма", more.Words())
}

// book is what a person of these tests means by names.
type book map[string][]string

func (b book) Named(field search.Field, name string) ([]string, error) {
	if values, ok := b[string(field)+":"+name]; ok {
		return values, nil
	}
	switch name {
	case "secret":
		return nil, fault.New(fault.Forbidden, "error.forbidden")
	case "raods":
		return nil, fault.New(fault.NotFound, "error.not_found").With("nearest", "roads")
	default:
		return nil, fault.New(fault.NotFound, "error.not_found")
	}
}

func TestAsk_Query(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("MSK", 3*3600)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, zone)
	by := search.Asker{Names: book{"agency:roads": {"7"}, "executor:me": {"42"}}, Now: now, Zone: zone}
	day := func(month time.Month, d int) int64 { return time.Date(2026, month, d, 0, 0, 0, 0, zone).UnixMicro() }
	at := func(d time.Duration) int64 { return now.Add(d).UnixMicro() }
	const last = 1<<63 - 1
	span := func(f search.Field, from, to int64) search.Condition {
		return search.Condition{Span: search.Span{Field: f, From: from, To: to}}
	}
	for box, want := range map[string]search.Condition{
		"agency:roads":                     {Is: search.Is{Field: search.ByAgency, Values: []string{"7"}}},
		"-executor:me":                     {Not: true, Is: search.Is{Field: search.ByExecutor, Values: []string{"42"}}},
		"number:26-000001-3":               {Is: search.Is{Field: search.ByNumber, Values: []string{"26-000001-3"}}},
		`"яма у дома"`:                     {Phrase: "яма у дома"},
		"-яма":                             {Not: true, Word: "яма"},
		"due:overdue":                      span(search.ByDue, 1, at(0)),
		"срок:просрочено":                  span(search.ByDue, 1, at(0)),
		"due:<2d":                          span(search.ByDue, 1, at(48*time.Hour)),
		"due:>=12ч":                        span(search.ByDue, at(12*time.Hour), last),
		"due:0d..1w":                       span(search.ByDue, at(0), at(7*24*time.Hour)),
		"due:today":                        span(search.ByDue, day(11, 22), day(11, 23)),
		"срок:завтра":                      span(search.ByDue, day(11, 23), day(11, 24)),
		"due:<2026-12-01":                  span(search.ByDue, 1, day(12, 1)),
		"due:<=2026-12-01":                 span(search.ByDue, 1, day(12, 2)),
		"due:>01.12.2026":                  span(search.ByDue, day(12, 2), last),
		"submitted:2026-11-01..2026-11-20": span(search.BySubmitted, day(11, 1), day(11, 21)),
		"submitted:2026-11-20..2026-11-20": span(search.BySubmitted, day(11, 20), day(11, 21)),
		"submitted:<7d":                    span(search.BySubmitted, at(-7*24*time.Hour), last),
		"подано:вчера":                     span(search.BySubmitted, day(11, 21), day(11, 22)),
		"from:2026-11-01":                  span(search.BySubmitted, day(11, 1), last),
		"по:2026-11-01":                    span(search.BySubmitted, 1, day(11, 2)),
		"rating:<3":                        span(search.ByRating, 1, 3),
		"оценка:4":                         span(search.ByRating, 4, 5),
		"rating:≥4":                        span(search.ByRating, 4, last),
		"rating:4..2":                      span(search.ByRating, 2, 5),
		"near:51.73,36.19":                 {Near: search.Near{Lat: 51.73, Lon: 36.19, Metres: 500}},
		"рядом:51.73,36.19~1.5км":          {Near: search.Near{Lat: 51.73, Lon: 36.19, Metres: 1500}},
		"near:-51.73,-136.19~20m":          {Near: search.Near{Lat: -51.73, Lon: -136.19, Metres: 20}},
	} {
		t.Run(box, func(t *testing.T) {
			t.Parallel()
			ask, err := search.Read(box)
			require.NoError(t, err)
			q, err := ask.Query(by)
			require.NoError(t, err)
			require.Equal(t, search.Query{Where: []search.AnyOf{{want}}}, q)
		})
	}
	for box, want := range map[string]string{
		"due:<2x":               "search.value_wrong term=due:<2x example=due:<2d",
		"due:2d":                "search.value_wrong term=due:2d example=due:<2d",
		"due:31.02.2026":        "search.value_wrong term=due:31.02.2026 example=due:<2d",
		"submitted:overdue":     "search.value_wrong term=submitted:overdue example=submitted:2026-11-01..2026-11-20",
		"rating:6":              "search.value_wrong term=rating:6 example=rating:<3",
		"near:здесь":            "search.value_wrong term=near:здесь example=near:51.73,36.19~500m",
		"near:51.73,36.19~99km": "search.value_wrong term=near:51.73,36.19~99km example=near:51.73,36.19~500m",
		"agency:raods":          "search.value_meant term=agency:raods nearest=roads",
		"agency:secret":         "search.value_forbidden term=agency:secret",
		"stage:nowhere":         "search.value_unknown term=stage:nowhere",
	} {
		t.Run(box, func(t *testing.T) {
			t.Parallel()
			ask, err := search.Read(box)
			require.NoError(t, err)
			_, err = ask.Query(by)
			require.Equal(t, []string{want}, wrong(err))
		})
	}

	ask, err := search.Read(`яма "у дома" снег | лёд`)
	require.NoError(t, err)
	q, err := ask.Query(search.Asker{})
	require.NoError(t, err)
	require.Equal(t, search.Query{Text: "яма", Where: []search.AnyOf{{{Phrase: "у дома"}}, {{Word: "снег"}, {Word: "лёд"}}}}, q)
	ask, err = search.Read("stage:new")
	require.NoError(t, err)
	_, err = ask.Query(search.Asker{})
	require.Equal(t, []string{"search.field_forbidden field=stage"}, wrong(err), "who names nothing asks for words alone")
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"яма на дороге", `-"не горит" | этап:"в работе" due:<2d`, "near:51.73,36.19~500m", "a:b:c «x”y| -|-", "\xf0\x28\x8c\x28 \x00",
		"или OR | -или, stage:или", "a-:b--c:d -(stage:new)", "срок:\"|\"",
	} {
		f.Add(seed)
	}
	by := search.Asker{Names: book{}, Now: time.Unix(1_790_000_000, 0), Zone: time.UTC}
	f.Fuzz(func(t *testing.T, box string) {
		ask, err := search.Read(box)
		text := ask.String()
		require.True(t, utf8.ValidString(text))
		_, _ = ask.Query(by)
		if err != nil || utf8.RuneCountInString(text) > search.MaxText {
			return
		}
		again, err := search.Read(text)
		require.NoError(t, err, text)
		require.Equal(t, ask, again, text)
		require.Equal(t, text, strings.TrimSpace(text))
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]int{
		{"", ""}: 0, {"яма", ""}: 3, {"яма", "яма"}: 0, {"яма", "ямы"}: 1, {"яма", "ям"}: 1, {"ремнот", "ремонт"}: 1, {"дороги", "доргои"}: 1, {"снег", "свет"}: 2,
	} {
		require.Equal(t, want, search.Distance(pair[0], pair[1]), pair)
		require.Equal(t, want, search.Distance(pair[1], pair[0]), pair)
	}
}

func TestUnderstand_speaks_of_fields_as_they_were_typed(t *testing.T) {
	t.Parallel()
	for box, want := range map[string]string{
		"яма Срок:31.02.2026": "срок:<2d", "яма due:31.02.2026": "due:<2d", "оценка:6": "оценка:<3",
	} {
		_, _, err := search.Understand(box, search.Asker{Names: noNames{}, Now: time.Now(), Zone: time.UTC})
		require.Equal(t, want, fault.As(err).Fields[0].Params["example"], box)
	}
}

type noNames struct{}

func (noNames) Named(search.Field, string) ([]string, error) { return nil, nil }
