package conscience

import (
	"cmp"
	"hash/fnv"
	"math"
	"regexp"
	"slices"
	"strings"
)

const (
	// run is how many words in a row must be the same to count as repeated.
	run = 4
	// same is the share of repeated words from which an answer is a repetition.
	same = 0.8
	// few words are repeated only as a whole.
	few = 8
	// fewest words of an answer that can repeat anything.
	fewest = 3
)

// MarkCount is how many marks a text has at most.
const MarkCount = 8

// repeats compares the answer with each source, word by word, without numbers,
// dates, names and manners. A template that was filled with facts of its own is
// no repetition: that is what templates are for.
func repeats(r *reading) []Flag {
	mine := plain(r.Answer.Text)
	if len(mine) < fewest {
		return nil
	}
	// One is enough to see it by: the nearest of the templates, and of the answers.
	var template, answer *Flag
	most := map[**Flag]float64{}
	for _, s := range r.Sources {
		share, here, there := compare(mine, s.Text)
		if share < same || s.Appeal == 0 && r.filled(s.Text) {
			continue
		}
		at, why := &answer, "conscience.repeat_answer"
		fields := map[string]any{"percent": int(math.Round(100 * share)), "number": s.Number}
		if s.Appeal == 0 {
			at, why = &template, "conscience.repeat_template"
			fields = map[string]any{"percent": int(math.Round(100 * share)), "name": s.Name}
		}
		if share <= most[at] {
			continue
		}
		most[at] = share
		*at = &Flag{Code: Repeat, Why: why, Fields: fields, Evidence: []Evidence{{
			Name: s.Name, Appeal: s.Appeal, Number: s.Number, Mine: pieces(r.Answer.Text, here), Theirs: pieces(s.Text, there),
		}}}
	}
	var out []Flag
	for _, f := range []*Flag{template, answer} {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

// filled reports whether the answer says when, who or how much where the
// template doesn't.
func (r *reading) filled(template string) bool {
	var t facts
	for _, s := range sentencesOf(blank.ReplaceAllString(template, " ")) {
		t.add(s.facts)
	}
	f := r.facts
	return f.date && !t.date || f.who && !t.who || f.measure && !t.measure
}

// blank is a place of a template that is to be filled in.
var blank = regexp.MustCompile(`\{[^{}]*\}|\[[^\[\]]*\]`)

// titled is a name with initials, or the name of a greeting.
var titled = regexp.MustCompile(`[А-ЯЁ]\.\s?([А-ЯЁ]\.\s?)?[А-ЯЁ][а-яё]{2,}|[А-ЯЁ][а-яё]{2,}\s[А-ЯЁ]\.\s?[А-ЯЁ]\.|` +
	`(?i)(уважаем\pL+|здравствуйте|добрый день|добрый вечер)\s*[,!]?(\s+[А-ЯЁ][а-яё]+){0,3}\s*[!,.]?|(с уважением|спасибо за (ваше )?(обращение|сообщение|терпение|понимание))[^.!\n]*[.!]?`)

// calendarWord is a month or a day of the week.
var calendarWord = regexp.MustCompile(`^(` + months + `|` + weekdays + `)`)

// plain are the words of a text that count when it is compared: no numbers,
// dates, names and manners.
func plain(text string) []word {
	skip := append(titled.FindAllStringIndex(text, -1), blank.FindAllStringIndex(text, -1)...)
	var out []word
	for _, w := range wordsOf(text) {
		inName := slices.ContainsFunc(skip, func(s []int) bool { return w.from >= s[0] && w.to <= s[1] })
		if !inName && !numeric(w.text) && !calendarWord.MatchString(w.text) {
			out = append(out, w)
		}
	}
	return out
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// compare finds which of my words stand in the other text in runs, and which of
// theirs they are. Share is how much of mine that is. The blanks of a template
// end a run.
func compare(mine []word, text string) (share float64, here, there []span) {
	theirs := [][]word{}
	from := 0
	for _, gap := range append(blank.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		var part []word
		for _, w := range plain(text[from:gap[0]]) {
			w.from, w.to = w.from+from, w.to+from
			part = append(part, w)
		}
		theirs = append(theirs, part)
		from = gap[1]
	}
	n := min(run, len(mine))
	total := 0
	known := map[string][]word{} // a run → its words in the other text
	for _, part := range theirs {
		total += len(part)
		for i := 0; i+n <= len(part); i++ {
			known[key(part[i:i+n])] = part[i : i+n]
		}
	}
	if len(mine) < few && total != len(mine) {
		return 0, nil, nil
	}
	covered := make([]bool, len(mine))
	for i := 0; i+n <= len(mine); i++ {
		other, ok := known[key(mine[i:i+n])]
		if !ok {
			continue
		}
		for j := range n {
			covered[i+j] = true
		}
		there = append(there, span{other[0].from, other[n-1].to})
	}
	count := 0
	for i, c := range covered {
		if c {
			count++
			here = append(here, span{mine[i].from, mine[i].to})
		}
	}
	share = float64(count) / float64(len(mine))
	if len(mine) < few && share < 1 {
		share = 0
	}
	return share, here, there
}

func key(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.stem)
		b.WriteByte(' ')
	}
	return b.String()
}

// pieces cuts a text into what is repeated and what isn't. Repeated words with
// nothing but space and marks between them are one piece.
func pieces(text string, marked []span) []Piece {
	slices.SortFunc(marked, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var joined []span
	for _, m := range marked {
		if n := len(joined); n > 0 && (m.from <= joined[n-1].to || len(wordsOf(text[joined[n-1].to:m.from])) == 0) {
			joined[n-1].to = max(joined[n-1].to, m.to)
			continue
		}
		joined = append(joined, m)
	}
	var out []Piece
	at := 0
	for _, m := range joined {
		if m.from > at {
			out = append(out, Piece{Text: text[at:m.from]})
		}
		out = append(out, Piece{Text: text[m.from:m.to], Same: true})
		at = m.to
	}
	if at < len(text) {
		out = append(out, Piece{Text: text[at:]})
	}
	return out
}

// Marks are numbers by which a store finds texts that read alike without
// reading them all: the least hashes of its runs of words (a bottom-k sketch,
// Broder 1997). Texts that share most of their runs share most of their marks;
// a few common phrases share few. Changing this function makes stored marks
// useless.
func Marks(text string) []int64 {
	words := plain(text)
	n := min(run, len(words))
	if n == 0 {
		return nil
	}
	seen := map[uint64]bool{}
	for i := 0; i+n <= len(words); i++ {
		h := fnv.New64a()
		_, _ = h.Write([]byte(key(words[i : i+n]))) // it never fails
		// Spread: the least of FNV's values lie too near to one another for words
		// that begin alike.
		seen[mix(h.Sum64())] = true
	}
	all := make([]uint64, 0, len(seen))
	for h := range seen {
		all = append(all, h)
	}
	slices.Sort(all)
	out := make([]int64, 0, MarkCount)
	for _, h := range all[:min(MarkCount, len(all))] {
		out = append(out, int64(h)) //nolint:gosec // the bits, as databases keep them
	}
	return out
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
