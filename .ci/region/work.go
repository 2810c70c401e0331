package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// atOnce is how many people work at the same time.
const atOnce = 4

// worker does everything, step by step.
type worker struct {
	*product
	*report
	data   *data
	files  files
	work   int
	tokens map[string]string // by login

	secrets map[string]slip   // by id of the message
	routed  map[string]string // number → code of the agency
	actions int               // taken through the API
}

// slip is what one needs to act as the author of an imported message.
type slip struct{ number, secret string }

func (w *worker) all(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		w.importRegion, w.start, w.suggest, w.importAppeals, w.count, w.compare, w.answer, w.audit,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// importRegion tries each file dry first: what that says must come true.
func (w *worker) importRegion(ctx context.Context) error {
	for _, file := range [][2]string{
		{"territories", w.files.boundaries}, {"rubricator", w.files.rubricator}, {"agencies", w.files.agencies},
	} {
		dry, err := w.run(ctx, "import", file[0], file[1], "--dry-run")
		if err != nil {
			return err
		}
		done, err := w.run(ctx, "import", file[0], file[1])
		if err != nil {
			return err
		}
		if strings.ReplaceAll(dry, "dry run, ", "") != done {
			w.wrong = append(w.wrong, fmt.Errorf("import %s: the dry run said %q, the import %q", file[0], dry, done))
		}
		for line := range strings.Lines(done) {
			w.line("import %s", strings.TrimSpace(line))
		}
	}
	return nil
}

// suggest asks for the topics of every message before any is there: the words of
// the tree alone answer.
func (w *worker) suggest(ctx context.Context) error {
	began := time.Now()
	var mu sync.Mutex
	var within [6]int // the topic is among the first so many
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, m := range w.data.messages {
		g.Go(func() error {
			var found struct {
				Topics []struct {
					Code string `json:"code"`
				} `json:"topics"`
			}
			text := []rune(m.text)
			in := object{"text": string(text[:min(len(text), 4000)]), "territory": m.place, "limit": 5}
			if err := w.anybody().call(ctx, "POST", "/suggest", in, &found); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for i, t := range found.Topics {
				if t.Code == m.topic {
					for n := i + 1; n < len(within); n++ {
						within[n]++
					}
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	all := len(w.data.messages)
	w.line("suggest (cold: names of topics alone, %d of them): the message's topic is first in %s, among three in %s, among five in %s; %s",
		len(w.data.topics), share(within[1], all), share(within[3], all), share(within[5], all), rate(all, time.Since(began)))
	return nil
}

func share(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of)) }

func rate(n int, took time.Duration) string {
	return fmt.Sprintf("%d in %s, %.0f/s", n, took.Round(10*time.Millisecond), float64(n)/took.Seconds())
}

// importAppeals brings the messages in by the common door, while the server
// runs.
func (w *worker) importAppeals(ctx context.Context) error {
	if _, err := w.run(ctx, "import", "appeals", w.files.appeals, "--dry-run"); err != nil {
		return err
	}
	began := time.Now()
	path := filepath.Join(w.dir, "receipts.csv")
	done, err := w.run(ctx, "import", "appeals", w.files.appeals, "--receipts", path)
	if err != nil {
		return err
	}
	took := time.Since(began)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	w.secrets = map[string]slip{}
	for _, row := range rows[1:] {
		w.secrets[row[0]] = slip{row[1], row[2]}
	}
	w.equal("receipts", len(w.secrets), len(w.data.messages))
	w.line("import %s; %s, with the start of the program", done, rate(len(w.secrets), took))
	again, err := w.run(ctx, "import", "appeals", w.files.appeals)
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("appeals: 0 added, %d there before", len(w.secrets)); !strings.HasPrefix(again, want) {
		w.wrong = append(w.wrong, fmt.Errorf("a second import said %q", again))
	}
	return nil
}

// count waits until the index has every message.
func (w *worker) count(ctx context.Context) error {
	if err := w.issue(ctx, supervisor); err != nil {
		return err
	}
	began := time.Now()
	total := 0
	err := wait(ctx, time.Minute, "the index lacks messages", func() (bool, error) {
		var err error
		total, err = w.heat(ctx)
		return total == len(w.data.messages), err
	})
	w.line("heat map: %d appeals in the index, %s after the import", total, time.Since(began).Round(10*time.Millisecond))
	return err
}

// heat is the sum of the cells.
func (w *worker) heat(ctx context.Context) (int, error) {
	var m struct {
		Total int `json:"total"`
		Cells []struct {
			Count int `json:"count"`
		} `json:"cells"`
	}
	if err := w.as(w.tokens[supervisor]).call(ctx, "GET", "/heatmap?by=leaf", nil, &m); err != nil {
		return 0, err
	}
	sum := 0
	for _, c := range m.Cells {
		sum += c.Count
	}
	w.equal("total of the heat map", m.Total, sum)
	return sum, nil
}

// issue makes tokens. One of several users stands behind its login.
func (w *worker) issue(ctx context.Context, logins ...string) error {
	out, err := w.run(ctx, append([]string{"user", "token"}, logins...)...)
	if err != nil {
		return err
	}
	if w.tokens == nil {
		w.tokens = map[string]string{}
	}
	for line := range strings.Lines(out) {
		user, token, several := strings.Cut(strings.TrimSpace(line), "\t")
		if !several {
			user, token = logins[0], user
		}
		w.tokens[user] = token
	}
	return nil
}

// row is an appeal in a list.
type row struct {
	Number string `json:"number"`
	Stage  string `json:"stage"`
	Agency string `json:"agency"`
}

// list pages through all appeals.
func (w *worker) list(ctx context.Context) ([]row, error) {
	var all []row
	for cursor := ""; ; {
		var page struct {
			Appeals []row  `json:"appeals"`
			Next    string `json:"next"`
		}
		path := "/appeals?limit=200&cursor=" + url.QueryEscape(cursor)
		if err := w.as(w.tokens[supervisor]).call(ctx, "GET", path, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Appeals...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// compare holds the agency to which a message was routed against the one that
// worked on it.
func (w *worker) compare(ctx context.Context) error {
	rows, err := w.list(ctx)
	if err != nil {
		return err
	}
	w.equal("appeals in the list", len(rows), len(w.data.messages))
	w.routed = map[string]string{}
	for _, r := range rows {
		w.routed[r.Number] = r.Agency
	}
	same := 0
	for _, m := range w.data.messages {
		if w.routed[w.secrets[m.id].number] == m.agency {
			same++
		}
	}
	w.line("routing: %s of messages go to the agency that worked on them (the routes are made of the same messages: each goes where most of its topic and place went)",
		share(same, len(w.data.messages)))
	return nil
}

func (w *worker) audit(ctx context.Context) error {
	said, err := w.run(ctx, "audit", "verify")
	if err != nil {
		return err
	}
	var appeals, events, deadlines, wrong int
	if _, err := fmt.Sscanf(said, "%d appeals, %d events, %d deadlines: %d wrong", &appeals, &events, &deadlines, &wrong); err != nil {
		return fmt.Errorf("audit said %q: %w", said, err)
	}
	w.equal("appeals audited", appeals, len(w.data.messages))
	w.equal("wrong in the audit", wrong, 0)
	w.equal("events", events, 2*len(w.data.messages)+w.actions) // each was submitted and routed
	w.line("audit: %s", said)
	return nil
}
