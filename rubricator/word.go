package rubricator

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// stopWords say nothing about a topic. «не», «нет» and «без» are kept: «нет
// воды» is a topic.
var stopWords = wordSet(`и в во на с со а но о об от до по за из у к ко же ли бы то что как так это этот эта эти мы вы
	я он она они оно нас вас их его ее мне меня вам нам быть был была были было есть уже еще очень там тут здесь где
	когда который которая которые для при или если чтобы только также все всех весь вся всё я нашем нашей наш наша наши
	прошу просим пожалуйста здравствуйте добрый день уважаемые спасибо
	the a an of in on at to is are was were be it this that and or for with from our my we you they i please hello`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[fold(w)] = true
	}
	return set
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "ё", "е")
}

// word is one word of a text: as it was written, and its stem.
type word struct{ written, stem string }

// words cuts a text into words and stems each by its script.
func words(text string) []word {
	fields := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := make([]word, 0, len(fields))
	for _, f := range fields {
		if !stopWords[f] {
			out = append(out, word{written: f, stem: stem(f)})
		}
	}
	return out
}

func stem(w string) string {
	env := snowballstem.NewEnv(w)
	switch first := []rune(w)[0]; {
	case unicode.Is(unicode.Cyrillic, first):
		russian.Stem(env)
	case unicode.Is(unicode.Latin, first):
		english.Stem(env)
	}
	return env.Current()
}

// deletions lists the word and every form of it with one letter less: two
// words within one typing slip of each other share such a form.
func deletions(w string) []string {
	runes := []rune(w)
	out := []string{w}
	for i := range runes {
		out = append(out, string(runes[:i])+string(runes[i+1:]))
	}
	return out
}
