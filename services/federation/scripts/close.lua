-- life: its inbox takes answers only from now on; the entry behind all that it took says so.
call('SADD', X, ARGV[1])
call('XADD', P .. 'i:' .. ARGV[1], 'NOMKSTREAM', '*', 'x', 1)
return 1
