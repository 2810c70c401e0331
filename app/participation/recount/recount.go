// Package recount counts a campaign again from its published files alone: no
// database, no network, no word of ours to be believed but the rules.
package recount

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/ledger"
)

// Options are what the one who recounts brings along.
type Options struct {
	// Key signs the checkpoints; "" takes the one in the files, which a forger of
	// all files could have put there.
	Key string
	// Checkpoints are those that observers were sent, signed.
	Checkpoints []string
}

// Finding is one thing that was checked.
type Finding struct {
	What    string `json:"what"`
	Wrong   string `json:"wrong,omitempty"` // what is wrong; "" where all is well
	Warning bool   `json:"warning,omitempty"`
}

// Report is what a recount found.
type Report struct {
	Campaign string    `json:"campaign"` // hash
	Title    string    `json:"title"`
	Key      string    `json:"key"`
	Entries  int64     `json:"entries"`
	Replaced int       `json:"replaced"`
	Ballots  int       `json:"ballots"`
	Voters   int       `json:"voters"`
	Paper    int       `json:"paper"` // of the ballots, those on paper
	Findings []Finding `json:"findings"`
	// Result is the recount's own, nil where it came to none.
	Result *participation.Result `json:"result,omitempty"`
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Wrong != "" && !f.Warning })
}

func (r *Report) add(what string, wrong error) {
	f := Finding{What: what}
	if wrong != nil {
		f.Wrong = wrong.Error()
	}
	r.Findings = append(r.Findings, f)
}

// Verify recounts the campaign whose files lie in a folder or an archive. An
// error says that files are missing or unreadable; what is wrong with the
// election stands in the report.
func Verify(files fs.FS, o Options) (*Report, error) {
	frozen, err := fs.ReadFile(files, participation.FileCampaign)
	if err != nil {
		return nil, err
	}
	var published participation.Result
	if err := readResult(files, &published); err != nil {
		return nil, err
	}
	r := &Report{Voters: published.Voters}
	hash := sha256.Sum256(frozen)
	r.Campaign = participation.HashText(hash)
	terms, err := participation.Thaw(frozen)
	r.add("terms.json is a campaign as it is published", err)
	if err != nil {
		return r, nil //nolint:nilerr // it is what was found
	}
	r.Title, r.Key = terms.Title.RU, terms.LogKey
	r.add("the result is of this campaign", same(published.Campaign, r.Campaign))
	r.checkKey(terms, o)

	l, err := readLog(files)
	if err != nil {
		return nil, err
	}
	r.Entries = int64(len(l.entries))
	r.checkLog(l, &published)
	if err := r.checkCheckpoints(files, l, hash, terms, o); err != nil {
		return nil, err
	}
	live, replaced := l.live(r)
	r.Replaced = replaced
	counting, err := r.checkBallots(files, terms, hash, l, live)
	if err != nil {
		return nil, err
	}
	r.checkCount(counting, &published)
	return r, nil
}

func readResult(files fs.FS, into *participation.Result) error {
	body, err := fs.ReadFile(files, participation.FileResult)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", participation.FileResult, err)
	}
	return nil
}

func same(got, want string) error {
	if got != want {
		return fmt.Errorf("it says %s, the files give %s", got, want)
	}
	return nil
}

func (r *Report) checkKey(terms *participation.Terms, o Options) {
	if o.Key != "" {
		r.Key = strings.TrimSpace(o.Key)
		r.add("the campaign names the key that you brought", same(terms.LogKey, r.Key))
		return
	}
	r.Findings = append(r.Findings, Finding{
		What: "the key is from the files themselves", Warning: true,
		Wrong: "compare it with one that you have from elsewhere (--key): who forges all files can forge the key in them too",
	})
}

// log is the entries with the tree at every size that a checkpoint may name.
type log struct {
	entries []ledger.Entry
	bad     error
}

func readLog(files fs.FS) (*log, error) {
	f, err := files.Open(participation.FileEntries)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l := &log{}
	scan := bufio.NewScanner(f)
	for n := 1; scan.Scan(); n++ {
		e, err := ledger.ParseEntry(scan.Text())
		if err != nil && l.bad == nil {
			l.bad = fmt.Errorf("line %d: %w", n, err)
		}
		l.entries = append(l.entries, e)
	}
	return l, scan.Err()
}

// trees are the trees of the log at some sizes.
func (l *log) trees(sizes []int64) map[int64]ledger.Tree {
	out := map[int64]ledger.Tree{}
	var b ledger.Builder
	if slices.Contains(sizes, 0) {
		out[0] = b.Tree()
	}
	wanted := map[int64]bool{}
	for _, size := range sizes {
		wanted[size] = true
	}
	for i := range l.entries {
		b.Add(l.entries[i])
		if size := int64(i + 1); wanted[size] {
			out[size] = b.Tree()
		}
	}
	return out
}

