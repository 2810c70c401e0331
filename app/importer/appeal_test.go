package importer_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/actor"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/importer"
	"github.com/otklik/otklik/app/store/storetest"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/workflow"
)

// door takes appeals until it is full, each key once.
type door struct {
	room int
	in   []workflow.Submission
}

func (d *door) Submit(_ context.Context, in workflow.Submission) (workflow.Receipt, error) {
	for i, earlier := range d.in {
		if in.Key != "" && earlier.Key == in.Key {
			return workflow.Receipt{ID: int64(i + 1), Number: strconv.Itoa(i + 1)}, nil
		}
	}
	if len(d.in) == d.room {
		return workflow.Receipt{}, errors.New("the disk is full")
	}
	d.in = append(d.in, in)
	return workflow.Receipt{ID: int64(len(d.in)), Number: strconv.Itoa(len(d.in)), Fresh: true}, nil
}

func region(t *testing.T) *rubricator.Book {
	t.Helper()
	s := storetest.Open(t, storetest.SQLite)
	for _, file := range [][2]string{
		{"territories.yaml", territories}, {"territories.geojson", boundaries}, {"rubricator.yaml", rubrics}, {"agencies.yaml", agencies},
	} {
		_, err := load(t.Context(), s, file[0], file[1], false)
		require.NoError(t, err)
	}
	r := rubricator.New(s, nil)
	require.NoError(t, r.Reload(t.Context()))
	return r.Book()
}

const messages = `id,text,rubric,territory,lat,lon,address,name,phone
7,"Яма, большая
и глубокая",roads.pothole,pole,,,"ул. Садовая, 4",Анна,+79990000000
8,Яма,roads.pothole,,51.5,36.5,,,
9,Ещё яма,roads.pothole,lug,51.2,36.2,,,
`

func ignore(importer.Taken) error { return nil }

func TestAppeals_come_in_by_the_common_door(t *testing.T) {
	t.Parallel()
	book := region(t)
	d := &door{room: 10}
	dry, err := importer.Appeals(t.Context(), d, book, "m.csv", strings.NewReader(messages), true, ignore)
	require.NoError(t, err)
	require.Empty(t, d.in, "a dry run takes nothing")

	var slips []importer.Taken
	done, err := importer.Appeals(t.Context(), d, book, "m.csv", strings.NewReader("\ufeff"+messages), false, func(taken importer.Taken) error {
		slips = append(slips, taken)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, dry, done)
	require.Equal(t, "appeals: 3 added, 0 there before and now as in the file", done.String())
	require.Len(t, slips, 3)
	require.Equal(t, "8", slips[1].ID)
	require.Equal(t, "2", slips[1].Receipt.Number)
	require.Equal(t, []int{2, 3}, []int{slips[1].Done, slips[1].Total})

	first := d.in[0]
	require.Equal(t, "Яма, большая\nи глубокая", first.Text)
	require.Equal(t, actor.Job, first.By)
	require.Equal(t, workflow.FromImport, first.Source)
	require.Equal(t, workflow.Applicant{Name: "Анна", Phone: "+79990000000", Lang: "ru"}, first.Applicant)
	require.Equal(t, "ул. Садовая, 4", first.Place.Address)
	lug := d.in[2].Place.Territory
	require.Equal(t, lug, d.in[1].Place.Territory, "the point lies in it")
	require.NotEqual(t, lug, first.Place.Territory)
	require.NotEqual(t, d.in[0].Key, d.in[1].Key)
}

func TestAppeals_a_run_that_broke_off_is_finished_by_another(t *testing.T) {
	t.Parallel()
	book := region(t)
	d := &door{room: 2}
	_, err := importer.Appeals(t.Context(), d, book, "m.csv", strings.NewReader(messages), false, ignore)
	require.ErrorContains(t, err, "row 3 of 3 (rows before it are in; run again to go on)")
	d.room = 10
	done, err := importer.Appeals(t.Context(), d, book, "m.csv", strings.NewReader(messages), false, ignore)
	require.NoError(t, err)
	require.Equal(t, importer.Result{What: "appeals", Added: 1, Changed: 2}, done)
	require.Len(t, d.in, 3)
}

func TestAppeals_what_is_wrong_is_told_and_nothing_taken(t *testing.T) {
	t.Parallel()
	book := region(t)
	const head = "id,text,rubric,territory,lat,lon\n"
	for name, c := range map[string]struct {
		file, content string
		says          []string
	}{
		"no table":                    {"m.json", "[]", []string{"the name must end in .csv"}},
		"empty":                       {"m.csv", "", []string{"line 1: there is no header row"}},
		"only a header":               {"m.csv", head, []string{"the table has no rows"}},
		"columns of another table":    {"m.csv", "text,topic,text\n", []string{"line 1: topic: unknown column", "line 1: text: this column is there twice", "line 1: rubric: this column is missing"}},
		"an open quote":               {"m.csv", head + `1,"Яма` + "\n", []string{"quote"}},
		"a comma without quotes":      {"m.csv", head + "1,Яма, большая,roads.pothole,lug,,\n", []string{"line 2: has 7 cells, the header has 6"}},
		"an older encoding":           {"m.csv", head + "1,\xdf\xec\xe0,roads.pothole,lug,,\n", []string{"line 2: is not in UTF-8"}},
		"no text, and far too much":   {"m.csv", head + "1, ,roads.pothole,lug,,\n2," + strings.Repeat("я", workflow.MaxImported+1) + ",roads.pothole,lug,,\n", []string{"line 2: text: has 0 characters", "line 3: text: has 20001"}},
		"topics that take no appeals": {"m.csv", head + "1,Яма,roads,lug,,\n2,Яма,roads.gas,lug,,\n3,Яма,sea,lug,,\n", []string{"line 2: rubric", "line 3: rubric", `line 4: rubric: there is no topic "sea"`}},
		"places that are none":        {"m.csv", head + "1,Яма,roads.pothole,moon,,\n2,Яма,roads.pothole,,,\n3,Яма,roads.pothole,,10,10\n4,Яма,roads.pothole,,x,1\n", []string{`line 2: territory: there is no territory "moon"`, "line 3: territory: give", "line 4: lat: the point 10, 10 is outside", `line 5: lat: "x"`, "line 5: territory: give"}},
		"one id twice":                {"m.csv", head + "1,Яма,roads.pothole,lug,,\n1,Яма,roads.pothole,lug,,\n", []string{`line 3: id: "1" was in line 2 already`}},
	} {
		d := &door{room: 10}
		_, err := importer.Appeals(t.Context(), d, book, c.file, strings.NewReader(c.content), false, ignore)
		var lines fault.Lines
		require.ErrorAs(t, err, &lines, name)
		for _, want := range c.says {
			require.Contains(t, err.Error(), want, name)
		}
		require.Len(t, lines, len(c.says), "%s: %s", name, err)
		require.Empty(t, d.in, name)
	}
}
