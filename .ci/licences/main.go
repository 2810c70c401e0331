// Licences lists the licence of everything that ends up in the binary or the
// pages, and fails where one isn't on the list of those we may combine with
// AGPL-3.0 (docs/adr/0001-licence.md).
//
// Go modules: the licence files of every module that a package of ours is
// built from. npm: every package of package-lock.json, build tools too, since
// bundling blurs the line between them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// allowed are the SPDX identifiers that need no thought.
var allowed = []string{
	"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0",
	"ISC", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1", "Unlicense", "Zlib", "blessing",
}

// aliases are names that packages use for one of these.
var aliases = map[string]string{"BSD-0-Clause": "0BSD"}

// known are words that stand in one licence and in no other, all of them, in
// lower case with single spaces. The order matters: a BSD text with the third
// clause also has the words of the first two.
var known = []struct {
	id    string
	words []string
}{
	{"Apache-2.0", []string{"apache license version 2.0, january 2004", "grant of patent license"}},
	{"MPL-2.0", []string{"mozilla public license version 2.0", "1.10. \"modifications\""}},
	{"BlueOak-1.0.0", []string{"blue oak model license"}},
	{"CC0-1.0", []string{"cc0 1.0 universal", "waiver"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
	{"blessing", []string{"sqlite is public domain"}},
	{"OFL-1.1", []string{"sil open font license version 1.1"}},
	{"BSD-3-Clause", []string{"redistribution and use in source and binary forms", "binary form must reproduce the above copyright notice", "used to endorse or promote products"}},
	{"BSD-2-Clause", []string{"redistribution and use in source and binary forms", "binary form must reproduce the above copyright notice"}},
	{"MIT", []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "the above copyright notice and this permission notice", "without warranty of any kind"}},
	{"MIT-0", []string{"permission is hereby granted, free of charge, to any person obtaining a copy", "without warranty of any kind"}},
	{"ISC", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted", "copyright notice and this permission notice"}},
	{"ISC", []string{"permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted", "copyright notice and this permission notice"}},
	{"0BSD", []string{"permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"}},
	{"Zlib", []string{"the origin of this software must not be misrepresented", "altered source versions must be plainly marked"}},
}

// restricting are words that make a text more than what it looks like.
var restricting = []string{"commons clause", "server side public license", "business source license"}

// part is one thing that we build from.
type part struct{ kind, name, version, licence string }

func main() {
	goParts, err := modules()
	if err != nil {
		fail(err)
	}
	npmParts, err := packages("package-lock.json")
	if err != nil {
		fail(err)
	}
	bad := 0
	for _, p := range slices.Concat(goParts, npmParts) {
		mark := "  "
		if !permitted(p.licence) {
			mark = "! "
			bad++
		}
		fmt.Printf("%s%-4s %-56s %-28s %s\n", mark, p.kind, p.name, p.version, p.licence)
	}
	if bad > 0 {
		fail(fmt.Errorf("%d of %d parts have a licence that is not on the list", bad, len(goParts)+len(npmParts)))
	}
	fmt.Printf("%d Go modules and %d npm packages, all on the list\n", len(goParts), len(npmParts))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "licences:", err)
	os.Exit(1)
}

// modules finds the modules that packages of ours are built from, tests aside.
func modules() ([]part, error) {
	cmd := exec.CommandContext(context.Background(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	var parts []part
	for _, line := range slices.Compact(lines) {
		if line == "" {
			continue
		}
		f := strings.Split(line, "\t")
		licence, err := licenceIn(f[2])
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{"go", f[0], f[1], licence})
	}
	return parts, nil
}

// licenceFile matches the names of licence texts; aside are those that list the
// texts of others, whom the list of modules has itself, or belong to a picture.
var (
	licenceFile = regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying)([-._].*)?$`)
	aside       = regexp.MustCompile(`(?i)(3rd-party|third-party|logo)`)
)

// licenceIn names the licences found in the files at the top of a folder,
// joined by AND, or says what is wrong with them.
func licenceIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || aside.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		if id := recognise(string(text)); !slices.Contains(found, id) {
			found = append(found, id)
		}
	}
	if len(found) == 0 {
		return "no licence file", nil
	}
	return strings.Join(found, " AND "), nil
}

var spaces = regexp.MustCompile(`[\s#/*]+`)

// recognise names the licence of a text; a file that holds several gives the
// first of the list, so the list begins with those that ask for most.
func recognise(text string) string {
	text = strings.ToLower(spaces.ReplaceAllString(text, " "))
	text = strings.NewReplacer("“", `"`, "”", `"`).Replace(text)
	for _, words := range restricting {
		if strings.Contains(text, words) {
			return "unknown (" + words + ")"
		}
	}
	for _, k := range known {
		if !slices.ContainsFunc(k.words, func(w string) bool { return !strings.Contains(text, w) }) {
			return k.id
		}
	}
	return "unknown"
}

// packages reads an npm lock file; without one there is nothing to list.
func packages(lock string) ([]part, error) {
	data, err := os.ReadFile(lock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var file struct {
		Packages map[string]struct {
			Version, License string
			Link             bool
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", lock, err)
	}
	var parts []part
	for path, p := range file.Packages {
		_, name, ok := cutLast(path, "node_modules/")
		if !ok || p.Link {
			continue // the project itself
		}
		if p.License == "" {
			p.License = "no licence given"
		}
		parts = append(parts, part{"npm", name, p.Version, p.License})
	}
	slices.SortFunc(parts, func(a, b part) int {
		return strings.Compare(a.name+"\x00"+a.version, b.name+"\x00"+b.version)
	})
	return slices.Compact(parts), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// permitted reads an SPDX expression of AND and OR without nesting: every
// part of an AND must be allowed, or one of an OR.
func permitted(expression string) bool {
	expression = strings.Trim(expression, "()")
	isAllowed := func(id string) bool {
		id = strings.Trim(id, "() ")
		if full, ok := aliases[id]; ok {
			id = full
		}
		return slices.Contains(allowed, id)
	}
	if strings.Contains(expression, " OR ") {
		if strings.Contains(expression, " AND ") {
			return false // a person should read it
		}
		return slices.ContainsFunc(strings.Split(expression, " OR "), isAllowed)
	}
	for id := range strings.SplitSeq(expression, " AND ") {
		if !isAllowed(id) {
			return false
		}
	}
	return true
}
