package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// settled is how long after its end a month is published: by then most of its
// appeals are answered. A month is published once, so that two editions can't be
// compared.
const settled = 31 * 24 * time.Hour

// publishing makes the open data of the months that are due, one node at a time.
func (a *App) publishing() *jobs.OpenData { return &jobs.OpenData{Publisher: a, Log: a.Log} }

// PublishDue makes the oldest month that is due and has no edition; more: there
// may be another.
func (a *App) PublishDue(ctx context.Context) (more bool, err error) {
	if off, err := a.Store.OpenDataOff(ctx); err != nil || off {
		return false, err
	}
	first, err := a.Store.FirstSubmitted(ctx)
	if err != nil || first.IsZero() {
		return false, err
	}
	made, err := a.Store.ListEditions(ctx)
	if err != nil {
		return false, err
	}
	first = first.In(a.Config.Zone)
	for month := monthOf(first); !month.AddDate(0, 1, 0).Add(settled).After(a.Clock.Now()); month = month.AddDate(0, 1, 0) {
		name := month.Format("2006-01")
		if slices.ContainsFunc(made, func(e opendata.Edition) bool { return e.Month == name }) {
			continue
		}
		_, _, err := a.PublishMonth(ctx, month, false)
		return err == nil, err
	}
	return false, nil
}

func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// PublishMonth makes the open data of the month that holds a day. A month that
// has an edition keeps it, unless it is to be replaced.
func (a *App) PublishMonth(ctx context.Context, day time.Time, replace bool) (e opendata.Edition, fresh bool, err error) {
	month := monthOf(day.In(a.Config.Zone))
	book := a.Rubricator.Book()
	var facts []opendata.Fact
	err = a.Store.EachFact(ctx, month.UTC(), month.AddDate(0, 1, 0).UTC(), func(f opendata.Fact) error {
		if now, ok := book.Tree.Current(f.Rubric); ok {
			f.Rubric = now.Code
		}
		facts = append(facts, f)
		return nil
	})
	if err != nil {
		return e, false, err
	}
	rows, loose := opendata.Anonymise(facts, openRegion{book}, a.Config.Zone)
	e = opendata.Edition{Month: month.Format("2006-01"), MadeAt: a.Clock.Now(), Appeals: len(facts), Rows: len(rows), Loose: loose}
	if e.Files, err = a.openFiles(e, openTable{a, book}.lines(rows)); err != nil {
		return e, false, err
	}
	fresh, err = a.Store.SaveEdition(ctx, e, replace)
	return e, fresh, err
}

// openRegion shows the rubricator to what is published.
type openRegion struct{ *rubricator.Book }

func (r openRegion) Municipality(territory int64) (int64, bool) {
	t, ok := r.Places.Municipality(territory)
	return t.ID, ok
}

func (r openRegion) Category(rubric string) string {
	if found, ok := r.Tree.Find(rubric); ok {
		return found.Category().Code
	}
	return rubric
}

// openTable puts names to rows, in the language of the region.
type openTable struct {
	*App
	book *rubricator.Book
}

func (t openTable) lines(rows []opendata.Row) [][]any {
	out := make([][]any, len(rows))
	name := func(code string) string {
		if r, ok := t.book.Tree.Find(code); ok {
			return r.Name.In(lang.RU)
		}
		return code
	}
	for i, r := range rows {
		home, _ := t.book.Places.Find(r.Municipality)
		village, _ := t.book.Places.Find(r.Settlement)
		agency, _ := t.directory.Agency(r.Agency)
		line := []any{
			r.Detail.Code(), home.Name.In(lang.RU), home.OKTMO, village.Name.In(lang.RU), r.Category, name(r.Category), r.Topic, name(r.Topic),
			agency.Name.In(lang.RU), r.From, r.Stage, r.Outcome, nil, nil, r.Count,
		}
		if r.Days >= 0 {
			line[12] = r.Days
		}
		if r.Rating > 0 {
			line[13] = r.Rating
		}
		out[i] = line
	}
	return out
}

// openDictionary describes the columns, with the words of the screens.
func openDictionary() []opendata.Field {
	both := func(key string) lang.Text {
		in := func(l lang.Lang) string { return ui.T(ui.WithLang(context.Background(), l), key) }
		return lang.Text{RU: in(lang.RU), EN: in(lang.EN)}
	}
	var stages, outcomes []opendata.Value
	for _, s := range workflow.Stages {
		if s != workflow.StageDraft {
			stages = append(stages, opendata.Value{Code: string(s), Means: both("stage." + string(s))})
		}
	}
	for _, o := range workflow.Outcomes {
		outcomes = append(outcomes, opendata.Value{Code: string(o), Means: both("outcome." + string(o))})
	}
	return opendata.Dictionary(stages, outcomes)
}

