package main

import "flag"

// update writes anew what tests compare with: golden screens, and pages of docs/ that are made from the code.
var update = flag.Bool("update", false, "write the golden files and the generated pages of docs/ anew")
