package recount_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/recount"
	"github.com/otklik/otklik/app/store/storetest"
)

// held is the published files of a vote in which a dozen voted, one of them
// twice, with a checkpoint from before half of them came.
func held(t *testing.T, change ...func(*participation.Campaign)) (files fstest.MapFS, observed, key string) {
	t.Helper()
	h := storetest.NewHall(t, storetest.Open(t, storetest.SQLite), change...)
	answer := func(i int) participation.Answer {
		if len(h.Campaign(t).Terms.Questions) == 0 {
			return participation.Answer{Question: participation.Projects, Picks: []string{[]string{"p1", "p2", "p3"}[i%3]}}
		}
		return []participation.Answer{storetest.Yes, storetest.Yes, storetest.No}[i%3]
	}
	for i := range 12 {
		pass, secret := h.Pass(t, fmt.Sprintf("voter%d@example.org", i)), rand.Text()
		r, err := h.Send(t.Context(), pass, secret, answer(i))
		require.NoError(t, err)
		if i == 3 {
			_, err = h.Voting.Send(t.Context(), participation.Sending{
				Campaign: h.ID, Pass: pass, Secret: rand.Text(), Answers: []participation.Answer{answer(i + 2)}, Arrived: h.Clock.Now(),
				FormerCode: r.Code, FormerSecret: secret,
			})
			require.NoError(t, err)
		}
		if i == 5 {
			h.Work(t)
			h.Work(t)
			log, err := h.Store.FindLog(t.Context(), h.ID)
			require.NoError(t, err)
			observed = log.Checkpoint
		}
	}
	c := h.Finish(t)
	return published(t, h, c), observed, c.Terms.LogKey
}

// published is the files of a counted campaign.
func published(t *testing.T, h *storetest.Hall, c *participation.Campaign) fstest.MapFS {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, h.Voting.Archive(t.Context(), &b, c))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	files := fstest.MapFS{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = &fstest.MapFile{Data: body}
	}
	return files
}

func wrongs(r *recount.Report) string {
	var out []string
	for _, f := range r.Findings {
		if f.Wrong != "" && !f.Warning {
			out = append(out, f.What+": "+f.Wrong)
		}
	}
	return strings.Join(out, "\n")
}

func TestVerify(t *testing.T) {
	t.Parallel()
	files, observed, key := held(t)
	o := recount.Options{Key: key, Checkpoints: []string{observed}}
	r, err := recount.Verify(files, o)
	require.NoError(t, err)
	require.True(t, r.OK(), wrongs(r))
	require.Equal(t, 12, r.Ballots)
	require.Equal(t, int64(13), r.Entries)
	require.Equal(t, 1, r.Replaced)

	lines := func(name string) []string {
		return strings.SplitAfter(strings.TrimSuffix(string(files[name].Data), "\n"), "\n")
	}
	join := func(ls []string) string { return strings.TrimSuffix(strings.Join(ls, ""), "\n") + "\n" }
	swap := func(ls []string, i, k int) []string {
		ls[i], ls[k] = strings.TrimSuffix(ls[k], "\n")+"\n", strings.TrimSuffix(ls[i], "\n")+"\n"
		return ls
	}
	entriesOf := func(change func(b map[string]any)) string {
		var b map[string]any
		first := lines(participation.FileBallots)
		require.NoError(t, json.Unmarshal([]byte(first[0]), &b))
		change(b)
		text, err := json.Marshal(b)
		require.NoError(t, err)
		first[0] = string(text) + "\n"
		return join(first)
	}
	for name, one := range map[string]struct {
		file, body string
		finds      string
	}{
		"one altered ballot": {participation.FileBallots, entriesOf(func(b map[string]any) {
			yes, no := `{"a":[{"q":"q1","p":["yes"]}]}`, `{"a":[{"q":"q1","p":["no"]}]}`
			if b["choice"] == yes {
				yes, no = no, yes
			}
			b["choice"] = yes
		}), "was altered"},
		"one dropped ballot":               {participation.FileBallots, join(lines(participation.FileBallots)[1:]), "dropped"},
		"one added ballot":                 {participation.FileBallots, join(append(lines(participation.FileBallots), "\n"+lines(participation.FileBallots)[0])), "added"},
		"one reordered ballot":             {participation.FileBallots, entriesOf(func(b map[string]any) { b["entry"] = 11 }), "another entry"},
		"one reordered entry":              {participation.FileEntries, join(swap(lines(participation.FileEntries), 0, 1)), "put elsewhere"},
		"one dropped entry":                {participation.FileEntries, join(lines(participation.FileEntries)[:12]), "taken away"},
		"one added entry":                  {participation.FileEntries, join(append(lines(participation.FileEntries), "\n"+strings.Repeat("ab", 32))), "the last good one covers 13 of 14"},
		"one altered entry":                {participation.FileEntries, strings.Replace(string(files[participation.FileEntries].Data), "0", "1", 1), "some were changed"},
		"another result":                   {participation.FileResult, strings.Replace(string(files[participation.FileResult].Data), `"n": 7`, `"n": 9`, 1), "the ballots give another"},
		"fewer voters than ballots":        {participation.FileResult, strings.Replace(string(files[participation.FileResult].Data), `"voters": 12`, `"voters": 11`, 1), "12 ballots for 11 voters"},
		"another question":                 {participation.FileCampaign, strings.Replace(string(files[participation.FileCampaign].Data), "Нужен?", "Не нужен?", 1), "of another campaign"},
		"a checkpoint that was not signed": {participation.FileCheckpoints, strings.Replace(string(files[participation.FileCheckpoints].Data), "at 2026", "at 2025", 1), "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEqual(t, string(files[one.file].Data), one.body)
			changed := maps.Clone(files)
			changed[one.file] = &fstest.MapFile{Data: []byte(one.body)}
			r, err := recount.Verify(changed, o)
			require.NoError(t, err)
			require.False(t, r.OK())
			require.Contains(t, wrongs(r), one.finds)
		})
	}
	t.Run("an observer's checkpoint of another log", func(t *testing.T) {
		t.Parallel()
		_, theirs, _ := held(t)
		r, err := recount.Verify(files, recount.Options{Key: key, Checkpoints: []string{theirs}})
		require.NoError(t, err)
		require.False(t, r.OK())
	})
	t.Run("without a key of one's own it says so", func(t *testing.T) {
		t.Parallel()
		r, err := recount.Verify(files, recount.Options{})
		require.NoError(t, err)
		require.True(t, r.OK())
		require.True(t, r.Findings[2].Warning)
	})
	t.Run("files that are missing", func(t *testing.T) {
		t.Parallel()
		_, err := recount.Verify(fstest.MapFS{}, o)
		require.Error(t, err)
	})
}

func TestVerify_a_budget_vote(t *testing.T) {
	t.Parallel()
	files, _, key := held(t, func(c *participation.Campaign) {
		c.Terms.Kind, c.Terms.Questions = participation.Budget, nil
		c.Terms.Money = &participation.Money{Budget: 100, Rule: "equalshares/add1", Projects: []participation.Project{
			{ID: "p1", Cost: 50}, {ID: "p2", Cost: 40}, {ID: "p3", Cost: 30},
		}}
		for i := range c.Terms.Money.Projects {
			c.Terms.Money.Projects[i].Name.RU = fmt.Sprint("Проект ", i+1)
		}
	})
	r, err := recount.Verify(files, recount.Options{Key: key})
	require.NoError(t, err)
	require.True(t, r.OK(), wrongs(r))
	require.NotEmpty(t, r.Result.Projects.Winners)
	require.Contains(t, string(files[participation.FilePabulib].Data), "PROJECTS")
}
