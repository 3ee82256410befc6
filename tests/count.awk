# Counts the single cases (TAP) in the output of `ctest -V`, prints the output of each test that failed, and writes
# "PASSED FAILED SKIPPED" to the file named by -v counts=FILE. A test fails by a case that is not ok, by its exit, by a plan
# that was not kept, and a unit test by any line that is not TAP: it has nothing to say to a person, so that would be a
# warning of a library or a sanitizer.
/^[0-9]+: / {
    number = $0
    sub(/:.*/, "", number)
    line = substr($0, length(number) + 3)
    if (!(number in started)) { if (line ~ /^Test timeout computed/) started[number] = 1; next }
    output[number] = output[number] "    " line "\n"
    if (line ~ /^(not )?ok [0-9]+/) {
        cases[number]++
        if (line ~ /# SKIP/) skips[number]++
        else if (line ~ /^ok/) passes[number]++
        else failures[number]++
    } else if (line ~ /^1[.][.][0-9]+/) {
        planned[number] += substr(line, 4)
    } else if (line !~ /^#/ && !(number in odd)) {
        odd[number] = line
    }
    next
}
/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
    tests++
    number = $0
    sub(/^[^#]*#/, "", number)
    name = number
    sub(/:.*/, "", number)
    sub(/^[0-9]+: /, "", name)
    result = name
    match(name, /^[A-Za-z0-9_.-]*[A-Za-z0-9_]/)
    name = substr(name, 1, RLENGTH)
    ended_well = result ~ / Passed +[0-9.]+ sec *$/
    why = ""
    if (result ~ /[*][*][*]Skipped/) skips[number]++
    else if (!ended_well) {
        why = result
        sub(/^[^*]*[*]+/, "", why)
        sub(/ +[0-9.]+ sec *$/, "", why)
    } else if (planned[number] + 0 != cases[number] + 0) why = "planned " planned[number] + 0 " cases, ran " cases[number] + 0
    else if (name ~ /^unit[.]/ && !cases[number]) why = "ran no case"
    else if (name ~ /^unit[.]/ && number in odd) why = "unexpected output: " odd[number]
    else if (!cases[number]) passes[number]++
    if (why != "" && !failures[number]) failures[number]++
    if (failures[number]) print "FAILED " name (why != "" ? " (" why ")" : "") "\n" output[number]
    passed += passes[number]
    failed += failures[number]
    skipped += skips[number]
}
END {
    if (!tests) { print "FAILED: no test ran"; failed++ }
    print passed + 0, failed + 0, skipped + 0 > counts
}
