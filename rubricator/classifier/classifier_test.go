package classifier_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator/classifier"
)

func example(topic, category, agency, text string) classifier.Example {
	return classifier.Example{Text: text, Topic: topic, Category: category, Agency: agency, Source: classifier.Accepted}
}

func worked() []classifier.Example {
	return []classifier.Example{
		example("Ямы на дороге", "Дороги", "Комитет дорог", "Большая яма на дороге у школы, пробили колесо"),
		example("Ямы на дороге", "Дороги", "Комитет дорог", "На улице Ленина ямы, асфальт разбит, ехать невозможно"),
		example("Ямы на дороге", "Дороги", "Администрация Льгова", "Льгов, дорога вся в ямах, выбоины глубокие"),
		example("Ямы на дороге", "Дороги", "Комитет дорог", "Выбоины в асфальте после зимы, машины объезжают ямы"),
		example("Освещение", "ЖКХ", "Комитет света", "Не горят фонари на улице, вечером темно"),
		example("Освещение", "ЖКХ", "Комитет света", "Нет освещения во дворе, фонарь не работает второй месяц"),
		example("Освещение", "ЖКХ", "Администрация Льгова", "Льгов: уличное освещение не включают, темно идти"),
		example("Освещение", "ЖКХ", "Комитет света", "Фонари не горят на всей улице, дети идут в темноте"),
		example("Мусор", "ЖКХ", "Комитет чистоты", "Не вывозят мусор, контейнеры переполнены"),
		example("Мусор", "ЖКХ", "Комитет чистоты", "Свалка мусора у контейнерной площадки, запах"),
		example("Мусор", "ЖКХ", "Администрация Льгова", "Льгов, мусорные баки не вывозят неделю"),
		example("Мусор", "ЖКХ", "Комитет чистоты", "Контейнер сломан, мусор разлетается по двору"),
	}
}

func train(t *testing.T, examples []classifier.Example, o classifier.Outline) *classifier.Model {
	t.Helper()
	m, err := classifier.Train(examples, o)
	require.NoError(t, err)
	return m
}

func TestModel_Predict(t *testing.T) {
	t.Parallel()
	m := train(t, worked(), classifier.Outline{})
	for text, topic := range map[string]string{
		"яма": "Ямы на дороге",
		"на дороге огромные ямы": "Ямы на дороге",
		"НА ДАРОГЕ ЯМЫЫ":         "Ямы на дороге", // typed in a hurry
		"yama na doroge":         "Ямы на дороге", // Latin letters by sound
		"zvf yf ljhjut":          "Ямы на дороге", // the wrong keyboard layout
		"фонорь не горит":        "Освещение",
		"фонари":                 "Освещение",
		"мусор из контейнера не вывозится": "Мусор",
	} {
		require.Equal(t, topic, m.Predict(text, "", 1).Topics[0].Key, text)
	}
	require.True(t, m.Predict("здравствуйте", "", 1).Unsure)
	require.Equal(t, "Комитет света", m.Agency("не горит фонарь", "", "Освещение", 1)[0].Key)
}

func TestTrain_RefusesWhatNobodyVouchesFor(t *testing.T) {
	t.Parallel()
	_, err := classifier.Train([]classifier.Example{{Text: "яма", Topic: "Ямы"}}, classifier.Outline{})
	require.ErrorContains(t, err, "nobody vouches")
}

