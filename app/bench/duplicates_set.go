package bench

import (
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/otklik/otklik/search/duplicate"
)

// message is a row of a file of messages, or one that was made of it.
type message struct{ text, topic, category string }

// readMessages reads a CSV file with the columns text, topic and category.
func readMessages(path string) ([]message, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := csv.NewReader(file)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, name := range []string{"text", "topic", "category"} {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("%s: has no column %q", path, name)
		}
	}
	var out []message
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if m := (message{row[at["text"]], row[at["topic"]], row[at["category"]]}); m.text != "" {
			out = append(out, m)
		}
	}
	if len(out) < 100 {
		return nil, fmt.Errorf("%s: %d messages are too few to measure with", path, len(out))
	}
	return out, nil
}

// kind is a way in which a second message came about.
type kind struct {
	name string
	same bool // it is about the problem of the first
	make func(w *town, first int) (duplicate.Case, bool)
}

// The kinds. The words are those of the file; the places are invented, since
// the file has none.
var kinds = []kind{
	{"sent again, with typing errors", true, (*town).again},
	{"retold: sentences dropped and turned round", true, (*town).retold},
	{"retold, without a point on the map", true, (*town).unplaced},
	{"retold under another topic", true, (*town).misfiled},
	{"another person's words, same topic and place", true, (*town).otherWords},
	{"the same words about another house", false, (*town).otherHouse},
	{"other words, same topic and street, another house", false, (*town).sameStreet},
	{"same place, another category", false, (*town).samePlace},
	{"same topic, somewhere", false, (*town).somewhere},
	{"same topic, no point on the map", false, (*town).nowhere},
}

// town is where the messages of a file are put. Every other one is a problem at
// a place of its own; the rest lend other people's words, and are told nowhere
// else.
type town struct {
	r       *rand.Rand
	list    []message
	cases   []duplicate.Case     // by message
	byTopic map[string][]int     // of those that lend
	twins   map[int]map[int]bool // messages of the file that are much like one another
	next    int64
}

// lends reports whether a message only lends its words.
func lends(i int) bool { return i%2 == 1 }

// told are the cases of the others.
func (w *town) told() []duplicate.Case {
	var out []duplicate.Case
	for i, c := range w.cases {
		if !lends(i) {
			out = append(out, c)
		}
	}
	return out
}

// first is one of them by chance.
func (w *town) first() int { return w.r.IntN((len(w.list)+1)/2) * 2 }

// Radii of topics, metres, as the demo region has them.
var radii = []int{20, 30, 50, 100, 200}

const (
	townLat, townLon = 51.73, 36.19
	townSize         = 0.05 // degrees around its middle: some 11 by 7 km
	metreLat         = 1 / 111_195.0
)

var measuredOn = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

func newTown(list []message, seed uint64) *town {
	w := &town{
		r: rand.New(rand.NewPCG(seed, 14)), list: list, byTopic: map[string][]int{}, twins: map[int]map[int]bool{}, //nolint:gosec // to be repeated
	}
	for i, m := range list {
		if lends(i) {
			w.byTopic[m.topic] = append(w.byTopic[m.topic], i)
		}
		w.next++
		at := &duplicate.Point{Lat: townLat + (w.r.Float64()*2-1)*townSize, Lon: townLon + (w.r.Float64()*2-1)*townSize}
		c := duplicate.Case{
			ID: w.next, Topic: topicCode(m), Category: m.category, Territory: 1, Point: at, Text: m.text, Radius: radiusOf(m.topic),
			Sent: measuredOn.Add(-time.Duration(w.r.ExpFloat64() * float64(20*24*time.Hour))),
		}
		if w.r.Float64() < 0.5 {
			c.Address = fmt.Sprintf("улица %s, %d", pick(w.r, streets), 1+w.r.IntN(160))
		}
		w.cases = append(w.cases, c)
	}
	return w
}

func topicCode(m message) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.topic))
	return fmt.Sprintf("%s.%d", m.category, h.Sum32())
}

func radiusOf(topic string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(topic))
	return radii[int(h.Sum32())%len(radii)]
}

// second begins a message that comes after the first, at its place.
func (w *town) second(first int) duplicate.Case {
	w.next++
	c := w.cases[first]
	c.ID = w.next
	c.Sent = c.Sent.Add(time.Duration(w.r.ExpFloat64() * float64(8*24*time.Hour)))
	c.Point = w.moved(c.Point, math.Abs(w.r.NormFloat64())*float64(c.Radius)*0.4)
	if w.r.Float64() < 0.4 {
		c.Address = ""
	}
	return c
}

// moved is a point so many metres away.
func (w *town) moved(p *duplicate.Point, by float64) *duplicate.Point {
	turn := w.r.Float64() * 2 * math.Pi
	return &duplicate.Point{
		Lat: p.Lat + by*math.Sin(turn)*metreLat, Lon: p.Lon + by*math.Cos(turn)*metreLat/math.Cos(p.Lat*math.Pi/180),
	}
}

func (w *town) again(first int) (duplicate.Case, bool) {
	c := w.second(first)
	c.Text = w.typos(c.Text, 0.08)
	return c, true
}

func (w *town) retold(first int) (duplicate.Case, bool) {
	c := w.second(first)
	c.Text = w.retell(c.Text)
	return c, true
}

func (w *town) unplaced(first int) (duplicate.Case, bool) {
	c := w.second(first)
	c.Text, c.Point = w.retell(c.Text), nil
	return c, true
}