func (r *Report) checkLog(l *log, published *participation.Result) {
	r.add("entries.txt is a log", l.bad)
	var wrong error
	if published.Entries != r.Entries {
		wrong = fmt.Errorf("the result was made of %d entries, the file has %d", published.Entries, r.Entries)
	} else {
		tree := l.trees([]int64{r.Entries})[r.Entries]
		wrong = same(published.Root, participation.HashText(tree.Hash))
	}
	r.add("the log has the root that the result names", wrong)
}

// live marks the entries that none replaced.
func (l *log) live(r *Report) (live []bool, replaced int) {
	place := make(map[ledger.Hash]int, len(l.entries))
	live = make([]bool, len(l.entries))
	var wrong error
	refuse := func(n int, why string) {
		if wrong == nil {
			wrong = fmt.Errorf("entry %d %s", n, why)
		}
	}
	for i, e := range l.entries {
		live[i] = true
		if _, twice := place[e.Commitment]; twice {
			refuse(i, "is in the log twice")
			live[i] = false
			continue
		}
		place[e.Commitment] = i
		if !e.Replacing() {
			continue
		}
		former, known := place[e.Replaces]
		switch {
		case !known || former == i:
			refuse(i, "replaces one that is not before it")
			live[i] = false
		case !live[former]:
			refuse(i, "replaces one that was replaced already")
			live[i] = false
		default:
			live[former] = false
			replaced++
		}
	}
	r.add("every entry is there once, and replaces at most one that counted until then", wrong)
	return live, replaced
}

func (r *Report) checkCheckpoints(files fs.FS, l *log, hash ledger.Hash, terms *participation.Terms, o Options) error {
	body, err := fs.ReadFile(files, participation.FileCheckpoints)
	if err != nil {
		return err
	}
	type signed struct{ text, whose string }
	var notes []signed
	for i, text := range strings.Split(string(body), participation.CheckpointMark) {
		if text != "" {
			notes = append(notes, signed{text, fmt.Sprintf("checkpoint %d of the files", i)})
		}
	}
	for i, text := range o.Checkpoints {
		notes = append(notes, signed{text, fmt.Sprintf("checkpoint %d that you brought", i+1)})
	}
	points := make([]ledger.Checkpoint, len(notes))
	var sizes []int64
	faults := make([]error, len(notes))
	for i, n := range notes {
		points[i], faults[i] = ledger.Open(n.text, r.Key)
		sizes = append(sizes, points[i].Tree.N)
	}
	trees := l.trees(sizes)
	last := int64(0)
	for i, n := range notes {
		wrong, c := faults[i], points[i]
		if wrong == nil {
			tree, ok := trees[c.Tree.N]
			switch {
			case c.Campaign != hash:
				wrong = errors.New("it is of another campaign")
			case c.Origin != ledger.Origin(terms.LogKey, terms.ID):
				wrong = fmt.Errorf("it is of another log: %s", c.Origin)
			case !ok:
				wrong = fmt.Errorf("it was signed over %d entries, the file has %d: some were taken away", c.Tree.N, r.Entries)
			case !ledger.Equal(tree, c.Tree):
				wrong = fmt.Errorf("the first %d entries are not those over which it was signed: some were changed, added or put elsewhere", c.Tree.N)
			default:
				last = max(last, c.Tree.N)
			}
		}
		r.add(n.whose+" agrees with the log", wrong)
	}
	var wrong error
	if last != r.Entries {
		wrong = fmt.Errorf("the last good one covers %d of %d entries", last, r.Entries)
	}
	r.add("a signed checkpoint covers the whole log", wrong)
	return nil
}

