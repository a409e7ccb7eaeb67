// Independent-log checks a log of Nuncio with the packages that check Go's own checksum database.
//
// It shares no code with Nuncio and knows nothing of records: an entry is 140 bytes that hash to a
// leaf. It checks the log's signature and the witnesses' cosignatures under the checkpoint, every
// hash tile, every entry and its place, and that the log continues an earlier checkpoint. It is no
// client: it keeps nothing from one run to the next.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tileHeight is the height of all tiles of C2SP tlog-tiles.
const tileHeight = 8

func main() {
	keys := flag.String("keys", "", "the network's public keys (network.keys)")
	log := flag.String("log", "", "the URL of the log, or a folder with a copy")
	seen := flag.String("seen", "", "a file with an earlier checkpoint")
	flag.Parse()
	if err := run(*keys, *log, *seen); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

func run(keysFile, log, seenFile string) error {
	keys, err := readKeys(keysFile)
	if err != nil {
		return err
	}
	source := source(log)
	signed, err := source.read("checkpoint")
	if err != nil {
		return err
	}
	checkpoint, err := keys.open(signed)
	if err != nil {
		return fmt.Errorf("the checkpoint: %w", err)
	}
	if checkpoint.cosigned < keys.quorum {
		return fmt.Errorf("%d witnesses cosigned, %d are wanted", checkpoint.cosigned, keys.quorum)
	}
	entries, err := check(source, checkpoint.tree)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d entries, %d cosignatures\n", checkpoint.origin, entries, checkpoint.cosigned)
	if seenFile == "" {
		return nil
	}
	signed, err = os.ReadFile(seenFile)
	if err != nil {
		return err
	}
	earlier, err := keys.open(signed)
	if err != nil {
		return fmt.Errorf("the earlier checkpoint: %w", err)
	}
	if err := continues(source, earlier, checkpoint); err != nil {
		return err
	}
	fmt.Printf("continues %d entries\n", earlier.tree.N)
	return nil
}

// check reads the whole log below the tree's root: all of its hashes and entries.
func check(source source, tree tlog.Tree) (int64, error) {
	if tree.N == 0 {
		return 0, nil
	}
	hashes := tlog.TileHashReader(tree, newTiles(source))
	// The root from the tiles, as if the checkpoint did not say it.
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return 0, err
	}
	if root != tree.Hash {
		return 0, errors.New("the tiles give another root")
	}
	var count int64
	for start := int64(0); start < tree.N; start += 1 << tileHeight {
		width := min(tree.N-start, 1<<tileHeight)
		bundle := tlog.Tile{H: tileHeight, L: -1, N: start >> tileHeight, W: int(width)}
		data, err := source.read(path(bundle))
		if err != nil {
			return 0, err
		}
		for index := start; index < start+width; index++ {
			var entry []byte
			if entry, data, err = nextEntry(data); err != nil {
				return 0, fmt.Errorf("entry %d: %w", index, err)
			}
			leaf := tlog.RecordHash(entry)
			found, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return 0, fmt.Errorf("entry %d: %w", index, err)
			}
			if found[0] != leaf {
				return 0, fmt.Errorf("entry %d does not hash to its leaf", index)
			}
			// A proof costs a walk over the tree: all of a small log, and the edges of a large one.
			if tree.N <= 1000 || index-start < 2 || index == tree.N-1 {
				proof, err := tlog.ProveRecord(tree.N, index, hashes)
				if err != nil {
					return 0, fmt.Errorf("entry %d: %w", index, err)
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
					return 0, fmt.Errorf("entry %d: %w", index, err)
				}
			}
			count++
		}
		if len(data) != 0 {
			return 0, fmt.Errorf("the bundle at %d has more than %d entries", start, width)
		}
	}
	return count, nil
}

