// Package app puts the product together: it opens what the configuration names,
// adapts the parts to one another, and runs them.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/otklik/otklik/app/clock"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/fault"
	"github.com/otklik/otklik/app/identity"
	"github.com/otklik/otklik/app/jobs"
	"github.com/otklik/otklik/app/live"
	"github.com/otklik/otklik/app/notify"
	"github.com/otklik/otklik/app/participation"
	"github.com/otklik/otklik/app/participation/discussion"
	"github.com/otklik/otklik/app/participation/proposal"
	"github.com/otklik/otklik/app/photo"
	"github.com/otklik/otklik/app/report/weekly"
	"github.com/otklik/otklik/app/store"
	"github.com/otklik/otklik/app/web"
	"github.com/otklik/otklik/app/web/console"
	"github.com/otklik/otklik/app/web/dashboard"
	"github.com/otklik/otklik/rubricator"
	"github.com/otklik/otklik/rubricator/address"
	"github.com/otklik/otklik/rubricator/territory"
	"github.com/otklik/otklik/search/duplicate"
	"github.com/otklik/otklik/workflow"
	"github.com/otklik/otklik/workflow/calendar"
)

// App is the product, put together and not yet running.
type App struct {
	Config     config.Config
	Log        *slog.Logger
	Clock      clock.Clock
	Store      *store.Store
	Engine     *workflow.Engine
	Calendars  *workflow.Calendars
	Rubricator *rubricator.Rubricator
	Addresses  *address.Book
	Learning   *rubricator.Learning
	Accounts   *identity.Accounts
	Photos     *photo.Bucket
	// Fired is told of every step of a clock that was performed in this process,
	// with how late that was; nil tells nobody.
	Fired func(due workflow.Due, late time.Duration)

	index     *liveIndex // nil in a worker
	alike     *duplicate.Index
	hub       *live.Hub         // nil in a worker
	officers  *console.Handlers // set with the pages
	watched   *dashboard.Handlers
	directory *directory
	calendar  *calendar.Calendar // that the release brings, in the region's zone
	keys      keys
	hearings  []participation.HearingRule // times of the law
	close     []func() error
}

// Option changes how an App is put together.
type Option func(*App)

// WithClock moves the product in time, for tests and for the demo.
func WithClock(c clock.Clock) Option { return func(a *App) { a.Clock = c } }

// WithLog writes the log elsewhere.
func WithLog(l *slog.Logger) Option { return func(a *App) { a.Log = l } }

