-- life: it is over.
bury(ARGV[1])
return changed()