func TestReadExamples(t *testing.T) {
	t.Parallel()
	for given, wrong := range map[string]string{
		"":                                   "is empty",
		"text,topic\nяма,Ямы\n":              "no column category, agency",
		"text,topic,category,agency\n":       "has no example",
		"text,topic,category,agency\na,,b,c": "has no example",
	} {
		_, _, err := classifier.ReadExamples(strings.NewReader(given), "file.csv")
		require.ErrorContains(t, err, "file.csv")
		require.ErrorContains(t, err, wrong)
	}
	want := []classifier.Example{
		example("Ямы", "Дороги", "Комитет", "яма, \"глубокая\"\nу дома"),
		example("Ямы", "", "", ""),
	}
	for name, given := range map[string]string{
		"plain":      "text,topic,category,agency\n\"яма, \"\"глубокая\"\"\nу дома\",Ямы,Дороги,Комитет\n,Ямы,,\nбез темы,,,\n",
		"as Windows": "\ufeff\"Text\",Topic,Category,Agency\r\n\"яма, \"\"глубокая\"\"\r\nу дома\",Ямы,Дороги,Комитет\r\n,Ямы,,\r\nбез темы,,,\r\n",
		"otherwise":  "id;agency;topic;x;category;text\n1;Комитет;Ямы;;Дороги;яма, \"глубокая\"\\nу дома\n2;;Ямы;;;\n3\n",
	} {
		got, left, err := classifier.ReadExamples(strings.NewReader(given), "file.csv")
		require.NoError(t, err, name)
		require.Equal(t, 1, left, name)
		got[0].Text = strings.ReplaceAll(got[0].Text, "\\n", "\n") // no line ends without quotation marks
		require.Equal(t, want, got, name)
	}
}

// Nothing that people send may stop a suggestion.
func TestModel_PredictReadsAnything(t *testing.T) {
	t.Parallel()
	m := train(t, worked(), classifier.Outline{})
	for name, text := range map[string]string{
		"nothing": "", "spaces": " \n\t ", "one letter": "я", "signs": "!!! ??? ...", "digits": "12 34-56", "garbage": "\xff\xfe\xd0 яма \x00",
		"half a letter": "яма \xd0", "an open mask": "[имя яма", "closed only": "яма] ]", "emoji": "🕳️ яма 🚗",
		"long": strings.Repeat("Яма на дороге у дома. ", 3000), "one long word": strings.Repeat("яма", 20_000), "Latin": strings.Repeat("yama ", 20_000),
		"many unknown words": strings.Join(unknownWords(15_000), " "),
	} {
		a := m.Predict(text, text, 3)
		require.Len(t, a.Topics, 3, name)
		require.NotEmpty(t, a.Categories, name)
		require.NotEmpty(t, a.Agencies, name)
		for _, g := range a.Topics {
			require.True(t, g.Share >= 0 && g.Share <= 1, name)
		}
		m.Agency(text, text, a.Topics[0].Key, 1)
		m.Explain(text, a.Topics[0].Key, 3)
	}
	for _, nothing := range []string{"", " ", "!!!", "здравствуйте помогите пожалуйста"} {
		require.True(t, m.Predict(nothing, "", 1).Unsure, nothing)
	}
}

func unknownWords(n int) []string {
	out := make([]string, n)
	for i := range out {
		for k := i; len(out[i]) < 12; k /= 7 {
			out[i] += string(rune('ъ' + k%7))
		}
	}
	return out
}

func TestModel_MeasureOfWhatIsUnknown(t *testing.T) {
	t.Parallel()
	m := train(t, worked(), classifier.Outline{})
	r := m.Measure([]classifier.Example{
		example("Ямы на дороге", "Дороги", "", "яма на дороге"),        // nobody answered yet
		example("Ямы на дороге", "", "Комитет дорог", "яма на дороге"), // no category
		example("Новая тема", "Новое", "Новое ведомство", "яма"),       // nobody heard of it
		example("Мусор", "ЖКХ", "Комитет чистоты", "не вывозят мусор"), // as it should be
	})
	require.InDelta(t, 0.75, r.TopicTop1, 1e-9)
	require.InDelta(t, 2.0/3, r.AgencyTop1, 1e-9)
	require.InDelta(t, 2.0/3, r.AgencyGivenTopic, 1e-9)
	require.Positive(t, r.CategoryWeightedF1)
	require.Positive(t, r.TextsPerSecond)
}
