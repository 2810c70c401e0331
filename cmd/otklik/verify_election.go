package main

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app/participation/recount"
)

// errElection says that files were read and don't agree.
var errElection = errors.New("the election does not agree with its files")

func verifyElectionCommand() *cobra.Command {
	var key string
	var checkpoints []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify-election DIR|FILE.zip",
		Short: "Count a vote again from its published files and find what was changed",
		Long: "Count a vote, budget vote or poll again from the files that are published after the count, and check that every\n" +
			"ballot is in the signed public log, once, and that nothing was altered, dropped, added or put elsewhere.\n" +
			"Needs no database and no network. Exit status: 0 all agrees, 1 something does not, 2 nothing could be checked.",
		Example: "  otklik verify-election campaign-7.zip --key KEYFILE --checkpoint mail-1.txt --checkpoint mail-2.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyElection(cmd.OutOrStdout(), args[0], key, checkpoints, asJSON)
		},
	}
	c.Flags().StringVar(&key, "key", "", "file with the log's public key, as you have it from elsewhere")
	c.Flags().StringArrayVar(&checkpoints, "checkpoint", nil, "file with a checkpoint that you were sent; as often as you have some")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func verifyElection(w io.Writer, path, key string, checkpoints []string, asJSON bool) error {
	files, done, err := openFiles(path)
	if err != nil {
		return usageError{err}
	}
	defer done()
	var o recount.Options
	if key != "" {
		text, err := os.ReadFile(key)
		if err != nil {
			return usageError{err}
		}
		o.Key = string(text)
	}
	for _, name := range checkpoints {
		text, err := os.ReadFile(name)
		if err != nil {
			return usageError{err}
		}
		o.Checkpoints = append(o.Checkpoints, string(text))
	}
	report, err := recount.Verify(files, o)
	if err != nil {
		return usageError{fmt.Errorf("%s: %w", path, err)}
	}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		err = enc.Encode(report)
	} else {
		err = printRecount(w, report)
	}
	if err == nil && !report.OK() {
		err = errElection
	}
	return err
}

// openFiles opens a folder or an archive.
func openFiles(path string) (fs.FS, func(), error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), func() {}, nil
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return z, func() { _ = z.Close() }, nil
}

func printRecount(w io.Writer, r *recount.Report) error {
	p := &printer{w: w}
	p.line("%s", r.Title)
	p.line("campaign %s", r.Campaign)
	p.line("key      %s", r.Key)
	p.line("%d entries in the log, %d of them replaced by their voters; %d ballots of %d voters", r.Entries, r.Replaced, r.Ballots, r.Voters)
	p.line("")
	for _, f := range r.Findings {
		switch {
		case f.Wrong == "":
			p.line("ok     %s", f.What)
		case f.Warning:
			p.line("note   %s: %s", f.What, f.Wrong)
		default:
			p.line("WRONG  %s: %s", f.What, f.Wrong)
		}
	}
	p.line("")
	if r.OK() {
		p.line("All agrees.")
	} else {
		p.line("It does NOT agree: see the lines above.")
	}
	return p.err
}

// printer writes lines and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
