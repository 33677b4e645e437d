// Package pack is the pack file: the only copy of what a store holds. A pack is
// written once, by [Create], [Writer.Append] and [Writer.Seal], and never
// changes afterwards. [Open] reads it, [List] finds the packs of a folder.
//
// A pack says of each payload what it is, how it is encoded, what its decoding
// needs and where it lies; it neither encodes nor decodes, and does not compare
// a content with its digest. What finds damage is xxhash64 with seed 0, over
// every byte of the file; that is a checksum and no defence against forgery.
//
// # Format
//
// Integers are little endian; a uvarint is base 128, low groups first, at most
// 63 bits, in as few bytes as it takes. A file is, from its start:
//
//	header    16 bytes
//	payloads  back to back, in the order of the entries
//	index     see below
//	trailer   48 bytes
//
// Header:
//
//	offset  bytes
//	     0      8  magic: 0x89 "DITSPK" 0x0A
//	     8      4  version: 1
//	    12      4  features a reader must know: none so far, so 0
//
// Trailer, its offsets counted from the trailer's start:
//
//	offset  bytes
//	     0      8  offset of the index in the file
//	     8      8  length of the index
//	    16      8  xxhash64 of the index
//	    24      8  xxhash64 of the header
//	    32      8  xxhash64 of the trailer's bytes 0 to 31
//	    40      8  magic: 0x89 "DITSPE" 0x0A
//
// Index:
//
//	uvarint  number of imports
//	 32 each imports: IDs of predictions that are not in this pack
//	uvarint  number of entries, at least 1
//	         entries
//
// Entry:
//
//	uvarint  kind
//	uvarint  encoding
//	     32  ID
//	uvarint  length of the payload, at most MaxLen
//	uvarint  decoded length, at most MaxLen
//	uvarint  prediction: 0 for none, 1 to i the imports, i+1 the first entry of
//	         kind Prediction in this pack, i+2 the second, and so on
//	uvarint  index of the first element
//	uvarint  depth, at most 255
//	      8  xxhash64 of the payload
//
// A list of entries has one encoding, which is the only one that is accepted:
// imports stand in the order of their first use, each once, and only what the
// pack does not hold; a prediction that it holds twice is the first of the two.
// The offset of a payload is the sum of the lengths before it, so payloads
// cannot overlap or leave a gap.
//
// The name of a pack is the BLAKE3-256 of its index in 64 hexadecimal digits,
// its file <name>.pack. Until it is sealed a pack is a file .tmp-pack-*.
package pack
