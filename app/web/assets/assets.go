// Package assets holds the built style sheets, scripts and fonts and serves
// them. `npm run build` fills dist; without it pages work unstyled.
package assets

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed all:dist
var embedded embed.FS

// Prefix is where Handler is mounted.
const Prefix = "/assets/"

var built = mustOpen(embedded)

// Path is the address of an asset by its plain name ("portal.css"), with the
// hash of its contents in it. A name that wasn't built comes back under its
// plain address, which answers 404 and leaves the page unstyled.
func Path(name string) string { return built.path(name) }

// set is one build: its files and the names that its manifest gives them.
type set struct {
	files    fs.FS
	manifest map[string]string // plain name → name with the hash
}

func mustOpen(root fs.FS) *set {
	files, err := fs.Sub(root, "dist")
	if err != nil {
		panic(err)
	}
	s := &set{files: files, manifest: map[string]string{}}
	data, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return s // not built
	}
	if err := json.Unmarshal(data, &s.manifest); err != nil {
		panic("assets: manifest.json: " + err.Error())
	}
	return s
}

func (s *set) path(name string) string {
	if hashed, ok := s.manifest[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}
