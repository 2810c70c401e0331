package workflow

import (
	"regexp"
	"slices"
)

// place is where a template wants a value: «{number}».
var place = regexp.MustCompile(`\{[a-z][a-z_]*\}`)

// bracket is what a template leaves to the officer: «[когда]». A number in
// brackets is no such thing.
var bracket = regexp.MustCompile(`\[[^\[\]\n]{0,120}\p{L}[^\[\]\n]{0,120}\]`)

// Unfilled lists what is left of a template in an answer: brackets, and places
// but those that are filled at the signature, once each.
func Unfilled(text string, later map[string]string) []string {
	rest, _ := Fill(text, later)
	var out []string
	for _, pattern := range []*regexp.Regexp{bracket, place} {
		for _, found := range pattern.FindAllString(rest, -1) {
			if !slices.Contains(out, found) {
				out = append(out, found)
			}
		}
	}
	return out
}

// Fill puts values into the places of a template: {name} becomes
// fields["name"]. Places without a value (or with an empty one) stay as they
// are, so that they are seen, and are listed once each in the order of the
// text. Values are not read for places again.
func Fill(template string, fields map[string]string) (text string, missing []string) {
	text = place.ReplaceAllStringFunc(template, func(found string) string {
		name := found[1 : len(found)-1]
		if value := fields[name]; value != "" {
			return value
		}
		if !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return found
	})
	return text, missing
}
