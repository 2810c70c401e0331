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

	"github.com/otklik/otklik/app/atlas"
	"github.com/otklik/otklik/app/document"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/lang"
	"github.com/otklik/otklik/app/report/opendata"
	"github.com/otklik/otklik/app/web/ui"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// publishing makes the open data of the periods that are due, one node at a time.
func (a *App) publishing() *jobs.OpenData { return &jobs.OpenData{Publisher: a, Log: a.Log} }

// openGrain is that of the public map, whose periods open data shares.
func (a *App) openGrain() atlas.Grain {
	if !a.mapped() {
		return atlas.Month
	}
	return atlas.Grain(a.Config.PublicMap)
}

// PublishDue makes the earliest period that is over and has no edition, once its
// map is drawn; more: there may be another. A period is published once, so that
// two editions can't be compared.
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
	for _, period := range a.openGrain().Ended(a.Clock.Now(), a.Config.Zone) {
		if !period.To.In(a.Config.Zone).After(first) || slices.ContainsFunc(made, func(e opendata.Edition) bool { return e.Period == period.Key() }) {
			continue
		}
		_, _, err := a.publishPeriod(ctx, period, false)
		if fault.Is(err, fault.NotFound) {
			continue // its map is not drawn yet
		}
		return err == nil, err
	}
	return false, nil
}

// PublishOpenData makes the open data of the period that holds a day. A period
// that has an edition keeps it, unless it is to be replaced.
func (a *App) PublishOpenData(ctx context.Context, day time.Time, replace bool) (e opendata.Edition, fresh bool, err error) {
	for _, period := range a.openGrain().Ended(a.Clock.Now(), a.Config.Zone) {
		if !day.Before(period.From.In(a.Config.Zone)) && day.Before(period.To.In(a.Config.Zone)) {
			if e, fresh, err = a.publishPeriod(ctx, period, replace); fault.Is(err, fault.NotFound) {
				err = fmt.Errorf("the public map of %s is not drawn yet: the server draws it within the hour", period.Key())
			}
			return e, fresh, err
		}
	}
	return e, false, fmt.Errorf("%s is not over since %.0f days, or too long ago", day.Format("2006-01"), atlas.Settle.Hours()/24)
}

func (a *App) publishPeriod(ctx context.Context, period atlas.Period, replace bool) (e opendata.Edition, fresh bool, err error) {
	book := a.Rubricator.Book()
	region := atlasRegion{book}
	var facts []opendata.Fact
	err = a.Store.EachFact(ctx, period.From.In(a.Config.Zone).UTC(), period.To.In(a.Config.Zone).UTC(), func(f opendata.Fact) error {
		f.Rubric = region.Topic(f.Rubric)
		facts = append(facts, f)
		return nil
	})
	if err != nil {
		return e, false, err
	}
	cells := openCells{book: book}
	if cells.whole, err = a.openTree(ctx, period); err != nil {
		return e, false, err
	}
	rows, loose := opendata.Anonymise(facts, cells, a.Config.Zone)
	e = opendata.Edition{Period: period.Key(), MadeAt: a.Clock.Now(), Appeals: len(facts), Rows: len(rows), Loose: loose}
	from := time.Unix(0, 0).UTC().AddDate(0, 0, int(period.From)).Format(time.DateOnly)
	if e.Files, err = a.openFiles(e, openTable{a, book}.lines(rows, from), openDictionary()); err != nil { //nolint:contextcheck // words of the region, not of a reader
		return e, false, err
	}
	fresh, err = a.Store.SaveEdition(ctx, e, replace)
	return e, fresh, err
}

// openTree is the public map of a period, or one that nobody sees where there
// are none.
func (a *App) openTree(ctx context.Context, period atlas.Period) (atlas.Node, error) {
	if a.mapped() {
		m, err := a.Store.FindMap(ctx, period.From)
		return m.Whole, err
	}
	m, err := a.cartographer().Drawn(ctx, period)
	return m.Whole, err
}

// openCells tells of an appeal what the public map tells.
type openCells struct {
	book  *rubricator.Book
	whole atlas.Node
}

// Cell implements opendata.Map.
func (c openCells) Cell(territory int64, rubric string) (opendata.Cell, bool) {
	home, ok := c.book.Places.Municipality(territory)
	if !ok {
		return opendata.Cell{}, false
	}
	var cell opendata.Cell
	place, ok := c.whole.Part(home.Code)
	if !ok {
		return cell, c.whole.Rest > 0
	}
	cell.Municipality = home.ID
	found, ok := c.book.Tree.Find(rubric)
	if !ok {
		return cell, place.Rest > 0
	}
	category, ok := place.Part(found.Category().Code)
	if !ok {
		return cell, place.Rest > 0
	}
	cell.Category = category.Key
	topic, ok := category.Part(rubric)
	if !ok {
		return cell, category.Rest > 0 || len(category.Parts) == 0
	}
	cell.Topic = topic.Key
	return cell, true
}

// openTable puts names to rows, in the language of the region.
type openTable struct {
	*App
	book *rubricator.Book
}

func (t openTable) lines(rows []opendata.Row, from string) [][]any {
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
			home.Name.In(lang.RU), home.OKTMO, village.Name.In(lang.RU), r.Category, name(r.Category), r.Topic, name(r.Topic),
			agency.Name.In(lang.RU), from, r.Week, r.Stage, r.Outcome, nil, nil,
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
func (a *App) openFiles(e opendata.Edition, lines [][]any, fields []opendata.Field) ([]opendata.File, error) {
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
	name := "appeals-" + e.Period
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
		"profile": "data-package", "name": "appeals-" + e.Period, "version": "1.0.0", "created": e.MadeAt.UTC().Format(time.RFC3339),
		"title":       fmt.Sprintf("%s: обращения жителей, %s", region.In(lang.RU), e.Period),
		"description": fmt.Sprintf("Appeals of %s sent in %s, depersonalised: rows that say the same of place, topic, agency and time are of at least %d people. Appeals of whom even that can't be said are left out.", region.In(lang.EN), e.Period, opendata.Least),
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
