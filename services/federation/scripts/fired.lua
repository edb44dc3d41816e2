-- actor, reminder, stamp, delay: it has arrived; with a delay that is not negative it has not, and is
-- due again after it. One that was set anew meanwhile has another stamp and is left alone.
local actor, reminder, delay = ARGV[1], ARGV[2], tonumber(ARGV[4])
local key, member = P .. 'q:' .. actor, cmsgpack.pack({actor, reminder})
local packed = call('HGET', key, reminder)
if not packed then return 0 end
local what = cmsgpack.unpack(packed)
if string.format('%.0f', what[1]) ~= ARGV[3] then return 0 end
if delay >= 0 then return call('ZADD', Z, 'XX', now() + delay, member) end
if what[2] == 0 then
  call('HDEL', key, reminder)
  call('ZREM', Z, member)
  return 1
end
-- Those that were missed are called once.
local missed = math.max(0, math.floor((now() - what[1]) / what[2]))
what[1] = what[1] + (missed + 1) * what[2]
call('HSET', key, reminder, cmsgpack.pack(what))
call('ZADD', Z, what[1], member)
return 1
