// Runs the Go SDK for the tests: a JSON object with a call a line on stdin, its answer on stdout. METERING_STORAGE is the
// SDK's own configuration of a storage, as JSON.
//
// With arguments it is a benchmark: `workloads` lists what it knows, `prepare WORKLOAD FOLDER` and `measure WORKLOAD FOLDER` run
// one.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/pingcap/metering_sdk/storage"
)

// A call of one of the functions below, by name.
type request struct {
	Call string          `json:"call"`
	With json.RawMessage `json:"with"`
}

type answer struct {
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

func main() {
	err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch len(args) {
	case 1:
		printWorkloads()
		return nil
	case 3:
		return bench(args[0], args[1], args[2])
	}
	return serve(os.Stdin, os.Stdout)
}

func serve(in io.Reader, out io.Writer) error {
	var config storage.ProviderConfig
	if err := json.Unmarshal([]byte(os.Getenv("METERING_STORAGE")), &config); err != nil {
		return fmt.Errorf("METERING_STORAGE: %w", err)
	}
	provider, err := storage.NewObjectStorageProvider(&config)
	if err != nil {
		return err
	}
	requests := json.NewDecoder(bufio.NewReader(in))
	answers := json.NewEncoder(out)
	for {
		var next request
		if err := requests.Decode(&next); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		result, err := call(context.Background(), provider, next)
		reply := answer{Result: result}
		if err != nil {
			reply = answer{Error: err.Error()}
		}
		if err := answers.Encode(reply); err != nil {
			return err
		}
	}
}

func call(ctx context.Context, provider storage.ObjectStorageProvider, next request) (any, error) {
	switch next.Call {
	case "write":
		return nil, write(ctx, provider, next.With)
	case "writeMetadata":
		return nil, writeMetadata(ctx, provider, next.With)
	case "list":
		return list(ctx, provider, next.With)
	case "read":
		return read(ctx, provider, next.With)
	case "readDigits":
		return readDigits(ctx, provider, next.With)
	case "lookup":
		return lookup(ctx, provider, next.With)
	}
	return nil, fmt.Errorf("no such call: %s", next.Call)
}
