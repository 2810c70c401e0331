package conscience

import "strings"

// vague finds an answer that owes an action or a fact and has none.
func vague(r *reading) []Flag {
	need := needs[r.Answer.Outcome]
	f := r.facts
	acted := f.done || f.coming || f.looked && r.Answer.Outcome != solved
	var lacks []Lack
	if need.action && !acted {
		lacks = append(lacks, LacksAction)
	}
	if need.fact && !f.date && !f.who && !f.measure && !f.reason && !f.advice {
		lacks = append(lacks, LacksDate, LacksWho)
	}
	if len(lacks) == 0 {
		return nil
	}
	flag := Flag{Code: Vague, Why: "conscience.vague"}
	for _, l := range lacks {
		flag.Evidence = append(flag.Evidence, Evidence{Lacks: l})
	}
	return []Flag{flag}
}

// Lack is what a vague answer doesn't say.
type Lack string

// What can lack.
const (
	LacksAction Lack = "action"
	LacksDate   Lack = "date"
	LacksWho    Lack = "who"
)

// lawShare is the share of sentences that must be citations without a fact.
const lawShare = 0.6

// lawOnly finds an answer that is mostly references to acts.
func lawOnly(r *reading) []Flag {
	n := 0
	var seen []Evidence
	for _, s := range r.sentences {
		if s.civil {
			continue
		}
		n++
		f := s.facts
		if f.law && !f.done && !f.date && !f.who && !f.advice && !f.measure {
			seen = append(seen, Evidence{Text: s.text})
		}
	}
	if n == 0 || float64(len(seen)) < lawShare*float64(n) {
		return nil
	}
	percent := 100 * len(seen) / n
	return []Flag{{Code: LawOnly, Why: "conscience.law_only", Fields: map[string]any{"percent": percent}, Evidence: seen}}
}

// contradicted finds «solved» over a text that only promises.
func contradicted(r *reading) []Flag {
	if r.Answer.Outcome != solved || r.facts.done {
		return nil
	}
	var seen []Evidence
	for _, s := range r.sentences {
		if s.facts.coming {
			seen = append(seen, Evidence{Text: s.text})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Flag{{Code: Contradicted, Why: "conscience.contradicted", Evidence: seen}}
}

// Fewest words with a meaning that an answer and a question must have to be
// compared.
const (
	fewestAnswer = 8
	fewestAsked  = 3
)

// offTopic finds an answer, or an item of the checklist, that shares no word
// with the other.
func offTopic(r *reading) []Flag {
	answer := meaning(r.Answer.Text)
	if len(answer) < fewestAnswer {
		return nil
	}
	asked := meaning(strings.Join(append(append([]string{r.Text, r.Address}, r.Replies...), r.Topic...), "\n"))
	// A vague answer touches nothing, and was flagged for that.
	if len(asked) >= fewestAsked && !touch(answer, asked) && len(vague(r)) == 0 {
		return []Flag{{Code: OffTopic, Why: "conscience.off_topic"}}
	}
	var seen []Evidence
	for _, item := range r.Items {
		about := meaning(item.Text)
		if !item.Open && len(about) >= fewestAsked && !touch(answer, about) && !touch(meaning(item.Note), about) {
			seen = append(seen, Evidence{Text: item.Text})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Flag{{Code: OffTopic, Why: "conscience.off_topic_item", Fields: map[string]any{"n": len(seen)}, Evidence: seen}}
}

// hollow are words that stand in any letter: to share them is to share nothing.
var hollow = set(`и в во на с со а но о об от до по за из у к ко же ли бы то что как так это этот эта эти мы вы я он она они оно нас вас их его ее
	мне меня вам нам быть был была были было есть уже еще очень там тут здесь где когда который которая которые которое для при или если чтобы
	только также все всех весь вся всего нашем нашей наш наша наши ваш ваша ваше ваши вашего вашему вашем вашей прошу просим пожалуйста
	здравствуйте добрый день уважаемые уважаемый уважаемая спасибо сообщаем сообщение сообщения обращение обращения обращению вопрос вопроса
	вопросу рассмотрено рассмотрев рассмотрения результатам ответ ответа администрация администрации город города улица улице улицы дом дома
	доме дому район района районе рамках соответствии необходимо работа работы работ мероприятия мероприятий меры данный данном данной указанный
	настоящее время не ни нет без более менее можно нужно надо будет будут тоже даже теперь после перед между через свой своих год года
	году месяц неделя недели час раз раза два три один одна the a an of in on at to is are was were be it this that and or for with from our my
	we you they i please hello not no as by`)

// meaning is the set of stems of the words of a text that mean something.
func meaning(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range wordsOf(text) {
		if !hollow[w.text] && !numeric(w.text) && len([]rune(w.text)) > 2 {
			out[w.stem] = true
		}
	}
	return out
}

// touch reports whether two sets share a word, or two words of one root:
// «мусор» and «мусорный», «вывоз» and «вывезли».
func touch(a, b map[string]bool) bool {
	roots := map[string]bool{}
	for s := range b {
		for _, r := range rootsOf(s) {
			roots[r] = true
		}
	}
	for s := range a {
		for _, r := range rootsOf(s) {
			if roots[r] {
				return true
			}
		}
	}
	return false
}

// How many letters, or consonants, at the beginning of two stems must be the
// same.
const (
	letters    = 4
	consonants = 3
)

// rootsOf are the beginning of a stem, and its first consonants: the vowels of
// a Russian root change.
func rootsOf(stem string) []string {
	r := []rune(stem)
	out := []string{string(r[:min(letters, len(r))])}
	bones := []rune(strings.Map(func(c rune) rune {
		if strings.ContainsRune("аеиоуыэюяьъaeiouy", c) {
			return -1
		}
		return c
	}, stem))
	if len(bones) >= consonants && len(r) > letters {
		out = append(out, "-"+string(bones[:consonants]))
	}
	return out
}
