// Package mount shows what a repository has as a file system that can only be read, through FUSE.
//
// [Start] mounts it on a folder. Files are decoded while they are read, chunk by chunk, and nothing is written anywhere:
// what was decoded last is in the cache of the store and, by the kernel, in that of pages. So whatever reads files can read
// models that no working folder has, mmap included.
//
// It knows neither flags nor text for people but errors, and changes nothing in the repository.
package mount
