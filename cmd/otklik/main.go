// Command otklik is the citizen-feedback platform: server, worker and tools in
// one binary. `otklik --help` lists the commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/config"
	"github.com/otklik/otklik/app/fault"
)

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2 // wrong flags, configuration or input: nothing was done
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "otklik: "+err.Error())
	var lines fault.Lines
	if errors.As(err, &lines) || errors.As(err, new(usageError)) {
		return exitUsage
	}
	return exitFailed
}

// usageError is something wrong with what was typed.
type usageError struct{ error }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "otklik",
		Short: "Citizen-feedback platform",
		Long: "Otklik takes what troubles citizens, finds who must answer, and sees to it that they do.\n" +
			"`otklik serve` runs it with nothing else installed; see `otklik config` for every setting.",
		Version:      version(),
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().String("config", "", "configuration file (default: otklik.yaml in the working folder, if there)")
	addSettings(root.PersistentFlags())
	root.AddCommand(serveCommand(), workerCommand(), migrateCommand(), importCommand(), reindexCommand(), duplicatesCommand(), kpiCommand(), openDataCommand(), auditCommand(),
		userCommand(), configCommand(), benchCommand(), rubricatorCommand(),
		tallyCommand(), verifyElectionCommand())
	return root
}

func addSettings(flags *pflag.FlagSet) {
	for _, s := range config.Settings {
		if s.Bool {
			flags.Bool(s.Flag(), s.Default == "true", s.Help)
			continue
		}
		flags.String(s.Flag(), s.Default, s.Help)
	}
}

// load reads the configuration with the flags of the command line.
func load(cmd *cobra.Command) (config.Config, error) {
	given := map[string]string{}
	for _, s := range config.Settings {
		if f := cmd.Flags().Lookup(s.Flag()); f != nil && f.Changed {
			given[s.Key] = f.Value.String()
		}
	}
	named, err := cmd.Flags().GetString("config")
	if err != nil {
		return config.Config{}, err
	}
	c, err := config.Load(config.Find(named), given)
	if err != nil {
		return c, usageError{fmt.Errorf("configuration:\n%w", err)}
	}
	return c, nil
}

// open loads the configuration and opens the product.
func open(cmd *cobra.Command) (*app.App, error) {
	cfg, err := load(cmd)
	if err != nil {
		return nil, err
	}
	return app.Open(cmd.Context(), cfg)
}

// with runs fn over the opened product and closes it.
func with(fn func(cmd *cobra.Command, args []string, a *app.App) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a, err := open(cmd)
		if err != nil {
			return err
		}
		return errors.Join(fn(cmd, args, a), a.Close())
	}
}

// version is the release, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}
