package bleveindex

import (
	"math"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/numeric"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/otklik/otklik/search"
)

// schemaVersion changes whenever fields, terms or the analyser do: an index of
// another version is rebuilt.
const schemaVersion = "4"

// Keys of what the index remembers about itself.
var (
	schemaKey     = []byte("otklik.schema")
	checkpointKey = []byte("otklik.checkpoint")
)

// The fields, as few as queries need: each distinct term costs time to index.
// Text and answer are stored for snippets and know the places of their words, as
// do the small words, which are only asked for within phrases; key is kept by
// document; the others are terms only.
const (
	fieldText      = "text"
	fieldAnswer    = "answer"
	fieldTextSmall = "text_small" // stop words of the text
	fieldSaidSmall = "said_small" // stop words of the answer
	fieldNumber    = "number"
	fieldRubric    = "rubric"
	fieldCategory  = "category"
	fieldTerritory = "territory"
	fieldAgency    = "agency"
	fieldExecutor  = "executor"
	fieldStage     = "stage"
	fieldSource    = "source"
	fieldOutcome   = "outcome"
	fieldRating    = "rating"
	fieldMarks     = "marks"
	fieldDue       = "due"
	fieldKey       = "key" // see keyTerm
)

// marks are the yes-or-no facts of an appeal, indexed as one decimal term.
type marks uint8

const (
	isFinal marks = 1 << iota
	isLate
	isSolved
	isRefuted
	_        // set in indexes of earlier builds
	isJoined // told again: another appeal stands for the problem
)

func marksOf(d *search.Doc) marks {
	var m marks
	for _, fact := range []struct {
		is   bool
		mark marks
	}{
		{d.Final, isFinal},
		{d.Late, isLate},
		{d.Outcome == search.Solved, isSolved},
		{d.Refuted, isRefuted},
		{d.Joined, isJoined},
	} {
		if fact.is {
			m |= fact.mark
		}
	}
	return m
}

// newDocument lays a Doc out in fields.
func newDocument(d *search.Doc) *document.Document {
	doc := document.NewDocument(strconv.FormatInt(d.ID, 10))
	addText(doc, fieldText, fieldTextSmall, d.Text)
	addText(doc, fieldAnswer, fieldSaidSmall, d.Answer)
	addTerm(doc, fieldNumber, d.Number)
	addTerm(doc, fieldRubric, d.Rubric)
	addTerm(doc, fieldCategory, d.Category)
	addTerm(doc, fieldTerritory, numberTerm(d.Territory))
	addTerm(doc, fieldAgency, numberTerm(d.Agency))
	addTerm(doc, fieldExecutor, numberTerm(d.Executor))
	addTerm(doc, fieldStage, d.Stage)
	addTerm(doc, fieldSource, d.Source)
	addTerm(doc, fieldOutcome, d.Outcome)
	addTerm(doc, fieldRating, numberTerm(int64(d.Rating)))
	addTerm(doc, fieldMarks, numberTerm(int64(marksOf(d))))
	addTerm(doc, fieldDue, timeTerm(d.DueAt))
	doc.AddField(document.NewTextFieldCustom(fieldKey, nil, []byte(keyTerm(d)),
		index.IndexField|index.SkipFreqNorm|index.DocValues, nil))
	return doc
}

func addText(doc *document.Document, field, small, text string) {
	if text == "" {
		return
	}
	text = normal(text)
	doc.AddField(document.NewTextFieldCustom(field, nil, []byte(text),
		index.IndexField|index.StoreField|index.IncludeTermVectors, textAnalyzer{}))
	doc.AddField(document.NewTextFieldCustom(small, nil, []byte(text),
		index.IndexField|index.IncludeTermVectors, textAnalyzer{small: true}))
}

func addTerm(doc *document.Document, field, term string) {
	if term == "" {
		return
	}
	doc.AddField(document.NewTextFieldCustom(field, nil, []byte(term), index.IndexField|index.SkipFreqNorm, nil))
}

// numberTerm is decimal; zero, which says nothing, has no term.
func numberTerm(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// timeTerm is a time in microseconds; a zero time has no term.
func timeTerm(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return sortable(t.UnixMicro())
}

func parseTime(term string) (int64, error) { return numeric.PrefixCoded(term).Int64() }

// keyTerm is the time of submission, 0 where there is none, the id and the
// point, 0 where there is none: what hardly two documents share, in one term.
func keyTerm(d *search.Doc) string {
	var submitted int64
	if !d.SubmittedAt.IsZero() {
		submitted = d.SubmittedAt.UnixMicro()
	}
	return sortable(submitted) + sortable(d.ID) + sortable(int64(micro(d.Lat))<<32|int64(uint32(micro(d.Lon)))) //nolint:gosec // bits, not a number
}

// micro is a coordinate in millionths of a degree: 0.1 m.
func micro(degrees float64) int32 { return int32(math.Round(min(max(degrees, -180), 180) * 1e6)) }

func degrees(micro int32) float64 { return float64(micro) / 1e6 }

func parseKey(term []byte) (submitted, id int64, lat, lon int32, err error) {
	var parts [3]int64
	size := len(term) / len(parts)
	for i := range parts {
		if parts[i], err = numeric.PrefixCoded(term[i*size : (i+1)*size]).Int64(); err != nil {
			return 0, 0, 0, 0, err
		}
	}
	return parts[0], parts[1], int32(parts[2] >> 32), int32(parts[2]), nil //nolint:gosec // two halves
}

// sortable is bleve's text form of a number, which has 11 bytes of 7 bits.
func sortable(n int64) string { return string(numeric.MustNewPrefixCodedInt64(n, 0)) }
