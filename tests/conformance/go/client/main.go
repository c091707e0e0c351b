// Sends many requests to an API server and tells what came back.
//
//	client key FILE                       writes a throw-away key for service account tokens
//	client send ADDRESS CERTIFICATE TOKEN sends the requests of standard input, one JSON object a line
//
// Requests of one group are sent one after another, in their order; groups are sent side by side. A
// request that `until` a status waits for it. Answers are written in the order of the requests.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	sideBySide = 8
	patience   = 2 * time.Minute
	pause      = 100 * time.Millisecond
)

type request struct {
	Group       string `json:"group"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	ContentType string `json:"contentType"`
	Body        string `json:"body"`
	// The status to wait for, and the text that a warning must hold; none waits for nothing.
	Until        int    `json:"until"`
	UntilWarning string `json:"untilWarning"`
}

type answer struct {
	Status   int             `json:"status"`
	Warnings []string        `json:"warnings"`
	Body     json.RawMessage `json:"body"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "key":
		return writeKey(args[1])
	case len(args) == 4 && args[0] == "send":
		return send(args[1], args[2], args[3])
	}
	return fmt.Errorf("usage: client key FILE | client send ADDRESS CERTIFICATE TOKEN")
}

func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600)
}

// The server writes its own certificate while it starts.
func trust(path string) (*x509.CertPool, error) {
	end := time.Now().Add(patience)
	for {
		pool := x509.NewCertPool()
		text, err := os.ReadFile(path)
		if err == nil && pool.AppendCertsFromPEM(text) {
			return pool, nil
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("the server wrote no certificate to %s: %v", path, err)
		}
		time.Sleep(pause)
	}
}

func send(address, certificate, token string) error {
	pool, err := trust(certificate)
	if err != nil {
		return err
	}
	client := &http.Client{
		Timeout: patience,
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: pool},
			MaxIdleConnsPerHost: sideBySide,
			ForceAttemptHTTP2:   true,
		},
	}
	groups := map[string][]int{}
	var order []string
	var requests []request
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var r request
			if err := json.Unmarshal(line, &r); err != nil {
				return err
			}
			if len(groups[r.Group]) == 0 {
				order = append(order, r.Group)
			}
			groups[r.Group] = append(groups[r.Group], len(requests))
			requests = append(requests, r)
		}
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	answers := make([]answer, len(requests))
	work := make(chan string)
	failed := make(chan error, sideBySide)
	var workers sync.WaitGroup
	for range sideBySide {
		workers.Go(func() {
			for group := range work {
				for _, i := range groups[group] {
					var err error
					if answers[i], err = patient(client, address, token, requests[i]); err != nil {
						failed <- fmt.Errorf("%s %s: %w", requests[i].Method, requests[i].Path, err)
						return
					}
				}
			}
		})
	}
	for _, group := range order {
		select {
		case work <- group:
		case err := <-failed:
			return err
		}
	}
	close(work)
	workers.Wait()
	select {
	case err := <-failed:
		return err
	default:
	}
	out := json.NewEncoder(os.Stdout)
	for _, a := range answers {
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func patient(client *http.Client, address, token string, r request) (answer, error) {
	end := time.Now().Add(patience)
	for {
		a, err := once(client, address, token, r)
		if r.Until == 0 && r.UntilWarning == "" {
			return a, err
		}
		warned := r.UntilWarning == "" || strings.Contains(strings.Join(a.Warnings, "\n"), r.UntilWarning)
		if err == nil && warned && (r.Until == 0 || a.Status == r.Until) {
			return a, nil
		}
		if time.Now().After(end) {
			return a, fmt.Errorf("waited in vain: %d %s %v", a.Status, a.Body, err)
		}
		time.Sleep(pause)
	}
}

func once(client *http.Client, address, token string, r request) (answer, error) {
	req, err := http.NewRequest(r.Method, address+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	if r.ContentType != "" {
		req.Header.Set("Content-Type", r.ContentType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	if !json.Valid(text) {
		text, err = json.Marshal(string(text))
	}
	return answer{resp.StatusCode, resp.Header.Values("Warning"), text}, err
}
