package main

// slowFile is the length in bytes above which zstd -19 is left out: it takes a minute for each
// 100 MB.
const slowFile = 64 << 20

// pairWays are what a fine-tune is coded by; dits comes first.
func pairWays(fileBytes int) []way {
	w := []way{
		{name: "dits codec", coder: ditsCoder{}},
		{name: "FM-Delta, TensorDex-FM++", coder: fmDelta{}},
		{name: "TensorDex-TX", coder: &tensorDex{}},
		{name: "ZipLLM", coder: &zipLLM{}},
		{name: "Xet-like chunks", coder: &xet{}, file: true},
		{name: "zstd -3, the file alone", coder: zstdFile{options: zstdOptions{level: 3}}, file: true},
	}
	if fileBytes > slowFile {
		return w
	}
	if canPatch {
		w = append(w, way{name: "zstd -19 --patch-from", coder: zstdFile{zstdOptions{level: 19, long: true}, true}, file: true, slow: true})
	}
	return append(w, zstd19())
}

// aloneWays are what a base is coded by.
func aloneWays(fileBytes int) []way {
	w := []way{
		{name: "dits codec", coder: ditsCoder{}},
		{name: "split, zstd -3 (ZipLLM, about ZipNN)", coder: &zipLLM{}},
		{name: "Xet-like chunks", coder: &xet{}, file: true},
		{name: "zstd -3, the file alone", coder: zstdFile{options: zstdOptions{level: 3}}, file: true},
	}
	if fileBytes > slowFile {
		return w
	}
	return append(w, zstd19())
}

func zstd19() way {
	return way{name: "zstd -19 --long, the file alone", coder: zstdFile{options: zstdOptions{level: 19, long: true}}, file: true, slow: true}
}
