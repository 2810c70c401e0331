package importer

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/workflow"
)

// AppealColumns are the columns of a table of appeals. text, rubric and one of
// territory or lat with lon must be there; id makes a second run of the same
// rows change nothing.
var AppealColumns = []string{"id", "text", "rubric", "territory", "lat", "lon", "address", "name", "email", "phone"}

// Taken is one row that became an appeal.
type Taken struct {
	Done, Total int
	ID          string // from the table, "" where it has none
	Receipt     workflow.Receipt
}

// Intake takes one appeal; workflow.Engine does.
type Intake interface {
	Submit(ctx context.Context, in workflow.Submission) (workflow.Receipt, error)
}

// Appeals imports messages from another system through the same intake as a
// citizen's: each is routed, registered, and its clock starts now. The table is
// checked whole first. Each row is a unit of work of its own with a key made
// from its id: a run that breaks off is finished by running it again.
//
// taken is told of each row that is in, dry runs apart: done of total, with the
// id of the row.
func Appeals(ctx context.Context, to Intake, book *rubricator.Book, name string, r io.Reader, dry bool, taken func(Taken) error) (Result, error) {
	result := Result{What: "appeals"}
	if form(name) != "csv" {
		return result, wrongForm(name, "csv")
	}
	rows, err := parseAppeals(book, r)
	if err != nil {
		return result, err
	}
	if dry {
		result.Added = len(rows)
		return result, nil
	}
	for i, row := range rows {
		receipt, err := to.Submit(ctx, row.in)
		if err == nil {
			err = taken(Taken{Done: i + 1, Total: len(rows), ID: row.id, Receipt: receipt})
		}
		switch {
		case err != nil:
			return result, fmt.Errorf("row %d of %d (rows before it are in; run again to go on): %w", i+1, len(rows), err)
		case receipt.Fresh:
			result.Added++
		default:
			result.Changed++
		}
	}
	return result, nil
}

// appealRow is a row of the table.
type appealRow struct {
	id string
	in workflow.Submission
}

func parseAppeals(book *rubricator.Book, r io.Reader) ([]appealRow, error) {
	cr := csv.NewReader(withoutMark(r))
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, fault.Lines{{Line: 1, Reason: "there is no header row"}}
	}
	var bad fault.Lines
	for i, h := range head {
		if slices.Index(head, h) != i {
			bad.Add(1, h, "this column is there twice")
		}
		if !slices.Contains(AppealColumns, h) {
			bad.Add(1, h, "unknown column; the columns are %s", strings.Join(AppealColumns, ", "))
		}
	}
	for _, must := range []string{"text", "rubric"} {
		if !slices.Contains(head, must) {
			bad.Add(1, must, "this column is missing")
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	places := map[string]int64{}
	for _, t := range book.Places.All() {
		places[t.Code] = t.ID
	}
	p := appealParser{book: book, places: places, head: head, seen: map[string]int{}}
	var out []appealRow
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.bad.Add(0, "", "%s", err.Error())
			break
		}
		line, _ := cr.FieldPos(0)
		out = append(out, p.row(line, row))
	}
	if len(out) == 0 && len(p.bad) == 0 {
		p.bad.Add(0, "", "the table has no rows")
	}
	return out, p.bad.Err()
}

type appealParser struct {
	book   *rubricator.Book
	places map[string]int64
	head   []string
	seen   map[string]int
	bad    fault.Lines
}

func (p *appealParser) row(line int, row []string) appealRow {
	if len(row) != len(p.head) {
		p.bad.Add(line, "", "has %d cells, the header has %d; text with commas goes into quotes", len(row), len(p.head))
		return appealRow{}
	}
	if !utf8.ValidString(strings.Join(row, "")) {
		p.bad.Add(line, "", "is not in UTF-8; save the table in that encoding")
		return appealRow{}
	}
	cell := func(column string) string {
		if i := slices.Index(p.head, column); i >= 0 {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	in := workflow.Submission{
		By: actor.Job, Text: cell("text"), Rubric: cell("rubric"), Source: workflow.FromImport,
		Applicant: workflow.Applicant{Name: cell("name"), Email: cell("email"), Phone: cell("phone"), Lang: "ru"},
		Place:     workflow.Place{Address: cell("address")},
	}
	if n := utf8.RuneCountInString(in.Text); n == 0 || n > workflow.MaxImported {
		p.bad.Add(line, "text", "has %d characters; 1 to %d are taken", n, workflow.MaxImported)
	}
	leaf, ok := p.book.Tree.Find(in.Rubric)
	switch {
	case !ok:
		p.bad.Add(line, "rubric", "there is no topic %q", in.Rubric)
	case !leaf.Leaf() || !leaf.Emergency.Empty():
		p.bad.Add(line, "rubric", "%q takes no appeals", in.Rubric)
	}
	in.Place.Point = p.point(line, cell("lat"), cell("lon"))
	in.Place.Territory = p.territory(line, cell("territory"), in.Place.Point)
	if ok && in.Place.Territory != 0 && leaf.Leaf() {
		if _, err := p.book.Router.Route(leaf, in.Place.Territory, nil); err != nil {
			p.bad.Add(line, "rubric", "nobody answers for %s there: add a route", in.Rubric)
		}
	}
	id := cell("id")
	if id != "" {
		if first, twice := p.seen[id]; twice {
			p.bad.Add(line, "id", "%q was in line %d already", id, first)
		}
		p.seen[id] = line
		sum := sha256.Sum256([]byte("import\x00" + id))
		in.Key = "import:" + hex.EncodeToString(sum[:16])
	}
	return appealRow{id: id, in: in}
}

func (p *appealParser) point(line int, lat, lon string) *workflow.Point {
	if lat == "" && lon == "" {
		return nil
	}
	la, err1 := strconv.ParseFloat(lat, 64)
	lo, err2 := strconv.ParseFloat(lon, 64)
	if err1 != nil || err2 != nil || la < -90 || la > 90 || lo < -180 || lo > 180 {
		p.bad.Add(line, "lat", "%q, %q are no latitude and longitude in degrees", lat, lon)
		return nil
	}
	return &workflow.Point{Lat: la, Lon: lo}
}

func (p *appealParser) territory(line int, code string, at *workflow.Point) int64 {
	if code != "" {
		id, ok := p.places[code]
		if !ok {
			p.bad.Add(line, "territory", "there is no territory %q", code)
		}
		return id
	}
	if at == nil {
		p.bad.Add(line, "territory", "give a territory, or lat and lon")
		return 0
	}
	t, _, ok := p.book.Places.Near(at.Lat, at.Lon, territory.FixError)
	if !ok {
		p.bad.Add(line, "lat", "the point %v, %v is outside the region", at.Lat, at.Lon)
	}
	return t.ID
}
