// Closed-loop clients of etcd by its own client; see ../README.md. Arguments as
// etcd_world::start_client gives them.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const (
	warmUp = 500 * time.Millisecond
	// Keys come in no order, and all of them: a prime.
	stride = 7919
	// A connection carries so many clients; etcd's own benchmark has it so.
	clientsPerConnection = 10
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func connect(endpoints, ca, crt, key string) *clientv3.Client {
	pair, err := tls.LoadX509KeyPair(crt, key)
	check(err)
	text, err := os.ReadFile(ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	client, err := clientv3.New(clientv3.Config{
		Endpoints:   strings.Split(endpoints, ","),
		DialTimeout: 30 * time.Second,
		TLS:         &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
	})
	check(err)
	_, err = client.Get(context.Background(), "none")
	check(err)
	return client
}

func main() {
	args := os.Args[1:]
	verb, clients := args[4], number(args[5])
	seconds, err := strconv.ParseFloat(args[6], 64)
	check(err)
	size, keys, prefix := number(args[7]), uint64(number(args[8])), args[9]
	var connections []*clientv3.Client
	for i := 0; i < (clients+clientsPerConnection-1)/clientsPerConnection; i++ {
		connections = append(connections, connect(args[0], args[1], args[2], args[3]))
	}
	begin := time.Now().Add(warmUp)
	end := begin.Add(time.Duration(seconds * float64(time.Second)))
	var next atomic.Uint64
	times := make([][]float32, clients)
	var all sync.WaitGroup
	for i := 0; i < clients; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			client := connections[i/clientsPerConnection]
			for {
				asked := time.Now()
				if !asked.Before(end) {
					return
				}
				n := next.Add(1)
				key := prefix + strconv.FormatUint(n*stride%keys, 10)
				if verb == "put" {
					value := make([]byte, size)
					binary.LittleEndian.PutUint64(value, n)
					_, err := client.Put(context.Background(), key, string(value))
					check(err)
				} else {
					_, err := client.Get(context.Background(), key)
					check(err)
				}
				heard := time.Now()
				if !asked.Before(begin) && heard.Before(end) {
					times[i] = append(times[i], float32(heard.Sub(asked).Nanoseconds())/1e3)
				}
			}
		}(i)
	}
	all.Wait()
	file, err := os.Create(args[10])
	check(err)
	for _, each := range times {
		check(binary.Write(file, binary.LittleEndian, each))
	}
	check(file.Close())
}
