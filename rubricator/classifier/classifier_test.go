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
		"text,topic,category,agency\n,a,b,c": "line 2: text and topic must not be empty",
	} {
		_, err := classifier.ReadExamples(strings.NewReader(given), "file.csv")
		require.ErrorContains(t, err, "file.csv")
		require.ErrorContains(t, err, wrong)
	}
}