// NewLog returns the log that the configuration asks for.
func NewLog(cfg config.Config, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// Open opens the database and everything that needs no index: enough for the
// commands. Close the App in the end.
func Open(ctx context.Context, cfg config.Config, opts ...Option) (*App, error) {
	a := (&App{Config: cfg, Clock: clock.System{}}).with(opts)
	if a.Log == nil {
		a.Log = NewLog(cfg, os.Stderr)
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Pauses between tries to open: the first and the longest.
const (
	firstTry = time.Second
	lastTry  = 15 * time.Second
)

// Await is Open for nodes that may be started before the database is: while it
// can't be reached or lacks migrations, it is tried again until ctx ends.
func Await(ctx context.Context, cfg config.Config, opts ...Option) (*App, error) {
	log := (&App{Log: NewLog(cfg, os.Stderr)}).with(opts).Log
	for pause := firstTry; ; pause = min(2*pause, lastTry) {
		a, err := Open(ctx, cfg, opts...)
		if !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			return a, err
		}
		log.WarnContext(ctx, "the database is not ready, will try again", slog.Duration("in", pause), slog.Any("error", err))
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

func (a *App) with(opts []Option) *App {
	for _, o := range opts {
		o(a)
	}
	return a
}

func (a *App) open(ctx context.Context) error {
	cfg := a.Config
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	var err error
	// Nodes that share a database must share the key: there it is never made.
	if a.keys, err = loadKeys(cfg.KeyFile, cfg.Embedded()); err != nil {
		return err
	}
	if a.hearings, err = loadHearings(cfg.Hearings); err != nil {
		return err
	}
	a.Store, err = store.Open(ctx, store.Config{
		URL: cfg.Database, ReadURL: cfg.DatabaseRead, Seal: a.keys.seal, Clock: a.Clock,
	})
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	a.close = append(a.close, a.Store.Close)
	if cfg.Embedded() {
		if _, err := a.Store.Migrate(ctx); err != nil {
			return err
		}
	} else if err := a.Store.Migrated(ctx); err != nil {
		return err
	}
	if a.Photos, err = photo.OpenBucket(ctx, cfg.Files); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	a.close = append(a.close, a.Photos.Close)
	russia, err := calendar.Load()
	if err != nil {
		return err
	}
	a.calendar = russia.In(cfg.Zone)
	if err := a.Store.SaveCalendar(ctx, a.calendar.Version(), a.calendar.Encode()); err != nil {
		return err
	}
	a.directory = newDirectory(a.Store)
	a.alike = duplicate.NewIndex()
	a.Accounts = identity.NewAccounts(a.Store, a.Clock)
	a.Rubricator = rubricator.New(a.Store, a.Store)
	a.Addresses = address.NewBook(a.Store, func() *territory.Index { return a.Rubricator.Book().Places })
	a.Learning = &rubricator.Learning{
		Store: a.Store, Rubricator: a.Rubricator, Agencies: a.directory.classes, Clock: a.Clock, Zone: cfg.Zone,
	}
	if a.Engine, err = a.EngineAt(a.Clock); err != nil {
		return err
	}
	a.Calendars = &workflow.Calendars{Store: a.Store, Engine: a.Engine, Clock: a.Clock}
	return a.Reload(ctx)
}

// Calendar is the production calendar in force.
func (a *App) Calendar() *calendar.Calendar {
	if a.Engine != nil {
		return a.Engine.Calendar()
	}
	return a.calendar
}

// EngineAt returns an engine over the same store whose time comes from another
// clock, for bringing in what happened before.
func (a *App) EngineAt(c clock.Clock) (*workflow.Engine, error) {
	return a.engine(a.Store, witness{a.Store, a.Rubricator}, c)
}

// EngineOver returns an engine of this region over another store. It weighs no
// answer: what that would be weighed against is in the region's own.
func (a *App) EngineOver(s workflow.Store, c clock.Clock) (*workflow.Engine, error) {
	return a.engine(s, nil, c)
}

func (a *App) engine(s workflow.Store, w workflow.Witness, c clock.Clock) (*workflow.Engine, error) {
	return workflow.NewEngine(workflow.Config{
		Store: s, Catalog: catalog{a, c}, Directory: a.directory, Witness: w, Clock: c, Calendar: a.Calendar(), Secret: a.keys.link,
	})
}

// Reload reads the region anew, after an import and every now and then: another
// node may have changed it.
func (a *App) Reload(ctx context.Context) error {
	err := errors.Join(a.Rubricator.Reload(ctx), a.Addresses.Reload(ctx), a.directory.Reload(ctx), a.Calendars.Reload(ctx))
	if trouble := a.Rubricator.Trouble(); trouble != nil {
		a.Log.WarnContext(ctx, "the model can't be read: the words of the tree suggest topics until the next training",
			slog.Any("error", trouble))
	}
	return err
}

// Close closes what was opened.
func (a *App) Close() error {
	var errs []error
	for i := len(a.close) - 1; i >= 0; i-- {
		errs = append(errs, a.close[i]())
	}
	a.close = nil
	return errors.Join(errs...)
}

const (
	reloadEvery   = time.Minute
	shutdownGrace = 15 * time.Second
)

// Serve serves pages and the API at the listener until ctx ends. In the embedded
// profile it does the background work too.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	handler, err := a.Handler() //nolint:contextcheck // handlers get their context from the request
	if err != nil {
		return err
	}
	if err := a.hub.Start(ctx); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() { a.follow(background) })
	wg.Go(func() { a.hub.Run(background) })
	wg.Go(func() { a.follower(a.Config.Embedded()).Run(background) })
	wg.Go(func() { a.bursts().Run(background) })
	wg.Go(func() { a.weekly().Run(background) })
	if a.Config.Embedded() {
		local := &jobs.Local{Firing: a.firing(), Delivery: a.delivery()}
		wg.Go(func() { local.Run(background) })
		wg.Go(func() { a.housekeeping().Run(background) })
		wg.Go(func() { a.recount().Run(background) })
		wg.Go(func() { a.learning().Run(background) })
		wg.Go(func() { a.sequencing().Run(background) })
		wg.Go(func() { a.proposalSweep().Run(background) })
		wg.Go(func() { a.figures().Run(background) })
		wg.Go(func() { a.publicMaps().Run(background) })
		wg.Go(func() { a.publishing().Run(background) })
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	server.RegisterOnShutdown(a.hub.Close) // open streams would hold the shutdown up
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}

// Handler returns the pages and the API over an open index, which it opens.
func (a *App) Handler() (http.Handler, error) {
	if a.index == nil {
		index, err := openIndex(a.Config.Index, a.Log)
		if err != nil {
			return nil, err
		}
		a.index = index
		a.close = append(a.close, index.Close)
	}
	if a.hub == nil {
		a.hub = a.liveHub()
	}
	return web.New(web.Config{
		Base: a.Config.Base, Zone: a.Config.Zone, Clock: a.Clock, Log: a.Log, Accounts: a.Accounts,
		Proxies: a.Config.TrustProxy, Ready: a.Store.Ping, Metrics: a.metrics, Pages: a.pages(),
	})
}

// follow keeps what is in memory beside the database.
func (a *App) follow(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { a.index.watch(ctx) })
	wg.Go(func() { a.reloading(ctx) })
	wg.Go(func() { a.watch().Run(ctx) })
	for ctx.Err() == nil {
		// The indexer ends when the index is ahead of a restored database; then
		// it begins again with an empty one.
		indexer := &jobs.Indexer{Log: a.Log, Event: a.Store, Index: a.index, Lost: func() {
			if err := a.index.startAnew(); err != nil {
				a.Log.ErrorContext(ctx, "the index can't be built anew", slog.Any("error", err))
			}
		}}
		indexer.Run(ctx)
	}
}

func (a *App) reloading(ctx context.Context) {
	tick := time.NewTicker(reloadEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.Reload(ctx); err != nil && ctx.Err() == nil {
				a.Log.WarnContext(ctx, "the region can't be read, the former one stays", slog.Any("error", err))
			}
		}
	}
}

// Work does the background work of the production profile until ctx ends.
func (a *App) Work(ctx context.Context) error {
	if a.Config.Embedded() {
		return errors.New("redis: a worker needs it; the embedded profile does its work in `otklik serve`")
	}
	client, err := jobs.NewClient(a.Config.Redis)
	if err != nil {
		return err
	}
	defer client.Close()
	firing, delivery := a.firing(), a.delivery()
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { (&jobs.Queue{Client: client, Firing: firing, Delivery: delivery}).Run(ctx) })
	wg.Go(func() { a.housekeeping().Run(ctx) })
	wg.Go(func() { a.recount().Run(ctx) })
	wg.Go(func() { a.learning().Run(ctx) })
	wg.Go(func() { a.sequencing().Run(ctx) })
	wg.Go(func() { a.proposalSweep().Run(ctx) })
	wg.Go(func() { a.figures().Run(ctx) })
	wg.Go(func() { a.publicMaps().Run(ctx) })
	wg.Go(func() { a.publishing().Run(ctx) })
	wg.Go(func() { a.reloading(ctx) })
	wg.Go(func() { a.follower(true).Run(ctx) })
	worker := &jobs.Worker{
		Redis: a.Config.Redis, Concurrency: a.Config.Workers, Firing: firing, Delivery: delivery, Log: a.Log,
	}
	return worker.Run(ctx)
}

