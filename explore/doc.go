// Package explore shows repositories in a browser: what files share, what changed between revisions, what came from
// what, and what each costs. A page asks questions by name ("sharing", "layers", …) and draws the answers; [Explorer]
// answers them over HTTP, and a report is the page with answers in it. It only reads.
//
// Each question has a file of its own, with the types of its answer. web/src has the page; web/dist is what esbuild
// makes of that, committed so that to build dits needs nothing but Go.
package explore
