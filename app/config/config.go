// Package config owns the settings of the product: which there are, where they
// are read from, and what is wrong with them.
//
// A setting comes from, each beating the one before: its default, the
// configuration file (YAML), the environment (OTKLIK_ and the key in capitals,
// dots as underscores), a flag. A bad value is refused with the key's name.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/otklik/otklik/app/fault"
)

// Setting is one thing that can be set.
type Setting struct {
	Key     string // dotted, as in the file; the flag has hyphens for dots and underscores
	Default string
	Help    string
	Secret  bool // never printed
	Bool    bool
}

// Flag is the name of the setting's flag.
func (s Setting) Flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.Key) }

// Env is the name of its environment variable.
func (s Setting) Env() string {
	return "OTKLIK_" + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_"))
}

// Settings lists every setting in the order in which they are printed.
var Settings = []Setting{
	{Key: "listen", Default: "127.0.0.1:8080", Help: "address to serve at, HOST:PORT"},
	{Key: "base_url", Help: "address under which people reach it (default: http:// and the listen address)"},
	{Key: "data", Default: "data", Help: "folder of the embedded profile: database, index, files, key"},
	{Key: "database", Help: "postgres://… or sqlite:PATH (default: otklik.db in the data folder)"},
	{Key: "database_read", Help: "postgres://… of a replica to read lists from (default: the database)"},
	{Key: "redis", Help: "redis://…, rediss://… or redis-sentinel://…; set, background work goes through asynq"},
	{Key: "files", Help: "where pictures are kept: file:///PATH, s3://BUCKET?… (default: files in the data folder)"},
	{Key: "index", Help: "folder of the search index (default: index in the data folder)"},
	{Key: "key_file", Help: "file with the master key (default: secret.key in the data folder, made when missing)"},
	{Key: "hearings", Help: "YAML file with the times that public hearings must keep (default: those of the Town-Planning Code)"},
	{Key: "zone", Default: "Europe/Moscow", Help: "time zone of the region"},
	{Key: "trust_proxy", Default: "false", Bool: true, Help: "a reverse proxy of yours is in front: believe its X-Forwarded-For"},
	{Key: "workers", Default: "8", Help: "background tasks at once, with redis"},
	{Key: "rate_limit", Default: "true", Bool: true, Help: "limit how often one address may send forms"},
	{Key: "public_map", Default: "month", Help: "heat map for everybody: off, or one for each month or quarter that is over"},
	{Key: "undo", Default: "20s", Help: "how long an action with many appeals can be taken back, up to 10m"},
	{Key: "mail.smtp", Help: "mail server, HOST:PORT (default: letters are written to mail in the data folder)"},
	{Key: "mail.user", Help: "user of the mail server"},
	{Key: "mail.password", Secret: true, Help: "password of the mail server; better in the environment than in a flag"},
	{Key: "mail.plain", Default: "false", Bool: true, Help: "allow a mail server without TLS, on the same machine"},
	{Key: "mail.from", Default: "Отклик <no-reply@localhost>", Help: "sender of letters"},
	{Key: "log.level", Default: "info", Help: "debug, info, warn or error"},
	{Key: "log.format", Default: "text", Help: "text or json"},
	{Key: "demo", Default: "false", Bool: true, Help: "fill an empty database with the demo region and show its sign-ins"},
}

// Config is the settings, checked.
type Config struct {
	Listen       string
	Base         *url.URL
	Data         string
	Database     string
	DatabaseRead string
	Redis        string
	Files        string
	Index        string
	KeyFile      string
	Hearings     string // path, "" for the rules that come with the product
	Zone         *time.Location
	TrustProxy   bool
	Workers      int
	RateLimit    bool
	PublicMap    string // off, month or quarter
	Undo         time.Duration
	Mail         Mail
	LogLevel     slog.Level
	LogJSON      bool
	Demo         bool
	values       map[string]string
}

// Mail is how letters leave; an empty Host writes them to a folder.
type Mail struct {
	Host     string
	Port     int
	User     string
	Password string
	Plain    bool
	From     string
}

// Embedded reports whether background work runs in the process.
func (c Config) Embedded() bool { return c.Redis == "" }

