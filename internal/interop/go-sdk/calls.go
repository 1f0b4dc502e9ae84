package main

import (
	"compress/gzip"
	"context"
	"encoding/json"

	"github.com/pingcap/metering_sdk/common"
	"github.com/pingcap/metering_sdk/config"
	metareader "github.com/pingcap/metering_sdk/reader/meta"
	meteringreader "github.com/pingcap/metering_sdk/reader/metering"
	"github.com/pingcap/metering_sdk/storage"
	metawriter "github.com/pingcap/metering_sdk/writer/meta"
	meteringwriter "github.com/pingcap/metering_sdk/writer/metering"
)

func write(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) error {
	var options struct {
		PageSizeBytes int64 `json:"page_size_bytes"`
		Overwrite     bool  `json:"overwrite"`
		Record        struct {
			common.MeteringData
			Data []element `json:"data"`
		} `json:"record"`
	}
	if err := json.Unmarshal(with, &options); err != nil {
		return err
	}
	record := options.Record.MeteringData
	if options.Record.Data != nil {
		record.Data = make([]map[string]any, len(options.Record.Data))
	}
	for i, element := range options.Record.Data {
		record.Data[i] = element
	}
	cfg := config.DefaultConfig().WithPageSize(options.PageSizeBytes).WithOverwriteExisting(options.Overwrite)
	writer := meteringwriter.NewMeteringWriter(provider, cfg)
	if err := writer.Write(ctx, &record); err != nil {
		return err
	}
	return writer.Close()
}

func writeMetadata(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) error {
	var version struct {
		common.MetaData
		Metadata element `json:"metadata"`
	}
	if err := json.Unmarshal(with, &version); err != nil {
		return err
	}
	version.MetaData.Metadata = version.Metadata
	writer := metawriter.NewMetaWriter(provider, config.DefaultConfig())
	if err := writer.Write(ctx, &version.MetaData); err != nil {
		return err
	}
	return writer.Close()
}

// Paths of the files of a minute, by category.
func list(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) (any, error) {
	var timestamp int64
	if err := json.Unmarshal(with, &timestamp); err != nil {
		return nil, err
	}
	files, err := meteringreader.NewMeteringReader(provider, nil).ListFilesByTimestamp(ctx, timestamp)
	if err != nil {
		return nil, err
	}
	return files.Files, nil
}

func read(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) (any, error) {
	var paths []string
	if err := json.Unmarshal(with, &paths); err != nil {
		return nil, err
	}
	return meteringreader.NewMeteringReader(provider, nil).ReadMultipleFiles(ctx, paths)
}

// A file as Go decodes it, with every digit, which the SDK's readers round.
func readDigits(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) (any, error) {
	var path string
	if err := json.Unmarshal(with, &path); err != nil {
		return nil, err
	}
	file, err := provider.Download(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(text)
	decoder.UseNumber()
	var content map[string]any
	return content, decoder.Decode(&content)
}

func lookup(ctx context.Context, provider storage.ObjectStorageProvider, with json.RawMessage) (any, error) {
	var options struct {
		ClusterID string          `json:"cluster_id"`
		Type      common.MetaType `json:"type"`
		Category  string          `json:"category"`
		Timestamp int64           `json:"timestamp"`
	}
	if err := json.Unmarshal(with, &options); err != nil {
		return nil, err
	}
	reader, err := metareader.NewMetaReader(provider, nil, nil)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	if options.Type == "" {
		return reader.ReadWithCategory(ctx, options.ClusterID, options.Category, options.Timestamp)
	}
	return reader.ReadByTypeWithCategory(ctx, options.ClusterID, options.Type, options.Category, options.Timestamp)
}
