package bleveindex

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search"
)

// told makes appeals of a cell: ten weeks of ordinary words, and in the last
// week of some of them another trouble.
func told(trouble int, extra ...string) []search.Doc {
	random := rand.New(rand.NewPCG(7, 7))
	ordinary := []string{"яма", "дорога", "двор", "снег", "фонарь", "мусор", "лужа", "бордюр", "асфальт", "улица", "подъезд", "знак"}
	var docs []search.Doc
	for i := range 700 {
		age := time.Duration(i) * 70 * 24 * time.Hour / 700
		text := ""
		for range 6 {
			text += ordinary[random.IntN(len(ordinary))] + " "
		}
		docs = append(docs, search.Doc{
			ID: int64(i + 1), Text: text, Territory: 1, Category: "roads", Rubric: "roads.pothole", Agency: 1,
			Stage: "received", SubmittedAt: corpusNow.Add(-age - time.Hour),
		})
	}
	for i := range trouble {
		docs[i*3].Text += extra[i%len(extra)]
	}
	return docs
}

func risingIn(t *testing.T, docs []search.Doc, q search.Query) search.RisingWords {
	t.Helper()
	ix := openTest(t, "")
	apply(t, ix, docs...)
	q.From, q.To = corpusNow.AddDate(0, 0, -7), corpusNow
	found, err := ix.Rising(t.Context(), search.RisingQuery{Query: q, Before: corpusNow.AddDate(0, 0, -70), Limit: 5})
	require.NoError(t, err)
	return found
}

func TestIndex_Rising_names_the_new_trouble(t *testing.T) {
	t.Parallel()
	found := risingIn(t, told(12, "прорвало трубу", "Прорвало трубы у школы"), search.Query{Region: true, Category: "roads"})
	require.Equal(t, 70, found.Now)
	require.Equal(t, 630, found.Before)
	require.GreaterOrEqual(t, len(found.Words), 2)
	names := []string{found.Words[0].Word, found.Words[1].Word}
	require.ElementsMatch(t, []string{"прорвало", "трубу"}, names, "in words as people write them")
	for _, w := range found.Words[:2] {
		require.Equal(t, 12, w.Now)
		require.Zero(t, w.Before)
		require.Len(t, w.Examples, 2)
		require.Contains(t, w.Examples[0].Snippet, "<mark>")
	}
	for _, w := range found.Words {
		require.NotEqual(t, "яма", w.Word)
	}
}

func TestIndex_Rising_is_silent_where_nothing_is_new_or_may_not_be_seen(t *testing.T) {
	t.Parallel()
	require.Empty(t, risingIn(t, told(0), search.Query{Region: true}).Words)
	require.Empty(t, risingIn(t, told(2, "прорвало"), search.Query{Region: true}).Words, "two are no trouble")
	none := risingIn(t, told(12, "прорвало"), search.Query{Agencies: []int64{2}})
	require.Zero(t, none.Now)
	require.Empty(t, none.Words)
}

func TestIndex_Points_puts_neighbours_together(t *testing.T) {
	t.Parallel()
	ix := openTest(t, "")
	at := func(id int64, lat, lon float64, leaf string, agency int64) search.Doc {
		return search.Doc{ID: id, Text: "яма", Lat: lat, Lon: lon, Rubric: leaf, Agency: agency, Territory: 1, Stage: "received", SubmittedAt: corpusNow.Add(time.Duration(id) * time.Hour)}
	}
	apply(t, ix, at(1, 51.001, 36.001, "a.b", 1), at(2, 51.003, 36.003, "a.b", 1), at(3, 51.002, 36.002, "a.c", 2),
		at(4, 51.009, 36.009, "a.c", 1), at(5, 52, 36, "a.c", 1), at(6, 0, 0, "a.c", 1))
	q := search.PointQuery{Query: search.Query{Region: true}, South: 51, West: 36, North: 51.01, East: 36.01, Rows: 2, Columns: 2}
	got, err := ix.Points(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []search.Cluster{
		{Lat: 51.002, Lon: 36.002, Count: 3, Rubric: "a.b", Alike: 2, ID: 3},
		{Lat: 51.009, Lon: 36.009, Count: 1, Rubric: "a.c", Alike: 1, ID: 4},
	}, got)
	q.Region, q.Agencies = false, []int64{2}
	got, err = ix.Points(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []search.Cluster{{Lat: 51.002, Lon: 36.002, Count: 1, Rubric: "a.c", Alike: 1, ID: 3}}, got, "rights are in the query")
}
