-- actor, reminder: 1, or 0 if there is none.
call('ZREM', Z, cmsgpack.pack({ARGV[1], ARGV[2]}))
return call('HDEL', P .. 'q:' .. ARGV[1], ARGV[2])
