package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// cosigner checks cosignatures with a time: C2SP tlog-cosignature v1, which Go's package of notes
// leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

// typeCosignature is the type of Ed25519 cosignatures in the text of a key.
const typeCosignature = 4

func newCosigner(text string) (*cosigner, error) {
	name, rest, _ := strings.Cut(text, "+")
	hashText, keyText, _ := strings.Cut(rest, "+")
	hash, err := strconv.ParseUint(hashText, 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(keyText)
	if err != nil {
		return nil, err
	}
	if len(key) != 1+ed25519.PublicKeySize || key[0] != typeCosignature {
		return nil, errors.New("this is no key for cosignatures")
	}
	digest := sha256.Sum256(append([]byte(name+"\n"), key...))
	if binary.BigEndian.Uint32(digest[:]) != uint32(hash) {
		return nil, errors.New("the hash of the key is wrong")
	}
	return &cosigner{name, uint32(hash), key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}
