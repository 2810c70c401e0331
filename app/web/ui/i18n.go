package ui

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/otklik/otklik/app/lang"
)

// Langs lists the languages of the screens, the default first.
var Langs = []lang.Lang{lang.RU, lang.EN}

//go:embed locale/*.toml
var locales embed.FS

var localizers = mustLoad(locales)

// mustLoad panics on a catalogue that doesn't parse: the files are embedded,
// so a broken one is a broken build.
func mustLoad(files fs.FS) map[lang.Lang]*i18n.Localizer {
	bundle := i18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := fs.Glob(files, "locale/*.toml")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("ui: no message catalogues: %v", err))
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			panic(fmt.Sprintf("ui: catalogue %s: %v", name, err))
		}
	}
	out := map[lang.Lang]*i18n.Localizer{}
	for _, l := range Langs {
		out[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return out
}

type langKey struct{}

// WithLang says in which language the screen is drawn.
func WithLang(ctx context.Context, l lang.Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// Lang is the language of the screen, Russian unless said otherwise.
func Lang(ctx context.Context) lang.Lang {
	if l, ok := ctx.Value(langKey{}).(lang.Lang); ok {
		return l
	}
	return Langs[0]
}

// T is the sentence of a key in the language of ctx. args are name, value
// pairs for its {{.name}} places. An unknown key comes back as it is, so that
// it is seen; tests keep that from happening.
func T(ctx context.Context, key string, args ...any) string {
	return TParams(ctx, key, pairs(args))
}

// TParams is T with the parameters in a map, as fault.Error holds them.
func TParams(ctx context.Context, key string, params map[string]any) string {
	return localize(ctx, key, &i18n.LocalizeConfig{MessageID: key, TemplateData: params})
}

// Plural is the sentence of a key in the form that n asks for; {{.n}} is the
// number, grouped as the language groups digits.
func Plural(ctx context.Context, key string, n int, args ...any) string {
	params := pairs(args)
	if params == nil {
		params = map[string]any{}
	}
	params["n"] = Number(ctx, n)
	return localize(ctx, key, &i18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateData: params})
}

func localize(ctx context.Context, key string, c *i18n.LocalizeConfig) string {
	localizer, ok := localizers[Lang(ctx)]
	if !ok {
		localizer = localizers[Langs[0]]
	}
	s, err := localizer.Localize(c)
	if err != nil && s == "" {
		return key
	}
	return s
}

// pairs turns name, value, name, value… into a map.
func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	out := make(map[string]any, len(args)/2+1)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			out[name] = args[i+1]
		}
	}
	return out
}
