package main

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"

	"github.com/pingcap/metering_sdk/common"
)

// An element with the types that a service has: integers of Go, and the SDK's own metering values.
type element map[string]any

func (e *element) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return err
	}
	for name, value := range object {
		object[name] = typed(value)
	}
	*e = object
	return nil
}

func typed(value any) any {
	switch value := value.(type) {
	case json.Number:
		return number(string(value))
	case []any:
		for i, item := range value {
			value[i] = typed(item)
		}
	case map[string]any:
		for name, item := range value {
			value[name] = typed(item)
		}
		return meteringValue(value)
	}
	return value
}

func number(text string) any {
	if small, err := strconv.ParseInt(text, 10, 64); err == nil {
		return small
	}
	if large, err := strconv.ParseUint(text, 10, 64); err == nil {
		return large
	}
	if huge, ok := new(big.Int).SetString(text, 10); ok {
		return huge
	}
	real, _ := strconv.ParseFloat(text, 64)
	return real
}

func meteringValue(object map[string]any) any {
	unit, hasUnit := object["unit"].(string)
	if len(object) != 2 || !hasUnit {
		return object
	}
	switch value := object["value"].(type) {
	case int64:
		if value >= 0 {
			return &common.MeteringValue{Value: uint64(value), Unit: unit}
		}
	case uint64:
		return &common.MeteringValue{Value: value, Unit: unit}
	}
	return object
}
