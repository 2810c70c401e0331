package discussion_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otklik/otklik/app/participation/discussion"
)

func version(n int, body string) discussion.Version {
	return discussion.Version{N: n, Body: body, Paragraphs: discussion.Parse(body)}
}

// told writes a comparison as text: [-taken out-] {+put in+}.
func told(list []discussion.Change) []string {
	var out []string
	for _, c := range list {
		text := c.Text
		if c.Spans != nil {
			var b strings.Builder
			for _, s := range c.Spans {
				switch s.Fate {
				case discussion.Added:
					b.WriteString("{+" + s.Text + "+}")
				case discussion.Removed:
					b.WriteString("[-" + s.Text + "-]")
				case discussion.Same, discussion.Changed, discussion.Moved:
					b.WriteString(s.Text)
				}
			}
			text = b.String()
		}
		out = append(out, c.Anchor+" "+string(c.Fate)+": "+text)
	}
	return out
}

func TestParse(t *testing.T) {
	t.Parallel()
	require.Equal(t, []discussion.Paragraph{
		{Anchor: "p1", Shape: discussion.Heading, Text: "Сквер"},
		{Anchor: "p2", Shape: discussion.Plain, Text: "Первый абзац, с пробелами."},
		{Anchor: "p3", Shape: discussion.Item, Text: "пункт"},
		{Anchor: "p4", Shape: discussion.Plain, Text: "-5 градусов"},
		{Anchor: "p5", Shape: discussion.Plain, Text: "#"},
	}, discussion.Parse("## Сквер\r\n\r\n  Первый абзац,  с пробелами.\n— пункт\n-5 градусов\n#"))
	require.Empty(t, discussion.Parse(" \n\t\n"))
}

func TestFollow_and_Compare(t *testing.T) {
	t.Parallel()
	const body = "Сквер закрывают на ночь.\nСобак выгуливают на площадке.\nСкамейки ставят вдоль дорожек."
	for name, c := range map[string]struct {
		now  string
		want []string
	}{
		"nothing changed": {body, []string{
			"p1 same: Сквер закрывают на ночь.", "p2 same: Собак выгуливают на площадке.", "p3 same: Скамейки ставят вдоль дорожек.",
		}},
		"a word": {"Сквер закрывают на ночь.\nСобак выгуливают на лужайке.\nСкамейки ставят вдоль дорожек.", []string{
			"p1 same: Сквер закрывают на ночь.", "p2 changed: Собак выгуливают на [-площадке-]{+лужайке+}.", "p3 same: Скамейки ставят вдоль дорожек.",
		}},
		"a paragraph before, one taken out": {"Вводный абзац о главном.\nСквер закрывают на ночь.\nСкамейки ставят вдоль дорожек и в тени.", []string{
			"p4 added: Вводный абзац о главном.", "p1 same: Сквер закрывают на ночь.", "p2 removed: Собак выгуливают на площадке.",
			"p3 changed: Скамейки ставят вдоль дорожек{+ и в тени+}.",
		}},
		"the last becomes the first": {"Скамейки ставят вдоль дорожек.\nСквер закрывают на ночь.\nСобак выгуливают на площадке.", []string{
			"p3 moved: Скамейки ставят вдоль дорожек.", "p1 same: Сквер закрывают на ночь.", "p2 same: Собак выгуливают на площадке.",
		}},
		"rewritten from scratch": {"Теперь всё иначе и по-другому написано.", []string{
			"p4 added: Теперь всё иначе и по-другому написано.", "p1 removed: Сквер закрывают на ночь.",
			"p2 removed: Собак выгуливают на площадке.", "p3 removed: Скамейки ставят вдоль дорожек.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := version(1, body)
			got := discussion.Compare(first.Paragraphs, discussion.Follow([]discussion.Version{first}, c.now))
			require.Equal(t, c.want, told(got))
		})
	}
}

func TestFollow_never_gives_an_anchor_again(t *testing.T) {
	t.Parallel()
	one := version(1, "Первый абзац.\nВторой абзац совсем о другом.")
	two := discussion.Version{N: 2, Paragraphs: discussion.Follow([]discussion.Version{one}, "Первый абзац.")}
	three := discussion.Follow([]discussion.Version{one, two}, "Первый абзац.\nНечто новое.")
	require.Equal(t, "p1", three[0].Anchor)
	require.Equal(t, "p3", three[1].Anchor)
}

// FuzzCompare holds that both texts can be read out of a comparison.
func FuzzCompare(f *testing.F) {
	f.Add("Один два три", "Один три два\nчетыре")
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 2000 {
			return
		}
		first := version(1, before)
		now := discussion.Follow([]discussion.Version{first}, after)
		seen := map[string]bool{}
		for _, p := range now {
			require.False(t, seen[p.Anchor])
			seen[p.Anchor] = true
		}
		i := 0
		for _, c := range discussion.Compare(first.Paragraphs, now) {
			if c.Fate == discussion.Removed {
				continue
			}
			require.Equal(t, now[i], c.Paragraph)
			i++
			if c.Spans == nil {
				continue
			}
			var was, is strings.Builder
			for _, s := range c.Spans {
				if s.Fate != discussion.Added {
					was.WriteString(s.Text)
				}
				if s.Fate != discussion.Removed {
					is.WriteString(s.Text)
				}
			}
			old, _ := first.Find(c.Anchor)
			same := func(a, b string) bool {
				return strings.Join(strings.Fields(a), "") == strings.Join(strings.Fields(b), "")
			}
			require.True(t, same(c.Text, is.String()) && same(old.Text, was.String()), "%q %q: %v", old.Text, c.Text, c.Spans)
		}
		require.Len(t, now, i)
	})
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]discussion.Warning{
		"Скамеек нужно 12, площадь 1500 кв. м в 2026 году": nil,
		"Как на otklik.ru сделано":                         {discussion.HasLink},
		"Смотрите https://example.org/a":                   {discussion.HasLink},
		"Пишите anna@example.ru":                           {discussion.HasEmail},
		"Звоните 8 (900) 123-45-67":                        {discussion.HasPhone},
		"Звоните +7 900 123 45 67":                         {discussion.HasPhone},
		"Паспорт 4510 123456":                              {discussion.HasID},
		"СНИЛС 112-233-445 95":                             {discussion.HasID},
		"Карта 4111 1111 1111 1111":                        {discussion.HasCard},
	} {
		require.Equal(t, want, discussion.Warnings(text), text)
	}
}
