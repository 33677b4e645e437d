// Package work is the working folder and the index: what is there, what is staged, and how the folder becomes another.
//
// A [Folder] is the folder with the refs of its repository. [Folder.Index] and [Folder.Status] say how things stand;
// [Folder.PlanSwitch] or [Folder.PlanRestore] make a [Plan], which is carried out below an open root, step by step, so
// that a file is never seen half written and nothing outside of the folder is reached.
//
// It stores no content: files are staged by the package repo.
package work
