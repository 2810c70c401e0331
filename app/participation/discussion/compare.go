package discussion

import (
	"slices"
	"strings"
	"unicode"
)

// Fate is what became of a paragraph between two versions.
type Fate string

// The fates.
const (
	Same    Fate = "same"
	Changed Fate = "changed"
	Added   Fate = "added"
	Removed Fate = "removed"
	Moved   Fate = "moved" // and perhaps changed: it stood elsewhere
)

// Span is a piece of a paragraph: kept, put in or taken out.
type Span struct {
	Text string
	Fate Fate // Same, Added or Removed
}

// Change is one line of a comparison.
type Change struct {
	Paragraph        // as it is now; of Removed, as it was
	Fate      Fate   //
	Spans     []Span // of Changed and Moved
}

// Compare puts two versions of a text side by side, in the order of the new one,
// with what was taken out where it stood.
func Compare(old, now []Paragraph) []Change {
	place := map[string]int{}
	for i, p := range old {
		place[p.Anchor] = i
	}
	stays := map[string]bool{}
	var order []int
	for _, p := range now {
		if i, ok := place[p.Anchor]; ok {
			stays[p.Anchor] = true
			order = append(order, i)
		}
	}
	inOrder := map[int]bool{}
	for _, i := range rising(order) {
		inOrder[i] = true
	}
	var out []Change
	next := 0 // of old, not yet told
	removedUpTo := func(end int) {
		for ; next < end; next++ {
			if !stays[old[next].Anchor] {
				out = append(out, Change{Paragraph: old[next], Fate: Removed})
			}
		}
	}
	for _, p := range now {
		i, ok := place[p.Anchor]
		if !ok {
			out = append(out, Change{Paragraph: p, Fate: Added})
			continue
		}
		was := old[i]
		c := Change{Paragraph: p, Fate: Same}
		if inOrder[i] {
			removedUpTo(i)
			if was.Text != p.Text {
				c.Fate, c.Spans = Changed, spans(was.Text, p.Text)
			}
		} else {
			c.Fate, c.Spans = Moved, spans(was.Text, p.Text)
		}
		out = append(out, c)
	}
	removedUpTo(len(old))
	return out
}

// rising is the longest part of a list that rises.
func rising(list []int) []int {
	length, from := make([]int, len(list)), make([]int, len(list))
	best := -1
	for i := range list {
		length[i], from[i] = 1, -1
		for k := range i {
			if list[k] < list[i] && length[k]+1 > length[i] {
				length[i], from[i] = length[k]+1, k
			}
		}
		if best < 0 || length[i] > length[best] {
			best = i
		}
	}
	var out []int
	for i := best; i >= 0; i = from[i] {
		out = append(out, list[i])
	}
	slices.Reverse(out)
	return out
}

// sameEnough is from which share of common words on two paragraphs are one that
// was rewritten.
const sameEnough = 0.5

// match finds for each new paragraph the old one that it came from, -1 for none:
// first those that are the same, in order; between them those that share most of
// their words; at last what was moved.
func match(old, now []Paragraph) []int {
	from := make([]int, len(now))
	for i := range from {
		from[i] = -1
	}
	taken := make([]bool, len(old))
	take := func(i, k int) { from[k], taken[i] = i, true }
	for _, pair := range common(len(old), len(now), func(i, k int) float64 {
		if old[i].Text == now[k].Text {
			return 1
		}
		return 0
	}) {
		take(pair[0], pair[1])
	}
	oldBags, newBags := bags(old), bags(now)
	i := 0
	for k := 0; k < len(now); {
		if from[k] >= 0 {
			i, k = from[k]+1, k+1
			continue
		}
		end := k
		for end < len(now) && from[end] < 0 {
			end++
		}
		stop := len(old)
		if end < len(now) {
			stop = from[end]
		}
		for _, pair := range common(stop-i, end-k, func(a, b int) float64 {
			if s := likeness(oldBags[i+a], newBags[k+b]); s >= sameEnough {
				return s
			}
			return 0
		}) {
			take(i+pair[0], k+pair[1])
		}
		k = end
	}
	for k := range now {
		for i := 0; from[k] < 0 && i < len(old); i++ {
			if !taken[i] && old[i].Text == now[k].Text {
				take(i, k)
			}
		}
	}
	return from
}

