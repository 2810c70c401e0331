package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
	"github.com/otklik/otklik/app/config"
)

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and the API",
		Long: "Serve the pages and the API at --listen until interrupted.\n\n" +
			"Without --redis this is the embedded profile: an SQLite file, the index and the pictures in --data, and the\n" +
			"background work in this process. With --redis and a PostgreSQL --database it is one of any number of web\n" +
			"nodes; `otklik worker` does the background work then.",
		Example: "  otklik serve --demo\n  otklik serve --listen 0.0.0.0:8080 --data /var/lib/otklik --base-url https://otklik.example.org",
		Args:    cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string, a *app.App) error {
			if a.Config.Demo {
				if err := a.SeedDemo(cmd.Context(), cmd.OutOrStdout()); err != nil {
					return err
				}
				if err := a.HoldDemo(cmd.Context(), cmd.OutOrStdout()); err != nil {
					return err
				}
				if err := a.TalkDemo(cmd.Context()); err != nil {
					return err
				}
			}
			l, err := new(net.ListenConfig).Listen(cmd.Context(), "tcp", a.Config.Listen)
			if err != nil {
				return fmt.Errorf("listen: %w", err)
			}
			fmt.Fprint(cmd.OutOrStdout(), a.Welcome())
			return a.Serve(cmd.Context(), l)
		}),
	}
}

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Do the background work of the production profile",
		Long: "Fire deadlines and deliver letters and notices through asynq until interrupted. Needs --redis and a\n" +
			"PostgreSQL --database; run as many as you like. Redis may be lost at any moment: the database knows it all. Where\n" +
			"one of them can't be reached yet, it waits and says so.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			a, err := app.Await(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			return errors.Join(a.Work(cmd.Context()), a.Close())
		},
	}
}

func configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Print every setting with its value in force",
		Long: "Print every setting with its value in force, as a configuration file. Secrets are hidden.\n\n" +
			"A value comes from, each beating the one before: its default, the file (--config or otklik.yaml), the\n" +
			"environment, a flag.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var cfg config.Config
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return cfg.Print(cmd.OutOrStdout())
		},
	}
}
