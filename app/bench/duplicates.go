package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/otklik/otklik/search/duplicate"
)

// DuplicatesOptions says with what and how much the search for duplicates is
// measured.
type DuplicatesOptions struct {
	Options
	Messages string // CSV file with the columns text, topic and category
	Pairs    int    // of each kind
	Rows     []int  // open appeals that are held
	Seed     uint64
}

// DuplicatesResult is what was found out.
type DuplicatesResult struct {
	Messages  int           `json:"messages"`
	Precision float64       `json:"precision"` // at the score from which officers see a pair
	Recall    float64       `json:"recall"`
	F1        float64       `json:"f1"`
	Offered   Quality       `json:"offered"` // at the score from which citizens see an appeal
	Ece       float64       `json:"ece"`     // of the score, over all compared pairs of the set
	Kinds     []KindResult  `json:"kinds"`
	Words     []WordsResult `json:"words"`
	Natural   Natural       `json:"natural"`
	Cost      []CostResult  `json:"cost"`
}

// Quality is how a threshold does.
type Quality struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// KindResult is how one kind of second messages does: of those that are the
// same the share that is found, of the others the share that is suspected.
type KindResult struct {
	Kind  string  `json:"kind"`
	Same  bool    `json:"same"`
	Pairs int     `json:"pairs"`
	Found float64 `json:"found"`
}

// WordsResult is how one measure of words alone tells retold messages from
// others of the same topic.
type WordsResult struct {
	Measure string  `json:"measure"`
	AUC     float64 `json:"auc"`
	Recall  float64 `json:"recall_at_1_percent"` // where one in a hundred others is taken for the same
	Micros  float64 `json:"micros"`              // per comparison, texts made ready
}

// Natural is what an exhaustive comparison by another measure finds in the file
// itself: the same message sent twice.
type Natural struct {
	Pairs int     `json:"pairs"`
	Found float64 `json:"found"`
	// Other is how many more pairs of the file are suspected by words and topic
	// alone, without any place.
	Other int `json:"other"`
}

// CostResult is what one new message costs with so many held.
type CostResult struct {
	Rows       int     `json:"rows"`
	Bytes      float64 `json:"bytes_each"`
	PutMicros  float64 `json:"put_micros"`
	FindMedian float64 `json:"find_micros_p50"`
	FindP95    float64 `json:"find_micros_p95"`
	ScanOf     int     `json:"scan_of"`
	ScanMedian float64 `json:"scan_micros_p50"`
	SameAsScan float64 `json:"same_as_scan"`    // share of what comparing with all finds that the index finds
	ScanAll    float64 `json:"scan_micros_all"` // as long as comparing with all would take
}

// Duplicates measures the search for duplicates.
func Duplicates(ctx context.Context, o DuplicatesOptions) (*DuplicatesResult, error) {
	list, err := readMessages(o.Messages)
	if err != nil {
		return nil, err
	}
	w := newTown(list, o.Seed)
	out := &DuplicatesResult{Messages: len(list)}
	o.say("%d messages; looking for those that are there twice…", len(list))
	natural := w.findTwins()
	index := duplicate.NewIndex()
	index.Put(w.told()...)
	out.Natural = w.natural(natural)
	o.say("making and judging pairs…")
	out.judge(w, index, o.Pairs)
	out.Words = w.compareWords(index, o.Pairs)
	for _, rows := range o.Rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o.say("filling an index with %d…", rows)
		out.Cost = append(out.Cost, costOf(list, rows, o.Seed))
	}
	return out, nil
}

// shown is how many candidates of one message are judged: as many as a person is
// shown.
const shown = 5

// trial counts how a threshold does.
type trial struct {
	least        float64
	right, wrong int // candidates
	hits, same   int // messages that are the same as another; those whose other was found
}

func (t *trial) quality() Quality {
	return Quality{ratio(float64(t.right), float64(t.right+t.wrong)), ratio(float64(t.hits), float64(t.same))}
}

// note counts the candidates of a message that came after the first.
func (t *trial) note(w *town, first int, same bool, found []duplicate.Candidate) (hit bool) {
	for _, f := range found {
		earlier := int(f.ID) - 1
		switch {
		case f.Score < t.least:
		case earlier == first:
			hit = true
			if same {
				t.right++
			} else {
				t.wrong++
			}
		case !w.twins[first][earlier]: // of what the file has twice nobody can say
			t.wrong++
		}
	}
	if same {
		t.same++
		if hit {
			t.hits++
		}
	}
	return hit
}

// judge looks up each made message among all of the file, and counts.
func (out *DuplicatesResult) judge(w *town, index *duplicate.Index, pairs int) {
	suspected, offered := trial{least: duplicate.Suspicious}, trial{least: duplicate.Offered}
	var scores calibration
	for _, k := range kinds {
		result := KindResult{Kind: k.name, Same: k.same}
		hits := 0
		for result.Pairs < pairs {
			first := w.first()
			c, ok := k.make(w, first)
			if !ok {
				continue
			}
			result.Pairs++
			found := index.Find(&c, 0, shown)
			if suspected.note(w, first, k.same, found) {
				hits++
			}
			offered.note(w, first, k.same, found)
			scores.note(w, first, k.same, found)
		}
		result.Found = ratio(float64(hits), float64(result.Pairs))
		out.Kinds = append(out.Kinds, result)
	}
	q := suspected.quality()
	out.Precision, out.Recall, out.F1 = q.Precision, q.Recall, ratio(2*q.Precision*q.Recall, q.Precision+q.Recall)
	out.Offered = offered.quality()
	out.Ece = scores.error()
}

// calibration compares scores with how often they are right, by tenths.
type calibration [10]struct{ n, same, score float64 }

