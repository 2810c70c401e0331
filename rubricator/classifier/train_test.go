package classifier_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/otklik/otklik/rubricator/classifier"
)

func TestTrain_OrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	want := train(t, worked(), classifier.Outline{})
	rapid.Check(t, func(t *rapid.T) {
		examples := worked()
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(examples), func(i, j int) { examples[i], examples[j] = examples[j], examples[i] })
		m, err := classifier.Train(examples, classifier.Outline{})
		require.NoError(t, err)
		require.Equal(t, want.Bytes(), m.Bytes())
	})
}

func TestTrain_StartsColdFromTheWordsOfTheTree(t *testing.T) {
	t.Parallel()
	o := classifier.Outline{Topics: []classifier.Class{
		{Key: "pothole", Category: "roads", Words: "Яма на дороге выбоина асфальт"},
		{Key: "light", Category: "yard", Words: "Не горит фонарь освещение темно"},
		{Key: "rubbish", Category: "yard", Words: "Мусор не вывозят контейнер свалка"},
	}}
	m := train(t, nil, o)
	for text, topic := range map[string]string{"ямы по всей дороге": "pothole", "фонари": "light", "куча мусора": "rubbish"} {
		require.Equal(t, topic, m.Predict(text, "", 3).Topics[0].Key, text)
	}
	require.Empty(t, m.Predict("яма", "", 3).Agencies)
}

func TestModel_Explain(t *testing.T) {
	t.Parallel()
	m := train(t, worked(), classifier.Outline{})
	words := m.Explain("Добрый день, у нас Фонарь не горит", "Освещение", 3)
	require.NotEmpty(t, words)
	require.Contains(t, []string{"Фонарь", "горит"}, words[0].Text)
	require.Empty(t, m.Explain("фонарь", "нет такой", 3))
}

func TestModel_Bytes(t *testing.T) {
	t.Parallel()
	m := train(t, worked(), classifier.Outline{})
	again, err := classifier.Load(m.Bytes())
	require.NoError(t, err)
	for _, e := range worked() {
		require.Equal(t, m.Predict(e.Text, "", 5), again.Predict(e.Text, "", 5))
	}
	for _, bad := range [][]byte{nil, []byte("hello"), m.Bytes()[:40], append([]byte("OTKLIK-CLASSIFIER 9\n"), m.Bytes()[20:]...)} {
		_, err := classifier.Load(bad)
		require.Error(t, err)
	}
}

func FuzzModel_Predict(f *testing.F) {
	m, err := classifier.Train(worked(), classifier.Outline{})
	require.NoError(f, err)
	for _, s := range []string{"", "яма", "[имя] ]][[", "\xff\xd0", "zvf yf ljhjut", "ЁЁ 12а ﬁ ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := m.Predict(text, text, 5)
		sum := 0.0
		for _, g := range a.Topics {
			require.True(t, g.Share >= 0 && g.Share <= 1.000001, g.Share)
			sum += g.Share
		}
		require.LessOrEqual(t, sum, 1.0001)
		for _, w := range m.Explain(text, a.Topics[0].Key, 5) {
			require.NotEmpty(t, w.Text)
		}
	})
}

func TestPlot(t *testing.T) {
	t.Parallel()
	reports, err := classifier.Validate(worked(), 3, []uint64{1}, nil)
	require.NoError(t, err)
	mean, _ := classifier.Summary(reports)
	require.Equal(t, 12, mean.Test)
	var out countingWriter
	require.NoError(t, classifier.Plot(&out, mean))
	require.Positive(t, int(out))
}

type countingWriter int

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}

func TestSample_KeepsRareTopicsWhole(t *testing.T) {
	t.Parallel()
	var many []classifier.Example
	for i := range 1000 {
		many = append(many, example("частая", "к", "", strconv.Itoa(i)))
	}
	for i := range 150 {
		many = append(many, example("редкая", "к", "", strconv.Itoa(i)))
	}
	kept := map[string]int{}
	for _, e := range classifier.Sample(many, 400) {
		kept[e.Topic]++
	}
	require.Equal(t, map[string]int{"частая": 347, "редкая": 150}, kept)
	require.Equal(t, many, classifier.Sample(many, len(many)))
}