// Load reads the settings. path is the configuration file, "" for none; flags
// holds those given on the command line, by key.
func Load(path string, flags map[string]string) (Config, error) {
	k := koanf.New(".")
	defaults := map[string]any{}
	for _, s := range Settings {
		defaults[s.Key] = s.Default
	}
	if err := k.Load(confmap.Provider(defaults, "."), nil); err != nil {
		return Config{}, fmt.Errorf("defaults: %w", err)
	}
	if path != "" {
		if err := loadFile(k, path); err != nil {
			return Config{}, err
		}
	}
	byEnv := map[string]string{}
	for _, s := range Settings {
		byEnv[s.Env()] = s.Key
	}
	err := k.Load(env.Provider(".", env.Opt{Prefix: "OTKLIK_", TransformFunc: func(name, value string) (string, any) {
		return byEnv[name], value // a name that is no setting's is left out by its empty key
	}}), nil)
	if err != nil {
		return Config{}, fmt.Errorf("environment: %w", err)
	}
	given := map[string]any{}
	for key, value := range flags {
		given[key] = value
	}
	if err := k.Load(confmap.Provider(given, "."), nil); err != nil {
		return Config{}, fmt.Errorf("flags: %w", err)
	}
	values := map[string]string{}
	for _, s := range Settings {
		values[s.Key] = k.String(s.Key)
	}
	return parse(values)
}

func loadFile(k *koanf.Koanf, path string) error {
	own := koanf.New(".")
	if err := own.Load(file.Provider(path), yaml.Parser()); err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	var bad fault.Lines
	for _, key := range own.Keys() {
		if !slices.ContainsFunc(Settings, func(s Setting) bool { return s.Key == key }) {
			bad.Add(0, key, "there is no such setting; `otklik config` lists them all")
		}
	}
	if err := bad.Err(); err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	return k.Merge(own)
}

// parse checks every value and says all that is wrong at once.
func parse(v map[string]string) (Config, error) {
	var bad fault.Lines
	refuse := func(key, format string, args ...any) { bad.Add(0, key, format, args...) }
	c := Config{
		Listen: v["listen"], Data: v["data"], Database: v["database"], DatabaseRead: v["database_read"], Redis: v["redis"],
		Files: v["files"], Index: v["index"], KeyFile: v["key_file"], Hearings: v["hearings"],
		Mail:   Mail{User: v["mail.user"], Password: v["mail.password"], From: v["mail.from"]},
		values: v,
	}
	flag := func(key string) bool {
		b, err := strconv.ParseBool(v[key])
		if err != nil {
			refuse(key, "%q is neither true nor false", v[key])
		}
		return b
	}
	c.TrustProxy, c.RateLimit, c.Mail.Plain, c.Demo = flag("trust_proxy"), flag("rate_limit"), flag("mail.plain"), flag("demo")

	var err error
	if c.Undo, err = time.ParseDuration(v["undo"]); err != nil || c.Undo < 0 || c.Undo > 10*time.Minute {
		refuse("undo", "%q is not a time from 0s to 10m, such as 20s", v["undo"])
	}
	if c.PublicMap = v["public_map"]; !slices.Contains([]string{"off", "month", "quarter"}, c.PublicMap) {
		refuse("public_map", "%q is none of off, month, quarter", c.PublicMap)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		refuse("listen", "%q is not HOST:PORT, such as 127.0.0.1:8080", c.Listen)
	}
	base := v["base_url"]
	if base == "" {
		if host == "" || host == "0.0.0.0" || host == "::" || host == "127.0.0.1" {
			host = "localhost"
		}
		base = "http://" + net.JoinHostPort(host, port)
	}
	if c.Base, err = url.Parse(base); err != nil || c.Base.Host == "" || c.Base.Scheme != "http" && c.Base.Scheme != "https" ||
		strings.Trim(c.Base.Path, "/") != "" {
		refuse("base_url", "%q is not http(s)://HOST without a path", base)
	}
	if c.Zone, err = time.LoadLocation(v["zone"]); err != nil || v["zone"] == "" {
		refuse("zone", "%q is no time zone, such as Europe/Moscow", v["zone"])
	}
	if c.Workers, err = strconv.Atoi(v["workers"]); err != nil || c.Workers < 1 || c.Workers > 1000 {
		refuse("workers", "%q is not a number from 1 to 1000", v["workers"])
	}
	if err := c.LogLevel.UnmarshalText([]byte(v["log.level"])); err != nil {
		refuse("log.level", "%q is none of debug, info, warn, error", v["log.level"])
	}
	switch v["log.format"] {
	case "json":
		c.LogJSON = true
	case "text":
	default:
		refuse("log.format", "%q is neither text nor json", v["log.format"])
	}
	if smtp := v["mail.smtp"]; smtp != "" {
		host, port, err := net.SplitHostPort(smtp)
		c.Mail.Host = host
		if c.Mail.Port, _ = strconv.Atoi(port); err != nil || c.Mail.Port < 1 || c.Mail.Port > 65535 {
			refuse("mail.smtp", "%q is not HOST:PORT, such as mail.example.org:587", smtp)
		}
	}
	if _, err := mail.ParseAddress(c.Mail.From); err != nil {
		refuse("mail.from", "%q is not an address, such as «Отклик <no-reply@example.org>»", c.Mail.From)
	}
	c.places(refuse)
	return c, bad.Err()
}

