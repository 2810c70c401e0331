package conscience

import (
	"regexp"
	"strings"
)

// facts are the kinds of things that a text says.
type facts struct {
	done    bool // something was done
	looked  bool // somebody looked, or put it into a plan: no more than that
	coming  bool // something will be done
	date    bool
	who     bool // a person, or a unit that one can find
	measure bool
	reason  bool // why
	advice  bool // what the reader can do
	law     bool // an act is cited
}

func (f *facts) add(g facts) {
	f.done = f.done || g.done
	f.looked = f.looked || g.looked
	f.coming = f.coming || g.coming
	f.date = f.date || g.date
	f.who = f.who || g.who
	f.measure = f.measure || g.measure
	f.reason = f.reason || g.reason
	f.advice = f.advice || g.advice
	f.law = f.law || g.law
}

// sentence is a part of the answer with what it says.
type sentence struct {
	text  string
	facts facts
	civil bool
}

func sentencesOf(text string) []sentence {
	var out []sentence
	for _, s := range split(text) {
		out = append(out, sentence{text: s, facts: factsOf(s), civil: civil(s)})
	}
	return out
}

// factsOf reads one sentence.
func factsOf(s string) facts {
	f := facts{law: law.MatchString(fold(s))}
	bare := cited.ReplaceAllString(s, " ") // dates and numbers of acts and letters are no facts of the case
	low := fold(bare)
	f.date = date.MatchString(low)
	f.measure = measure.MatchString(low)
	f.reason = reason.MatchString(low)
	f.advice = advice.MatchString(low)
	f.who = named.MatchString(bare) || unit(wordsOf(bare))
	low = empty.ReplaceAllString(low, " ")
	if f.law {
		low = enacted.ReplaceAllString(low, " ")
	}
	f.verbs(wordsOf(low))
	return f
}

// enacted is what acts do, and nobody did for the reader.
var enacted = regexp.MustCompile(`(установл|определ|утвержд|закрепл|отнес|принят|внес|возложен|урегулирован)\pL*`)

// law finds words of acts.
var law = regexp.MustCompile(`федеральн\pL+ закон|законодательств|\d+\s*-?\s*фз|(^|[^\pL])(ст|п|ч)\.\s?\d|стать[яеиюё]|пункт[аеуом]|кодекс|` +
	`постановлени|приказ(а|у|ом|е)?([^\pL]|$)|регламент|санпин|(^|[^\pL])гост|снип|нормативн|правил(а|ами)?\s+(предоставлени|благоустройств|содержани|эксплуатаци|дорожн)|` +
	`положени\pL+ о|federal law|article \d|regulation`)

// cited is a reference to an act or a letter, with its date and number.
var cited = regexp.MustCompile(`(?i)((федеральн\pL+ закон\pL*|постановлени\pL+|приказ\pL*|распоряжени\pL+|решени\pL+|обращени\pL+|сообщени\pL+|письм\pL+|заявлени\pL+)[^.;,]{0,60}?)?` +
	`от\s+\d{1,2}[.\s]+(\d{1,2}|январ\pL+|феврал\pL+|март\pL*|апрел\pL+|ма[яе]|июн\pL+|июл\pL+|август\pL*|сентябр\pL+|октябр\pL+|ноябр\pL+|декабр\pL+)[.\s]+\d{4}(\s*г(ода|\.)?)?(\s*№\s*[\d\pL/-]+)?|` +
	`№\s*[\d/-]+\s*-?\s*(фз|пп|п)?([^\pL\d]|$)|(^|[^\pL])(ст|п|пп|ч)\.\s?[\d.,\s]+|(стать\pL+|пункт\pL*|част\pL+)\s+[\d.]+|\d+\s*-?\s*ФЗ`)

const (
	months   = `январ|феврал|март|апрел|ма[яей]([^\pL]|$)|июн|июл|август|сентябр|октябр|ноябр|декабр|january|february|march|april|june|july|august|september|october|november|december`
	weekdays = `понедельник|вторник|(^|[^\pL])сред[уыеа]([^\pL]|$)|четверг|пятниц|суббот|воскресень|monday|tuesday|wednesday|thursday|friday|saturday|sunday`
)

