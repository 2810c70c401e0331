package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otklik/otklik/app"
)

func userCommand() *cobra.Command {
	user := &cobra.Command{Use: "user", Short: "Add people who sign in, and their API tokens"}
	user.AddCommand(userAddCommand(), userTokenCommand())
	return user
}

func userAddCommand() *cobra.Command {
	var user app.NewUser
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "Add a user, or change one; the password is read from standard input",
		Example: "  otklik user add admin --name 'Anna Sokolova' --role system_admin\n" +
			"  otklik user add ivan --role coordinator@city-roads --role executor@city-roads",
		Args: cobra.ExactArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			fmt.Fprint(cmd.ErrOrStderr(), "Password: ")
			password, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if err != nil && password == "" {
				return usageError{errors.New("no password on standard input")}
			}
			user.Login, user.Password = args[0], strings.TrimRight(password, "\r\n")
			return a.SaveUser(cmd.Context(), user)
		}),
	}
	cmd.Flags().StringVar(&user.Name, "name", "", "full name")
	cmd.Flags().StringVar(&user.Email, "email", "", "e-mail address")
	cmd.Flags().StringVar(&user.Position, "position", "", "position, as a signature on a letter says it")
	cmd.Flags().StringVar(&user.Phone, "phone", "", "telephone that letters name")
	cmd.Flags().StringArrayVar(&user.Roles, "role", nil, "ROLE@AGENCY, or a regional role alone; may be repeated")
	return cmd
}

func userTokenCommand() *cobra.Command {
	var name string
	var days int
	cmd := &cobra.Command{
		Use:   "token LOGIN…",
		Short: "Print a new API token of a user; it is shown once",
		Long:  "Print a new API token of a user; it is shown once. Of several users each token stands after its login.",
		Args:  cobra.MinimumNArgs(1),
		RunE: with(func(cmd *cobra.Command, args []string, a *app.App) error {
			for _, login := range args {
				u, err := a.Store.FindUserByLogin(cmd.Context(), strings.ToLower(login))
				if err != nil {
					return fmt.Errorf("user %q: %w", login, err)
				}
				token, err := a.Accounts.IssueToken(cmd.Context(), u.ID, name, time.Duration(days)*24*time.Hour)
				if err != nil {
					return err
				}
				if len(args) > 1 {
					token = u.Login + "\t" + token
				}
				fmt.Fprintln(cmd.OutOrStdout(), token)
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&name, "name", "command line", "what the token is for")
	cmd.Flags().IntVar(&days, "days", 365, "days until it expires")
	return cmd
}