// continues checks that the log starts with what an earlier checkpoint covers.
func continues(source source, earlier, now checkpoint) error {
	if earlier.origin != now.origin {
		return errors.New("the checkpoints are of different logs")
	}
	if earlier.tree.N > now.tree.N {
		return fmt.Errorf("the log shrank from %d to %d", earlier.tree.N, now.tree.N)
	}
	if earlier.tree.N == 0 {
		return nil
	}
	hashes := tlog.TileHashReader(now.tree, newTiles(source))
	proof, err := tlog.ProveTree(now.tree.N, earlier.tree.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, now.tree.N, now.tree.Hash, earlier.tree.N, earlier.tree.Hash)
}

// nextEntry takes the first entry off a bundle: two bytes of length, and the entry.
func nextEntry(data []byte) (entry, rest []byte, err error) {
	if len(data) < 2 {
		return nil, nil, errors.New("the bundle ends too early")
	}
	length := int(binary.BigEndian.Uint16(data))
	if len(data) < 2+length {
		return nil, nil, errors.New("the bundle ends within it")
	}
	return data[2 : 2+length], data[2+length:], nil
}

// keys are what is known of a network before anything is read.
type keys struct {
	logs      []note.Verifier
	witnesses []note.Verifier
	quorum    int
}

func readKeys(file string) (*keys, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	keys := new(keys)
	for _, line := range strings.Split(string(text), "\n") {
		kind, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch kind {
		case "log":
			verifier, err := note.NewVerifier(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", value, err)
			}
			keys.logs = append(keys.logs, verifier)
		case "witness":
			verifier, err := newCosigner(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", value, err)
			}
			keys.witnesses = append(keys.witnesses, verifier)
		case "quorum":
			if keys.quorum, err = strconv.Atoi(value); err != nil {
				return nil, err
			}
		}
	}
	return keys, nil
}

// checkpoint is a tree head that its log has signed.
type checkpoint struct {
	origin   string
	tree     tlog.Tree
	cosigned int
}

// open checks the signatures under a checkpoint. A signature of a known key that does not hold is an
// error, whoever else has signed.
func (keys *keys) open(signed []byte) (checkpoint, error) {
	var none checkpoint
	known := note.VerifierList(append(append([]note.Verifier{}, keys.logs...), keys.witnesses...)...)
	opened, err := note.Open(signed, known)
	if err != nil {
		return none, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 {
		return none, errors.New("it has no three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return none, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return none, errors.New("it has no root")
	}
	result := checkpoint{origin: lines[0], tree: tlog.Tree{N: size, Hash: tlog.Hash(root)}}
	byLog, witnesses := false, map[string]bool{}
	for _, signature := range opened.Sigs {
		if signature.Name == result.origin {
			byLog = true
		} else {
			witnesses[signature.Name] = true
		}
	}
	if !byLog {
		return none, errors.New("the log has not signed it")
	}
	result.cosigned = len(witnesses)
	return result, nil
}

// tiles reads hash tiles; what it gives is checked by whoever asks.
type tiles struct {
	source source
	read   map[tlog.Tile][]byte
}

func newTiles(source source) tiles { return tiles{source, map[tlog.Tile][]byte{}} }

func (tiles) Height() int                     { return tileHeight }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		if data, found := t.read[tile]; found {
			all = append(all, data)
			continue
		}
		data, err := t.source.read(path(tile))
		if err != nil {
			return nil, err
		}
		if want := tile.W * tlog.HashSize; len(data) != want {
			return nil, fmt.Errorf("%s has %d bytes, not %d", path(tile), len(data), want)
		}
		t.read[tile] = data
		all = append(all, data)
	}
	return all, nil
}

// path is where C2SP tlog-tiles has a tile: without the height, which is always the same, and with
// entries where Go's own database has data.
func path(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	if rest, isData := strings.CutPrefix(path, "data/"); isData {
		path = "entries/" + rest
	}
	return "tile/" + path
}

// source is a log: its URL, or a folder with a copy of it.
type source string

var client = &http.Client{Timeout: 10 * time.Second}

func (s source) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(s), "http") {
		return os.ReadFile(filepath.Join(string(s), path))
	}
	response, err := client.Get(strings.TrimRight(string(s), "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	var data bytes.Buffer
	_, err = io.Copy(&data, io.LimitReader(response.Body, 16<<20))
	return data.Bytes(), err
}
