// Package ui is what every page is made of: the layouts, the components, the
// message catalogues and the words for time.
//
// Components follow the markup of GOV.UK and MoJ Frontend. Nothing is inline:
// no script, no style attribute; what varies is a class or the value of a
// <progress>.
//
// Catalogues are locale/<area>.<lang>.toml, one file an area and language. A
// message is one line, `key = "text"`, its places are {{.name}}; a message
// with plural forms is an inline table of one, few, many and other. Keys begin
// with the area (portal., console., …); those of common are its own families.
// The last part of a key can't be id, description, hash, zero, one, two, few,
// many or other: go-i18n reads these as parts of a message. Every language has
// every key with the same places, and a key that no source names is an error
// unless its family is built from values (stage.*, error.*, …).
package ui

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate -path .
