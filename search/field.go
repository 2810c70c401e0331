package search

import (
	"strings"
	"unicode/utf8"
)

// Field is what a term of a query is about, by its canonical name.
type Field string

// The fields of the query language.
const (
	ByAgency    Field = "agency"
	ByRubric    Field = "rubric"
	ByStage     Field = "stage"
	ByPlace     Field = "place"
	ByDue       Field = "due"
	BySubmitted Field = "submitted"
	From        Field = "from"
	To          Field = "to"
	ByNear      Field = "near"
	ByRating    Field = "rating"
	BySource    Field = "source"
	ByExecutor  Field = "executor"
	ByOutcome   Field = "outcome"
	ByNumber    Field = "number"
)

// Spelling is a field with the other names it answers to, the first of them
// Russian, and an example of its value.
type Spelling struct {
	Field   Field
	Others  []string
	Example string
}

// Fields lists the fields in the order in which help shows them.
var Fields = []Spelling{
	{ByAgency, []string{"ведомство", "исполняет", "организация"}, "roads"},
	{ByRubric, []string{"тема", "рубрика", "topic", "category", "категория"}, "roads"},
	{ByStage, []string{"этап", "стадия", "статус", "status"}, "in_work"},
	{ByPlace, []string{"место", "территория", "район", "territory"}, "38701000"},
	{ByDue, []string{"срок", "deadline"}, "<2d"},
	{BySubmitted, []string{"подано", "дата", "date"}, "2026-11-01..2026-11-20"},
	{From, []string{"с", "since"}, "2026-11-01"},
	{To, []string{"по", "until"}, "2026-11-20"},
	{ByNear, []string{"рядом", "возле"}, "51.73,36.19~500m"},
	{ByRating, []string{"оценка"}, "<3"},
	{BySource, []string{"источник", "канал"}, "portal"},
	{ByExecutor, []string{"исполнитель"}, "me"},
	{ByOutcome, []string{"итог", "результат"}, "solved"},
	{ByNumber, []string{"номер"}, "26-000123-4"},
}

var fieldNames = func() map[string]Field {
	out := map[string]Field{}
	for _, s := range Fields {
		out[string(s.Field)] = s.Field
		for _, other := range s.Others {
			out[other] = s.Field
		}
	}
	return out
}()

// FieldOf finds the field that a name in any case stands for.
func FieldOf(name string) (Field, bool) {
	f, ok := fieldNames[plain(name)]
	return f, ok
}

// Spelt is how the field is written for a reader of Russian, or of English.
func (f Field) Spelt(russian bool) string {
	if russian {
		for _, s := range Fields {
			if s.Field == f {
				return s.Others[0]
			}
		}
	}
	return string(f)
}

func (f Field) example() string {
	for _, s := range Fields {
		if s.Field == f {
			return s.Example
		}
	}
	return ""
}

// plain brings a name into the form in which names are compared.
func plain(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "ё", "е")
}

// NearestField is the field whose name is spelt most like the given one; its
// name as somebody may have meant it.
func NearestField(name string) (string, bool) {
	name = plain(name)
	best, slips := "", max(2, utf8.RuneCountInString(name)/3)+1
	for _, s := range Fields {
		for _, known := range append([]string{string(s.Field)}, s.Others...) {
			d := Distance(name, known)
			if d < slips && d < utf8.RuneCountInString(known) {
				best, slips = known, d
			}
		}
	}
	return best, best != ""
}

// Distance is how many slips of the pen make one word of the other: a letter
// changed, left out or put in, or two neighbours exchanged.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}
