package document

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/otklik/otklik/app/lang"
)

var kamchatka = time.FixedZone("Kamchatka", 12*3600)

func table(rows ...[]any) Sheet {
	return Sheet{Name: "Обращения", Rows: Rows(rows), Columns: []Column{
		{Head: "Номер"},
		{Head: "Дней", Kind: Whole},
		{Head: "Балл", Kind: Real},
		{Head: "Доля", Kind: Share},
		{Head: "Срок", Kind: Day},
		{Head: "Поступило", Kind: Moment, Width: 30},
	}}
}

var late = time.Date(2026, 5, 12, 23, 30, 0, 0, time.UTC) // 13 May in Kamchatka

func TestWriteCSV(t *testing.T) {
	t.Parallel()
	s := table(
		[]any{"26-000123-0", -2, 4.5, 0.125, late, late},
		[]any{`"кавычки"; и` + "\nстрока", 0, math.NaN(), nil, time.Time{}, nil},
	)
	var out bytes.Buffer
	require.NoError(t, WriteCSV(&out, lang.RU, kamchatka, s))
	require.Equal(t, "\ufeffНомер;Дней;Балл;Доля;Срок;Поступило\r\n26-000123-0;-2;4,50;0,1250;2026-05-13;2026-05-13 11:30\r\n"+
		"\"\"\"кавычки\"\"; и\r\nстрока\";0;;;;\r\n", out.String())
	out.Reset()
	require.NoError(t, WriteCSV(&out, lang.EN, kamchatka, s))
	require.Contains(t, out.String(), "26-000123-0,-2,4.50,0.1250,2026-05-13,")
}

func TestWriteCSV_words_never_are_formulas(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{
		"=1+1", "+7 900", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "=cmd|' /C calc'!A0", "\x00=1",
	} {
		var out bytes.Buffer
		require.NoError(t, WriteCSV(&out, lang.RU, time.UTC, Sheet{Columns: []Column{{Head: evil}}, Rows: Rows([][]any{{evil}})}))
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
		r.Comma = ';'
		got, err := r.ReadAll()
		require.NoError(t, err)
		require.Len(t, got, 2, "%q", evil)
		require.True(t, strings.HasPrefix(got[0][0], "'"), "%q", evil)
		require.True(t, strings.HasPrefix(got[1][0], "'"), "%q", evil)
	}
	for _, good := range []string{"", "Яма", "2-й проезд", "a=b", "12"} {
		require.Equal(t, good, defused(good))
	}
}

func TestWriteXLSX_days_are_days_and_numbers_numbers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, WriteXLSX(&out, kamchatka,
		table([]any{"=1+1", -2, 4.5, 0.125, late, late}, []any{"\x01\xff", 0, math.NaN(), nil, time.Time{}, nil}),
		Sheet{Name: "Обращения", Columns: []Column{{Head: "А"}}, Rows: Rows(nil)},
		Sheet{Name: "[Очень]: длинное/имя листа, которое не влезает", Columns: []Column{{Head: "А"}}, Rows: Rows(nil)},
	))
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []string{"Обращения", "Обращения 2", "Очень   длинное имя листа, кото"}, f.GetSheetList())
	get := func(cell string) (string, excelize.CellType) {
		v, err := f.GetCellValue("Обращения", cell)
		require.NoError(t, err)
		kind, err := f.GetCellType("Обращения", cell)
		require.NoError(t, err)
		return v, kind
	}
	for cell, want := range map[string]string{
		"A1": "Номер", "A2": "=1+1", "B2": "-2", "C2": "4.50", "D2": "12.5%", "E2": "13.05.2026", "F2": "13.05.2026 11:30", "C3": "", "E3": "",
	} {
		v, _ := get(cell)
		require.Equal(t, want, v, cell)
	}
	formula, err := f.GetCellFormula("Обращения", "A2")
	require.NoError(t, err)
	require.Empty(t, formula)
	for _, cell := range []string{"B2", "C2", "D2", "E2", "F2"} {
		raw, err := f.GetCellValue("Обращения", cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		require.Regexp(t, `^-?[0-9.]+$`, raw, "%s is a number", cell)
	}
	panes, err := f.GetPanes("Обращения")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 1, panes.YSplit)
	width, err := f.GetColWidth("Обращения", "F")
	require.NoError(t, err)
	require.InDelta(t, 30, width, 0.1)
}

func TestTables_end_with_the_first_error(t *testing.T) {
	t.Parallel()
	lost := errors.New("the database is gone")
	s := table()
	s.Rows = func(yield func([]any, error) bool) {
		if yield([]any{"1", 1, 1.0, 1.0, late, late}, nil) {
			yield(nil, lost)
		}
	}
	require.ErrorIs(t, WriteCSV(&bytes.Buffer{}, lang.RU, time.UTC, s), lost)
	require.ErrorIs(t, WriteXLSX(&bytes.Buffer{}, time.UTC, s), lost)
}

func TestSheetName_is_taken_by_Excel_and_there_once(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for i := range 12 {
		name := sheetName(strings.Repeat("щ", 40), used)
		require.LessOrEqual(t, len([]rune(name)), 31, fmt.Sprint(i))
	}
	require.Len(t, used, 12)
	require.Equal(t, "1", sheetName("  ", used))
}
