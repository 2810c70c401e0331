package bleveindex

import (
	"context"
	"html"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/otklik/otklik/search"
)

func TestStems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"Russian forms share a stem":           {"яма ямы ямой", []string{"ям"}},
		"ё is е":                               {"Ёлки ЕЛКАМИ", []string{"елк"}},
		"a decomposed й is one letter":         {"и\u0306од йод", []string{"йод"}},
		"English words are stemmed":            {"Lamps broken lamp", []string{"lamp", "broken"}},
		"words with digits stay":               {"дом 12а, кв. 5", []string{"дом", "12а", "кв", "5"}},
		"hyphens part words":                   {"северо-запад", []string{"север", "запад"}},
		"mixed alphabets stay":                 {"Wi-Fi ТСЖx", []string{"wi", "fi", "тсжx"}},
		"stop words of both languages go":      {"и the на of ещё", nil},
		"signs alone are nothing":              {"!!! — … ☂", nil},
		"bytes that are not text part words":   {"яма\xffснег", []string{"ям", "снег"}},
		"a word without end is cut, not split": {strings.Repeat("ы", 500), []string{stems(strings.Repeat("ы", 501))[0]}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, stems(c.text))
		})
	}
}

func TestPlain_agrees_with_the_Unicode_tables(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if s := "а" + string(r) + "б"; utf8.ValidRune(r) && plain(s) {
			require.Equal(t, norm.NFC.String(s), s, "%U", r)
		}
	}
	require.False(t, plain("яма\xff"))
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Длинное вступление ни о чём. ", 40) + "Вот <b>яма</b> & лужа. " + strings.Repeat("И ещё слова. ", 40)
	for name, c := range map[string]struct{ text, answer, query, want string }{
		"the text is escaped, matches are marked": {"Яма <script>", "", "ямы", "<mark>Яма</mark> &lt;script&gt;"},
		"markup of the text stays text":           {"<mark>снег</mark>", "", "яма", "&lt;mark&gt;снег&lt;/mark&gt;"},
		"the answer is shown when only it has it": {"Снег", "Засыпали яму", "яма", "Засыпали <mark>яму</mark>"},
		"without words the text begins":           {"Снег", "Ответ", "", "Снег"},
		"without a text the answer begins":        {"", "Ответ", "яма", "Ответ"},
		"nothing is nothing":                      {"", "", "яма", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, snippet(c.text, c.answer, stemSet(c.query)))
		})
	}
	got := snippet(long, "", stemSet("яма лужа"))
	require.Contains(t, got, "&lt;b&gt;<mark>яма</mark>&lt;/b&gt; &amp; <mark>лужа</mark>")
	require.True(t, strings.HasPrefix(got, "… ") && strings.HasSuffix(got, " …"), got)
	require.Less(t, len(got), 2*snippetSize)
}

func stemSet(query string) sought {
	set := sought{stems: map[string]bool{}}
	for _, s := range stems(query) {
		set.stems[s] = true
	}
	return set
}

func FuzzSnippet(f *testing.F) {
	f.Add("Яма <b>на</b> дороге & во дворе", "яма двор")
	f.Add(strings.Repeat("яма\u0301\xf0 ", 200), "яма")
	f.Fuzz(func(t *testing.T, text, query string) {
		text = normal(text)
		got := snippet(text, "", stemSet(query))
		require.True(t, utf8.ValidString(got))
		plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(got)
		require.NotContains(t, plain, "<")
		require.NotContains(t, plain, ">")
		shown := strings.TrimSuffix(strings.TrimPrefix(html.UnescapeString(plain), "… "), " …")
		require.Contains(t, text, shown)
	})
}

func FuzzIndex_Search(f *testing.F) {
	ix, err := Open("", Options{})
	require.NoError(f, err)
	f.Cleanup(func() { _ = ix.Close() })
	require.NoError(f, ix.Apply(context.Background(), newCorpus(5).docs(1, 40), nil, "1"))
	for _, seed := range []string{"", "яма на дороге", "26-000001-1", "+\"(*?~^:\\/", "\xff\xfe\x00", "ё\u0308", `яма | -"на дороге" near:1,2 12к1`, strings.Repeat("ъ", 1000), "ямаяма\xf0дорога"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, box string) {
		ask, _ := search.Read(box)
		meant, _ := ask.Query(search.Asker{Names: same{}, Now: whereNow, Zone: time.UTC})
		for _, q := range []search.Query{meant, {Text: box}, {Number: box}, {Rubric: box, Category: box, Stage: box}} {
			q.FacetsAt = whereNow
			q.Region = true
			_, err := ix.Search(t.Context(), q, 0, 5)
			require.NoError(t, err)
			_, err = ix.HeatMap(t.Context(), search.HeatQuery{Query: q})
			require.NoError(t, err)
		}
		_, err := ix.Nearest(t.Context(), search.Query{Region: true}, box, 5)
		require.NoError(t, err)
	})
}
