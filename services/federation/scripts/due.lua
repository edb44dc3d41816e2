-- life, patience, most: {ms until the next is due, {actor, reminder, stamp, verb, content type, body}..}
-- of those that are due. They are due again after `patience` unless `fired` says more. {-2} if the
-- life is not the one that calls reminders; -1 ms: there are none.
local life, patience, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if owner_of(KEEPER) ~= life or not alive(life) then return {-2} end
local out = {-1}
for _, member in ipairs(call('ZRANGEBYSCORE', Z, '-inf', now(), 'LIMIT', 0, most)) do
  local who = cmsgpack.unpack(member)
  local packed = call('HGET', P .. 'q:' .. who[1], who[2])
  if packed then
    local what = cmsgpack.unpack(packed)
    call('ZADD', Z, now() + patience, member)
    out[#out + 1] = {who[1], who[2], string.format('%.0f', what[1]), what[3], what[4], what[5]}
  else
    call('ZREM', Z, member)
  end
end
local first = call('ZRANGE', Z, 0, 0, 'WITHSCORES')
if first[2] then out[1] = math.max(0, tonumber(first[2]) - now()) end
return out