func (b *calibration) note(w *town, first int, same bool, found []duplicate.Candidate) {
	for _, f := range found {
		earlier := int(f.ID) - 1
		if earlier != first && w.twins[first][earlier] || f.Score < leastScore {
			continue
		}
		bin := &b[min(len(b)-1, int(f.Score*float64(len(b))))]
		bin.n, bin.score = bin.n+1, bin.score+f.Score
		if same && earlier == first {
			bin.same++
		}
	}
}

// leastScore leaves out what is never shown: nearly all of it is at 0, which
// would make any score look true.
const leastScore = 0.1

// error is the expected calibration error.
func (b *calibration) error() float64 {
	n, sum := 0.0, 0.0
	for _, bin := range b {
		n += bin.n
		sum += math.Abs(bin.same - bin.score)
	}
	return ratio(sum, n)
}

// costOf fills an index with so many messages, spread over towns, and looks up
// new ones.
func costOf(list []message, rows int, seed uint64) CostResult {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := newTown(list, seed)
	index := duplicate.NewIndex()
	var putting time.Duration
	batch := make([]duplicate.Case, 0, 1000)
	for n := 0; n < rows; n += len(batch) {
		batch = batch[:0]
		for len(batch) < min(1000, rows-n) {
			batch = append(batch, w.anyone(rows))
		}
		start := time.Now()
		index.Put(batch...)
		putting += time.Since(start)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	out := CostResult{
		Rows: rows, PutMicros: putting.Seconds() * 1e6 / float64(rows),
		Bytes: float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / float64(rows), //nolint:gosec // far below
	}
	var find, scan spread
	both, found := 0, 0
	for range costSamples {
		c := w.anyone(rows)
		start := time.Now()
		index.Find(&c, duplicate.Suspicious, shown)
		find = append(find, time.Since(start))
	}
	part := duplicate.NewIndex()
	out.ScanOf = min(rows, scanRows)
	for range out.ScanOf {
		part.Put(w.anyone(rows))
	}
	for range scanSamples {
		c := w.anyone(rows)
		start := time.Now()
		all := part.Scan(&c, duplicate.Suspicious, shown)
		scan = append(scan, time.Since(start))
		some := part.Find(&c, duplicate.Suspicious, shown)
		found += len(all)
		for _, a := range all {
			if slices.ContainsFunc(some, func(b duplicate.Candidate) bool { return a.ID == b.ID }) {
				both++
			}
		}
	}
	out.FindMedian, out.FindP95 = micros(find.at(50)), micros(find.at(95))
	out.ScanMedian = micros(scan.at(50))
	out.ScanAll = out.ScanMedian * float64(rows) / float64(out.ScanOf)
	out.SameAsScan = ratio(float64(both), float64(found))
	runtime.KeepAlive(index)
	return out
}

const (
	costSamples = 2000
	scanSamples = 100
	scanRows    = 10_000
	perTown     = 25_000 // open appeals of one town, some 325 to the square kilometre
)

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// anyone is a new message at some place of one of as many towns as are needed
// for so many messages.
func (w *town) anyone(rows int) duplicate.Case {
	first := w.r.IntN(len(w.list))
	c := w.second(first)
	towns := 1 + rows/perTown
	t := w.r.IntN(towns)
	c.Territory = int64(1 + t)
	c.Point = &duplicate.Point{
		Lat: townLat + (w.r.Float64()*2-1)*townSize + float64(t/10)*0.2, Lon: townLon + (w.r.Float64()*2-1)*townSize + float64(t%10)*0.3,
	}
	if c.Address != "" {
		c.Address = address(w.r)
	}
	c.Text = w.retell(c.Text)
	return c
}

// DuplicatesTable shows the result to people.
func DuplicatesTable(r *DuplicatesResult) string {
	percent := func(v float64) string { return fmt.Sprintf("%.1f %%", v*100) }
	t := newTable("made of "+fmt.Sprint(r.Messages)+" messages", "same", "pairs", "found")
	for _, k := range r.Kinds {
		yes := "no"
		if k.Same {
			yes = "yes"
		}
		t.row(k.Kind, yes, fmt.Sprint(k.Pairs), percent(k.Found))
	}
	all := newTable("threshold", "precision", "recall")
	all.row(fmt.Sprintf("officers, from %.2f", duplicate.Suspicious), percent(r.Precision), percent(r.Recall))
	all.row(fmt.Sprintf("citizens, from %.2f", duplicate.Offered), percent(r.Offered.Precision), percent(r.Offered.Recall))
	words := newTable("words alone", "AUC", "recall at 1 %", "µs")
	for _, m := range r.Words {
		words.row(m.Measure, fmt.Sprintf("%.4f", m.AUC), percent(m.Recall), fmt.Sprintf("%.2f", m.Micros))
	}
	cost := newTable("open appeals", "bytes each", "put µs", "find µs p50", "p95", "compare with all µs", "found as by that")
	for _, c := range r.Cost {
		cost.row(fmt.Sprint(c.Rows), fmt.Sprintf("%.0f", c.Bytes), fmt.Sprintf("%.1f", c.PutMicros), fmt.Sprintf("%.0f", c.FindMedian),
			fmt.Sprintf("%.0f", c.FindP95), fmt.Sprintf("%.0f", c.ScanAll), percent(c.SameAsScan))
	}
	return fmt.Sprintf("%s\n%s\nF1 %.3f, calibration error %.3f\n\n%s\nTwice in the file itself: %d pairs, found %s; others suspected by words and topic alone: %d\n\n%s",
		t, all, r.F1, r.Ece, words, r.Natural.Pairs, percent(r.Natural.Found), r.Natural.Other, cost)
}
