// SPDX-License-Identifier: Apache-2.0

// What the AWS SDK for Go 2 sends for each call of calls.py, as botocore_requests.py writes it.
//
//	go_requests < calls.jsonl > requests.jsonl
//
// Nothing is sent: the request is taken where the SDK would hand it to the network. Calls of services that are not in
// clients.go are passed over; those that the SDK cannot build are named on stderr.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type call struct {
	Service   string         `json:"service"`
	ServiceID string         `json:"service_id"`
	Operation string         `json:"operation"`
	Input     map[string]any `json:"input"`
}

type truth struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
}

type line struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body64  string            `json:"body64"`
	Truth   truth             `json:"truth"`
}

var errTaken = errors.New("taken")

// The transport: keeps the request and ends the call.
type taker struct{ request *line }

func (t *taker) Do(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		body, _ = io.ReadAll(request.Body)
	}
	headers := map[string]string{"host": request.URL.Host}
	for name, values := range request.Header {
		headers[name] = strings.Join(values, ",")
	}
	if request.ContentLength > 0 {
		headers["content-length"] = fmt.Sprint(request.ContentLength)
	}
	t.request = &line{Method: request.Method, URL: request.URL.String(), Headers: headers,
		Body64: base64.StdEncoding.EncodeToString(body)}
	return nil, errTaken
}

var (
	timeType      = reflect.TypeOf(time.Time{})
	readerType    = reflect.TypeOf((*io.Reader)(nil)).Elem()
	attributeType = reflect.TypeOf((*ddbtypes.AttributeValue)(nil)).Elem()
)

func bytesIn(data any) []byte {
	if object, ok := data.(map[string]any); ok {
		for _, mark := range []string{"$blob", "$stream"} {
			if text, ok := object[mark].(string); ok {
				decoded, _ := base64.StdEncoding.DecodeString(text)
				return decoded
			}
		}
	}
	return nil
}

func sameName(field, member string) bool {
	return strings.EqualFold(strings.ReplaceAll(field, "_", ""), strings.ReplaceAll(member, "_", ""))
}

// Fills `to` with what the call says. What has no counterpart (unions, documents) stays empty.
func fill(to reflect.Value, data any) {
	switch {
	case to.Type() == timeType:
		if object, ok := data.(map[string]any); ok {
			to.Set(reflect.ValueOf(time.Unix(int64(object["$time"].(float64)), 0).UTC()))
		}
		return
	case to.Type() == readerType:
		to.Set(reflect.ValueOf(bytes.NewReader(bytesIn(data))))
		return
	case to.Type() == attributeType:
		to.Set(reflect.ValueOf(&ddbtypes.AttributeValueMemberS{Value: "strait"}))
		return
	case to.Type() == reflect.TypeOf(big.Int{}):
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		fill(to.Elem(), data)
	case reflect.Struct:
		object, _ := data.(map[string]any)
		for member, value := range object {
			field := to.FieldByNameFunc(func(name string) bool { return sameName(name, member) })
			if field.IsValid() && field.CanSet() {
				fill(field, value)
			}
		}
	case reflect.Slice:
		if to.Type().Elem().Kind() == reflect.Uint8 {
			to.SetBytes(bytesIn(data))
			return
		}
		list, _ := data.([]any)
		made := reflect.MakeSlice(to.Type(), len(list), len(list))
		for at, value := range list {
			fill(made.Index(at), value)
		}
		to.Set(made)
	case reflect.Map:
		object, _ := data.(map[string]any)
		made := reflect.MakeMap(to.Type())
		for key, value := range object {
			one := reflect.New(to.Type().Elem()).Elem()
			fill(one, value)
			made.SetMapIndex(reflect.ValueOf(key).Convert(to.Type().Key()), one)
		}
		to.Set(made)
	case reflect.String:
		if text, ok := data.(string); ok {
			to.SetString(text)
		}
	case reflect.Bool:
		if truth, ok := data.(bool); ok {
			to.SetBool(truth)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if number, ok := data.(float64); ok {
			to.SetInt(int64(number))
		}
	case reflect.Float32, reflect.Float64:
		if number, ok := data.(float64); ok {
			to.SetFloat(number)
		}
	}
}

// The request of one call; nil without an error when the SDK has no such operation.
func requestOf(client any, one call, transport *taker) (*line, error) {
	method := reflect.ValueOf(client).MethodByName(one.Operation)
	if !method.IsValid() || method.Type().NumIn() < 2 {
		return nil, nil
	}
	input := reflect.New(method.Type().In(1).Elem())
	fill(input.Elem(), one.Input)
	transport.request = nil
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), input})
	if transport.request != nil {
		return transport.request, nil
	}
	problem, _ := results[len(results)-1].Interface().(error)
	return nil, problem
}

func main() {
	transport := &taker{}
	config := aws.Config{
		Region: "us-east-1", HTTPClient: transport,
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
				SessionToken: "token"}, nil
		}),
	}
	clients := clientsOf(config)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var one call
		if err := json.Unmarshal(in.Bytes(), &one); err != nil {
			panic(err)
		}
		client, known := clients[one.ServiceID]
		if !known {
			continue
		}
		request, err := requestOf(client, one, transport)
		if err != nil {
			fmt.Fprintf(os.Stderr, "not built: %s %s: %.150v\n", one.Service, one.Operation, err)
		}
		if request == nil {
			continue
		}
		request.Truth = truth{one.Service, one.Operation}
		text, _ := json.Marshal(request)
		out.Write(append(text, '\n'))
	}
}
