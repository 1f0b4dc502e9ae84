package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/pingcap/metering_sdk/common"
	"github.com/pingcap/metering_sdk/config"
	metareader "github.com/pingcap/metering_sdk/reader/meta"
	meteringreader "github.com/pingcap/metering_sdk/reader/metering"
	"github.com/pingcap/metering_sdk/storage"
	metawriter "github.com/pingcap/metering_sdk/writer/meta"
	meteringwriter "github.com/pingcap/metering_sdk/writer/metering"
)

const (
	minute   = 1_755_850_380
	mebibyte = 1024 * 1024
)

// Something to be timed. `prepare` runs in a process of its own, so that it has no part in the memory of `run`.
type workload struct {
	records int
	prepare func(storage.ObjectStorageProvider) error
	// Whether a round goes before that is not timed: of what is over in milliseconds.
	warmUp bool
	// Opens what is used again and again, and returns what is timed.
	run func(storage.ObjectStorageProvider) func(round int) error
}

// By the names that internal/benchmarks gives to the same work.
var workloads = map[string]workload{
	"write 200,000 elements, pages of 1 MiB":                  writeOne(200_000, mebibyte),
	"write 200,000 elements, one file":                        writeOne(200_000, 0),
	"write 5,000 records of one element, one after the other": writeSmall(5_000, 1),
	"write 5,000 records of one element, 16 at once":          writeSmall(5_000, 16),
	"read 200,000 elements, pages of 1 MiB":                   readOne(200_000, mebibyte),
	"read 200,000 elements, one file":                         readOne(200_000, 0),
	"read 1,000 files of one element":                         readSmall(1_000),
	"list 10,000 files of one minute":                         listMinute(10_000),
	"look up one of 100,000 versions, anew":                   lookUp(100_000, 10, nil),
	"look up one of 100,000 versions, cached": lookUp(100_000, 1_000, &metareader.Config{
		Cache: &metareader.CacheConfig{Type: metareader.CacheTypeMemory, MaxSize: mebibyte},
	}),
}

func printWorkloads() {
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		fmt.Println(name)
	}
}

// Prepares a workload, or times it and prints one line of JSON, in a folder that stays.
func bench(verb, name, folder string) error {
	provider, err := storage.NewObjectStorageProvider(&storage.ProviderConfig{
		Type:    storage.ProviderTypeLocalFS,
		LocalFS: &storage.LocalFSConfig{BasePath: folder, CreateDirs: true},
	})
	if err != nil {
		return err
	}
	measured, ok := workloads[name]
	if !ok {
		return fmt.Errorf("no such workload: %s", name)
	}
	if verb == "prepare" {
		if measured.prepare == nil {
			return nil
		}
		return measured.prepare(provider)
	}
	run := measured.run(provider)
	if measured.warmUp {
		if err := run(1); err != nil {
			return err
		}
	}
	before, began := usage(), time.Now()
	if err := run(0); err != nil {
		return err
	}
	seconds, after := time.Since(began).Seconds(), usage()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"seconds":    seconds,
		"cpuSeconds": cpuSeconds(after) - cpuSeconds(before),
		"peakMiB":    float64(after.Maxrss) / 1024,
		"records":    measured.records,
	})
}

func usage() syscall.Rusage {
	var used syscall.Rusage
	// It cannot fail for the process itself.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used
}

func cpuSeconds(used syscall.Rusage) float64 {
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds()
}

var amounts = []struct {
	name        string
	first, step uint64
	unit        string
}{
	{"compute_seconds", 3600, 100, "seconds"},
	{"memory_mb", 4096, 512, "MB"},
	{"storage_gb", 100, 10, "GB"},
	{"network_in_bytes", 1_073_741_824, 104_857_600, "bytes"},
	{"network_out_bytes", 536_870_912, 52_428_800, "bytes"},
	{"disk_read_iops", 1000, 50, "iops"},
	{"disk_write_iops", 800, 40, "iops"},
	{"cpu_utilization", 750, 10, "permille"},
}

func benchElement(i int) map[string]any {
	made := map[string]any{"logical_cluster_id": fmt.Sprintf("lc-large-%03d", i+1)}
	for _, amount := range amounts {
		made[amount.name] = &common.MeteringValue{Value: amount.first + uint64(i)*amount.step, Unit: amount.unit}
	}
	return made
}

func benchRecord(selfID string, first, count int) *common.MeteringData {
	data := make([]map[string]any, count)
	for i := range data {
		data[i] = benchElement(first + i)
	}
	return &common.MeteringData{Timestamp: minute, Category: "tidb-server", SelfID: selfID, Data: data}
}

