-- actor, reminder, delay, period, verb, content type, body: it is due after the delay, and then after
-- each period if that is not 0. Replaces one of that name.
local actor, reminder = ARGV[1], ARGV[2]
local due = now() + tonumber(ARGV[3])
local what = {due, tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]}
call('HSET', P .. 'q:' .. actor, reminder, cmsgpack.pack(what))
call('ZADD', Z, due, cmsgpack.pack({actor, reminder}))
local keeper = owner_of(KEEPER)
if keeper then call('XADD', P .. 'i:' .. keeper, 'NOMKSTREAM', '*', 'r', due) end
return 1
