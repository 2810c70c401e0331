package classifier

import (
	"bytes"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
)

// form is the first line of a model's file: what it is and how it is written.
const form = "OTKLIK-CLASSIFIER 2\n"

// ErrForm is a file that is no model, or one of another version.
var ErrForm = errors.New("classifier: not a model of this version")

// kept is a model as its file holds it. It has hashes of words, not the words.
type kept struct {
	Topics, Categories, Agencies []string
	CategoryOf                   []int32

	Forms, Stems, Grams  []uint64
	StemIDF, GramIDF     []float32
	UnknownIDF, SoftNorm float32

	TopicHead, AgencyHead, CategoryHead, CategoryPrior []float64
	Trust                                              trust
	Rows                                               int
	Words                                              []uint64
	Scales, Bias                                       []float32
	Answers                                            [][]float32
}

// Bytes is the model as one file.
func (m *Model) Bytes() []byte {
	w := m.words
	k := kept{
		Topics: m.classes.topics, Categories: m.classes.categories, Agencies: m.classes.agencies, CategoryOf: m.classes.categoryOf,
		Forms: w.forms.kept(), Stems: w.stems.kept(), Grams: w.grams.kept(),
		StemIDF: w.stemIDF, GramIDF: w.gramIDF,
		UnknownIDF: w.unknownIDF, SoftNorm: w.softNorm,
		TopicHead: m.topicHead, AgencyHead: m.agencyHead, CategoryHead: m.categoryHead, CategoryPrior: m.categoryPrior, Trust: m.trust,
		Rows: len(m.rows.scales) / blockCount, Words: m.rows.words, Scales: m.rows.scales, Bias: m.bias, Answers: m.answers,
	}
	var out bytes.Buffer
	out.WriteString(form)
	z := gzip.NewWriter(&out)
	// Neither fails on memory.
	if err := errors.Join(gob.NewEncoder(z).Encode(k), z.Close()); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// Load reads a model from its file.
func Load(file []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(file, []byte(form))
	if !ok {
		return nil, ErrForm
	}
	z, err := gzip.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	var k kept
	if err := gob.NewDecoder(io.LimitReader(z, maxFile)).Decode(&k); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForm, err)
	}
	m := &Model{
		classes:   classes{topics: k.Topics, categories: k.Categories, agencies: k.Agencies, categoryOf: k.CategoryOf},
		topicHead: k.TopicHead, agencyHead: k.AgencyHead, categoryHead: k.CategoryHead, categoryPrior: k.CategoryPrior,
		trust: k.Trust, bias: k.Bias, answers: k.Answers,
	}
	m.classes.number()
	m.layout()
	w := &vocabulary{
		stemIDF: k.StemIDF, gramIDF: k.GramIDF, unknownIDF: k.UnknownIDF, softNorm: k.SoftNorm,
	}
	m.words = w
	m.rows = emptyPacked(k.Rows, m.edges)
	if !k.fits(m) {
		return nil, ErrForm
	}
	m.rows.words, m.rows.scales = k.Words, k.Scales
	var bad [3]error
	w.forms, bad[0] = tableOf(k.Forms, len(k.StemIDF))
	w.stems, bad[1] = tableOf(k.Stems, len(k.StemIDF))
	w.grams, bad[2] = tableOf(k.Grams, len(k.GramIDF))
	if err := errors.Join(bad[:]...); err != nil {
		return nil, err
	}
	m.ready()
	return m, nil
}

// maxFile is more than any model unpacks to.
const maxFile = 1 << 30

// fits reports whether all parts of a file are of the size that the others say.
func (k *kept) fits(m *Model) bool {
	whole := len(k.Topics) > 0 && len(k.CategoryOf) == len(k.Topics) && len(k.Answers) == len(k.Topics) &&
		k.Rows == len(k.StemIDF)+len(k.GramIDF) &&
		len(k.Words) == len(m.rows.words) && len(k.Scales) == len(m.rows.scales) && len(k.Bias) == m.outputs &&
		len(k.TopicHead) == topicEvidence && len(k.AgencyHead) == agencyEvidence && len(k.CategoryHead) == categoryEvidence &&
		len(k.CategoryPrior) == len(k.Categories) && k.SoftNorm > 0
	for _, a := range k.Answers {
		whole = whole && len(a) == len(k.Agencies)
	}
	for _, c := range k.CategoryOf {
		whole = whole && c >= 0 && int(c) < len(k.Categories)
	}
	return whole
}
