// SPDX-License-Identifier: Apache-2.0

// A peer for the bench: what a competent engineer writes in an afternoon. httputil.ReverseProxy that verifies the
// inbound SigV4 signature and signs anew with another key; no policy, no masking, no record. Signing keys are cached,
// buffers pooled, connections kept.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/hex"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sort"
	"strings"
	"sync"
	"time"
)

type credential struct{ id, secret string }

var keys sync.Map // credential secret + scope -> signing key

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, text)
	return h.Sum(nil)
}

func signingKey(secret, date, region, service string) []byte {
	name := secret + date + region + service
	if key, ok := keys.Load(name); ok {
		return key.([]byte)
	}
	key := mac(mac(mac(mac([]byte("AWS4"+secret), date), region), service), "aws4_request")
	keys.Store(name, key)
	return key
}

func signature(r *http.Request, host string, body []byte, signed []string, secret, date, scope string) string {
	digest := sha256.Sum256(body)
	var b strings.Builder
	b.WriteString(r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.RawQuery + "\n")
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = host
		}
		b.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	b.WriteString("\n" + strings.Join(signed, ";") + "\n" + hex.EncodeToString(digest[:]))
	canonical := sha256.Sum256([]byte(b.String()))
	parts := strings.Split(scope, "/") // date/region/service/aws4_request
	text := "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex.EncodeToString(canonical[:])
	return hex.EncodeToString(mac(signingKey(secret, parts[0], parts[1], parts[2]), text))
}

func verify(r *http.Request, body []byte, in credential) (scope string, ok bool) {
	header := strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	fields := map[string]string{}
	for _, part := range strings.Split(header, ",") {
		if name, value, found := strings.Cut(strings.TrimSpace(part), "="); found {
			fields[name] = value
		}
	}
	id, scope, _ := strings.Cut(fields["Credential"], "/")
	if id != in.id || strings.Count(scope, "/") != 3 {
		return "", false
	}
	want := signature(r, r.Host, body, strings.Split(fields["SignedHeaders"], ";"), in.secret, r.Header.Get("X-Amz-Date"), scope)
	return scope, subtle.ConstantTimeCompare([]byte(want), []byte(fields["Signature"])) == 1
}

func resign(r *http.Request, host string, body []byte, scope string, out credential) {
	r.Header.Del("Authorization")
	r.Header.Del("X-Amz-Security-Token")
	date := time.Now().UTC().Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", date)
	scope = date[:8] + scope[8:]
	signed := []string{"host"}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-") || lower == "content-type" {
			signed = append(signed, lower)
		}
	}
	sort.Strings(signed)
	sum := signature(r, host, body, signed, out.secret, date, scope)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+out.id+"/"+scope+", SignedHeaders="+strings.Join(signed, ";")+", Signature="+sum)
}

type pool struct{ sync.Pool }

func (p *pool) Get() []byte  { return p.Pool.Get().([]byte) }
func (p *pool) Put(b []byte) { p.Pool.Put(b) } //nolint

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address")
	upstream := flag.String("upstream", "", "URL")
	in := flag.String("in", "", "id:secret that agents sign with")
	out := flag.String("out", "", "id:secret that AWS knows")
	cert, key := flag.String("cert", "", "PEM"), flag.String("key", "", "PEM")
	flag.Parse()
	target, err := url.Parse(*upstream)
	if err != nil {
		log.Fatal(err)
	}
	split := func(s string) credential { id, secret, _ := strings.Cut(s, ":"); return credential{id, secret} }
	agent, real := split(*in), split(*out)
	buffers := &pool{sync.Pool{New: func() any { return make([]byte, 32*1024) }}}
	proxy := &httputil.ReverseProxy{
		BufferPool: buffers,
		Transport: &http.Transport{MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, // the bench's own certificate
		Director: func(r *http.Request) { r.URL.Scheme, r.URL.Host, r.Host = target.Scheme, target.Host, target.Host },
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 1<<24))
		if err != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		scope, ok := verify(r, body, agent)
		if !ok {
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		resign(r, target.Host, body, scope, real)
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	})
	if *cert != "" {
		log.Fatal(http.ListenAndServeTLS(*listen, *cert, *key, handler))
	}
	log.Fatal(http.ListenAndServe(*listen, handler))
}