func writeOne(elements int, pageSize int64) workload {
	return workload{records: elements, run: func(provider storage.ObjectStorageProvider) func(int) error {
		writer := meteringwriter.NewMeteringWriter(provider, config.DefaultConfig().WithPageSize(pageSize))
		record := benchRecord("", 0, elements)
		return func(round int) error {
			record.SelfID = fmt.Sprintf("writer%d", round)
			return writer.Write(context.Background(), record)
		}
	}}
}

func writeSmall(records, atOnce int) workload {
	return workload{records: records, warmUp: true, run: func(provider storage.ObjectStorageProvider) func(int) error {
		all := make([]*common.MeteringData, records)
		for i := range all {
			all[i] = benchRecord(fmt.Sprintf("tidbserver%d", i), i, 1)
		}
		return func(round int) error {
			for _, record := range all {
				record.Timestamp = minute + int64(round)*60
			}
			return writeAll(provider, all, atOnce)
		}
	}}
}

// A writer compresses one record at a time, so each worker has one of its own.
func writeAll(provider storage.ObjectStorageProvider, all []*common.MeteringData, atOnce int) error {
	left := make(chan *common.MeteringData, len(all))
	for _, record := range all {
		left <- record
	}
	close(left)
	failures := make([]error, atOnce)
	var workers sync.WaitGroup
	for i := range failures {
		workers.Add(1)
		go func() {
			defer workers.Done()
			writer := meteringwriter.NewMeteringWriter(provider, nil)
			for record := range left {
				if err := writer.Write(context.Background(), record); err != nil {
					failures[i] = err
				}
			}
		}()
	}
	workers.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// Reads all files of the minute.
func readAll(elements int) func(storage.ObjectStorageProvider) func(int) error {
	return func(provider storage.ObjectStorageProvider) func(int) error {
		reader := meteringreader.NewMeteringReader(provider, nil)
		return func(int) error {
			paths, err := reader.GetFilesByCategory(context.Background(), minute, "tidb-server")
			if err != nil {
				return err
			}
			pages, err := reader.ReadMultipleFiles(context.Background(), paths)
			if err != nil {
				return err
			}
			read := 0
			for _, page := range pages {
				read += len(page.Data)
			}
			return expect(read, elements)
		}
	}
}

func readOne(elements int, pageSize int64) workload {
	prepare := func(provider storage.ObjectStorageProvider) error {
		return writeOne(elements, pageSize).run(provider)(0)
	}
	return workload{records: elements, prepare: prepare, run: readAll(elements)}
}

func fill(files int) func(storage.ObjectStorageProvider) error {
	return func(provider storage.ObjectStorageProvider) error { return writeSmall(files, 1).run(provider)(0) }
}

func readSmall(files int) workload {
	return workload{records: files, warmUp: true, prepare: fill(files), run: readAll(files)}
}

func listMinute(files int) workload {
	return workload{records: files, warmUp: true, prepare: fill(files), run: func(provider storage.ObjectStorageProvider) func(int) error {
		reader := meteringreader.NewMeteringReader(provider, nil)
		return func(int) error {
			found, err := reader.ListFilesByTimestamp(context.Background(), minute)
			if err != nil {
				return err
			}
			return expect(len(found.Files["tidb-server"]), files)
		}
	}}
}

func lookUp(versions, times int, readerConfig *metareader.Config) workload {
	prepare := func(provider storage.ObjectStorageProvider) error {
		writer := metawriter.NewMetaWriter(provider, nil)
		for i := range versions {
			version := &common.MetaData{
				ClusterID: "lc-1",
				Type:      common.MetaTypeLogic,
				ModifyTS:  minute + int64(i)*60,
				Metadata:  map[string]any{"version": i},
			}
			if err := writer.Write(context.Background(), version); err != nil {
				return err
			}
		}
		return nil
	}
	return workload{records: times, warmUp: true, prepare: prepare, run: func(provider storage.ObjectStorageProvider) func(int) error {
		reader, openError := metareader.NewMetaReader(provider, nil, readerConfig)
		return func(int) error {
			if openError != nil {
				return openError
			}
			for i := range times {
				// A cache of Go's serves the times that were asked for before: a few of them.
				at := minute + int64(versions)*30 + int64(i%60)
				if _, err := reader.ReadByType(context.Background(), "lc-1", common.MetaTypeLogic, at); err != nil {
					return err
				}
			}
			return nil
		}
	}}
}

func expect(found, expected int) error {
	if found != expected {
		return fmt.Errorf("found %d of %d", found, expected)
	}
	return nil
}
