-- life, kind, how its actors live, load: the life keeps them from now on; 0 if it is over.
local life, kind = ARGV[1], ARGV[2]
if not alive(life) then return 0 end
call('HSET', K, kind, ARGV[3])
call('SADD', P .. 'c:' .. life, kind)
call('ZADD', P .. 'h:' .. kind, tonumber(ARGV[4]), life)
return 1
