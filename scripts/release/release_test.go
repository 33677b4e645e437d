// Package release holds the test of what scripts/release.sh made: it looks at the programs of all platforms, also of
// those that no machine at hand runs.
package release

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An archive is what is in one: bytes by the path below its folder.
type archive map[string][]byte

// dist are the files of the release, or the test is skipped.
func dist(t *testing.T, pattern string) []string {
	t.Helper()
	dir := os.Getenv("DITS_DIST")
	if dir == "" {
		t.Skip("DITS_DIST is not set: make release, then scripts/release-check.sh")
	}
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no %s, %v", dir, pattern, err)
	}
	return files
}

// platform is the OS and architecture that an archive is named for.
func platform(file string) (goos, arch string) {
	name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".zip"), ".tar.gz")
	parts := strings.Split(name, "-")
	return parts[len(parts)-2], parts[len(parts)-1]
}

func readArchive(t *testing.T, file string) archive {
	t.Helper()
	if strings.HasSuffix(file, ".tar.gz") {
		return readTar(t, file)
	}
	return readZip(t, file)
}

func readTar(t *testing.T, file string) archive {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	found, r := archive{}, tar.NewReader(unpacked)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(h.Name, "/")
		found[name] = content
		if executable := h.Mode&0o111 != 0; executable != (name == "dits") || h.Uid != 0 || h.Uname != "root" {
			t.Errorf("%s: %s: mode %o of %s", file, name, h.Mode, h.Uname)
		}
	}
}

func readZip(t *testing.T, file string) archive {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	found := archive{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
		_, name, _ := strings.Cut(f.Name, "/")
		found[name] = content
	}
	return found
}

// program is the program of a platform in its archive.
func (a archive) program(goos string) []byte {
	if goos == "windows" {
		return a["dits.exe"]
	}
	return a["dits"]
}

func archives(t *testing.T) []string {
	return append(dist(t, "*.tar.gz"), dist(t, "*.zip")...)
}

// Each archive has the program and what belongs beside it.
func TestArchives(t *testing.T) {
	for _, file := range archives(t) {
		goos, _ := platform(file)
		a := readArchive(t, file)
		for name, want := range map[string]string{
			"LICENSE": "Apache License", "README.md": "# dits", "THIRD_PARTY.txt": "mattn/go-sqlite3", "docs/cli.md": "dits add",
			"man/dits.1": ".TH", "man/dits-add.1": ".SH EXAMPLE", "completions/dits.bash": "__start_dits",
			"completions/dits.zsh": "#compdef dits", "completions/dits.fish": "complete -c dits",
			"completions/dits.powershell": "Register-ArgumentCompleter",
		} {
			if !bytes.Contains(a[name], []byte(want)) {
				t.Errorf("%s: %s: %d bytes, want %q in it", file, name, len(a[name]), want)
			}
		}
		if a.program(goos) == nil {
			t.Errorf("%s: no program", file)
		}
	}
}

// Each program was built of this module for its platform, without paths of the machine that built it.
func TestBuildInfo(t *testing.T) {
	for _, file := range archives(t) {
		goos, arch := platform(file)
		program := readArchive(t, file).program(goos)
		info, err := buildinfo.Read(bytes.NewReader(program))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		for key, want := range map[string]string{"GOOS": goos, "GOARCH": arch, "CGO_ENABLED": "1", "-trimpath": "true"} {
			if settings[key] != want {
				t.Errorf("%s: %s is %q, want %q", file, key, settings[key], want)
			}
		}
		here, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		if info.Path != "dits/cmd/dits" || bytes.Contains(program, []byte(here)) {
			t.Errorf("%s: built of %s; names %s: %v", file, info.Path, here, bytes.Contains(program, []byte(here)))
		}
	}
}

// libraries are those that a program asks its system for.
var libraries = map[string][]string{
	"linux": {"libc.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"},
	"darwin": {
		"/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation",
		"/System/Library/Frameworks/Security.framework/Versions/A/Security",
		"/usr/lib/libSystem.B.dylib", "/usr/lib/libresolv.9.dylib",
	},
	"windows": {"KERNEL32.dll", "api-ms-win-crt-*.dll", "ntdll.dll", "WS2_32.dll"},
}