func (a *App) firing() *jobs.Firing {
	return &jobs.Firing{Clocks: a.Store, Engine: a.Engine, Clock: a.Clock, Log: a.Log, Fired: a.Fired}
}

func (a *App) delivery() *jobs.Delivery {
	passings := &jobs.Passings{Leads: a.Engine}
	return &jobs.Delivery{Outbox: a.Store, Clock: a.Clock, Log: a.Log, Topics: map[workflow.Topic]jobs.Deliverer{
		workflow.TopicBulk:        &jobs.Bulk{Bulking: a.bulking(), People: a.Store},
		workflow.TopicShareAnswer: passings,
		workflow.TopicLeave:       passings,
		workflow.TopicSame:        passings,
		workflow.TopicSubscription: &jobs.SubscriptionLetters{
			Subscriptions: a.Store, People: a.Store, Cases: a.Store, Letters: a.Store, Channel: a.channel(), Clock: a.Clock,
			Host: a.Config.Base.Hostname(), Composer: matches{base: a.Config.Base, zone: a.Config.Zone, tree: a.Rubricator},
		},
		workflow.TopicNotifyOfficers:  &jobs.Officers{Staff: a.Store, Cases: a.Store, Notices: a.Store, Clock: a.Clock},
		weekly.Topic:                  a.weeklyLetters(),
		participation.TopicCode:       voterLetters{a.Store, a.Store, a.channel(), a.Config.Base.Hostname(), a.Clock.Now},
		participation.TopicAnswers:    answerLetters{a.Store, a.Clock.Now},
		participation.TopicResult:     resultNotes{a.proposals()},
		discussion.TopicLetter:        remarkLetters{a.Store, a.Store, a.channel(), a.Config.Base},
		participation.TopicCheckpoint: observerLetters{a.Store, a.Store, a.channel(), a.Config.Base},
		proposal.TopicAppeal:          gathered{a.Engine},
		proposal.TopicLetter: proposalLetters{
			proposals: a.proposals(), sent: a.Store, channel: a.channel(), base: a.Config.Base, zone: a.Config.Zone, directory: a.directory,
		},
		workflow.TopicNotifyAuthor: &jobs.Authors{
			Cases: a.Store, Applicants: a.Store, Letters: a.Store, Channel: a.channel(), Clock: a.Clock,
			Host: a.Config.Base.Hostname(),
			Composer: letters{
				base: a.Config.Base, zone: a.Config.Zone, clock: a.Clock, secret: a.Engine.Secret, directory: a.directory,
			},
		},
	}}
}