func (w *town) misfiled(first int) (duplicate.Case, bool) {
	c := w.second(first)
	c.Text = w.retell(c.Text)
	other := w.list[w.r.IntN(len(w.list))]
	c.Topic, c.Category, c.Radius = topicCode(other), other.category, radiusOf(other.topic)
	return c, other.topic != w.list[first].topic
}

func (w *town) otherWords(first int) (duplicate.Case, bool) {
	other, ok := w.another(first)
	if !ok {
		return duplicate.Case{}, false
	}
	c := w.second(first)
	c.Text = w.unhoused(w.list[other].text)
	return c, true
}

func (w *town) otherHouse(first int) (duplicate.Case, bool) {
	c := w.second(first)
	c.Text = w.rehoused(w.retell(c.Text))
	c.Address = w.rehoused(w.cases[first].Address)
	c.Point = w.moved(w.cases[first].Point, float64(c.Radius)*(2.5+5*w.r.Float64()))
	return c, true
}

func (w *town) sameStreet(first int) (duplicate.Case, bool) {
	other, ok := w.another(first)
	if !ok {
		return duplicate.Case{}, false
	}
	c := w.second(first)
	c.Text, c.Address = w.unhoused(w.list[other].text), w.rehoused(w.cases[first].Address)
	c.Point = w.moved(w.cases[first].Point, float64(c.Radius)*(1.5+4*w.r.Float64()))
	return c, true
}

func (w *town) samePlace(first int) (duplicate.Case, bool) {
	other := w.r.IntN(len(w.list)/2)*2 + 1
	if w.list[other].category == w.list[first].category || w.twins[other] != nil {
		return duplicate.Case{}, false
	}
	c := w.second(first)
	c.Text, c.Topic, c.Category, c.Radius = w.unhoused(w.list[other].text), topicCode(w.list[other]), w.list[other].category, radiusOf(w.list[other].topic)
	return c, true
}

func (w *town) somewhere(first int) (duplicate.Case, bool) {
	other, ok := w.another(first)
	if !ok {
		return duplicate.Case{}, false
	}
	c := w.second(first)
	c.Text, c.Address = w.list[other].text, ""
	c.Point = w.moved(c.Point, 1000+4000*w.r.Float64())
	return c, true
}

func (w *town) nowhere(first int) (duplicate.Case, bool) {
	c, ok := w.somewhere(first)
	c.Point = nil
	return c, ok
}

// another is another message of the same topic, which the file has once.
func (w *town) another(first int) (int, bool) {
	among := w.byTopic[w.list[first].topic]
	if len(among) == 0 {
		return 0, false
	}
	i := among[w.r.IntN(len(among))]
	return i, w.twins[i] == nil
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?\n]+\s*`)
	houseNumber = regexp.MustCompile(`\d{1,3}`)
	greetings   = []string{"Добрый день!", "Здравствуйте.", "Уважаемая администрация,", "Пишу уже не первый раз.", ""}
	farewells   = []string{"Примите меры.", "Жду ответа.", "Сколько можно терпеть?", "Заранее благодарю", ""}
)

// retell drops and turns round sentences, or words where there is one sentence
// alone, and puts another beginning and end around.
func (w *town) retell(text string) string {
	parts := slices.DeleteFunc(sentenceEnd.Split(text, -1), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(parts) < 3 {
		parts = strings.Fields(text)
		parts = w.some(parts, 0.75)
		for range len(parts) / 4 {
			i := w.r.IntN(max(1, len(parts)-1))
			if i+1 < len(parts) {
				parts[i], parts[i+1] = parts[i+1], parts[i]
			}
		}
		text = strings.Join(parts, " ")
	} else {
		parts = w.some(parts, 0.65)
		w.r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		text = strings.Join(parts, ". ")
	}
	return w.typos(strings.TrimSpace(pick(w.r, greetings)+" "+text+" "+pick(w.r, farewells)), 0.03)
}

// some keeps a share of the parts, at least one.
func (w *town) some(parts []string, share float64) []string {
	kept := slices.DeleteFunc(slices.Clone(parts), func(string) bool { return w.r.Float64() > share })
	if len(kept) == 0 && len(parts) > 0 {
		return []string{parts[w.r.IntN(len(parts))]}
	}
	return kept
}

// typos spoils a share of the words: a letter lost, doubled, changed or swapped.
func (w *town) typos(text string, share float64) string {
	words := strings.Fields(text)
	for i, word := range words {
		letters := []rune(word)
		if len(letters) < 4 || w.r.Float64() > share {
			continue
		}
		at := 1 + w.r.IntN(len(letters)-2)
		switch w.r.IntN(4) {
		case 0:
			letters = slices.Delete(letters, at, at+1)
		case 1:
			letters = slices.Insert(letters, at, letters[at])
		case 2:
			letters[at] = []rune("оаеитнсрвл")[w.r.IntN(10)]
		default:
			letters[at], letters[at+1] = letters[at+1], letters[at]
		}
		words[i] = string(letters)
	}
	return strings.Join(words, " ")
}

// rehoused has other numbers where there were any.
func (w *town) rehoused(text string) string {
	return houseNumber.ReplaceAllStringFunc(text, func(s string) string {
		n, err := strconv.Atoi(s)
		if err != nil {
			return s
		}
		return strconv.Itoa(n + 4 + 2*w.r.IntN(40))
	})
}

// unhoused has no numbers: words that are put at another place name none.
func (w *town) unhoused(text string) string { return houseNumber.ReplaceAllString(text, "") }
