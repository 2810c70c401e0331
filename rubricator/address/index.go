package address

import (
	"slices"
	"strings"

	"github.com/otklik/otklik/rubricator/territory"
)

// Index finds streets, houses and landmarks by words. It is immutable.
type Index struct {
	places    func() *territory.Index // in force
	streets   []Street
	landmarks []Landmark

	stems  map[string]int // stem of a word of a name → its number
	typos  *typos         // over the stems
	names  []name         // of streets, each once
	key    [][]int32      // by stem: the names of which it is the word that must be there
	begins []beginning    // of words, sorted: for what is being typed

	objects     []object           // by landmark
	objectWords map[string][]int32 // stem → landmarks whose name has it
	settlements map[string][]string
}

// name is a street's name without its kind, with every street that bears it.
type name struct {
	words   []string // small
	stems   []string
	streets []int32
}

type beginning struct {
	word string
	name int32
}

// object is the name of a landmark cut into words.
type object struct {
	number string // «5» of «Школа № 5»
	stems  []string
}

// NewIndex builds the index over what is loaded. places returns the territories
// in force.
func NewIndex(places func() *territory.Index, streets []Street, landmarks []Landmark) *Index {
	x := &Index{places: places, stems: map[string]int{}, objectWords: map[string][]int32{}, settlements: map[string][]string{}}
	known := map[string]int32{}
	for _, s := range streets {
		at := int32(len(x.streets)) //nolint:gosec // streets are counted in thousands
		x.streets = append(x.streets, s)
		x.settle(s.Settlement)
		list := words(s.Name)
		if len(list) == 0 {
			continue
		}
		full := strings.Join(list, " ")
		i, there := known[full]
		if !there {
			i = int32(len(x.names)) //nolint:gosec // as above
			known[full] = i
			x.names = append(x.names, name{words: list})
			x.learn(i)
		}
		x.names[i].streets = append(x.names[i].streets, at)
	}
	stems := make([]string, len(x.stems))
	for s, i := range x.stems {
		stems[i] = s
	}
	x.typos = newTypos(stems)
	slices.SortFunc(x.begins, func(a, b beginning) int { return strings.Compare(a.word, b.word) })
	for _, l := range landmarks {
		x.addLandmark(l)
	}
	return x
}

// learn makes the words of a name known. The last must be there: «Маркса» alone
// is «Карла Маркса», «Карла» is not.
func (x *Index) learn(i int32) {
	n := &x.names[i]
	for k, w := range n.words {
		s := stem(w)
		n.stems = append(n.stems, s)
		id, there := x.stems[s]
		if !there {
			id = len(x.key)
			x.stems[s] = id
			x.key = append(x.key, nil)
		}
		if k == n.required() {
			x.key[id] = append(x.key[id], i)
		}
		x.begins = append(x.begins, beginning{w, i})
	}
}

func (n *name) required() int {
	for k := len(n.words) - 1; k > 0; k-- {
		if n.words[k][0] > '9' {
			return k
		}
	}
	return 0
}

func (x *Index) settle(settlement string) {
	list := words(settlement)
	if len(list) == 0 {
		return
	}
	s := stem(list[len(list)-1])
	if !slices.Contains(x.settlements[s], settlement) {
		x.settlements[s] = append(x.settlements[s], settlement)
	}
}

func (x *Index) addLandmark(l Landmark) {
	at := int32(len(x.landmarks)) //nolint:gosec // landmarks are counted in thousands
	x.landmarks = append(x.landmarks, l)
	var o object
	for _, w := range words(l.Name) {
		switch {
		case w[0] >= '0' && w[0] <= '9':
			o.number = stem(w)
		case landmarkWord[w] == "" && w != "детский" && w != "сад":
			s := stem(w)
			o.stems = append(o.stems, s)
			x.objectWords[s] = append(x.objectWords[s], at)
		}
	}
	x.objects = append(x.objects, o)
	x.settle(l.Settlement)
}

// Count is how many streets, houses and landmarks are known.
func (x *Index) Count() (streets, houses, landmarks int) {
	for _, s := range x.streets {
		houses += s.Houses.Count()
	}
	return len(x.streets), houses, len(x.landmarks)
}

// same reports whether two territories lie in one municipality; what is the
// region's own is everywhere.
func (x *Index) same(a, b int64) bool {
	places := x.places()
	m, ok := places.Municipality(a)
	n, ok2 := places.Municipality(b)
	return !ok || !ok2 || m.ID == n.ID
}
