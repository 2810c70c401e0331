package rubricator

import (
	"regexp"
	"strings"
)

// contacts are what of a person a text may hold and a pattern can find: e-mail
// addresses, and numbers as long as those of phones, documents and accounts.
var contacts = regexp.MustCompile(`[\p{L}\d._%+-]+@[\p{L}\d.-]+|\+?\d(?:[\s().-]{0,2}\d){6,}`)

// withoutContacts takes them out of a text that is learned from.
func withoutContacts(text string) string { return contacts.ReplaceAllString(text, " ") }

// foldName makes names alike that differ in case and spaces.
func foldName(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