// places fills where things are kept.
func (c *Config) places(refuse func(key, format string, args ...any)) {
	if c.Data == "" {
		refuse("data", "name a folder")
		return
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		refuse("data", "%q: %s", c.Data, err)
		return
	}
	c.Data = data
	def := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	def(&c.Database, "sqlite:"+filepath.Join(data, "otklik.db"))
	// Without no_tmp_dir a picture would be written elsewhere first and could not
	// be moved here from another disk.
	def(&c.Files, (&url.URL{
		Scheme: "file", Path: filepath.ToSlash(filepath.Join(data, "files")), RawQuery: "create_dir=true&metadata=skip&no_tmp_dir=true",
	}).String())
	def(&c.Index, filepath.Join(data, "index"))
	def(&c.KeyFile, filepath.Join(data, "secret.key"))
	if !isPostgres(c.Database) && !strings.HasPrefix(c.Database, "sqlite:") {
		refuse("database", "must begin with postgres:// or sqlite:")
	}
	if c.DatabaseRead != "" && !isPostgres(c.DatabaseRead) {
		refuse("database_read", "must begin with postgres://")
	}
	if u, err := url.Parse(c.Files); err != nil || u.Scheme == "" {
		refuse("files", "%q is no address such as file:///srv/otklik/files", c.Files)
	}
	if c.Redis != "" {
		u, err := url.Parse(c.Redis)
		if err != nil || !slices.Contains([]string{"redis", "rediss", "redis-sentinel", "redis-socket"}, u.Scheme) {
			refuse("redis", "must begin with redis://, rediss:// or redis-sentinel://")
		}
		if !isPostgres(c.Database) {
			refuse("redis", "background work on other nodes needs PostgreSQL: set database, or leave redis empty")
		}
	}
}

func isPostgres(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// Print writes the settings in force as a configuration file. Passwords, also
// those inside addresses, are left out.
func (c Config) Print(w io.Writer) error {
	var errs []error
	section := ""
	for _, s := range Settings {
		key, indent := s.Key, ""
		if group, rest, nested := strings.Cut(s.Key, "."); nested {
			if group != section {
				_, err := fmt.Fprintf(w, "%s:\n", group)
				errs = append(errs, err)
			}
			section, key, indent = group, rest, "  "
		}
		value := c.values[s.Key]
		switch {
		case s.Secret && value != "":
			value = "(hidden)"
		case value == "" && c.derived(s.Key) != "":
			value = c.derived(s.Key)
		}
		if u, err := url.Parse(value); err == nil && u.User != nil {
			value = u.Redacted()
		}
		_, err := fmt.Fprintf(w, "%s# %s  [--%s, %s]\n%s%s: %q\n", indent, s.Help, s.Flag(), s.Env(), indent, key, value)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// derived is what an empty setting came to.
func (c Config) derived(key string) string {
	switch key {
	case "base_url":
		return c.Base.String()
	case "database":
		return c.Database
	case "files":
		return c.Files
	case "index":
		return c.Index
	case "key_file":
		return c.KeyFile
	default:
		return ""
	}
}

// Find returns the configuration file to read: the one named, else otklik.yaml
// in the working folder where it is there.
func Find(named string) string {
	if named != "" {
		return named
	}
	if _, err := os.Stat("otklik.yaml"); err == nil {
		return "otklik.yaml"
	}
	return ""
}