func (a *App) bulking() *workflow.Bulking {
	return &workflow.Bulking{Engine: a.Engine, Bulks: a.Store, Clock: a.Clock, Window: a.Config.Undo}
}

func (a *App) channel() notify.Channel {
	m := a.Config.Mail
	if m.Host == "" {
		return notify.Folder{Dir: filepath.Join(a.Config.Data, "mail"), From: m.From}
	}
	return notify.SMTP{Host: m.Host, Port: m.Port, User: m.User, Password: m.Password, From: m.From, Plain: m.Plain}
}

func (a *App) housekeeping() *jobs.Housekeeping {
	return &jobs.Housekeeping{
		Drafts: a.Store, Proposals: a.Store, Files: a.Photos, Sessions: a.Store, Phones: a.Store, Usual: a.Store, Voters: a.Store, Clock: a.Clock, Log: a.Log,
	}
}

// watch looks for news of saved searches. It asks the index and what the pages
// are made of: a worker has neither.
func (a *App) watch() *jobs.Watch {
	return &jobs.Watch{Subscriptions: a.Store, People: a.Store, Finder: finder{a}, Clock: a.Clock, Zone: a.Config.Zone, Log: a.Log}
}

func (a *App) recount() *jobs.Recount { return &jobs.Recount{Changes: a.Calendars, Log: a.Log} }

func (a *App) learning() *jobs.Learning { return &jobs.Learning{Lessons: a.Learning, Log: a.Log} }
