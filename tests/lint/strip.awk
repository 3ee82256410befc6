# Prints C sources as FILE:LINE:CODE without comments and without the contents of strings, so that a check that looks
# for a call is not misled by a sentence. Line numbers stay true.
FNR == 1 { inside = 0 }
{
    code = ""
    rest = $0
    while (rest != "") {
        if (inside) {
            end = index(rest, "*/")
            if (!end) { rest = ""; break }
            rest = substr(rest, end + 2)
            inside = 0
            continue
        }
        if (!match(rest, /\/\*|\/\/|"|'/)) { code = code rest; break }
        code = code substr(rest, 1, RSTART - 1)
        mark = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (mark == "//") break
        if (mark == "/*") { code = code " "; inside = 1; continue }
        code = code mark mark
        while (rest != "") {
            one = substr(rest, 1, 1)
            rest = substr(rest, one == "\\" ? 3 : 2)
            if (one == mark) break
        }
    }
    if (code ~ /[^ \t]/) print FILENAME ":" FNR ":" code
}