func (r *Report) checkBallots(
	files fs.FS, terms *participation.Terms, hash ledger.Hash, l *log, live []bool,
) (*participation.Counting, error) {
	f, err := files.Open(participation.FileBallots)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	counting := participation.NewCounting(terms)
	opened := make([]bool, len(l.entries))
	var wrong []string
	refuse := func(line int, format string, args ...any) {
		if len(wrong) < mostTold {
			wrong = append(wrong, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
		}
	}
	in := bufio.NewReader(f)
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		r.Ballots++
		b, choice, err := openBallot(terms, text)
		switch {
		case err != nil:
			refuse(line, "%s", err)
		case b.Entry < 0 || b.Entry >= int64(len(l.entries)):
			refuse(line, "the log has no entry %d: this ballot was added", b.Entry)
		case opened[b.Entry]:
			refuse(line, "entry %d was opened before: this ballot was added", b.Entry)
		case !live[b.Entry]:
			refuse(line, "entry %d was replaced and must not count", b.Entry)
		case ledger.Commit(hash, []byte(b.Choice), b.nonce) != l.entries[b.Entry].Commitment:
			refuse(line, "it does not open entry %d: the ballot was altered, or belongs to another entry", b.Entry)
		default:
			opened[b.Entry] = true
			counting.Add(choice)
		}
	}
	r.add("every ballot opens the entry that it names", joined(wrong))
	missing := 0
	first := -1
	for i := range live {
		if live[i] && !opened[i] {
			if missing++; first < 0 {
				first = i
			}
		}
	}
	var lost error
	if missing > 0 {
		lost = fmt.Errorf("%d entries have no ballot, the first is entry %d: ballots were dropped or altered", missing, first)
	}
	r.add("every entry that counts has its ballot", lost)
	return counting, nil
}

// mostTold is how many wrong ballots are told one by one.
const mostTold = 5

func joined(wrong []string) error {
	if len(wrong) == 0 {
		return nil
	}
	return errors.New(strings.Join(wrong, "; "))
}

type opening struct {
	participation.Public
	nonce [ledger.NonceSize]byte
}

func openBallot(terms *participation.Terms, line []byte) (*opening, *participation.Choice, error) {
	var b opening
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b.Public); err != nil {
		return nil, nil, fmt.Errorf("it is not written as ballots are: %w", err)
	}
	nonce, err := ledger.ParseHash(b.Nonce)
	if err != nil {
		return nil, nil, fmt.Errorf("nonce: %w", err)
	}
	b.nonce = nonce
	choice, err := participation.Decode(terms, []byte(b.Choice))
	return &b, choice, err
}

func (r *Report) checkCount(counting *participation.Counting, published *participation.Result) {
	var wrong error
	if r.Ballots > published.Voters {
		wrong = fmt.Errorf("%d ballots for %d voters", r.Ballots, published.Voters)
	}
	r.add("there are not more ballots than voters", wrong)
	r.checkPaper(counting, published)
	own, err := counting.Result(published.Voters, published.Draw)
	if err != nil {
		r.add("the ballots can be counted", err)
		return
	}
	r.Result = own
	// What the ballots don't tell is taken from the published result.
	own.Campaign, own.Entries, own.Root = published.Campaign, published.Entries, published.Root
	own.Days, own.Places, own.Paper, own.Quotas = published.Days, published.Places, published.Paper, published.Quotas
	mine, err1 := json.Marshal(own)
	theirs, err2 := json.Marshal(published)
	wrong = errors.Join(err1, err2)
	if wrong == nil && !bytes.Equal(mine, theirs) {
		wrong = errors.New("the ballots give another: " + string(mine))
	}
	r.add("the ballots give the published result", wrong)
	voters := 0
	for _, p := range published.Places {
		voters += p.N
	}
	wrong = nil
	if voters != published.Voters {
		wrong = fmt.Errorf("turnout by territory adds up to %d, the result names %d voters", voters, published.Voters)
	}
	r.add("turnout by territory adds up", wrong)
}

// checkPaper compares the ballots that were on paper with what the result tells of
// printed sheets.
func (r *Report) checkPaper(counting *participation.Counting, published *participation.Result) {
	r.Paper = counting.Paper()
	p := published.Paper
	if p == nil && r.Paper == 0 {
		return
	}
	var wrong error
	switch {
	case p == nil:
		wrong = fmt.Errorf("%d ballots were on paper, and the result tells of none", r.Paper)
	case p.Counted != r.Paper:
		wrong = fmt.Errorf("the result counts %d, the files have %d", p.Counted, r.Paper)
	}
	r.add("the ballots on paper are as many as the result counts", wrong)
	if p == nil {
		return
	}
	wrong = nil
	if !p.Agrees() {
		wrong = fmt.Errorf("printed %d, entered %d, matched %d, spoiled %d, counted %d, unmatched %d don't add up",
			p.Printed, p.Entered, p.Matched, p.Spoiled, p.Counted, p.Unmatched)
	}
	r.add("sheets printed, entered, matched, spoiled and counted add up", wrong)
	wrong = nil
	if p.Matched > p.Issued {
		wrong = fmt.Errorf("%d sheets came back, and only %d were handed out", p.Matched, p.Issued)
	}
	r.add("not more sheets came back than were handed out", wrong)
}
