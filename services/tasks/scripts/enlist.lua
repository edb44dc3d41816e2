-- The short way of add.lua, whose keys common.lua names, for what runs at once, has the usual priority
-- and is not unique. ARGV: wake ('1' or '0'), then id and record for each task. Gives how many.
local call, P = redis.call, KEYS[1]
local time = call('TIME')
local stamp = struct.pack('>I6', time[1] * 1000 + math.floor(time[2] / 1000))
local listed = {}
for i = 2, #ARGV, 2 do listed[i / 2] = ARGV[i] .. stamp end
call('HSET', P .. 't', unpack(ARGV, 2))
call('RPUSH', P .. 'a', unpack(listed))
call('HINCRBY', P .. 'n', 'added', #listed)
if ARGV[1] == '1' then call('ZADD', P .. 'm', 'LT', 0, 'm') end
return #listed
