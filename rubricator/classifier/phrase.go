package classifier

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
)

const (
	// wordLeast is how many letters a word has at least that says something.
	wordLeast = 3
	// apart is how many other words at most stand among those of a phrase.
	apart = 2
)

// Phrases finds names in texts: all stems of a name, near each other. It is
// immutable after the last Add and safe for concurrent use.
type Phrases struct {
	list []phrase
	of   map[uint64][]int // stem → phrases that begin with it
}

type phrase struct {
	key   string
	name  bool
	stems []uint64
}

// Called is a class whose name, or a word for it, stands in a text.
type Called struct {
	Key   string
	Name  bool // its name, not another word that people use for it
	Stems int  // of the phrase
	Words []string
}

// Add makes a class known by a phrase: by its name or another word for it.
func (p *Phrases) Add(key, text string, name bool) {
	var stems []uint64
	for _, t := range telling(text) {
		if !slices.Contains(stems, t.hash) {
			stems = append(stems, t.hash)
		}
	}
	if len(stems) == 0 {
		return
	}
	if p.of == nil {
		p.of = map[uint64][]int{}
	}
	p.of[stems[0]] = append(p.of[stems[0]], len(p.list))
	p.list = append(p.list, phrase{key, name, stems})
}

// telling cuts a text into words that say something, by the hashes of their stems.
func telling(text string) []token {
	env := snowballstem.NewEnv("")
	var buf []byte
	out := slices.DeleteFunc(tokens(text, nil), func(t token) bool {
		return utf8.RuneCountInString(text[t.start:t.end]) < wordLeast
	})
	for i, t := range out {
		buf = folded(text[t.start:t.end], buf[:0])
		out[i].hash = hashOf(stem(env, string(buf)))
	}
	return out
}

// In lists the classes that a text calls by name, each once, those with the
// longest phrase first, and how many words the text has that say something. A
// Latin text is also read as Russian.
func (p *Phrases) In(text string) (found []Called, words int) {
	texts := []string{text}
	if latin(text) {
		texts = append(texts, readings(text)...)
	}
	for _, t := range texts {
		toks := telling(t)
		words = max(words, len(toks))
		found = p.in(t, toks, found)
	}
	slices.SortStableFunc(found, func(a, b Called) int { return cmp.Compare(b.Stems, a.Stems) })
	return found, words
}

func (p *Phrases) in(text string, toks []token, found []Called) []Called {
	for at, t := range toks {
		for _, n := range p.of[t.hash] {
			f := p.list[n]
			from, to, ok := f.around(toks, at)
			if !ok {
				continue
			}
			c := Called{Key: f.key, Name: f.name, Stems: len(f.stems)}
			for _, w := range toks[from:to] {
				if slices.Contains(f.stems, w.hash) {
					c.Words = append(c.Words, text[w.start:w.end])
				}
			}
			i := slices.IndexFunc(found, func(o Called) bool { return o.Key == c.Key })
			switch {
			case i < 0:
				found = append(found, c)
			case c.Stems > found[i].Stems:
				c.Name = c.Name || found[i].Name
				found[i] = c
			default:
				found[i].Name = c.Name || found[i].Name
			}
		}
	}
	return found
}

// around finds the stems of a phrase near its first one.
func (f phrase) around(toks []token, at int) (from, to int, ok bool) {
	wide := len(f.stems) + apart
	for from = max(0, at-wide+1); from <= at; from++ {
		to = min(from+wide, len(toks))
		window := toks[from:to]
		ok = !slices.ContainsFunc(f.stems, func(h uint64) bool {
			return !slices.ContainsFunc(window, func(t token) bool { return t.hash == h })
		})
		if ok {
			return from, to, true
		}
	}
	return 0, 0, false
}