// common lists the pairs, rising in both, with the greatest sum of weights.
func common(n, m int, weight func(i, k int) float64) [][2]int {
	sum := make([][]float64, n+1)
	w := make([][]float64, n)
	for i := range sum {
		sum[i] = make([]float64, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		w[i] = make([]float64, m)
		for k := m - 1; k >= 0; k-- {
			w[i][k] = weight(i, k)
			sum[i][k] = max(sum[i+1][k], sum[i][k+1])
			if w[i][k] > 0 {
				sum[i][k] = max(sum[i][k], w[i][k]+sum[i+1][k+1])
			}
		}
	}
	var out [][2]int
	for i, k := 0, 0; i < n && k < m; {
		switch {
		case w[i][k] > 0 && sum[i][k] == w[i][k]+sum[i+1][k+1]:
			out = append(out, [2]int{i, k})
			i, k = i+1, k+1
		case sum[i][k] == sum[i+1][k]:
			i++
		default:
			k++
		}
	}
	return out
}

func bags(list []Paragraph) []map[string]int {
	out := make([]map[string]int, len(list))
	for i, p := range list {
		out[i] = map[string]int{}
		for _, w := range words(strings.ToLower(p.Text)) {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				out[i][w]++
			}
		}
	}
	return out
}

// likeness is the share of words that two paragraphs have in common (Dice).
func likeness(a, b map[string]int) float64 {
	both, all := 0, 0
	for w, n := range a {
		both += min(n, b[w])
		all += n
	}
	for _, n := range b {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all)
}

// words parts a text into words, gaps and signs: joined they are the text.
func words(text string) []string {
	kind := func(r rune) int {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return 1
		case unicode.IsSpace(r):
			return 2
		default:
			return 3
		}
	}
	var out []string
	begin, last := 0, 0
	for i, r := range text {
		if k := kind(r); k != last || k == 3 {
			if i > begin {
				out = append(out, text[begin:i])
			}
			begin, last = i, k
		}
	}
	if begin < len(text) {
		out = append(out, text[begin:])
	}
	return out
}

// mostWords is up to how many pairs of words a paragraph is compared word by word:
// longer ones are shown as taken out and put in.
const mostWords = 4_000_000

// spans compares two texts word by word.
func spans(old, now string) []Span {
	a, b := words(old), words(now)
	var out []Span
	add := func(fate Fate, text string) {
		if text == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Fate == fate {
			out[n-1].Text += text
			return
		}
		out = append(out, Span{Text: text, Fate: fate})
	}
	if len(a)*len(b) > mostWords {
		add(Removed, old)
		add(Added, now)
		return out
	}
	i, k := 0, 0
	for _, pair := range common(len(a), len(b), func(i, k int) float64 {
		if a[i] != b[k] {
			return 0
		}
		if strings.TrimSpace(a[i]) == "" { // gaps hold nothing together
			return 0.1
		}
		return 1
	}) {
		add(Removed, strings.Join(a[i:pair[0]], ""))
		add(Added, strings.Join(b[k:pair[1]], ""))
		add(Same, a[pair[0]])
		i, k = pair[0]+1, pair[1]+1
	}
	add(Removed, strings.Join(a[i:], ""))
	add(Added, strings.Join(b[k:], ""))
	return readable(out)
}

// readable joins changes that only a gap keeps apart, so that a rewritten phrase
// reads as a phrase and not as a word salad.
func readable(list []Span) []Span {
	var out []Span
	for i := 0; i < len(list); {
		if list[i].Fate == Same {
			out = append(out, list[i])
			i++
			continue
		}
		var gone, put strings.Builder
		for i < len(list) {
			gap := list[i].Fate == Same && strings.TrimSpace(list[i].Text) == "" && i+1 < len(list)
			if list[i].Fate == Same && !gap {
				break
			}
			if list[i].Fate != Added {
				gone.WriteString(list[i].Text)
			}
			if list[i].Fate != Removed {
				put.WriteString(list[i].Text)
			}
			i++
		}
		for _, s := range []Span{{gone.String(), Removed}, {put.String(), Added}} {
			if strings.TrimSpace(s.Text) != "" {
				out = append(out, s)
			}
		}
	}
	return out
}
