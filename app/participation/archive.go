package participation

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/otklik/otklik/app/fault"
)

// The names of the published files.
const (
	FileCampaign    = "terms.json"      // the terms, byte by byte as they were hashed
	FileEntries     = "entries.txt"     // the log, an entry on each line
	FileBallots     = "ballots.jsonl"   // what opens the entries that none replaced
	FileResult      = "result.json"     // the outcome
	FileCheckpoints = "checkpoints.txt" // signed, the latest last, each after a line of dashes
	FilePabulib     = "votes.pb"        // of a budget vote
)

// CheckpointMark is the line before each checkpoint in the file of them.
const CheckpointMark = "-----\n"

// entriesAtOnce is how many entries one reading brings.
const entriesAtOnce = 10_000

// Archive writes the published files of a counted campaign as a ZIP. It holds
// little in memory, whatever the number of ballots.
func (v *Voting) Archive(ctx context.Context, to io.Writer, c *Campaign) error {
	if c.Result == nil {
		return fault.New(fault.NotFound, "error.not_found")
	}
	terms, err := Thaw(c.Frozen)
	if err != nil {
		return err
	}
	z := zip.NewWriter(to)
	write := func(name string, fill func(w *bufio.Writer) error) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: c.Sealed})
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		if err := fill(w); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return w.Flush()
	}
	counting := NewCounting(terms)
	for _, file := range []struct {
		name string
		fill func(w *bufio.Writer) error
	}{
		{FileCampaign, func(w *bufio.Writer) error { _, err := w.Write(c.Frozen); return err }},
		{FileResult, func(w *bufio.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			return enc.Encode(c.Result)
		}},
		{FileCheckpoints, func(w *bufio.Writer) error { return v.writeCheckpoints(ctx, w, c.ID) }},
		{FileEntries, func(w *bufio.Writer) error { return v.WriteEntries(ctx, w, c.ID, 0, -1) }},
		{FileBallots, func(w *bufio.Writer) error { return v.writeBallots(ctx, w, terms, c.ID, counting) }},
	} {
		if err := write(file.name, file.fill); err != nil {
			return err
		}
	}
	if terms.Money != nil {
		if err := write(FilePabulib, func(w *bufio.Writer) error { return counting.WritePabulib(w, c.Result) }); err != nil {
			return err
		}
	}
	return z.Close()
}

// WriteEntries writes entries of the log, from a place on, at most so many; all
// for -1.
func (v *Voting) WriteEntries(ctx context.Context, w io.Writer, campaign, from int64, most int) error {
	for most != 0 {
		limit := entriesAtOnce
		if most > 0 {
			limit = min(limit, most)
			most -= limit
		}
		entries, err := v.Log.ListEntries(ctx, campaign, from, limit)
		if err != nil {
			return err
		}
		for i := range entries {
			if _, err := w.Write(append(entries[i].Record(), '\n')); err != nil {
				return err
			}
		}
		if len(entries) < limit {
			return nil
		}
		from += int64(len(entries))
	}
	return nil
}

func (v *Voting) writeCheckpoints(ctx context.Context, w io.Writer, campaign int64) error {
	notes, err := v.Log.ListCheckpoints(ctx, campaign)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if _, err := io.WriteString(w, CheckpointMark+n); err != nil {
			return err
		}
	}
	return nil
}

func (v *Voting) writeBallots(ctx context.Context, w io.Writer, terms *Terms, campaign int64, counting *Counting) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return v.Box.EachBallot(ctx, campaign, func(b Ballot) error {
		choice, err := Decode(terms, b.Choice)
		if err != nil {
			return err
		}
		if terms.Money != nil {
			counting.Add(choice)
		}
		return enc.Encode(Public{Entry: b.Entry, Nonce: hex.EncodeToString(b.Nonce[:]), Choice: string(b.Choice)})
	})
}

// WritePabulib writes the ballots of a budget vote as a file of Pabulib.
func (v *Voting) WritePabulib(ctx context.Context, to io.Writer, c *Campaign) error {
	counting, err := v.counting(ctx, c)
	if err != nil {
		return err
	}
	return counting.WritePabulib(to, c.Result)
}
