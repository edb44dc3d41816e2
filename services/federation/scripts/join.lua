-- life, record, lease: {1, version}, or {0, the life that has the node's name, ms of its lease}.
local life, record, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local before = call('HGET', D, node_of(life))
if before and before ~= life then
  if alive(before) then return {0, before, call('ZSCORE', L, before) - now()} end
  bury(before)
end
call('HSET', D, node_of(life), life)
call('HSET', M, life, record)
call('ZADD', L, now() + lease, life)
local inbox = P .. 'i:' .. life
call('XADD', inbox, '*', 'v', 0)
call('XTRIM', inbox, 'MAXLEN', 0)
call('PEXPIRE', inbox, lease * 3)
return {1, changed()}