// openFiles are the table as CSV and as JSON, the dictionary, and the passport
// that describes them for machines (Data Package).
func (a *App) openFiles(e opendata.Edition, lines [][]any) ([]opendata.File, error) {
	fields := openDictionary()
	sheet := document.Sheet{Rows: document.Rows(lines)}
	objects := make([]map[string]any, len(lines))
	for _, f := range fields {
		kind := document.Words
		if f.Type == "integer" {
			kind = document.Whole
		}
		sheet.Columns = append(sheet.Columns, document.Column{Head: f.Name, Kind: kind})
	}
	for i, line := range lines {
		objects[i] = map[string]any{}
		for n, f := range fields {
			objects[i][f.Name] = line[n]
			if line[n] == "" {
				objects[i][f.Name] = nil
			}
		}
	}
	var csv, words bytes.Buffer
	if err := document.WriteCSV(&csv, lang.EN, a.Config.Zone, sheet); err != nil {
		return nil, err
	}
	if err := document.WriteCSV(&words, lang.EN, a.Config.Zone, dictionarySheet(fields)); err != nil {
		return nil, err
	}
	table, err := json.Marshal(objects)
	if err != nil {
		return nil, err
	}
	name := "appeals-" + e.Month
	data := []plainFile{{name + ".csv", csv.Bytes()}, {name + ".json", append(table, '\n')}, {"dictionary.csv", words.Bytes()}}
	passport, err := json.MarshalIndent(a.passport(e, fields, data), "", "  ")
	if err != nil {
		return nil, err
	}
	var out []opendata.File
	for _, f := range append(data, plainFile{"datapackage.json", append(passport, '\n')}) {
		kept, err := f.kept()
		if err != nil {
			return nil, err
		}
		out = append(out, kept)
	}
	return out, nil
}

func dictionarySheet(fields []opendata.Field) document.Sheet {
	var rows [][]any
	for _, f := range fields {
		var values []string
		for _, v := range f.Values {
			values = append(values, v.Code+" — "+v.Means.RU+" / "+v.Means.EN)
		}
		rows = append(rows, []any{f.Name, f.Type, f.Means.RU, f.Means.EN, strings.Join(values, "; ")})
	}
	return document.Sheet{Rows: document.Rows(rows), Columns: []document.Column{
		{Head: "field"}, {Head: "type"}, {Head: "meaning_ru"}, {Head: "meaning_en"}, {Head: "values"},
	}}
}

// passport describes the files as Data Package (datapackage.org) has it.
func (a *App) passport(e opendata.Edition, fields []opendata.Field, files []plainFile) map[string]any {
	region := a.Rubricator.Book().Places.Region().Name
	var schema []map[string]any
	for _, f := range fields {
		one := map[string]any{"name": f.Name, "type": f.Type, "title": f.Means.RU, "description": f.Means.EN}
		var codes []string
		for _, v := range f.Values {
			codes = append(codes, v.Code)
		}
		if codes != nil {
			one["constraints"] = map[string]any{"enum": codes}
		}
		schema = append(schema, one)
	}
	var resources []map[string]any
	for _, f := range files {
		form := f.name[strings.LastIndexByte(f.name, '.')+1:]
		one := map[string]any{
			"name": strings.ToLower(strings.ReplaceAll(f.name, ".", "-")), "path": f.name, "format": form, "encoding": "utf-8", "bytes": len(f.body),
			"hash": "sha256:" + f.sum(), "mediatype": map[string]string{"csv": "text/csv", "json": "application/json"}[form],
		}
		if strings.HasPrefix(f.name, "appeals-") {
			one["profile"], one["schema"] = "tabular-data-resource", map[string]any{"fields": schema, "missingValues": []string{""}}
		}
		resources = append(resources, one)
	}
	return map[string]any{
		"profile": "data-package", "name": "appeals-" + e.Month, "version": "1.0.0", "created": e.MadeAt.UTC().Format(time.RFC3339),
		"title":       fmt.Sprintf("%s: обращения жителей, %s", region.In(lang.RU), e.Month),
		"description": fmt.Sprintf("Appeals of %s sent in %s, depersonalised: rows that say the same of place, topic, agency and time are of at least %d people.", region.In(lang.EN), e.Month, opendata.Least),
		"homepage":    a.Config.Base.JoinPath("opendata").String(), "resources": resources,
	}
}

// plainFile is a file as it is downloaded.
type plainFile struct {
	name string
	body []byte
}

func (f plainFile) sum() string {
	sum := sha256.Sum256(f.body)
	return hex.EncodeToString(sum[:])
}

func (f plainFile) kept() (opendata.File, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(f.body); err != nil {
		return opendata.File{}, err
	}
	if err := w.Close(); err != nil {
		return opendata.File{}, err
	}
	return opendata.File{Name: f.name, Size: len(f.body), SHA256: f.sum(), Body: packed.Bytes()}, nil
}