// Each program is of the kind that its platform runs, and asks for no library that a bare system lacks.
func TestPrograms(t *testing.T) {
	for _, file := range archives(t) {
		goos, arch := platform(file)
		program := bytes.NewReader(readArchive(t, file).program(goos))
		kind, imported, err := look(goos, program)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if want := map[string]string{"amd64": "x86-64", "arm64": "arm64"}[arch]; kind != want {
			t.Errorf("%s: for %s, want %s", file, kind, want)
		}
		for _, lib := range imported {
			known := func(pattern string) bool { ok, _ := path.Match(pattern, lib); return ok }
			if !slices.ContainsFunc(libraries[goos], known) {
				t.Errorf("%s: asks for %s", file, lib)
			}
		}
	}
}

// look says for which processor a program is and what libraries it asks for.
func look(goos string, r io.ReaderAt) (processor string, imported []string, err error) {
	switch goos {
	case "linux":
		return lookELF(r)
	case "darwin":
		return lookMachO(r)
	}
	return lookPE(r)
}

func lookELF(r io.ReaderAt) (string, []string, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return "", nil, err
	}
	symbols, err := f.ImportedSymbols()
	if err != nil {
		return "", nil, err
	}
	for _, s := range symbols {
		if minor, ok := strings.CutPrefix(s.Version, "GLIBC_2."); ok && newer(minor, 17) {
			return "", nil, fmt.Errorf("wants %s of %s, want at most GLIBC_2.17", s.Name, s.Version)
		}
	}
	imported, err := f.ImportedLibraries()
	return map[elf.Machine]string{elf.EM_X86_64: "x86-64", elf.EM_AARCH64: "arm64"}[f.Machine], imported, err
}

// newer says that a minor version, "17" or "2.5", is above n.
func newer(minor string, n int) bool {
	first, _, _ := strings.Cut(minor, ".")
	v, err := strconv.Atoi(first)
	return err != nil || v > n
}

// Load commands of Mach-O that package macho has no names for.
const (
	codeSignature = 0x1d // arm64 runs nothing without one
	buildVersion  = 0x32 // the oldest system, among others
)

func lookMachO(r io.ReaderAt) (string, []string, error) {
	f, err := macho.NewFile(r)
	if err != nil {
		return "", nil, err
	}
	if f.Type != macho.TypeExec {
		return "", nil, errors.New("is no program")
	}
	var signed bool
	var oldest uint32
	for _, l := range f.Loads {
		raw := l.Raw()
		switch f.ByteOrder.Uint32(raw) {
		case codeSignature:
			signed = true
		case buildVersion:
			oldest = f.ByteOrder.Uint32(raw[12:]) >> 16
		}
	}
	if oldest != 12 || f.Cpu == macho.CpuArm64 && !signed {
		return "", nil, errors.New("is not for macOS 12, or not signed")
	}
	imported, err := f.ImportedLibraries()
	return map[macho.Cpu]string{macho.CpuAmd64: "x86-64", macho.CpuArm64: "arm64"}[f.Cpu], imported, err
}

func lookPE(r io.ReaderAt) (string, []string, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return "", nil, err
	}
	symbols, err := f.ImportedSymbols()
	var imported []string
	for _, s := range symbols {
		_, lib, _ := strings.Cut(s, ":")
		imported = append(imported, lib)
	}
	slices.Sort(imported)
	return map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "x86-64"}[f.Machine], slices.Compact(imported), err
}

// Each wheel has the program of the archive, where pip installs scripts from, and the typed module.
func TestWheels(t *testing.T) {
	programs := map[[32]byte]bool{}
	for _, file := range archives(t) {
		goos, _ := platform(file)
		programs[sha256.Sum256(readArchive(t, file).program(goos))] = true
	}
	wheels := dist(t, "*.whl")
	if len(wheels) != len(programs) {
		t.Errorf("%d wheels of %d programs", len(wheels), len(programs))
	}
	for _, file := range wheels {
		var program, typed bool
		r, err := zip.OpenReader(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			typed = typed || f.Name == "dits/py.typed"
			if dir := path.Dir(f.Name); path.Base(dir) != "scripts" {
				continue
			}
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(in)
			program = err == nil && programs[sha256.Sum256(content)] && f.Mode()&0o111 != 0
		}
		r.Close()
		if !program || !typed {
			t.Errorf("%s: has the program %v, py.typed %v", file, program, typed)
		}
	}
}

// SHA256SUMS has every file, and no other.
func TestSums(t *testing.T) {
	want := map[string]string{}
	for _, file := range dist(t, "dits-*") {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		want[filepath.Base(file)] = hex.EncodeToString(sum[:])
	}
	b, err := os.ReadFile(dist(t, "SHA256SUMS")[0])
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		if want[name] != sum {
			t.Errorf("SHA256SUMS: %s: got %s, want %s", name, sum, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("SHA256SUMS: no %s", name)
	}
}
