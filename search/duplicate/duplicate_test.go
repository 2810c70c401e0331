package duplicate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/search/duplicate"
)

var noon = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

const pit = "На Полевой напротив дома 12 третью неделю яма на всю полосу, вчера сосед пробил колесо."

func problem(change ...func(*duplicate.Case)) duplicate.Case {
	c := duplicate.Case{
		ID: 1, Topic: "roads.surface.pit", Category: "roads", Territory: 7, Point: &duplicate.Point{Lat: 51.7, Lon: 36.2},
		Address: "ул. Полевая, 12", Text: pit, Sent: noon, Radius: 50,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func north(metres float64) *duplicate.Point {
	return &duplicate.Point{Lat: 51.7 + metres/111_195, Lon: 36.2}
}

func facts(c duplicate.Candidate) []duplicate.Fact {
	var out []duplicate.Fact
	for _, r := range c.Why {
		out = append(out, r.Fact)
	}
	return out
}

// filled holds the problem and enough others for words to have their weight.
func filled() *duplicate.Index {
	x := duplicate.NewIndex()
	for i := range 200 {
		x.Put(problem(func(c *duplicate.Case) {
			c.ID, c.Text, c.Topic, c.Category = int64(100+i), fmt.Sprintf("Фонарь номер%d погас во дворе школы", i), "lighting.yard.off", "lighting"
			c.Point, c.Address = north(float64(5000+100*i)), ""
		}))
	}
	x.Put(problem())
	return x
}

func TestIndex_Find_weighs_place_topic_words_time_and_person(t *testing.T) {
	t.Parallel()
	x := filled()
	for name, c := range map[string]struct {
		change func(*duplicate.Case)
		same   bool
		says   duplicate.Fact
	}{
		"sent again": {func(*duplicate.Case) {}, true, duplicate.SameWords},
		"in other words at the same place": {func(c *duplicate.Case) {
			c.Text, c.Address = "Дорога разбита, объехать нельзя", ""
		}, true, duplicate.Near},
		"in other words, another topic of the same branch": {func(c *duplicate.Case) {
			c.Text, c.Topic, c.Point = "Нужен ремонт асфальта", "roads.surface.repair", north(5)
		}, true, duplicate.SiblingTopic},
		"the same words, no point": {func(c *duplicate.Case) { c.Point = nil }, true, duplicate.SameHouse},
		"the same topic far away":  {func(c *duplicate.Case) { c.Text, c.Point, c.Address = "Яма на дороге", north(3000), "" }, false, ""},
		"the next house of the same street": {func(c *duplicate.Case) {
			c.Text, c.Point, c.Address = "Яма у нас", north(80), "ул. Полевая, 14"
		}, false, ""},
		"another matter at the same place": {func(c *duplicate.Case) {
			c.Text, c.Topic, c.Category = "Не вывозят мусор", "waste.yard", "waste"
		}, false, ""},
		"the same topic half a year later, no point": {func(c *duplicate.Case) {
			c.Text, c.Point, c.Address, c.Sent = "Провалился асфальт", nil, "", noon.AddDate(0, 6, 0)
		}, false, ""},
	} {
		q := problem(c.change)
		q.ID = 2
		found := x.Find(&q, duplicate.Suspicious, 5)
		require.Equal(t, c.same, len(found) == 1 && found[0].ID == 1, "%s: %+v", name, found)
		if c.same {
			require.Contains(t, facts(found[0]), c.says, name)
		}
	}
}

func TestIndex_Find_knows_the_person_by_a_keyed_hash_alone(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef0123456789abcdef")
	x := filled()
	x.Put(problem(func(c *duplicate.Case) { c.Persons = duplicate.Person(key, "Maria@Example.org ", "+70001234567") }))
	q := problem(func(c *duplicate.Case) {
		c.ID, c.Point, c.Address, c.Text = 2, nil, "", "На Полевой так и не засыпали яму, колесо пробито"
	})
	without := x.Find(&q, 0, 1)[0]
	q.Persons = duplicate.Person(key, "", "+70001234567")
	with := x.Find(&q, 0, 1)[0]
	require.Greater(t, with.Score, without.Score)
	require.Contains(t, facts(with), duplicate.SamePerson)
	require.NotEqual(t, q.Persons, duplicate.Person([]byte("another key, as long as the first one"), "", "+70001234567"))
	require.Empty(t, duplicate.Person(key, "", ""))
	require.Equal(t, duplicate.Person(key, "maria@example.org", ""), duplicate.Person(key, "Maria@Example.org ", ""))
}

func TestIndex_Find_names_the_lead_once(t *testing.T) {
	t.Parallel()
	x := filled()
	for id := int64(2); id < 5; id++ {
		x.Put(problem(func(c *duplicate.Case) { c.ID, c.Of = id, 1 }))
	}
	q := problem(func(c *duplicate.Case) { c.ID = 9 })
	found := x.Find(&q, duplicate.Suspicious, 10)
	require.Len(t, found, 1)
	require.Equal(t, int64(1), found[0].ID)
	own := problem(func(c *duplicate.Case) { c.ID, c.Of = 3, 1 })
	require.Empty(t, x.Find(&own, duplicate.Suspicious, 10), "it is no duplicate of its own lead")
}

func TestIndex_Find_without_words_goes_by_place(t *testing.T) {
	t.Parallel()
	x := filled()
	q := problem(func(c *duplicate.Case) { c.ID, c.Text, c.Address = 0, "", "" })
	found := x.Find(&q, duplicate.Offered, 5)
	require.Len(t, found, 1)
	require.Equal(t, 0, found[0].Metres)
	require.Empty(t, duplicate.NewIndex().Find(&q, 0, 5))
}

// Whatever is put, changed and taken out, the index finds what comparing with
// all finds near by.
func TestIndex_is_what_was_put_and_not_taken_out(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"яма", "фонарь", "мусор", "лифт", "крыша", "подвал", "дерево", "собаки", "остановка", "люк", "качели", "отопление"}
	anyCase := func(id int64) duplicate.Case {
		c := problem(func(c *duplicate.Case) {
			c.ID, c.Point, c.Text = id, north(r.Float64()*600), ""
			c.Address = fmt.Sprintf("ул. Полевая, %d", 1+r.IntN(30))
			c.Persons = []uint64{uint64(r.IntN(50))}
		})
		for range 10 {
			c.Text += words[r.IntN(len(words))] + " "
		}
		if r.IntN(4) == 0 {
			c.Point = nil
		}
		return c
	}
	x, fresh := duplicate.NewIndex(), duplicate.NewIndex()
	held := map[int64]duplicate.Case{}
	for range 3000 {
		id := int64(1 + r.IntN(300))
		if r.IntN(3) == 0 {
			x.Remove(id)
			delete(held, id)
			continue
		}
		c := anyCase(id)
		x.Put(c)
		held[id] = c
	}
	for _, c := range held {
		fresh.Put(c)
	}
	require.Equal(t, len(held), x.Len())
	ids := func(found []duplicate.Candidate) []string {
		var out []string
		for _, f := range found {
			out = append(out, fmt.Sprintf("%d %.6f %d", f.ID, f.Score, f.Metres))
		}
		slices.Sort(out)
		return out
	}
	for range 100 {
		q := anyCase(1000)
		require.Equal(t, ids(fresh.Find(&q, 0.3, 1000)), ids(x.Find(&q, 0.3, 1000)))
		all := ids(x.Scan(&q, 0.3, 1000))
		require.Subset(t, all, ids(x.Find(&q, 0.3, 1000)))
		if q.Point != nil {
			q.Persons = nil
			require.GreaterOrEqual(t, len(x.Find(&q, 0.5, 1000))*10, len(x.Scan(&q, 0.5, 1000))*9)
		}
	}
	x.Clear()
	q := anyCase(1000)
	require.Empty(t, x.Scan(&q, 0, 10))
}

func FuzzIndex_Find(f *testing.F) {
	f.Add(pit, "ул. Полевая, 12", "roads.pit", 51.7, 36.2)
	f.Add("", "", "", 0.0, 0.0)
	f.Add("12 12 12 дом 3а 4\xff", "д. д. д. 999999", ".", -90.0, 180.0)
	f.Fuzz(func(t *testing.T, text, address, topic string, lat, lon float64) {
		if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
			t.Skip()
		}
		c := duplicate.Case{ID: 1, Text: text, Address: address, Topic: topic, Point: &duplicate.Point{Lat: lat, Lon: lon}, Sent: noon, Radius: 50}
		x := duplicate.NewIndex()
		x.Put(c)
		c.ID = 2
		for _, found := range x.Find(&c, 0, 5) {
			if found.Score < 0 || found.Score > 1 || found.Metres != 0 {
				t.Fatalf("%+v", found)
			}
		}
		x.Remove(1)
		if x.Len() != 0 || len(x.Find(&c, 0, 5)) != 0 {
			t.Fatal("it is still there")
		}
	})
}
