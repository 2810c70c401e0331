package rubricator_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/classifier"
)

// demo is the tree of the demo region, which suggests by its words alone.
func demo(t *testing.T) *rubricator.Rubricator {
	t.Helper()
	raw, err := os.ReadFile("../app/demo/data/rubricator.yaml")
	require.NoError(t, err)
	r := rubricator.New(region{roots: parse(t, string(raw)).Roots}, nil)
	require.NoError(t, r.Reload(t.Context()))
	return r
}

func codes(advice rubricator.Advice) []string {
	var out []string
	for _, s := range advice.Topics {
		out = append(out, s.Rubric.Code)
	}
	return out
}

// words counts those that are long enough to say something.
func words(text string) int {
	n := 0
	for _, w := range strings.Fields(text) {
		if utf8.RuneCountInString(w) > 2 {
			n++
		}
	}
	return n
}

func TestRubricator_Suggest_offers_every_topic_that_is_named(t *testing.T) {
	t.Parallel()
	r := demo(t)
	phrases, missed := 0, []string{}
	for _, leaf := range r.Book().Tree.Leaves() {
		if leaf.ByHand {
			continue
		}
		for i, said := range append([]string{leaf.Name.RU, leaf.Name.EN}, leaf.Words...) {
			name := i < 2
			if !name && words(said) < 2 {
				continue
			}
			text := fmt.Sprintf("Дважды нажали кнопку на остановке, а %s у школы, администрация обещала ответить до понедельника", strings.ToLower(said))
			advice := r.Suggest(text, 0, 3)
			for k, s := range advice.Topics {
				require.True(t, k == 0 || s.Share <= advice.Topics[k-1].Share, text)
			}
			phrases++
			switch offered := slices.Contains(codes(advice), leaf.Code); {
			case name:
				require.True(t, offered, "%s: %q among %q", leaf.Code, said, codes(advice))
			case !offered:
				missed = append(missed, leaf.Code+": "+said)
			}
		}
	}
	// Words may be those of more topics than there are places.
	require.LessOrEqual(t, len(missed), phrases/100, "%q", missed)
}

func TestRubricator_Suggest_finds_names_however_written(t *testing.T) {
	t.Parallel()
	r := demo(t)
	const pothole = "roads.surface.pothole"
	for _, text := range []string{
		"Дважды нажали кнопку, а яма на дороге как была так и есть", "ЯМА НА ДОРОГЕ", "на дороге снова огромная яма", "дорога вся в ямах",
		"yama na doroge", "zvf yf ljhjut", "яма на дороге!!! когда уже", "у нас ямы на дорогах уже третий год никто не чинит куда только не писали",
	} {
		advice := r.Suggest(text, 0, 3)
		require.Contains(t, codes(advice), pothole, text)
	}
	one := r.Suggest("яма", 0, 3)
	require.Contains(t, codes(one), pothole)
	require.True(t, one.Topics[slices.Index(codes(one), pothole)].Named)
	require.Len(t, r.Suggest("яма на дороге, фонарь не горит", 0, 1).Topics, 1)
	// Words far from each other are no name.
	far := r.Suggest("яма "+strings.Repeat("скамейка качели горка песочница клумба ", 3)+"дорога", 0, 10)
	for _, s := range far.Topics {
		require.False(t, s.Rubric.Code == pothole && s.Named)
	}
}

// vague says nothing that a topic could be chosen by.
var vague = []string{
	"никто ничего не делает", "помогите", "помогите пожалуйста", "безобразие", "здравствуйте", "Добрый день!", "ужас", "прошу принять меры",
	"когда это закончится", "сделайте что-нибудь", "куда смотрит администрация", "спасибо", "это уже не в первый раз", "сколько можно терпеть",
	"яма", "свет", "вода", "дорога", "мусор", "СНЕГ", "pomogite", "gjvjubnt", "ничего не помогает", "жалоба", "???", "и что теперь",
}

func TestRubricator_Suggest_asks_about_vague_texts(t *testing.T) {
	t.Parallel()
	r := demo(t)
	for _, text := range vague {
		require.True(t, r.Suggest(text, 0, 3).Unsure, text)
	}
}

func TestRubricator_Suggest_is_sure_of_what_is_called_by_its_name(t *testing.T) {
	t.Parallel()
	r := demo(t)
	for text, code := range map[string]string{
		"На улице Садовой у дома 12 огромная яма на дороге, вчера пробил колесо": "roads.surface.pothole",
		"яма на дороге": "roads.surface.pothole",
		"холодно в квартире, батареи еле тёплые": "heating.flat.cold",
	} {
		advice := r.Suggest(text, 0, 3)
		require.False(t, advice.Unsure, text)
		require.Equal(t, code, advice.Topics[0].Rubric.Code, text)
	}
}

func TestModel_Predict_asks_about_vague_texts_after_learning_too(t *testing.T) {
	t.Parallel()
	var examples []classifier.Example
	for i := range 40 {
		for topic, text := range map[string]string{
			"яма": "большая яма на дороге у дома", "свет": "фонарь не горит, темно на улице", "мусор": "мусор не вывозят, контейнер полный",
			"вода": "нет воды в доме, кран сухой", "снег": "снег не чистят, дорога завалена",
		} {
			examples = append(examples, classifier.Example{
				Text: fmt.Sprintf("%s, дом %d, никто не помогает", text, i), Topic: topic, Category: "к", Source: classifier.Accepted,
			})
		}
	}
	m, err := classifier.Train(examples, classifier.Outline{})
	require.NoError(t, err)
	for _, text := range vague {
		require.True(t, m.Predict(text, "Курск, город", 1).Unsure, text)
	}
	require.False(t, m.Predict("фонарь не горит, темно", "", 1).Unsure)
}
