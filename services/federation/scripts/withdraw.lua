-- life, kinds..: it keeps them no more.
for i = 2, #ARGV do retire(ARGV[1], ARGV[i]) end
return 1