// date finds a day or a time of day, said in any way that people say it.
var date = regexp.MustCompile(months + `|` + weekdays + `|(^|[^\d])\d{1,2}[.:]\d{2}([^\d]|$)|\d{4}-\d{2}-\d{2}|` +
	`сегодня|вчера|позавчера|завтра|накануне|в тот же (день|вечер|час)|в день (вашего|обращения)|тем же (днем|вечером)|` +
	`(на|до|с)\s+(этой|прошлой|следующей|будущей)\s+недел|(в|на)\s+(этом|прошлом|следующем|будущем)\s+(месяце|году|квартале)|` +
	`(до|к|в)\s+конц[аеу]\s+\pL+|квартал|(через|за|в течение)\s+(\d+|\pL+)\s+(час|дн|день|сут|недел|месяц|минут|рабоч|календарн)|` +
	`(обещанн|указанн)\pL+\s+дат|(с|до|после)\s+\d{1,2}(-?го)?\s|с первого числа|ночью|yesterday|today|last (week|night)|the same day|next week`)

var numbers = `\d[\d\s.,]*|дв[аеух]+|три|трех|четыре|четырех|пят[ьи]|шест[ьи]|сем[ьи]|восемь|восьми|девят[ьи]|десят[ьи]|одиннадцать|двенадцать|пятнадцать|двадцать|тридцать|сорок|сто|обе|оба|two|three|four|five|six|seven|eight|nine|ten`

// measure finds how many of what.
var measure = regexp.MustCompile(`(^|[^\pL\d№])(` + numbers + `)\s?(%|°|м²|м³|\pL{1,2}([^\pL]|$)|\pL{3,})|\d+\s?(%|°)`)

var reason = regexp.MustCompile(`потому что|поскольку|так как|из-за|по причине|вследствие|причин[аоеы]|оказал[аоси]|выяснил|because|due to`)

// advice tells the reader what to do, with an imperative. To be told to apply
// somewhere is none.
var advice = regexp.MustCompile(`(^|[^\pL])(принесите|позвоните|подайте|напишите|приходите|возьмите|заполните|приложите|отнесите|покажите|снимите|сложите|выберите|запишитесь|нажмите|подождите|проверьте|откройте|сохраните|передайте|call|bring|write)([^\pL]|$)|` +
	`(вы )?(вправе|можете|можно) (обжаловать|оспорить|подать|получить|подключить|заказать|забрать|вернуть)|(положен|обязан)`)

// named is a person by initial and surname, or a firm by its name.
var named = regexp.MustCompile(`(^|[^\pL])[А-ЯЁ]\.\s?([А-ЯЁ]\.\s?)?[А-ЯЁ][а-яё]{2,}|[А-ЯЁ][а-яё]{2,}\s[А-ЯЁ]\.\s?[А-ЯЁ]\.|` +
	`(^|[^\pL])(ООО|ОАО|АО|ПАО|МУП|ГУП|МКУ|МБУ|ГБУ|ФГУП|ТСЖ|УК|ИП|РЭС)\s+[«"А-ЯЁ]|(^|[^\pL])Mrs?\.?\s[A-Z]`)

// units are those who do the work, by their stems. «The contractor» or «the
// services concerned» is nobody.
var units = []string{
	"бригад", "мастер", "электрик", "слесар", "инспектор", "инспекци", "инженер", "сантехник", "дворник", "участков",
	"врач", "агроном", "юрист", "кровельщик", "диспетчер", "комисси", "аварийн", "лаборатор", "столяр", "плотник", "сварщик",
	"ветслужб", "автоколонн", "старост", "начальник", "директор", "заведующ", "прораб", "монтер", "монтаж", "электромехан",
	"разработчик", "дорожник", "энергетик", "связист", "санитар", "лесник", "лесничеств", "спасател", "пожарн", "ветеринар",
	"экипаж", "звено", "патрул", "психолог", "куратор", "реставратор", "альпинист", "геодезист", "техник", "наряд",
	"watchman", "electrician", "foreman", "crew", "engineer", "inspector", "warden", "plumber", "doctor",
}

func unit(words []word) bool {
	for i, w := range words {
		if startsWithAny(w.text, units) {
			return true
		}
		// A role that says little by itself names somebody with a surname after it.
		if (strings.HasPrefix(w.text, "специалист") || strings.HasPrefix(w.text, "сотрудни") || strings.HasPrefix(w.text, "участок") ||
			strings.HasPrefix(w.text, "участк")) && i+1 < len(words) && (words[i+1].title || strings.HasPrefix(words[i+1].text, "наружн") ||
			strings.HasPrefix(words[i+1].text, "благоустр")) {
			return true
		}
	}
	return false
}
